"""Credit repair 信用修复: display, sharing and use of an adverse record end early, once things are put right.

《信用修复管理办法》（发改委令第36号）, known in part; market regulation has measures of its own. By law the
application is made elsewhere for most records (D12): here it is prepared, taken in and forwarded, and the unit that
determined decides.
"""

from cases.kinds.common import *
from cases.kinds.repair_letters import LETTERS, PAPERS
from workflow.definition import *
from workflow.guards import *

OFFICE, BUREAU, ENTERPRISE = Party.OFFICE, Party.BUREAU, Party.ENTERPRISE
TO = Addressee
MARKET, GENERAL = ("market_regulation",), ("general",)
ADVERSE = ("penalty", "serious_list", "abnormal_list", "other")
"""The kinds of records that can be repaired (令36 Art. 4)."""
LISTS = ("serious_list", "abnormal_list")

STATES = (
    State("filed", "Filed", OFFICE, "forward the application"),
    State("returned", "Returned by the bureau", OFFICE, "assign the application to a bureau"),
    State("with_bureau", "With the bureau", BUREAU, "accept the application or not"),
    State("awaiting_papers", "Waiting for papers", ENTERPRISE, "send the papers that are missing"),
    State("deciding", "Being decided", BUREAU, "decide on the application"),
    State("bureau_asks", "Waiting for papers", ENTERPRISE, "send the papers that the bureau asked for"),
    State("proposed", "Waiting for approval", BUREAU, "approve the proposal"),
    State("carrying_out", "Being carried out", OFFICE, "confirm what has ended"),
    State("hearing", "Waiting for your views", ENTERPRISE, "state your views"),
    State("revoking", "Revocation being decided", BUREAU, "decide on the revocation"),
    State("revoke_proposed", "Revocation waiting for approval", BUREAU, "approve the proposal"),
    State("granted", "Granted and carried out", outcome="granted"),
    State("refused", "Repair refused", outcome="refused", adverse=True),
    State("not_accepted", "Not accepted", outcome="not_accepted", adverse=True),
    State("withdrawn", "Withdrawn", outcome="withdrawn"),
    State("lapsed", "Closed: papers missing", outcome="lapsed", adverse=True),
    State("elsewhere", "Directed elsewhere", outcome="elsewhere"),
    State("revoked", "Revoked", outcome="revoked", adverse=True),
)

BEFORE_APPROVAL = ("filed", "returned", "with_bureau", "awaiting_papers", "deciding", "bureau_asks", "proposed")
ADDABLE = ("filed", "returned", "with_bureau", "deciding", "proposed", "revoking", "revoke_proposed")

ENDS = (
    Choice("display_ended", "The display has ended"),
    Choice("list_left", "The enterprise is off the list", records=LISTS),
    Choice("sharing_stopped", "Sharing and use have stopped"),
)
"""What a repair ends, by 令36 Art. 3: each confirmed once, with its day."""


def read_left(facts: Facts) -> str:
    """Whether this confirmation is the last of those that the kind of record asks."""
    record = facts.snapshot.record
    kind = record.kind if record else ""
    asked_for = {end.code for end in ENDS if not end.records or kind in end.records}
    if record and not record.displayed:
        asked_for -= {"display_ended"}  # it has ended by itself, or is confirmed already
    confirmed = {past.codes.get("what") for past in facts.snapshot.past if past.action == facts.action.name}
    return "more" if asked_for - confirmed - {facts.answers.get("what")} else "last"


LEFT = Question("left", ("more", "last"), read_left)
DECISION = Question("decision", ("grant", "refuse"), lambda facts: str(facts.said("decision")))
REVOCATION = Question("revocation", ("revoke", "keep"), lambda facts: str(facts.said("decision")))

DONE = Field("words", "What you have done to set it right")
PROOF = Field("files", "Proof that it was set right", FieldKind.FILES, hint=FILES.hint)
COMMITMENT = Field("commitment", "Credit commitment", FieldKind.COMMITMENT,
                   hint="What is written and attached is true; the duties of the decision are fulfilled; if this proves"
                        " untrue, we bear what the law provides.")  # fmt: skip
