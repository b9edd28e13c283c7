"""Complaint 投诉: about how a bureau, an officer, the office or its head acted. The route gives the limits.

《信访工作条例》, 《优化营商环境条例》第四十九条, 《民营经济促进法》第五十三条, 《企业信息公示暂行条例》第十三条.
Whoever is complained of reads nothing of it (D16); what belongs elsewhere is led there.
"""

from dataclasses import replace

from cases.kinds.common import *
from cases.kinds.complaint_letters import LETTERS, PAPERS
from workflow.definition import *
from workflow.guards import *

OFFICE, BUREAU = Party.OFFICE, Party.BUREAU
TO = Addressee
PETITION, FALSE_DISPLAY = ("petition",), ("false_display",)
ROUTED = ("petition", "business_env", "enforcement", "false_display")

STATES = (
    State("filed", "Filed", OFFICE, "acknowledge the complaint"),
    State("registered", "Registered", OFFICE, "route the complaint"),
    State("investigating", "Being investigated", OFFICE, "investigate and write an opinion"),
    State("proposed", "Opinion waiting for approval", OFFICE, "approve the opinion"),
    State("with_unit", "With a competent unit", BUREAU, "investigate and write an opinion"),
    State("unit_proposed", "Opinion waiting for approval", BUREAU, "approve the opinion"),
    State("returned", "Returned by the unit", OFFICE, "assign it to another unit, or keep it"),
    State("founded", "Upheld", outcome="founded"),
    State("partly", "Partly upheld", outcome="partly", adverse=True),
    State("unfounded", "Not upheld", outcome="unfounded", adverse=True),
    State("not_accepted", "Not accepted", outcome="not_accepted", adverse=True),
    State("elsewhere", "Directed elsewhere", outcome="elsewhere"),
    State("withdrawn", "Withdrawn", outcome="withdrawn"),
)

OPEN = tuple(state.name for state in STATES if not state.final)
AFTER_ROUTE = ("investigating", "proposed", "with_unit", "unit_proposed", "returned")
ANSWERED = ("founded", "partly", "unfounded")

COMPLAINED_OF = Field("complained_of", "About whom", FieldKind.CHOICE, choices=(
    Choice("bureau", "A bureau"), Choice("officer", "An officer of the credit office"),
    Choice("office", "The credit office itself"), Choice("chief", "The head of the credit office"),
    Choice("enterprise", "An enterprise that displays false data"),
    Choice("other", "Somebody else", elsewhere=(FILER,))))  # fmt: skip
BODY = Field("body", "Which bureau", FieldKind.BUREAU, only=("complained_of", "bureau"))
WHICH_OFFICER = Field("officer", "Which officer", FieldKind.LINE, required=False, only=("complained_of", "officer"),
                      hint="The name, or when and where you met them.")  # fmt: skip
WHICH_FIRM = Field("firm", "Which enterprise", FieldKind.LINE, only=("complained_of", "enterprise"),
                   hint="Its name, and where it displays what is wrong.")  # fmt: skip
WHOM = Field("whom", "Whom it is about", FieldKind.LINE, only=("complained_of", "other"))
CAME_BY = Field("came_by", "How it came", FieldKind.CHOICE, by=(OFFICER,), choices=(
    Choice("paper", "On paper"), Choice("hotline", "Through the 12345 hotline")))  # fmt: skip
ON_PAPER = replace(HANDED_IN, by=(OFFICER,))
OFFICIALS_HERE = ("bureau", "officer")
OTHERS = (*OFFICIALS_HERE, "enterprise", "other")
HOW_IT_ACTED = "The complaint is about how it acted, and asks for no decision that another procedure gives."
ROUTE = Field("route", "By which route", FieldKind.CHOICE, suggests=(
    Suggestion("complained_of", "bureau", "business_env", HOW_IT_ACTED),
    Suggestion("complained_of", "officer", "business_env", HOW_IT_ACTED),
    Suggestion("complained_of", "enterprise", "false_display", "It is about what an enterprise displays.")), choices=(
    Choice("petition", "Petition: asks for a decision and no other procedure gives one", about=OFFICIALS_HERE),
    Choice("business_env", "How a body or the platform acted towards the enterprise", about=OFFICIALS_HERE),
    Choice("enforcement", "Unlawful enforcement against a private enterprise", about=OFFICIALS_HERE),
    Choice("false_display", "An enterprise displays false data")))  # fmt: skip
