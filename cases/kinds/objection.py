"""Objection 异议: an enterprise says that a record about it is wrong or unlawful.

《内蒙古自治区社会信用条例》第三十九条 gives the right and four grounds, and no number of days; the procedure is that
of procedures.md, its limits stand in `jurisdictions/`.
"""

from dataclasses import replace

from cases.kinds.common import *
from cases.kinds.objection_letters import LETTERS, PAPERS
from workflow.definition import *
from workflow.guards import *
from workflow.past import AS_CLAIMED, DISPLAY, GRANTED, UNDECIDABLE, disputed, in_force

OFFICE, BUREAU, ENTERPRISE = Party.OFFICE, Party.BUREAU, Party.ENTERPRISE
TO = Addressee

STATES = (
    State("filed", "Filed", OFFICE, "accept or refuse the objection"),
    State("awaiting_papers", "Waiting for papers", ENTERPRISE, "send the papers that are missing"),
    State("comparing", "Comparing with the bureau's data", OFFICE, "compare the data and refer the objection"),
    State("confirming_own_error", "Confirming an own error", OFFICE, "confirm the correction of an own error"),
    State("with_bureau", "With the bureau", BUREAU, "verify the record"),
    State("bureau_asks", "Waiting for papers", ENTERPRISE, "send the papers that the bureau asked for"),
    State("proposed", "Waiting for approval", BUREAU, "approve the proposal"),
    State("returned", "Returned by the bureau", OFFICE, "assign the objection to a bureau"),
    State("carrying_out", "Being carried out", OFFICE, "correct the record"),
    State("answering", "Being answered", OFFICE, "send the written answer"),
    State("reviewing", "Under review", OFFICE, "review the decision"),
    State("review_proposed", "Review waiting for approval", OFFICE, "approve the result of the review"),
    State("corrected", "Corrected", outcome="corrected"),
    State("display_ended", "Display ended", outcome="display_ended"),
    State("own_error", "Corrected: the office's own error", outcome="own_error"),
    State("partly", "Partly granted", outcome="partly", adverse=True),
    State("kept", "Record kept", outcome="kept", adverse=True),
    State("undetermined", "Could not be established", outcome="undetermined", adverse=True),
    State("refused", "Refused", outcome="refused", adverse=True),
    State("transferred", "Outside our remit: directed elsewhere", outcome="transferred", adverse=True),
    State("withdrawn", "Withdrawn", outcome="withdrawn"),
    State("lapsed", "Closed: papers missing", outcome="lapsed", adverse=True),
)  # fmt: skip

OPEN = tuple(state.name for state in STATES if not state.final)
BEFORE_APPROVAL = ("filed", "awaiting_papers", "comparing", "confirming_own_error", "with_bureau", "bureau_asks",
                   "proposed", "returned")  # fmt: skip
REVIEWABLE = FOUND = ("kept", "partly", "undetermined")


def read_outcome(facts: Facts) -> str:
    """What the findings come to: nobody types it a second time."""
    found = in_force(facts.definition, facts.snapshot.past)
    claimed = disputed(facts.definition, facts.snapshot.past)
    granted = [name for name in claimed if found.get(name) in GRANTED]
    if all(found.get(name) == AS_CLAIMED for name in claimed):
        return "display_ended" if DISPLAY in claimed else "corrected"
    if granted:
        return "partly"
    return "undetermined" if UNDECIDABLE in found.values() else "kept"


def read_ending(facts: Facts) -> str:
    """The state in which the answer closes the case."""
    if facts.last("confirm_own"):
        return "own_error"
    refusal = facts.last("decide_refusal")
    if refusal and refusal.codes.get("decision") == "upheld":
        return "refused"
    return read_outcome(facts)


def read_first_end(facts: Facts) -> str:
    """The end in which the case stood when its review was asked."""
    asked = facts.last("ask_review")
    return asked.source if asked else ""


OUTCOME = Question("outcome", ("corrected", "display_ended", "partly", "kept", "undetermined"), read_outcome)
ENDING = Question("ending", (*OUTCOME.values, "own_error", "refused"), read_ending)
FIRST_END = Question("first_end", (*REVIEWABLE, "refused"), read_first_end)
DECISION = Question("decision", ("admitted", "upheld"), lambda facts: str(facts.answers.get("decision", "")))

BY_FINDINGS = By(OUTCOME, corrected="carrying_out", display_ended="carrying_out", partly="carrying_out",
                 kept="answering", undetermined="answering")  # fmt: skip

