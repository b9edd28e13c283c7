"""Correction 更正: what a record says is put right, on the platform and in the bureau's own system.

Asked with proof (《政府信息公开条例》第四十一条), ordered by a changed decision (《行政处罚法》第四十八条第二款), found
by the bureau itself, the consequence of a sustained objection, or what a new sheet says against a decision (D55). The
procedure is that of procedures.md.
"""

from dataclasses import replace

from cases.kinds.common import *
from cases.kinds.correction_letters import LETTERS, PAPERS
from workflow.definition import *
from workflow.guards import *
from workflow.past import AS_CLAIMED, GRANTED, disputed, in_force

OFFICE, BUREAU, ENTERPRISE = Party.OFFICE, Party.BUREAU, Party.ENTERPRISE
TO = Addressee

ON_REQUEST, DECISION_CHANGED = ("on_request",), ("decision_changed",)
SELF_FOUND, FROM_OBJECTION = ("self_found",), ("from_objection",)
OF_A_SHEET = (SHEET_CONFLICT,)
BY_VALUE = (*ON_REQUEST, *SELF_FOUND, *OF_A_SHEET)
DECIDED = (*ON_REQUEST, *DECISION_CHANGED, *SELF_FOUND, *OF_A_SHEET)

STATES = (
    State("filed", "Filed", OFFICE, "accept or refuse the request"),
    State("awaiting_papers", "Waiting for papers", ENTERPRISE, "send the papers that are missing"),
    State("with_bureau", "With the bureau", BUREAU, "verify the record"),
    State("bureau_asks", "Waiting for papers", ENTERPRISE, "send the papers that the bureau asked for"),
    State("proposed", "Waiting for approval", BUREAU, "approve the proposal"),
    State("returned", "Returned by the bureau", OFFICE, "assign the correction to a bureau"),
    State(
        "putting_right",
        "The bureau is correcting its own system",
        BUREAU,
        "confirm that the bureau's own system is correct",
    ),
    State("carrying_out", "Being carried out", OFFICE, "correct the record"),
    State("answering", "Being answered", OFFICE, "send the written answer"),
    State("corrected", "Corrected", outcome="corrected"),
    State("partly", "Partly granted", outcome="partly", adverse=True),
    State("refused", "Correction refused", outcome="refused", adverse=True),
    State("transferred", "Outside our remit: directed elsewhere", outcome="transferred", adverse=True),
    State("dropped", "Dropped: the record was right", outcome="dropped"),
    State("withdrawn", "Withdrawn", outcome="withdrawn"),
    State("lapsed", "Closed: papers missing", outcome="lapsed", adverse=True),
)

BEFORE_APPROVAL = ("filed", "awaiting_papers", "with_bureau", "bureau_asks", "proposed", "returned")
ADDABLE = ("filed", "with_bureau", "proposed", "returned")


def read_granted(facts: Facts) -> str:
    """Whether the findings change anything."""
    found = in_force(facts.definition, facts.snapshot.past)
    return "some" if any(code in GRANTED for code in found.values()) else "none"


def read_ending(facts: Facts) -> str:
    """The state in which the answer closes the case: what a bureau began itself and proves groundless is dropped."""
    found = in_force(facts.definition, facts.snapshot.past)
    if all(found.get(name) == AS_CLAIMED for name in disputed(facts.definition, facts.snapshot.past)):
        return "corrected"
    if any(code in GRANTED for code in found.values()):
        return "partly"
    return "refused" if facts.snapshot.variant in ON_REQUEST else "dropped"


GRANTED_ANY = Question("granted", ("some", "none"), read_granted)
ENDING = Question("ending", ("corrected", "partly", "refused", "dropped"), read_ending)

HOW_KNOWN = Field("words", "How you know", hint="What proves the right value.")
PROOF = Field("files", "Proof", FieldKind.FILES, hint=FILES.hint)