LED_TO = Field("led_to", "Where it belongs", FieldKind.CHOICE, suggests=(
    Suggestion("complained_of", "office", "city_platform", "The office does not decide on itself."),
    Suggestion("complained_of", "chief", "leading_group", "The office does not decide on its own head.")), choices=(
    Choice("credit_reporting", "A credit reporting agency: the branch of the People's Bank", about=OTHERS),
    Choice("consumer", "A consumer dispute: market regulation", about=OTHERS),
    Choice("petition_redirect", "Reconsideration, a suit, arbitration or another procedure", about=OTHERS),
    Choice("supervision", "Misconduct of officials: the discipline bodies", about=OTHERS),
    Choice("city_platform", "The city's credit office", about=("office",)),
    Choice("leading_group", "Whoever is above the head of the office", about=("chief",))))  # fmt: skip
THERE = replace(WHERE_TO_GO, only=("led_to", "credit_reporting", "consumer", "petition_redirect", "supervision"))
"""Above the office the place itself names who investigates (D42): nobody types it."""
BUREAU_ASKED = Field("bureau", "Which bureau", FieldKind.BUREAU)
OUTCOME = Field("decision", "Opinion", FieldKind.CHOICE, choices=(
    Choice("founded", "The complaint is upheld"), Choice("partly", "It is partly upheld"),
    Choice("unfounded", "It is not upheld")))  # fmt: skip
WRITTEN = (OUTCOME, Field("facts", "What was established"), REASONS, *law("unfounded", "partly", "founded"))
"""What a written opinion says (《信访工作条例》第三十二条)."""
DECISION = Question("decision", ANSWERED, lambda facts: str(facts.said("decision")))
BY_OPINION = By(DECISION, founded="founded", partly="partly", unfounded="unfounded")

OURS_TO_DECIDE = not_about("complained_of", "office", "chief", "other")
ABOUT_AN_OFFICER = about("complained_of", "officer")
NOT_AN_OFFICER = not_about("complained_of", "officer")
ANOTHER_BUREAU = not_complained_of("bureau")
OPINION_GOES = (Notice(TO.FILER, "opinion"), Notice(TO.OFFICE, "opinion_copy"))

INTAKE = (
    Action("file", "File a complaint", "Complaint filed", by=(FILER, OFFICER), source=(START,), target="filed",
           variants=("unrouted",),
           asks=(COMPLAINED_OF, BODY, WHICH_OFFICER, WHICH_FIRM, WHOM, Field("facts", "What happened"),
                 Field("sought", "What you want to be done"), FILES, CAME_BY, ON_PAPER),
           tells=(Notice(TO.FILER, "complaint_filed"), Notice(TO.OFFICE, "complaint_filed_office"))),
    Action("acknowledge", "Acknowledge receipt", "Receipt acknowledged", by=(OFFICER,), source=("filed",),
           target="registered", tells=(Notice(TO.FILER, "acknowledged"),)),
    Action("ask", "Ask the enterprise", "The enterprise was asked for more", by=(OFFICER,),
           source=("registered", "investigating"), target=STAY, guard=(once(),), asks=(MISSING,),
           tells=(Notice(TO.FILER, "complaint_asked"),)),
    Action("route", "Accept and route", "Accepted and routed", by=(OFFICER,), source=("registered",),
           target="investigating", guard=(OURS_TO_DECIDE,), asks=(ROUTE,), does=(set_variant("route"),),
           tells=(Notice(TO.FILER, "routed"),)),
    Action("reroute", "Choose another route", "Routed anew", by=(OFFICER,), source=("investigating",),
           target="investigating", guard=(once(), before_due("decide"), not_after("extend")), asks=(ROUTE, REASONS),
           does=(set_variant("route"),), tells=(Notice(TO.FILER, "routed"),)),
    Action("not_accept", "Do not accept", "Not accepted", by=(OFFICER,), source=("registered",),
           target="not_accepted", part=DECIDES, guard=(OURS_TO_DECIDE, has_remedy(OFFICE)),
           asks=(REASONS, *WHERE, *law("not_accepted")),
           tells=(Notice(TO.FILER, "not_accepted"),)),
    Action("lead", "Direct elsewhere", "Directed elsewhere", by=(OFFICER,),
           source=("registered", "investigating", "returned"), target="elsewhere",
           guard=(has_above(),), asks=(LED_TO, THERE, REASONS), tells=(Notice(TO.FILER, "led"),)),
)  # fmt: skip