GROUND = replace(GROUND, required=True)
OWN_WORDS = Field("words", "Account of what happened")

INTAKE = (
    Action("file", "File an objection", "Objection filed", by=(FILER, OFFICER, REVIEWER), source=(START,),
           target="filed", guard=(no_other_open(),), asks=(CLAIMS, GROUND, OWN_WORDS, FILES, HANDED_IN),
           tells=(Notice(TO.FILER, "filed"), Notice(TO.OFFICE, "filed_office"))),
    Action("opened", "Open an objection", "Objection opened", by=(CASE,), source=(START,),
           target="comparing", guard=(no_other_open(),), does=(flag(),),
           asks=(CLAIMS, GROUND, Field("words", "What was found")),
           tells=(Notice(TO.FILER, "objection_opened"), Notice(TO.OFFICE, "objection_opened"))),
    Action("ask_papers", "Ask for missing papers", "Papers asked for", by=(OFFICER,), source=("filed",),
           target="awaiting_papers", guard=(once(),), asks=(MISSING,), tells=(Notice(TO.FILER, "papers_asked"),)),
    Action("accept", "Accept and mark the record", "Accepted; the record is marked as under objection",
           by=(OFFICER,), source=("filed",), target="comparing",
           does=(flag(),), tells=(Notice(TO.FILER, "accepted"),)),
    Action("refuse", "Refuse the objection", "Refused", by=(OFFICER,), source=("filed",), target="refused",
           part=DECIDES, guard=(NOTHING_ADDED, has_remedy(OFFICE)),
           asks=(REASONS, *WHERE, *law("refused")),
           tells=(Notice(TO.FILER, "refused"),)),
    amend(("filed", "awaiting_papers"), GROUND, CLAIMS, OWN_WORDS, FILES),
    Action("lapse", "Close: papers missing", "Closed: papers missing", by=(OFFICER,), source=("filed",),
           target="lapsed", part=DECIDES, asks=(REASONS, *law("lapsed")),
           guard=(NOTHING_ADDED, after("ask_papers"), not_after("supply", "add", "amend", since="ask_papers"),
                  has_remedy(OFFICE)),
           tells=(Notice(TO.FILER, "lapsed"),)),
)  # fmt: skip

COMPARING = (
    Action("correct_own", "Propose to correct our own error", "Correction of an own error proposed", by=(OFFICER,),
           source=("comparing",), target="confirming_own_error", part=PROPOSES,
           asks=(Field("findings", "Findings", FieldKind.FINDINGS, settles=True), REASONS,
                 Field("files", "The bureau's data", FieldKind.FILES))),
    call_back("correct_own", OFFICER, "confirming_own_error", "comparing"),
    Action("confirm_own", "Confirm and correct the record", "Own error confirmed; the record is corrected",
           by=(CHIEF,), source=("confirming_own_error",), target="answering", part=DECIDES,
           guard=(not_by("correct_own"),),
           does=(correct("findings"), end_display("findings"))),
    Action("send_back", "Send back to the officer", "Sent back to the officer", by=(CHIEF,),
           source=("confirming_own_error",), target="comparing", part=SENDS_BACK, guard=(not_by("correct_own"),),
           asks=(INTERNAL_REASONS,)),
    Action("refer", "Refer to the bureau", "Referred to the bureau that supplied the record", by=(OFFICER,),
           source=("comparing",), target="with_bureau",
           asks=(Field("question", "What the bureau is asked", hint="The bureau will see this."),),
           does=(route("supplied_by"),), tells=(Notice(TO.BUREAU, "referral"),)),
    Action("assign", "Assign to a bureau", "Assigned to a bureau by the head of the office", by=(CHIEF,),
           source=("returned",), target="with_bureau",
           asks=(Field("bureau", "Which bureau", FieldKind.BUREAU), REASONS),
           does=(route("bureau"),), tells=(Notice(TO.BUREAU, "assigned"),)),
    Action("transfer", "Direct the enterprise elsewhere", "Outside our remit: the enterprise was directed elsewhere",
           by=(CHIEF,), source=("returned",), target="transferred", part=DECIDES,
           guard=(NOTHING_ADDED, has_remedy(OFFICE)),
           asks=(REASONS, *WHERE, *law("transferred")), does=(unflag(),),
           tells=(Notice(TO.FILER, "transferred"),)),
)  # fmt: skip