OPENING = (
    Action("file", "Ask for a correction", "Correction asked for", by=(FILER, OFFICER, REVIEWER), source=(START,),
           target="filed", variants=ON_REQUEST, guard=(no_other_open(),),
           asks=(CLAIMS, HOW_KNOWN, PROOF, HANDED_IN),
           tells=(Notice(TO.FILER, "filed"), Notice(TO.OFFICE, "filed_office"))),
    Action("open", "Our decision has changed", "Opened by the bureau: its decision has changed", by=(REVIEWER,),
           source=(START,), target="with_bureau", variants=DECISION_CHANGED, guard=(no_other_open(),),
           asks=(Field("changed_on", "On which day it was changed, revoked or held unlawful", FieldKind.DATE),
                 Field("document", "By which document", FieldKind.LINE),
                 Field("claims", "The display", FieldKind.CLAIMS, display=True), FILES),
           does=(route("own_bureau"),),
           tells=(Notice(TO.FILER, "correction_opened"), Notice(TO.OFFICE, "correction_opened_office"))),
    Action("open", "We have found an error", "Opened by the bureau: it has found an error", by=(REVIEWER,),
           source=(START,), target="with_bureau", variants=SELF_FOUND, guard=(no_other_open(),),
           asks=(CLAIMS, Field("words", "Where the right values come from"), FILES), does=(route("own_bureau"),),
           tells=(Notice(TO.FILER, "correction_opened"), Notice(TO.OFFICE, "correction_opened_office"))),
    Action("opened", "Open a correction", "Opened after a sustained objection", by=(CASE,), source=(START,),
           target="putting_right", variants=FROM_OBJECTION, guard=(no_other_open(),),
           asks=(CLAIMS, Field("words", "What was found")), does=(route("supplied_by"),),
           tells=(Notice(TO.FILER, "correction_opened"), Notice(TO.OFFICE, "correction_opened_office"),
                  Notice(TO.BUREAU, "confirm_asked"))),
    Action("opened", "Open a correction", "Opened because a new sheet contradicts a decision", by=(CASE,),
           source=(START,), target="with_bureau", variants=OF_A_SHEET, guard=(no_other_open(),), asks=(CLAIMS,),
           does=(route("supplied_by"),),
           tells=(Notice(TO.FILER, "sheet_conflict"), Notice(TO.OFFICE, "correction_opened_office"),
                  Notice(TO.BUREAU, "sheet_conflict_bureau"))),
)  # fmt: skip

INTAKE = (
    Action("ask_papers", "Ask for missing papers", "Papers asked for", by=(OFFICER,), source=("filed",),
           target="awaiting_papers", variants=ON_REQUEST, guard=(once(),), asks=(MISSING,),
           tells=(Notice(TO.FILER, "papers_asked"),)),
    Action("accept", "Accept and pass to the bureau", "Accepted and passed to the bureau", by=(OFFICER,),
           source=("filed",), target="with_bureau", variants=ON_REQUEST, does=(route("supplied_by"),),
           tells=(Notice(TO.FILER, "correction_accepted"), Notice(TO.BUREAU, "correction_referral"))),
    Action("refuse", "Refuse the request", "Refused", by=(OFFICER,), source=("filed",), target="refused",
           variants=ON_REQUEST, part=DECIDES, guard=(NOTHING_ADDED, has_remedy(OFFICE)),
           asks=(REASONS, *WHERE, *law("refused")),
           tells=(Notice(TO.FILER, "refused"),)),
    Action("transfer", "Direct the enterprise elsewhere", "Outside our remit: the enterprise was directed elsewhere",
           by=(OFFICER,), source=("filed",), target="transferred", variants=ON_REQUEST, part=DECIDES,
           guard=(NOTHING_ADDED, has_remedy(OFFICE)), asks=(REASONS, *WHERE, *law("transferred")),
           tells=(Notice(TO.FILER, "transferred"),)),
    amend(("filed", "awaiting_papers"), CLAIMS, HOW_KNOWN, FILES, variants=ON_REQUEST),
    Action("lapse", "Close: papers missing", "Closed: papers missing", by=(OFFICER,), source=("filed",),
           target="lapsed", variants=ON_REQUEST, part=DECIDES, asks=(REASONS, *law("lapsed")),
           guard=(NOTHING_ADDED, after("ask_papers"), not_after("supply", "add", "amend", since="ask_papers"),
                  has_remedy(OFFICE)),
           tells=(Notice(TO.FILER, "lapsed"),)),
)  # fmt: skip

