"""Disclosure 政府信息公开申请: an enterprise asks for information that the office holds.

《中华人民共和国政府信息公开条例》第二十七条 and those after it. No credit record; a refusal needs four eyes.
"""

from typing import Final

from cases.kinds.common import (
    FILES,
    INTERNAL_REASONS,
    OFFICIAL_LADDER,
    OPINION,
    SENT_WORDS,
    add,
    enterprise_ladder,
    law,
    of_every_open_case,
    third_ladder,
    third_party,
)
from workflow.definition import (
    CHIEF,
    CLOCK,
    DECIDES,
    FILER,
    FILING,
    OFFICER,
    PROPOSES,
    SENDS_BACK,
    START,
    STAY,
    Action,
    Addressee,
    BySome,
    Choice,
    Deadline,
    Definition,
    Field,
    FieldKind,
    Notice,
    Party,
    Question,
    State,
    extend,
)
from workflow.guards import after, before_due, has_remedy, not_after, not_by, once
from workflow.letters import (
    FILED,
    GIVEN_REASONS,
    NEXT,
    NOTHING_TO_DO,
    NUMBERS,
    PROVISIONAL,
    REASONS,
    REMEDIES,
    PaperForm,
    when,
    wording,
)

OFFICE, ENTERPRISE = Party.OFFICE, Party.ENTERPRISE
TO = Addressee

STATES = (
    State("filed", "Filed", OFFICE, "answer it, or propose a refusal"),
    State("unclear", "Waiting for a clarification", ENTERPRISE, "say more precisely which information you want"),
    State("third_asked", "Waiting for a third party", OFFICE, "record what the third party answers"),
    State("proposed", "Waiting for approval", OFFICE, "approve the proposal"),
    State("disclosed", "Disclosed", outcome="disclosed"),
    State("partly", "Partly disclosed", outcome="partly", adverse=True),
    State("public", "Already public", outcome="public"),
    State("not_held", "Not held here", outcome="not_held", adverse=True),
    State("secret", "Refused: a secret", outcome="secret", adverse=True),
    State("third", "Refused: a third party's interest", outcome="third", adverse=True),
    State("internal", "Refused: internal information", outcome="internal", adverse=True),
    State("repeated", "Not handled again", outcome="repeated", adverse=True),
    State("unclarified", "Closed as withdrawn: not clarified", outcome="unclarified", adverse=True),
    State("withdrawn", "Withdrawn", outcome="withdrawn"),
)
OPEN = tuple(state.name for state in STATES if not state.final)

ANSWERS = (
    Choice("disclosed", "Disclose it"),
    Choice("public", "It is public already"),
    Choice("not_held", "It is not held here"),
)
REFUSALS = (
    Choice("partly", "Disclose it in part"),
    Choice("secret", "Refuse it: a secret"),
    Choice("third", "Refuse it: a third party's interest"),
    Choice("internal", "Refuse it: internal information"),
    Choice("repeated", "Do not handle it again: a repeated request"),
)
DECISION = Question(
    "decision", tuple(choice.code for choice in (*ANSWERS, *REFUSALS)), lambda facts: str(facts.said("decision"))
)

WANTED = Field("wanted", "Which information you want", hint="Title, number or what it is about, as exactly as you can.")
HOW = Field("how", "How you want it", FieldKind.CHOICE, choices=(
    Choice("electronic", "As a file"), Choice("paper", "As a copy on paper"),
    Choice("look", "To be looked at in the office")))  # fmt: skip
INFORMATION = Field("information", "What is disclosed", hint="The enterprise will see this.",
                    only=("decision", "disclosed"))  # fmt: skip
WHERE_PUBLIC = Field("where", "Where it is public", hint="The enterprise will see this.", only=("decision", "public"))
WHY_NOT_HELD = Field("reasons", "Reasons", hint="The enterprise will see this.", only=("decision", "not_held"))
PART = Field("information", "What is disclosed", hint="The enterprise will see this.", only=("decision", "partly"))
REASONS_GIVEN = Field("reasons", "Reasons", hint="The enterprise will see this.")