INVESTIGATING = (
    Action("open_objection", "Open an objection for the enterprise", "An objection was opened", by=(OFFICER,),
           source=("registered", "investigating"), target=STAY, guard=(once(per="record"),),
           asks=(Field("record", "Which record", FieldKind.RECORD),
                 Field("ground", "Ground", FieldKind.CHOICE, choices=GROUNDS), CLAIMS,
                 Field("words", "What is wrong, in the office's words",
                       hint="Whoever holds the record will see this.")),
           does=(open_case("objection"),)),
    Action("forward", "Forward to a competent unit", "Forwarded to a competent unit", by=(OFFICER,),
           source=("investigating",), target="with_unit", guard=(once(), ANOTHER_BUREAU, NOT_AN_OFFICER),
           asks=(BUREAU_ASKED, Field("question", "What the unit is asked")), does=(route("bureau"),),
           tells=(Notice(TO.FILER, "complaint_forwarded"), Notice(TO.BUREAU, "complaint_task"))),
    Action("object", "Object: not our responsibility", "The unit says that it is not its matter", by=(REVIEWER,),
           source=("with_unit",), target="returned",
           guard=(once(per=BUREAU), within("complaint.object", since=("forward", "assign"))),
           asks=(REASONS, Field("whose", "Responsible body", FieldKind.BUREAU, required=False)),
           tells=(Notice(TO.CHIEF, "complaint_objected"),)),
    Action("assign", "Assign to another unit", "Assigned to another unit by the head of the office", by=(CHIEF,),
           source=("returned",), target="with_unit", guard=(ANOTHER_BUREAU,), asks=(BUREAU_ASKED, REASONS),
           does=(route("bureau"),), tells=(Notice(TO.BUREAU, "complaint_task"),)),
    Action("keep", "Keep it with the office", "Kept with the office", by=(CHIEF,), source=("returned",),
           target="investigating"),
    Action("ask_body", "Ask the body complained of", "The body complained of was asked for its statement",
           by=(OFFICER,), source=("investigating", "with_unit"), target=STAY, guard=(about("complained_of", "bureau"),),
           asks=(Field("words", "The question, in the office's own words",
                       hint="The body will see this and nothing else: not the enterprise's name, words or files."),),
           tells=(Notice(TO.COMPLAINED_OF, "statement_asked"),)),
    Action("record_reply", "Record the reply", "The reply was recorded", by=(OFFICER,),
           source=("investigating", "with_unit"), target=STAY,
           asks=(Field("reply", "What was replied", internal=True), FILES)),
    Action("extend", "Extend the time to decide", "Time to decide extended", by=(CHIEF,), source=AFTER_ROUTE,
           target=STAY, variants=PETITION, guard=(once(), before_due("decide")),
           asks=(Field("days", "By how many days", FieldKind.NUMBER), REASONS), does=(extend("decide", by="days"),),
           tells=(Notice(TO.FILER, "complaint_extended"),)),
)  # fmt: skip

DECIDING = (
    Action("propose", "Propose an opinion", "Opinion proposed", by=(OFFICER,), source=("investigating",),
           target="proposed", part=PROPOSES, guard=(NOT_AN_OFFICER,), asks=WRITTEN),
    Action("send_back", "Send back to the officer", "Sent back to the officer", by=(CHIEF,), source=("proposed",),
           target="investigating", part=SENDS_BACK, guard=(not_by("propose"),), asks=(INTERNAL_REASONS,)),
    call_back("propose", OFFICER, "proposed", "investigating"),
    Action("approve", "Approve and send the opinion", "Opinion approved and sent", by=(CHIEF,), source=("proposed",),
           target=BY_OPINION, part=DECIDES, guard=(not_by("propose"), has_remedy(OFFICE)), asks=(OPINION,),
           tells=OPINION_GOES),
    Action("decide", "Decide", "Decided by the head of the office alone", by=(CHIEF,), source=("investigating",),
           target=BY_OPINION, part=DECIDES, guard=(ABOUT_AN_OFFICER, has_remedy(OFFICE)), asks=WRITTEN,
           tells=(*OPINION_GOES, Notice(TO.AUDITOR, "opinion_copy"))),
    Action("propose", "Propose an opinion", "Opinion proposed", by=(REVIEWER,), source=("with_unit",),
           target="unit_proposed", part=PROPOSES, asks=WRITTEN),
    Action("send_back", "Send back to the reviewer", "Sent back to the reviewer", by=(APPROVER,),
           source=("unit_proposed",), target="with_unit", part=SENDS_BACK, guard=(not_by("propose"),),
           asks=(INTERNAL_REASONS,)),
    call_back("propose", REVIEWER, "unit_proposed", "with_unit"),
    Action("approve", "Approve and send the opinion", "Opinion approved and sent", by=(APPROVER,),
           source=("unit_proposed",), target=BY_OPINION, part=DECIDES,
           guard=(not_by("propose"), has_remedy(BUREAU)), asks=(OPINION,), tells=OPINION_GOES),
)  # fmt: skip

