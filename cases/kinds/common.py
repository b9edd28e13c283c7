"""What all kinds share: the ladder of every official deadline, and the actions of the common table."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflow.definition import *
from workflow.guards import *

SUPERVISE = "supervise"

OFFICIAL_LADDER = (
    Rung(-2, "remind", at_least=5),
    Rung(-1, "remind", at_least=2),
    Rung(0, "overdue"),
    Rung(+3, SUPERVISE),
    Rung(+10, "leading_group"),
)
"""The rungs of every deadline of an official; the offsets are working days (procedures.md, Rungs)."""


def enterprise_ladder(late: str) -> tuple[Rung, ...]:
    """The enterprise's time: reminders, and what its silence causes as the last day ends (D2)."""
    return (Rung(-2, "remind", at_least=5), Rung(-1, "remind", at_least=2), Rung(0, late, exact=True))


GROUNDS = (
    Choice("wrong", "It does not match the facts, is wrong or leaves something out"),
    Choice("secret", "It infringes a business secret, privacy or another lawful interest"),
    Choice("expired", "It is still shown after its display period has ended"),
    Choice("barred", "Laws and regulations forbid its disclosure"),
)
"""The four grounds of 《内蒙古自治区社会信用条例》第三十九条 (1)–(4)."""

HANDED_IN = Field("handed_in_on", "Handed in on", FieldKind.DATE, by=(OFFICER, REVIEWER), day_of_filing=True,
                  hint="The day on which it was handed in counts, not today.")  # fmt: skip
"""What came on paper counts from the day it came (D17)."""

GROUND = Field("ground", "Ground", FieldKind.CHOICE, required=False, choices=GROUNDS)

REASONS = Field("reasons", "Reasons", hint="The enterprise will see this.")
LAW_NAMED = (
    "The enterprise will see this. For an article that is not on our list, also give the day on which you compared it "
    "with the official text."
)


def law(*ends: str, only: tuple[str, ...] | None = None) -> tuple[Field, Field]:
    """What an adverse end rests on (D60): offered from the place's table, else named and compared by a person."""
    return (
        Field("law", "Legal basis", FieldKind.LAW, required=False, hint=LAW_NAMED, only=only, ends=ends),
        Field("law_checked_on", "Compared with the official text on", FieldKind.DATE, required=False, only=only,
              hint="Only for an article that is not on our list."),
    )  # fmt: skip


WORDS = Field("words", "What you want to say")
SENT_WORDS = Field("words", "What you want to say", hint="One sentence is enough: say which papers you are sending.")
FILES = Field("files", "Evidence", FieldKind.FILES, required=False, hint="PDF, JPEG or PNG, at most 10 files of 10 MB.")
MISSING = Field("missing", "What is missing", hint="Name everything that is missing: it can be asked only once.")
THE_BODY = "The body that is competent, and how to reach it."
WHERE = (
    Field("where", "Where to go instead", hint=THE_BODY, unless="nowhere"),
    Field("nowhere", "No body is competent for it", FieldKind.TICK, required=False,
          hint="Tick only if that is so, and say why in the reasons."),
)  # fmt: skip
"""Who refuses says where to go, or that nobody is competent (D31)."""
WHERE_TO_GO = Field("where", "Where to go instead", hint=THE_BODY)
INTERNAL_REASONS = Field("reasons", "Reasons", internal=True, hint="The enterprise will not see this.")
OPINION = Field("opinion", "Opinion", required=False, internal=True, hint="The enterprise will not see this.")
FINDINGS = Field("findings", "Findings", FieldKind.FINDINGS)
NOTHING_ADDED = not_after("joined")
"""What another case found was added (D19): the case is not ended before somebody has looked at it (D7, D39)."""
CLAIMS = Field("claims", "What is wrong, and what it should say", FieldKind.CLAIMS)


SYSTEM_RIGHT = "system_right"
"""What a bureau answers that confirms that its own system says the same."""
SHEET_CONFLICT = "sheet_conflict"
"""The variant in which a bureau finds on what its sheet says against a decision (D55)."""