VERIFYING = (
    Action("return", "Return: not our responsibility", "Returned as not the bureau's responsibility", by=(REVIEWER,),
           source=("with_bureau",), target="returned",
           asks=(REASONS, Field("whose", "Responsible body", FieldKind.BUREAU, required=False)),
           guard=(once(), within("objection.return", since="refer"), not_after("ask", "extend", since="refer")),
           tells=(Notice(TO.CHIEF, "returned"),)),
    Action("ask", "Ask the enterprise for papers", "Papers asked for by the bureau", by=(REVIEWER,),
           source=("with_bureau",), target="bureau_asks", guard=(once(),), asks=(MISSING,),
           tells=(Notice(TO.FILER, "papers_asked"),)),
    Action("extend", "Extend the time to verify", "Time to verify extended", by=(HEAD,),
           source=("with_bureau", "proposed"), target=STAY, guard=(once(), before_due("verify")), asks=(REASONS,),
           does=(extend("verify"), extend("whole")),
           tells=(Notice(TO.FILER, "extended"), Notice(TO.OFFICE, "extended"))),
    Action("propose", "Propose findings", "Findings proposed", by=(REVIEWER,), source=("with_bureau",),
           target="proposed", part=PROPOSES, guard=(not_handler(),),
           asks=(FINDINGS, REASONS, *law(*FOUND))),
    Action("send_back", "Send back to the reviewer", "Sent back to the reviewer", by=(APPROVER,),
           source=("proposed",), target="with_bureau", part=SENDS_BACK, guard=(not_by("propose"), not_handler()),
           asks=(INTERNAL_REASONS,)),
    call_back("propose", REVIEWER, "proposed", "with_bureau"),
    Action("approve", "Approve and pass to the office", "Findings approved", by=(APPROVER,), source=("proposed",),
           target=BY_FINDINGS, part=DECIDES, guard=(not_by("propose"), not_handler(), has_remedy(BUREAU)),
           asks=(OPINION,),
           tells=(Notice(TO.OFFICE, "approved"),)),
)  # fmt: skip

ENDING_ACTIONS = (
    Action("carry_out", "Correct the record", "Record corrected", by=(OFFICER,), source=("carrying_out",),
           target="answering",
           does=(correct("findings"), end_display("findings"), open_case("correction"))),
    Action("answer", "Send the written answer", "Written answer sent", by=(OFFICER,), source=("answering",),
           target=By(ENDING, corrected="corrected", display_ended="display_ended", own_error="own_error",
                     partly="partly", kept="kept", undetermined="undetermined", refused="refused"),
           guard=(has_remedy(OFFICE), has_remedy(BUREAU)),
           asks=(Field("letter", "Summary for the enterprise"),), does=(unflag(), keep_statement()),
           tells=(Notice(TO.FILER, "answered"), Notice(TO.BUREAU, "answered_copy"))),
)  # fmt: skip

REVIEW = (
    Action("ask_review", "Ask for a review", "Review asked for", by=(FILER,), source=(*REVIEWABLE, "refused"),
           target="reviewing", reopens=True, asks=(WORDS, FILES),
           guard=(once(), within("objection.review_ask", since=("answer", "refuse")), no_other_open()),
           does=(flag(),),
           tells=(Notice(TO.FILER, "review_receipt"), Notice(TO.OFFICE, "review_asked"),
                  Notice(TO.BUREAU, "review_asked"))),
    Action("propose_review", "Propose the result of the review", "Result of the review proposed", by=(OFFICER,),
           source=("reviewing",), target="review_proposed", part=PROPOSES,
           guard=(came_from(*REVIEWABLE, by="ask_review"), not_by("propose", "approve")),
           asks=(Field("findings", "Findings", FieldKind.FINDINGS, review=True), REASONS, *law(*FOUND))),
    call_back("propose_review", OFFICER, "review_proposed", "reviewing", does=(drop_review(),)),
    Action("approve_review", "Approve the result of the review", "Result of the review approved", by=(CHIEF,),
           source=("review_proposed",), target=BY_FINDINGS, part=DECIDES,
           guard=(not_by("propose_review", "propose", "approve"), has_remedy(OFFICE)),
           tells=(Notice(TO.OFFICE, "approved"),)),
    Action("send_back", "Send back to the officer", "Sent back to the officer", by=(CHIEF,),
           source=("review_proposed",), target="reviewing", part=SENDS_BACK,
           guard=(not_by("propose_review", "propose", "approve"),), does=(drop_review(),),
           asks=(INTERNAL_REASONS,)),
    Action("decide_refusal", "Decide on the refusal", "Refusal reviewed", by=(CHIEF,), source=("reviewing",),
           part=DECIDES,
           target=By(DECISION, admitted="comparing", upheld="answering"),
           guard=(came_from("refused", by="ask_review"), not_by("refuse")),
           asks=(Field("decision", "Decision", FieldKind.CHOICE,
                       choices=(Choice("admitted", "Admit the objection"), Choice("upheld", "Uphold the refusal"))),
                 REASONS, *law("refused", only=("decision", "upheld"))),
           tells=(Notice(TO.FILER, "refusal_decided"), Notice(TO.OFFICE, "refusal_decided"),
                  Notice(TO.AUDITOR, "refusal_decided"))),
    Action("withdraw_review", "Withdraw the request for review", "Request for review withdrawn", by=(FILER,),
           source=("reviewing", "review_proposed"),
           target=By(FIRST_END, kept="kept", partly="partly", undetermined="undetermined", refused="refused"),
           guard=(has_remedy(OFFICE), has_remedy(BUREAU)), does=(unflag(), drop_review()),
           tells=(Notice(TO.FILER, "review_withdrawn"), Notice(TO.OFFICE, "review_withdrawn_copy"),
                  Notice(TO.BUREAU, "review_withdrawn_copy"))),
)  # fmt: skip