VERIFYING = (
    Action("return", "Return: not our responsibility", "Returned as not the bureau's responsibility", by=(REVIEWER,),
           source=("with_bureau",), target="returned", variants=ON_REQUEST,
           asks=(REASONS, Field("whose", "Responsible body", FieldKind.BUREAU, required=False)),
           guard=(once(), within("correction.return", since="accept"), not_after("ask", "extend", since="accept")),
           tells=(Notice(TO.CHIEF, "returned"),)),
    Action("assign", "Assign to a bureau", "Assigned to a bureau by the head of the office", by=(CHIEF,),
           source=("returned",), target="with_bureau", variants=ON_REQUEST,
           asks=(Field("bureau", "Which bureau", FieldKind.BUREAU), REASONS), does=(route("bureau"),),
           tells=(Notice(TO.BUREAU, "assigned"),)),
    Action("transfer", "Direct the enterprise elsewhere", "Outside our remit: the enterprise was directed elsewhere",
           by=(CHIEF,), source=("returned",), target="transferred", variants=ON_REQUEST, part=DECIDES,
           guard=(NOTHING_ADDED, has_remedy(OFFICE)), asks=(REASONS, *WHERE, *law("transferred")),
           tells=(Notice(TO.FILER, "transferred"),)),
    Action("ask", "Ask the enterprise for papers", "Papers asked for by the bureau", by=(REVIEWER,),
           source=("with_bureau",), target="bureau_asks", variants=ON_REQUEST, guard=(once(),), asks=(MISSING,),
           tells=(Notice(TO.FILER, "papers_asked"),)),
    Action("extend", "Extend the time to verify", "Time to verify extended", by=(HEAD,),
           source=("with_bureau", "proposed"), target=STAY, variants=BY_VALUE,
           guard=(once(), before_due("verify")), asks=(REASONS,), does=(extend("verify"),),
           tells=(Notice(TO.FILER, "extended"), Notice(TO.OFFICE, "extended"))),
    Action("propose", "Propose findings", "Findings proposed", by=(REVIEWER,), source=("with_bureau",),
           target="proposed", variants=DECIDED, part=PROPOSES, guard=(not_handler(), not_decider()),
           asks=(FINDINGS, REASONS, *law("refused", "partly", "dropped"))),
    Action("send_back", "Send back to the reviewer", "Sent back to the reviewer", by=(APPROVER,),
           source=("proposed",), target="with_bureau", variants=DECIDED, part=SENDS_BACK,
           guard=(not_by("propose"), not_handler(), not_decider()), asks=(INTERNAL_REASONS,)),
    call_back("propose", REVIEWER, "proposed", "with_bureau", variants=DECIDED),
    Action("approve", "Approve and pass to the office", "Findings approved", by=(APPROVER,), source=("proposed",),
           target=By(GRANTED_ANY, some="carrying_out", none="answering"), variants=BY_VALUE, part=DECIDES,
           guard=(not_by("propose"), not_handler(), not_decider(), has_remedy(BUREAU)), asks=(OPINION,),
           does=(refuse_sheet("findings"),),
           tells=(Notice(TO.OFFICE, "approved"),)),
    Action("approve", "Approve; the display ends", "Findings approved", by=(APPROVER,), source=("proposed",),
           target="answering", variants=DECISION_CHANGED, part=DECIDES,
           guard=(not_by("propose"), not_handler(), has_remedy(BUREAU)), asks=(OPINION,),
           does=(end_display("findings"),), tells=(Notice(TO.OFFICE, "approved"),)),
    Action("confirm", "Confirm that your own system is correct", "The bureau's own system is confirmed to be right",
           by=(REVIEWER,), source=("putting_right",), target="corrected", variants=FROM_OBJECTION,
           asks=(Field("result", "What was done", FieldKind.CHOICE, choices=(
                     Choice(SYSTEM_RIGHT, "Our own system now shows the same"),
                     Choice("no_copy", "We keep no copy of this record"))),
                 Field("done_on", "On which day", FieldKind.DATE),
                 Field("reference", "Reference in the bureau's system", FieldKind.LINE, only=("result", SYSTEM_RIGHT))),
           tells=(Notice(TO.FILER, "confirmed"), Notice(TO.OFFICE, "confirmed_office"))),
)  # fmt: skip