CAME_BY = Field("came_by", "How it came", FieldKind.CHOICE, by=(OFFICER,), choices=(
    Choice("window", "Handed in at our counter"), Choice("credit_china", "Forwarded from Credit China")))  # fmt: skip
REACHED_US = Field("handed_in_on", "Reached the office on", FieldKind.DATE, by=(OFFICER,), day_of_filing=True,
                   hint=HANDED_IN.hint)  # fmt: skip
FORWARDED = Field("applied_on", "Received by Credit China on", FieldKind.DATE, by=(OFFICER,),
                  only=("came_by", "credit_china"), day_of_filing=True)  # fmt: skip
APPLIED_ON = Field("applied_on", "Received by Credit China on", FieldKind.DATE, required=False, day_of_filing=True,
                   hint="Only if it was forwarded from there.")  # fmt: skip
RECEIVED_ON = Field("received_on", "Received by the bureau on", FieldKind.DATE, since_filing=True,
                    hint="The bureau's days count from here.")  # fmt: skip
ENTERED_ON = Field("received_on", "Received by the bureau on", FieldKind.DATE, day_of_filing=True,
                   hint=RECEIVED_ON.hint)  # fmt: skip

INTAKE = (
    Action("file", "Apply for credit repair", "Credit repair applied for", by=(FILER, OFFICER), source=(START,),
           target="filed", guard=(no_other_open(),),
           asks=(DONE, PROOF, COMMITMENT, CAME_BY, FORWARDED, REACHED_US),
           tells=(Notice(TO.FILER, "filed"), Notice(TO.OFFICE, "filed_office"))),
    Action("enter", "Enter an application", "Application entered by the bureau", by=(REVIEWER,), source=(START,),
           target="with_bureau", guard=(no_other_open(), own_record("determined_by")),
           asks=(DONE, PROOF, COMMITMENT, APPLIED_ON, ENTERED_ON), does=(route("determined_by"),),
           tells=(Notice(TO.FILER, "repair_entered"), Notice(TO.OFFICE, "repair_entered_office"))),
    Action("lead", "Direct elsewhere", "Directed elsewhere", by=(OFFICER,), source=("filed", "returned"),
           target="elsewhere", asks=(WHERE_TO_GO, REASONS), tells=(Notice(TO.FILER, "led"),)),
    Action("forward", "Forward to the bureau", "Forwarded to the bureau that made the record", by=(OFFICER,),
           source=("filed",), target="with_bureau", asks=(RECEIVED_ON,), does=(route("determined_by"),),
           tells=(Notice(TO.FILER, "forwarded"), Notice(TO.BUREAU, "application"))),
    Action("assign", "Assign to a bureau", "Assigned to a bureau by the head of the office", by=(CHIEF,),
           source=("returned",), target="with_bureau",
           asks=(Field("bureau", "Which bureau", FieldKind.BUREAU), RECEIVED_ON, REASONS), does=(route("bureau"),),
           tells=(Notice(TO.BUREAU, "assigned"),)),
)  # fmt: skip

ACCEPTING = (
    Action("return", "Return: not our responsibility", "Returned as not the bureau's responsibility", by=(REVIEWER,),
           source=("with_bureau",), target="returned",
           asks=(REASONS, Field("whose", "Responsible body", FieldKind.BUREAU, required=False)),
           guard=(once(), within("repair.return", since=("forward", "enter"), day="received_on"),
                  not_after("ask_papers")),
           tells=(Notice(TO.CHIEF, "returned"),)),
    Action("accept", "Accept the application", "Application accepted", by=(REVIEWER,), source=("with_bureau",),
           target="deciding", tells=(Notice(TO.FILER, "repair_accepted"),)),
    Action("not_accept", "Do not accept", "Not accepted", by=(REVIEWER,), source=("with_bureau",),
           target="not_accepted", part=DECIDES, guard=(has_remedy(BUREAU),),
           asks=(REASONS, *WHERE, *law("not_accepted")),
           tells=(Notice(TO.FILER, "not_accepted"),)),
    Action("ask_papers", "Ask for missing papers", "Papers asked for", by=(REVIEWER,), source=("with_bureau",),
           target="awaiting_papers", guard=(once(),), asks=(MISSING,), tells=(Notice(TO.FILER, "papers_asked"),)),
    Action("lapse", "Close: papers missing", "Closed: papers missing", by=(REVIEWER,), source=("with_bureau",),
           target="lapsed", part=DECIDES, asks=(REASONS, *law("lapsed")),
           guard=(after("ask_papers"), not_after("supply", "add", since="ask_papers"), has_remedy(BUREAU)),
           tells=(Notice(TO.FILER, "lapsed"),)),
)  # fmt: skip