ACTIONS = (
    Action("file", "File a request", "Request filed", by=(FILER,), source=(START,), target="filed",
           asks=(WANTED, HOW, FILES),
           tells=(Notice(TO.FILER, "disclosure_filed"), Notice(TO.OFFICE, "filed_office"))),
    Action("clarify", "Ask for a clarification", "A clarification was asked for", by=(OFFICER,), source=("filed",),
           target="unclear", optional=True, guard=(once(),),
           asks=(Field("missing", "What is unclear", hint="Name everything: it can be asked only once."),),
           tells=(Notice(TO.FILER, "clarify_asked"),)),
    Action("supply", "Send the clarification", "Clarified", by=(FILER,), source=("unclear",), target="filed",
           asks=(SENT_WORDS, FILES), tells=(Notice(TO.OFFICE, "clarified"),)),
    Action("clarify_late", "The time for the clarification has ended", "No clarification came; the case goes on",
           by=(CLOCK,), source=("unclear",), target="filed",
           tells=(Notice(TO.OFFICE, "clarify_late"), Notice(TO.FILER, "clarify_late_filer"))),
    Action("close", "Close it as withdrawn", "Closed as withdrawn: not clarified", by=(OFFICER,), source=("filed",),
           target="unclarified", part=DECIDES, asks=(REASONS_GIVEN, *law("unclarified")),
           guard=(after("clarify_late"), not_after("add", since="clarify"), has_remedy(OFFICE)),
           tells=(Notice(TO.FILER, "disclosure_closed"),)),
    Action("extend", "Extend the time to answer", "Time to answer extended", by=(CHIEF,),
           source=("filed", "proposed"), target=STAY, guard=(once(), before_due("answer")), asks=(REASONS_GIVEN,),
           does=(extend("answer"),), tells=(Notice(TO.FILER, "disclosure_extended"),)),
    Action("answer", "Answer the request", "Request answered", by=(OFFICER,), source=("filed",), part=DECIDES,
           target=BySome(DECISION, disclosed="disclosed", public="public", not_held="not_held"),
           guard=(has_remedy(OFFICE),),
           asks=(Field("decision", "Answer", FieldKind.CHOICE, choices=ANSWERS), INFORMATION, WHERE_PUBLIC,
                 WHY_NOT_HELD, *law("not_held", only=("decision", "not_held"))),
           tells=(Notice(TO.FILER, "disclosure_answered"),)),
    Action("propose", "Propose a refusal", "Refusal proposed", by=(OFFICER,), source=("filed",), target="proposed",
           part=PROPOSES,
           asks=(Field("decision", "Decision", FieldKind.CHOICE, choices=REFUSALS), PART, REASONS_GIVEN,
                 *law("partly", "secret", "third", "internal", "repeated"))),
    Action("send_back", "Send back to the officer", "Sent back to the officer", by=(CHIEF,), source=("proposed",),
           target="filed", part=SENDS_BACK, guard=(not_by("propose"),), asks=(INTERNAL_REASONS,)),
    Action("approve", "Approve the refusal", "Refusal approved and sent", by=(CHIEF,), source=("proposed",),
           target=BySome(DECISION, partly="partly", secret="secret", third="third", internal="internal",
                         repeated="repeated"),
           part=DECIDES, guard=(not_by("propose"), has_remedy(OFFICE)), asks=(OPINION,),
           tells=(Notice(TO.FILER, "disclosure_answered"),)),
    Action("withdraw", "Withdraw the request", "Withdrawn", by=(FILER,), source=OPEN, target="withdrawn",
           asks=(Field("words", "Why you are withdrawing", required=False),),
           tells=(Notice(TO.FILER, "withdrawn"), Notice(TO.OFFICE, "withdrawn_copy"))),
)  # fmt: skip

DEADLINES = (
    Deadline("answer", "Answer", "disclosure.answer", OFFICE, OPEN, OFFICIAL_LADDER,
             paused_in=("unclear", "third_asked"), counts_from=FILING),
    Deadline("clarify", "Your clarification", "disclosure.clarify", ENTERPRISE, ("unclear",),
             enterprise_ladder("clarify_late")),
    Deadline("third", "The third party's view", "disclosure.third", Party.THIRD, ("third_asked",), third_ladder()),
)  # fmt: skip

LETTERS: Final = {
    "disclosure_filed": wording(
        "{case}: we have received it",
        "On {filed_on} we received your request for government information.",
        NUMBERS,
        NEXT,
        NOTHING_TO_DO,
        paper="receipt",
    ),
    "clarify_asked": wording(
        "{case}: please say more precisely what you want",
        "To find the information we need to know: {missing}",
        "Please answer by {due} ({basis}); it is asked only once. Our time to answer stands still until then.",
        PROVISIONAL,
        "If nothing comes by then, the office may close the request in writing as withdrawn.",
    ),
    "clarify_late_filer": wording(
        "{case}: the time for your clarification has ended",
        "No clarification came. The office now answers the request as it is, or closes it in writing.",
        NEXT,
    ),
    "disclosure_closed": wording(
        "{case}: closed as withdrawn",
        "{matter} is closed as withdrawn, because the clarification that was asked for did not come.",
        REASONS,
        "You may file again.",
        REMEDIES,
    ),
    "disclosure_extended": wording(
        "{case}: more time",
        "The head of {office} has extended the time to answer: instead of {old_due} it is now {new_due}. "
        "It can be extended only once.",
        REASONS,
    ),
    "disclosure_answered": wording(
        "{case}: answered",
        "{matter} has been answered. Result: {result}.",
        when("information", "What is disclosed: {information}"),
        when("decision", "You find it here: {where}", equals="public"),
        GIVEN_REASONS,
        when("adverse", REMEDIES),
        paper="reply",
    ),
}

PAPERS: Final = (PaperForm("reply", "Answer to a request for government information", "复", (*FILED, "result")),)

DEFINITION = Definition(
    kind="disclosure",
    label="Request for information",
    letters="XX",
    states=STATES,
    actions=(*ACTIONS, *third_party("third_asked", "filed", OFFICER), add(OPEN), *of_every_open_case(STATES)),
    deadlines=DEADLINES,
    without_record=True,
    one_open=False,
    wordings=LETTERS,
    papers=PAPERS,
    general_letters=("clarified", "clarify_late"),
    number_word="公",
    mark="Info",
)