ENDING_ACTIONS = (
    Action("carry_out", "Correct the record", "Record corrected", by=(OFFICER,), source=("carrying_out",),
           target="answering", variants=BY_VALUE, does=(correct("findings"),)),
    *(Action("answer", "Send the written answer", "Written answer sent", by=(OFFICER,), source=("answering",),
             target=target, variants=variants, guard=(has_remedy(OFFICE), has_remedy(BUREAU)),
             asks=(Field("letter", "Summary for the enterprise"),),
             tells=(Notice(TO.FILER, "answered"), Notice(TO.BUREAU, "answered_copy")))
      for variants, target in (
          (ON_REQUEST, BySome(ENDING, corrected="corrected", partly="partly", refused="refused")),
          ((*SELF_FOUND, *OF_A_SHEET), BySome(ENDING, corrected="corrected", partly="partly", dropped="dropped")),
          (DECISION_CHANGED, BySome(ENDING, corrected="corrected", dropped="dropped")))),
    Action("withdraw", "Withdraw the request", "Withdrawn", by=(FILER,), source=BEFORE_APPROVAL, target="withdrawn",
           variants=ON_REQUEST, guard=(NOTHING_ADDED,),
           asks=(Field("words", "Why you are withdrawing", required=False),),
           tells=(Notice(TO.FILER, "withdrawn"), Notice(TO.OFFICE, "withdrawn_copy"),
                  Notice(TO.BUREAU, "withdrawn_copy"))),
)  # fmt: skip

PAPERS_COME = papers_come(("awaiting_papers", "filed"), ("bureau_asks", "with_bureau"))

DEADLINES = (
    Deadline("accept", "Accept or refuse", "correction.accept", OFFICE, ("filed", "awaiting_papers"),
             OFFICIAL_LADDER, paused_in=("awaiting_papers",), counts_from=FILING, variants=ON_REQUEST),
    Deadline("supplement", "Missing papers", "correction.supplement", ENTERPRISE, ("awaiting_papers", "bureau_asks"),
             enterprise_ladder("papers_late"), fresh=True, variants=ON_REQUEST),
    Deadline("refer", "Assign again", "correction.refer", OFFICE, ("returned",), OFFICIAL_LADDER, fresh=True,
             variants=ON_REQUEST),
    Deadline("verify", "Verify", "correction.verify", BUREAU, ("with_bureau", "bureau_asks", "proposed"),
             OFFICIAL_LADDER, paused_in=("bureau_asks",), variants=BY_VALUE),
    Deadline("end_display", "End the display", "correction.end_display", BUREAU,
             ("with_bureau", "proposed"), OFFICIAL_LADDER, counts_from=asked("changed_on"),
             variants=DECISION_CHANGED),
    Deadline("confirm", "Confirm the bureau's own system", "correction.confirm", BUREAU, ("putting_right",),
             OFFICIAL_LADDER, variants=FROM_OBJECTION),
    Deadline("carry_out", "Correct the record", "correction.carry_out", OFFICE, ("carrying_out",),
             OFFICIAL_LADDER, variants=BY_VALUE),
    Deadline("answer", "Written answer", "correction.answer", OFFICE, ("answering",), OFFICIAL_LADDER,
             variants=DECIDED),
)  # fmt: skip

*AT_ONCE, LATER = joined(("filed", "awaiting_papers", "with_bureau", "bureau_asks", "returned", "putting_right"),
                         {"proposed": "with_bureau"}, ("carrying_out", "answering", "putting_right"))  # fmt: skip
JOINED = (*(replace(row, variants=(*BY_VALUE, *FROM_OBJECTION)) for row in AT_ONCE), LATER,
          replace(LATER, source=("with_bureau", "proposed"), variants=DECISION_CHANGED))  # fmt: skip
"""A display that ends because a decision has changed waits for no values: what joins it waits for its end. So does what
has to be found while the bureau puts its own system right."""

DEFINITION = Definition(
    kind="correction",
    label="Correction",
    letters="GZ",
    states=STATES,
    actions=(*OPENING, *INTAKE, *VERIFYING, *ENDING_ACTIONS, *PAPERS_COME, add(ADDABLE),
             *JOINED,
             *of_every_open_case(STATES)),
    deadlines=DEADLINES,
    variants=(*ON_REQUEST, *DECISION_CHANGED, *SELF_FOUND, *FROM_OBJECTION, *OF_A_SHEET),
    windows=("correction.return",),
    wordings=LETTERS,
    papers=PAPERS,
    number_word="更",
    mark="Cor",
    shape="square",
)  # fmt: skip