def ladder_actions(states: tuple[str, ...]) -> tuple[Action, ...]:
    """What the clock, and for supervision the chief, may do where deadlines run: nothing that moves a case (D1)."""
    return (
        Action("remind", "Remind", "Reminder of a deadline", by=(CLOCK,), source=states, target=STAY,
               tells=(Notice(Addressee.OWNER, "remind"),)),
        Action("overdue", "A deadline has passed", "A deadline has passed", by=(CLOCK,), source=states, target=STAY,
               tells=(Notice(Addressee.OWNER, "overdue"), Notice(Addressee.OWNER_HEAD, "overdue"),
                      Notice(Addressee.OFFICE, "overdue"), Notice(Addressee.FILER, "overdue_filer", once=True))),
        Action(SUPERVISE, "Send a supervision sheet", "Supervision sheet sent", by=(CHIEF, CLOCK), source=states,
               target=STAY, guard=(one_sheet(),),
               asks=(Field("deadline", "Deadline", FieldKind.DEADLINE, by=(CHIEF,)),
                     Field("words", "What you want to say", required=False, by=(CHIEF,), internal=True)),
               tells=(Notice(Addressee.OWNER, "supervise"), Notice(Addressee.OWNER_HEAD, "supervise"),
                      Notice(Addressee.CHIEF, "supervise"))),
        Action("leading_group", "Report to the leading group", "Reported to the leading group", by=(CLOCK,),
               source=states, target=STAY, tells=(Notice(Addressee.LEADING_GROUP, "leading_group"),)),
        Action(RECOUNTED, "Recount the dates", "A newly announced calendar moved a date", by=(CLOCK,), source=states,
               target=STAY, tells=(Notice(Addressee.FILER, "recounted"), Notice(Addressee.OWNER, "recounted"))),
    )  # fmt: skip


def note(states: tuple[str, ...]) -> Action:
    """Internal words of office and bureau, never shown to the filer."""
    return Action("note", "Add an internal note", "Internal note",
                  by=(OFFICER, CHIEF, REVIEWER, APPROVER, HEAD), source=states, target=STAY,
                  asks=(Field("words", "Note", internal=True, hint="The enterprise will not see this."),))  # fmt: skip


def add(states: tuple[str, ...]) -> Action:
    """The enterprise adds papers of its own; that pauses nothing (D4)."""
    return Action("add", "Add papers", "Papers added", by=(FILER,), source=states, target=STAY,
                  asks=(WORDS, FILES), tells=(Notice(Addressee.DESK, "added"),))  # fmt: skip


def amend(states: tuple[str, ...], *asks: Field, **more: Any) -> Action:
    """The firm says anew what it claims, before it is accepted: what it said first stays in its event (D70)."""
    return Action("amend", "Change what you filed", "The filing was changed by the firm", by=(FILER,),
                  source=states, target=STAY, asks=asks,
                  tells=(Notice(Addressee.OFFICE, "amended"),), **more)  # fmt: skip


def papers_come(*asked: tuple[str, str]) -> tuple[Action, ...]:
    """From each state in which papers are awaited back to the desk that asked: they come, or their time ends (D2)."""
    return tuple(row for asking, back in asked for row in (
        Action("supply", "Send the papers", "Papers sent", by=(FILER,), source=(asking,), target=back,
               asks=(SENT_WORDS, FILES), tells=(Notice(Addressee.DESK, "papers_came"),)),
        Action("papers_late", "The time for papers has ended", "The time for papers has ended; the case goes on",
               by=(CLOCK,), source=(asking,), target=back,
               tells=(Notice(Addressee.DESK, "papers_late"), Notice(Addressee.FILER, "papers_late_filer"))),
    ))  # fmt: skip


def third_party(waiting: str, back: str, by: Role) -> tuple[Action, ...]:
    """A third party is asked for its view: the time is its own, and its silence is put back before who asked.

    Give it a deadline: `Deadline("third", "…", "KIND.third", Party.THIRD, (waiting,), third_ladder())`.
    """
    return (
        Action("ask_third", "Ask a third party", "A third party was asked", by=(by,), source=(back,), target=waiting,
               optional=True, guard=(once(),), asks=(
                   Field("third_party", "Who is asked", FieldKind.LINE, internal=True),
                   Field("third_mail", "Mail address", FieldKind.LINE, required=False, internal=True,
                         hint="Without one the letter is sent on paper."),
                   Field("question", "What the third party is asked", hint="The third party will see this.")),
               tells=(Notice(Addressee.THIRD, "third_asked"), Notice(Addressee.FILER, "third_asked_filer"))),
        Action("record_view", "Record the third party's view", "The third party has answered", by=(by,),
               source=(waiting,), target=back, asks=(Field("view", "What was answered", internal=True), FILES)),
        Action("third_silent", "The third party's time has ended", "The third party has not answered; the case goes on",
               by=(CLOCK,), source=(waiting,), target=back, tells=(Notice(Addressee.DESK, "third_silent"),)),
    )  # fmt: skip