DECIDING = (
    Action("ask", "Ask the enterprise for papers", "Papers asked for by the bureau", by=(REVIEWER,),
           source=("deciding",), target="bureau_asks", guard=(once(),), asks=(MISSING,),
           tells=(Notice(TO.FILER, "papers_asked"),)),
    Action("extend", "Extend the time to decide", "Time to decide extended", by=(HEAD,),
           source=("deciding", "proposed"), target=STAY, guard=(once(), before_due("decide")), asks=(REASONS,),
           does=(extend("decide"), extend("whole")),
           tells=(Notice(TO.FILER, "extended"), Notice(TO.OFFICE, "extended"))),
    Action("propose", "Propose a decision", "Decision proposed", by=(REVIEWER,), source=("deciding",),
           target="proposed", part=PROPOSES, guard=(not_handler(),),
           asks=(Field("decision", "Decision", FieldKind.CHOICE,
                       choices=(Choice("grant", "Grant the repair"), Choice("refuse", "Refuse the repair"))),
                 REASONS, *law("refused", only=("decision", "refuse")))),
    Action("send_back", "Send back to the reviewer", "Sent back to the reviewer", by=(APPROVER,),
           source=("proposed",), target="deciding", part=SENDS_BACK, guard=(not_by("propose"), not_handler()),
           asks=(INTERNAL_REASONS,)),
    call_back("propose", REVIEWER, "proposed", "deciding"),
    Action("approve", "Approve the decision", "Decision approved", by=(APPROVER,), source=("proposed",),
           target=By(DECISION, grant="carrying_out", refuse="refused"), part=DECIDES, asks=(OPINION,),
           guard=(not_by("propose"), not_handler(), has_remedy(BUREAU)),
           tells=(Notice(TO.FILER, "repair_decided"), Notice(TO.OFFICE, "approved"))),
    Action("confirm", "Confirm what has ended", "Confirmed", by=(OFFICER,), source=("carrying_out",),
           target=By(LEFT, more=STAY, last="granted"), guard=(once(per="what"),),
           asks=(Field("what", "What has ended", FieldKind.CHOICE, choices=ENDS),
                 Field("done_on", "On which day", FieldKind.DATE, since_filing=True)),
           does=(end_display(only=("what", "display_ended"), on="done_on"),
                 delist(only=("what", "list_left"), on="done_on"),
                 stop_sharing(only=("what", "sharing_stopped"), on="done_on")),
           tells=(Notice(TO.FILER, "repair_confirmed"), Notice(TO.BUREAU, "repair_confirmed"))),
)  # fmt: skip

REVOKING = (
    Action("open_revoke", "Open a revocation", "Revocation opened", by=(REVIEWER,), source=("granted",),
           target="hearing", reopens=True, asks=(Field("facts", "Facts that speak against the repair"), FILES),
           guard=(within("repair.revoke_window", since="confirm"), no_other_open()),
           tells=(Notice(TO.FILER, "revocation_opened"), Notice(TO.OFFICE, "revocation_opened_office"))),
    Action("state_views", "State your views", "Views stated", by=(FILER,), source=("hearing",), target="revoking",
           asks=(WORDS, FILES), tells=(Notice(TO.BUREAU, "views_stated"), Notice(TO.FILER, "views_received"))),
    Action("statement_late", "The time for your views has ended", "The time for views has ended; the case goes on",
           by=(CLOCK,), source=("hearing",), target="revoking",
           tells=(Notice(TO.BUREAU, "statement_late"), Notice(TO.FILER, "statement_late_filer"))),
    Action("propose_revoke", "Propose to revoke or to keep", "Decision on the revocation proposed", by=(REVIEWER,),
           source=("revoking",), target="revoke_proposed", part=PROPOSES, guard=(not_handler(),),
           asks=(Field("decision", "Decision", FieldKind.CHOICE,
                       choices=(Choice("revoke", "Revoke the repair"), Choice("keep", "Keep the repair"))),
                 REASONS, *law("revoked", only=("decision", "revoke")))),
    Action("send_back", "Send back to the reviewer", "Sent back to the reviewer", by=(APPROVER,),
           source=("revoke_proposed",), target="revoking", part=SENDS_BACK,
           guard=(not_by("propose_revoke"), not_handler()), asks=(INTERNAL_REASONS,)),
    call_back("propose_revoke", REVIEWER, "revoke_proposed", "revoking"),
    Action("approve_revoke", "Approve the decision", "Revocation decided", by=(APPROVER,),
           source=("revoke_proposed",), target=By(REVOCATION, revoke="revoked", keep="granted"), part=DECIDES,
           guard=(not_by("propose_revoke"), not_handler(), has_remedy(BUREAU),
                  names_law("revoked", ("decision", "revoke"))),
           does=(show_again(only=("decision", "revoke")),),
           tells=(Notice(TO.FILER, "revocation_decided"), Notice(TO.OFFICE, "revocation_decided_copy"))),
)  # fmt: skip