PAPERS_COME = papers_come(("awaiting_papers", "filed"), ("bureau_asks", "with_bureau"))

WITHDRAWING = (
    Action("withdraw", "Withdraw the objection", "Withdrawn", by=(FILER,), source=BEFORE_APPROVAL,
           target="withdrawn", asks=(Field("words", "Why you are withdrawing", required=False),), does=(unflag(),),
           tells=(Notice(TO.FILER, "withdrawn"), Notice(TO.OFFICE, "withdrawn_copy"),
                  Notice(TO.BUREAU, "withdrawn_copy"))),
)  # fmt: skip

BACK = {"proposed": "with_bureau", "confirming_own_error": "comparing"}
JOINABLE = tuple(state for state in BEFORE_APPROVAL if state not in BACK)
DECIDED = ("carrying_out", "answering", "reviewing", "review_proposed")
ADDABLE = tuple(state for state in OPEN if state not in ("awaiting_papers", "bureau_asks", "carrying_out", "answering"))

DEADLINES = (
    Deadline("accept", "Accept or refuse", "objection.accept", OFFICE, ("filed", "awaiting_papers"), OFFICIAL_LADDER,
             paused_in=("awaiting_papers",), counts_from=FILING),
    Deadline("supplement", "Missing papers", "objection.supplement", ENTERPRISE, ("awaiting_papers", "bureau_asks"),
             enterprise_ladder("papers_late"), fresh=True),
    Deadline("refer", "Compare and refer", "objection.refer", OFFICE,
             ("comparing", "confirming_own_error", "returned"), OFFICIAL_LADDER, fresh=True),
    Deadline("verify", "Verify", "objection.verify", BUREAU, ("with_bureau", "bureau_asks", "proposed"),
             OFFICIAL_LADDER, paused_in=("bureau_asks",)),
    Deadline("carry_out", "Correct the record", "objection.carry_out", OFFICE, ("carrying_out",), OFFICIAL_LADDER),
    Deadline("answer", "Written answer", "objection.answer", OFFICE, ("answering",), OFFICIAL_LADDER),
    Deadline("review", "Review", "objection.review", OFFICE, ("reviewing", "review_proposed"), OFFICIAL_LADDER),
    Deadline("whole", "The whole case", "objection.whole", OFFICE, OPEN, OFFICIAL_LADDER,
             paused_in=("awaiting_papers", "bureau_asks"), counts_from=FILING),
)  # fmt: skip

DEFINITION = Definition(
    kind="objection",
    label="Objection",
    letters="YY",
    states=STATES,
    actions=(*INTAKE, *COMPARING, *VERIFYING, *ENDING_ACTIONS, *REVIEW, *PAPERS_COME, *WITHDRAWING,
             add(ADDABLE), *joined(JOINABLE, BACK, DECIDED), *of_every_open_case(STATES)),
    deadlines=DEADLINES,
    windows=("objection.return", "objection.review_ask"),
    wordings=LETTERS,
    papers=PAPERS,
    number_word="异",
    mark="Obj",
    shape="circle",
)  # fmt: skip