def third_ladder() -> tuple[Rung, ...]:
    return (Rung(0, "third_silent", exact=True),)


def joined(states: tuple[str, ...], back: Mapping[str, str], decided: tuple[str, ...]) -> tuple[Action, ...]:
    """What another case would open is open already: what was found there is a claim in this one (D19, D39).

    From `back` a proposal goes back to the desk that made it. In `decided` states the claims wait, and the end of the
    case opens theirs.
    """
    asks = (CLAIMS, GROUND, Field("words", "What was found", required=False))
    told = (Addressee.FILER, Addressee.DESK, Addressee.OFFICE, Addressee.BUREAU)
    added = Action("joined", "Join what was found", "Matters from another case joined this one", by=(CASE,),
                   source=states, target=STAY, asks=asks,
                   tells=tuple(Notice(to, "joined") for to in told))  # fmt: skip
    returned = "Matters from another case joined this one; the proposal was sent back"
    sent_back = (replace(added, source=(state,), target=desk, part=SENDS_BACK, done=returned)
                 for state, desk in back.items())  # fmt: skip
    later = replace(added, name="joined_later", label="Join what was found once this case is closed",
                    done="Matters from another case wait until this one is closed", source=decided,
                    asks=(replace(CLAIMS, name="waiting", waits=True), *asks[1:]),
                    tells=tuple(Notice(to, "joined_later") for to in told))  # fmt: skip
    return (added, *sent_back, later)


def call_back(of: str, by: Role, source: str, target: str, **more: Any) -> Action:
    """Whoever proposed takes the proposal back, while nobody who may decide on it has opened the case (D71)."""
    return Action("call_back", "Withdraw the proposal", "Proposal withdrawn", by=(by,), source=(source,),
                  target=target, part=CALLS_BACK, guard=(only_by(of),), **more)  # fmt: skip


def succeeded(states: tuple[str, ...], target: Target = STAY) -> Action:
    """A bureau has been merged, split or renamed: its open cases go on under its successor (D26)."""
    return Action("succeeded", "Follow the successor", "The bureau has become another", by=(CHIEF,), source=states,
                  target=target, offered=False, does=(succeed("old_bureau", "bureau"),), asks=(
                      Field("old_bureau", "Which body", FieldKind.BUREAU),
                      Field("bureau", "Successor", FieldKind.BUREAU), Field("document", "Document", FieldKind.LINE),
                      Field("on_day", "Since which day", FieldKind.DATE)),
                  tells=(Notice(Addressee.FILER, "succeeded"),))  # fmt: skip


def whose_work(office: tuple[str, ...], bureau: tuple[str, ...]) -> tuple[Action, ...]:
    """Among several at the desk: who takes a case, gives it back or hands it to another. It bars nobody."""
    desks: tuple[tuple[tuple[Role, ...], tuple[str, ...]], ...] = (
        ((OFFICER, CHIEF), office), ((REVIEWER, APPROVER, HEAD), bureau))  # fmt: skip
    return tuple(row for roles, states in desks if states for row in (
        Action("take", "Take this case", "Taken in hand", by=roles, source=states, target=STAY,
               guard=(not_in_hand(),), does=(take(),)),
        Action("give_back", "Give it back", "Given back to the desk", by=roles, source=states, target=STAY,
               guard=(in_hand(),), does=(give_back(),)),
        Action("hand_to", "Hand it to a colleague", "Handed to a colleague", by=roles, source=states, target=STAY,
               asks=(Field("person", "To whom", FieldKind.PERSON),), does=(hand_to("person"),)),
    ))  # fmt: skip


def of_every_open_case(states: tuple[State, ...], followed: tuple[Action, ...] = ()) -> tuple[Action, ...]:
    """The rows that every kind has in every open state; `followed` are its own rows for a bureau's successor."""
    open_states = tuple(state.name for state in states if not state.final)
    office, bureau = (
        tuple(state.name for state in states if state.desk is desk) for desk in (Party.OFFICE, Party.BUREAU)
    )
    return (note(open_states), *whose_work(office, bureau), *(followed or (succeeded(open_states),)),
            *ladder_actions(open_states))  # fmt: skip