FOLLOWING = (
    Action("rate", "Rate how it was handled", "Rated by the enterprise", by=(FILER,), source=ANSWERED, target=STAY,
           guard=(once(),), asks=(
               Field("score", "How satisfied are you?", FieldKind.CHOICE, choices=(
                   Choice("very", "Very satisfied"), Choice("rather", "Satisfied"),
                   Choice("little", "Rather dissatisfied"), Choice("not", "Dissatisfied"))),
               Field("words", "What you want to say", required=False))),
    Action("withdraw", "Withdraw the complaint", "Withdrawn", by=(FILER,), source=OPEN, target="withdrawn",
           asks=(Field("words", "Why you are withdrawing", required=False),),
           tells=(Notice(TO.FILER, "complaint_withdrawn"), Notice(TO.OFFICE, "complaint_withdrawn_copy"),
                  Notice(TO.BUREAU, "complaint_withdrawn_copy"))),
)  # fmt: skip


def read_same_body(facts: Facts) -> str:
    """Whether the unit that investigates and the bureau complained of are one body now (D16, D26)."""
    old, new, case = facts.answers.get("old_bureau"), facts.answers.get("bureau"), facts.snapshot
    unit, body = (new if bureau == old else bureau for bureau in (case.bureau, case.complained_bureau))
    return "same" if unit == body else "another"


SAME_BODY = Question("same_body", ("same", "another"), read_same_body)
FOLLOWED = (
    succeeded(("filed", "registered", "investigating", "proposed", "returned")),
    succeeded(("with_unit", "unit_proposed"), By(SAME_BODY, same="returned", another=STAY)),
)
"""A unit that has become one with the bureau complained of does not go on: the office's head assigns or keeps it."""

DEADLINES = (
    Deadline("acknowledge", "Acknowledge receipt", "complaint.acknowledge", OFFICE, ("filed",), OFFICIAL_LADDER,
             counts_from=FILING),
    Deadline("route", "Route", "complaint.route", OFFICE, ("filed", "registered"), OFFICIAL_LADDER,
             counts_from=FILING),
    Deadline("decide", "Decide", "complaint.decide", TO.DESK, AFTER_ROUTE, OFFICIAL_LADDER,
             counts_from=taken("route"), variants=("petition", "business_env", "enforcement")),
    Deadline("decide", "Decide", "complaint.decide", TO.DESK, AFTER_ROUTE, OFFICIAL_LADDER, counts_from=FILING,
             variants=FALSE_DISPLAY),
    Deadline("assign", "Assign again or keep", "complaint.assign", OFFICE, ("returned",), OFFICIAL_LADDER,
             fresh=True),
)  # fmt: skip

DEFINITION = Definition(
    kind="complaint",
    label="Complaint",
    letters="TS",
    states=STATES,
    actions=(*INTAKE, *INVESTIGATING, *DECIDING, *FOLLOWING, add(OPEN), *of_every_open_case(STATES, FOLLOWED)),
    deadlines=DEADLINES,
    variants=("unrouted", *ROUTED),
    windows=("complaint.object",),
    without_record=True,
    closed_to="complained_of",
    wordings=LETTERS,
    papers=PAPERS,
    number_word="诉",
    mark="Com",
    shape="triangle",
)  # fmt: skip