WITHDRAWING = (
    Action("withdraw", "Withdraw the application", "Withdrawn", by=(FILER,), source=BEFORE_APPROVAL,
           target="withdrawn", asks=(Field("words", "Why you are withdrawing", required=False),),
           tells=(Notice(TO.FILER, "withdrawn"), Notice(TO.OFFICE, "withdrawn_copy"),
                  Notice(TO.BUREAU, "withdrawn_copy"))),
)  # fmt: skip

PAPERS_COME = papers_come(("awaiting_papers", "with_bureau"), ("bureau_asks", "deciding"))
PAUSES = ("awaiting_papers", "bureau_asks")

DEADLINES = (
    Deadline("forward", "Forward", "repair.forward", OFFICE, ("filed", "returned"), OFFICIAL_LADDER, fresh=True,
             counts_from=asked("handed_in_on")),
    Deadline("accept", "Accept or not", "repair.accept", BUREAU, ("with_bureau", "awaiting_papers"),
             OFFICIAL_LADDER, paused_in=("awaiting_papers",), counts_from=asked("received_on")),
    Deadline("supplement", "Missing papers", "repair.supplement", ENTERPRISE, PAUSES,
             enterprise_ladder("papers_late"), fresh=True),
    Deadline("decide", "Decide", "repair.decide", BUREAU, ("deciding", "bureau_asks", "proposed"), OFFICIAL_LADDER,
             paused_in=("bureau_asks",), variants=GENERAL),
    Deadline("decide", "Decide", "repair.decide", BUREAU, ("with_bureau", "deciding", "proposed", *PAUSES),
             OFFICIAL_LADDER, paused_in=PAUSES, counts_from=asked("received_on"), variants=MARKET),
    Deadline("whole", "The whole case", "repair.whole", OFFICE, (*BEFORE_APPROVAL, "carrying_out"),
             OFFICIAL_LADDER, paused_in=PAUSES, counts_from=FILING),
    Deadline("carry_out", "Carry out and confirm", "repair.carry_out", OFFICE, ("carrying_out",), OFFICIAL_LADDER),
    Deadline("statement", "The enterprise's statement", "repair.statement", ENTERPRISE, ("hearing",),
             enterprise_ladder("statement_late")),
    Deadline("revoke", "Decide on the revocation", "repair.revoke", BUREAU, ("revoking", "revoke_proposed"),
             OFFICIAL_LADDER),
)  # fmt: skip

DEFINITION = Definition(
    kind="repair",
    label="Credit repair",
    letters="XF",
    states=STATES,
    actions=(*INTAKE, *ACCEPTING, *DECIDING, *REVOKING, *WITHDRAWING, *PAPERS_COME, add(ADDABLE),
             *of_every_open_case(STATES)),
    deadlines=DEADLINES,
    variants=(*GENERAL, *MARKET),
    windows=("repair.return", "repair.revoke_window"),
    records=ADVERSE,
    starts_as=lambda record: record.branch,
    wordings=LETTERS,
    papers=PAPERS,
    number_word="修",
    mark="Rep",
    shape="diamond",
)  # fmt: skip
