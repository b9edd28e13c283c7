"""A small kind that holds together, and ways to spoil it in one place."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from cases.kinds.common import law, succeeded
from tests.workflow.calendars import shipped
from tests.workflow.walking import RECORD, Walk
from workflow.definition import (
    CHIEF,
    CLOCK,
    FILER,
    HEAD,
    OFFICER,
    REVIEWER,
    START,
    STAY,
    Action,
    Addressee,
    By,
    Deadline,
    Definition,
    Field,
    FieldKind,
    Notice,
    Party,
    Question,
    Role,
    Rung,
    State,
    Target,
    extend,
    flag,
    route,
    unflag,
)
from workflow.guards import before_due, has_remedy, not_by, once, within
from workflow.jurisdiction import Jurisdiction, PlaceEntry
from workflow.limits import Rule
from workflow.snapshot import RecordFacts, RuleContext

OUTCOME = Question("outcome", ("granted", "refused"), lambda facts: "granted")
OFFICIAL = (Rung(-1, "remind", at_least=2), Rung(0, "overdue"), Rung(3, "supervise"))
ASKED = (Rung(-1, "remind", at_least=2), Rung(0, "papers_late", exact=True))
OPEN = ("filed", "awaiting_papers", "with_bureau")
LAW = law("refused")
TELL_FILER = Notice(Addressee.FILER, "answer")


def sound() -> Definition:
    """An enterprise asks for something; the office refers it; a bureau decides; a refusal may be appealed."""
    return Definition(
        "request", "Request", "QQ", STATES, ACTIONS, DEADLINES, windows=("request.appeal",), file="request.py"
    )


STATES = (
    State("filed", "Filed", Party.OFFICE, "refer it"),
    State("awaiting_papers", "Awaiting papers", Party.ENTERPRISE, "send papers"),
    State("with_bureau", "With the bureau", Party.BUREAU, "decide it"),
    State("granted", "Granted", outcome="granted"),
    State("refused", "Refused", outcome="refused", adverse=True),
    State("withdrawn", "Withdrawn", outcome="withdrawn"),
)


def act(name: str, label: str, by: tuple[Role, ...], source: tuple[str, ...], target: Target, **more: Any) -> Action:
    """A row whose words in the time line are those of its button."""
    return Action(name, label, label, by, source, target, **more)


ACTIONS = (
    act("file", "File", (FILER,), (START,), "filed", asks=(Field("claims", "Claims", FieldKind.CLAIMS),),
           does=(flag(),), tells=(TELL_FILER, Notice(Addressee.OFFICE, "filed"))),
    act("ask_papers", "Ask for papers", (OFFICER,), ("filed",), "awaiting_papers",
           asks=(Field("missing", "Missing"),), guard=(once(),), tells=(Notice(Addressee.FILER, "asked"),)),
    act("supply", "Supply", (FILER,), ("awaiting_papers",), "filed", tells=(Notice(Addressee.DESK, "supplied"),)),
    act("papers_late", "Papers late", (CLOCK,), ("awaiting_papers",), "filed",
           tells=(Notice(Addressee.DESK, "late"),)),
    act("refer", "Refer", (OFFICER,), ("filed",), "with_bureau", does=(route("supplied_by"),),
           tells=(Notice(Addressee.BUREAU, "referral"),)),
    act("extend", "Extend", (HEAD,), ("with_bureau",), STAY, guard=(once(), before_due("verify")),
           does=(extend("verify"),), tells=(TELL_FILER,)),
    act("decide", "Decide", (REVIEWER,), ("with_bureau",), By(OUTCOME, granted="granted", refused="refused"),
           asks=(Field("findings", "Findings", FieldKind.FINDINGS), *LAW),
           guard=(not_by("refer"), has_remedy(Party.BUREAU)), does=(unflag(),), tells=(TELL_FILER,)),
    act("withdraw", "Withdraw", (FILER,), OPEN, "withdrawn", does=(unflag(),),
           tells=(TELL_FILER, Notice(Addressee.BUREAU, "withdrawn"))),
    act("appeal", "Appeal", (FILER,), ("refused",), "with_bureau", guard=(within("request.appeal", "decide"),),
           reopens=True),
    act("rate", "Rate", (FILER,), ("granted", "refused"), STAY, guard=(once(),)),
    act("remind", "Remind", (CLOCK,), OPEN, STAY, tells=(Notice(Addressee.OWNER, "remind"),)),
    act("overdue", "Overdue", (CLOCK,), OPEN, STAY, tells=(Notice(Addressee.FILER, "overdue", once=True),)),
    act("supervise", "Supervise", (CHIEF, CLOCK), OPEN, STAY,
           asks=(Field("deadline", "Deadline", FieldKind.DEADLINE, by=(CHIEF,)),),
           tells=(Notice(Addressee.OWNER, "sheet"),)),
)  # fmt: skip

DEADLINES = (
    Deadline("accept", "Accept", "request.accept", Party.OFFICE, ("filed", "awaiting_papers"), OFFICIAL,
             paused_in=("awaiting_papers",)),
    Deadline("supplement", "Supplement", "request.supplement", Party.ENTERPRISE, ("awaiting_papers",), ASKED,
             fresh=True),
    Deadline("verify", "Verify", "request.verify", Party.BUREAU, ("with_bureau",), OFFICIAL),
)  # fmt: skip


def with_state(name: str, **changes: Any) -> Definition:
    return replace(sound(), states=_changed(STATES, name, changes))


def with_action(name: str, **changes: Any) -> Definition:
    return replace(sound(), actions=_changed(ACTIONS, name, changes))


def with_rows(**changes: dict[str, Any]) -> Definition:
    """Several actions changed at once, each by its name."""
    rows = ACTIONS
    for name, changed in changes.items():
        rows = _changed(rows, name, changed)
    return replace(sound(), actions=rows)


def with_succession(definition: Definition) -> Definition:
    return replace(definition, actions=(*definition.actions, succeeded(definition.open_states())))


def with_deadline(name: str, **changes: Any) -> Definition:
    return replace(sound(), deadlines=_changed(DEADLINES, name, changes))


def without_action(name: str) -> Definition:
    return replace(sound(), actions=tuple(action for action in ACTIONS if action.name != name))


def plus(definition: Definition, *more: State | Action | Deadline) -> Definition:
    """The definition with more rows at the end of its tables."""
    return replace(
        definition,
        states=definition.states + tuple(row for row in more if isinstance(row, State)),
        actions=definition.actions + tuple(row for row in more if isinstance(row, Action)),
        deadlines=definition.deadlines + tuple(row for row in more if isinstance(row, Deadline)),
    )


def _changed(rows: tuple[Any, ...], name: str, changes: dict[str, Any]) -> tuple[Any, ...]:
    assert any(row.name == name for row in rows), name
    return tuple(replace(row, **changes) if row.name == name else row for row in rows)


def rule(stage: str, n: int = 5, **more: Any) -> Rule:
    """A proposal of the kind `request`, in force since 2020."""
    said = {"label": stage, "unit": "workday", "counted_from": "filing", "basis": "proposal", "certainty": "none"}
    return Rule.model_validate({"name": f"request.{stage}", "n": n, "valid_from": date(2020, 1, 1), **said, **more})


RULES = (rule("accept", 2), rule("supplement", 10), rule("verify", 7, extension=10), rule("appeal", 15, window=True))


def place(*rules: Rule, code: str = "here") -> Jurisdiction:
    """A place with these rules; without any, with those that the sound kind needs."""
    return Jurisdiction(code, HERE, rules or RULES, shipped())


HERE = PlaceEntry.model_validate(
    {
        "name": {"zh": "此地", "en": "Here"},
        "zone": "Asia/Shanghai",
        "languages": ["zh", "en"],
        "paper_prefix": "此",
        "begins": "2020-01-01",
        "office_hours": {"opens": "08:30", "closes": "17:30", "basis": "proposal"},
        "office": {"name": "此办", "name_en": "Office", "short_name": "办", "short_name_en": "Office"},
        "leading_group": {"name": {"zh": "组", "en": "Group"}},
    }
)


MONDAY_MORNING = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)


def at_work(
    definition: Definition, law: Jurisdiction | None = None, record: RecordFacts | None = RECORD, variant: str = "",
    now: datetime = MONDAY_MORNING,
) -> Walk:  # fmt: skip
    """A case of that kind that is not opened yet; it is Monday, 2 November 2026, 09:30 here."""
    law = law or place()
    return Walk(definition, RuleContext(law, law.calendar), now, record, variant)
