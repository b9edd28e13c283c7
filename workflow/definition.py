"""The language in which a kind of case is written: frozen data.

A definition says which actions each party may take in each state, on whose desk the case then
lies, which deadlines run meanwhile, what an action does and who is told. It knows no database,
no clock and no kind. `check.py` refuses a definition that does not hold together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from workflow.guards import Guard
    from workflow.snapshot import Facts


class Party(StrEnum):
    """Who may act: the three desks a case can lie on, the clock, and another case."""

    ENTERPRISE = "enterprise"
    BUREAU = "bureau"
    OFFICE = "office"
    CLOCK = "clock"
    CASE = "case"


DESKS: Final = (Party.ENTERPRISE, Party.BUREAU, Party.OFFICE)


@dataclass(frozen=True)
class Role:
    """What a person may do at a desk."""

    party: Party
    name: str

    def __str__(self) -> str:
        return self.name


FILER: Final = Role(Party.ENTERPRISE, "filer")
REVIEWER: Final = Role(Party.BUREAU, "reviewer")
APPROVER: Final = Role(Party.BUREAU, "approver")
HEAD: Final = Role(Party.BUREAU, "head")
OFFICER: Final = Role(Party.OFFICE, "officer")
CHIEF: Final = Role(Party.OFFICE, "chief")
AUDITOR: Final = Role(Party.OFFICE, "auditor")
CLOCK: Final = Role(Party.CLOCK, "clock")
CASE: Final = Role(Party.CASE, "case")

ROLES: Final = {role.name: role for role in (FILER, REVIEWER, APPROVER, HEAD, OFFICER, CHIEF, AUDITOR)}


class Stay(Enum):
    """The target of an action that leaves the case where it is."""

    STAY = "stay"


STAY: Final = Stay.STAY
START: Final = "start"
RECOUNTED: Final = "recounted"
"""The clock's action where a newly announced calendar moves a date; no rung names it."""


class Addressee(StrEnum):
    """Whom a notice is for, seen from the case."""

    FILER = "filer"
    BUREAU = "bureau"
    OFFICE = "office"
    CHIEF = "chief"
    DESK = "desk"
    OWNER = "owner"
    OWNER_HEAD = "owner_head"
    LEADING_GROUP = "leading_group"
    AUDITOR = "auditor"
    COMPLAINED_OF = "complained_of"


class FieldKind(StrEnum):
    """How a form asks for a field."""

    LINE = "line"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    CLAIMS = "claims"
    FINDINGS = "findings"
    FILES = "files"
    BUREAU = "bureau"
    DEADLINE = "deadline"


@dataclass(frozen=True)
class State:
    """A place in the procedure; `work` says what its desk has to do. With an outcome it is final, on no desk."""

    name: str
    label: str
    desk: Party | None = None
    work: str = ""
    outcome: str = ""
    adverse: bool = False

    @property
    def final(self) -> bool:
        return bool(self.outcome)


@dataclass(frozen=True)
class Choice:
    """One answer of a choice: its code and the words shown."""

    code: str
    label: str


@dataclass(frozen=True)
class Field:
    """What an action asks.

    `by` limits it to those roles. `internal` words are never shown to the filer. Of findings: `settles` leaves
    none open, `review` asks only for what was not granted and is laid over the first findings (D21).
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    by: tuple[Role, ...] = ()
    internal: bool = False
    settles: bool = False
    review: bool = False


@dataclass(frozen=True)
class Question:
    """A function of what is recorded and what is answered now; it names the values it can give."""

    name: str
    values: tuple[str, ...]
    read: Callable[[Facts], str] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Branch:
    """A target that depends on the answer to a question."""

    question: Question
    targets: tuple[tuple[str, str | Stay], ...]

    def target(self, value: str) -> str | Stay:
        return dict(self.targets)[value]


def By(question: Question, **targets: str | Stay) -> Branch:  # noqa: N802 -- reads as a word of the language
    """`By(outcome, kept="answering", …)`: a branch for each value of the question."""
    return Branch(question, tuple(targets.items()))


Target = str | Stay | Branch


@dataclass(frozen=True)
class Effect:
    """What a move does beyond the state. `of` names a field, a deadline, a kind or a column."""

    name: str
    of: str = ""


def flag() -> Effect:
    return Effect("flag")


def unflag() -> Effect:
    return Effect("unflag")


def correct(findings: str = "findings") -> Effect:
    return Effect("correct", findings)


def end_display(findings: str = "") -> Effect:
    """End the display; given findings, only where they say so."""
    return Effect("end_display", findings)


def show_again() -> Effect:
    return Effect("show_again")


def delist() -> Effect:
    return Effect("delist")


def stop_sharing() -> Effect:
    return Effect("stop_sharing")


def keep_statement() -> Effect:
    return Effect("keep_statement")


def drop_review() -> Effect:
    """What was found on review and not approved is dropped: the first findings stand."""
    return Effect("drop_review")


def route(to: str) -> Effect:
    """Route the case to a bureau: `supplied_by`, `determined_by` or the field that names it."""
    return Effect("route", to)


def set_variant(of: str) -> Effect:
    return Effect("set_variant", of)


def extend(deadline: str) -> Effect:
    return Effect("extend", deadline)


def open_case(kind: str) -> Effect:
    return Effect("open_case", kind)


EFFECTS: Final = frozenset(
    (
        *("flag", "unflag", "correct", "end_display", "show_again", "delist", "stop_sharing", "keep_statement"),
        *("drop_review", "route", "set_variant", "extend", "open_case"),
    )
)


@dataclass(frozen=True)
class Notice:
    """Who is told, and with which letter. `once`: only the first time for a running deadline."""

    to: Addressee
    letter: str
    once: bool = False


@dataclass(frozen=True)
class Action:
    """One row of a procedure's table. `label` stands on the button, `done` in the time line."""

    name: str
    label: str
    done: str
    by: tuple[Role, ...]
    source: tuple[str, ...]
    target: Target
    asks: tuple[Field, ...] = ()
    guard: tuple[Guard, ...] = ()
    does: tuple[Effect, ...] = ()
    tells: tuple[Notice, ...] = ()
    variants: tuple[str, ...] = ()
    reopens: bool = False

    @property
    def targets(self) -> tuple[str | Stay, ...]:
        if isinstance(self.target, Branch):
            return tuple(target for _, target in self.target.targets)
        return (self.target,)

    @property
    def moves(self) -> bool:
        """Whether the action can leave its state."""
        return any(target is not STAY for target in self.targets)

    def field(self, name: str) -> Field:
        return next(field for field in self.asks if field.name == name)


@dataclass(frozen=True)
class Rung:
    """A step of a deadline's ladder: so many working days before (-) or after (+) the due date."""

    offset: int
    action: str
    at_least: int = 0
    exact: bool = False
    """At the very end of the day, worked or not; else in office hours of a working day."""


@dataclass(frozen=True)
class CountsFrom:
    """Where the law counts from an event and not from the entering: a date field, or an action."""

    asked: str = ""
    taken: str = ""


def asked(field_name: str) -> CountsFrom:
    return CountsFrom(asked=field_name)


def taken(action: str) -> CountsFrom:
    return CountsFrom(taken=action)


@dataclass(frozen=True)
class Deadline:
    """A limit that runs while the case is in a set of states. It bears its rule's name."""

    name: str
    label: str
    rule: str
    owner: Party
    over: tuple[str, ...]
    rungs: tuple[Rung, ...]
    paused_in: tuple[str, ...] = ()
    fresh: bool = False
    counts_from: CountsFrom | None = None
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A kind of case, whole. `letters` are the two letters of its case numbers."""

    kind: str
    label: str
    letters: str
    states: tuple[State, ...]
    actions: tuple[Action, ...]
    deadlines: tuple[Deadline, ...]
    variants: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    """Rules that only a `within` guard reads: windows in which an action may be taken."""
    readers: tuple[str, ...] = ()
    file: str = ""

    @cached_property
    def by_state(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    def state(self, name: str) -> State:
        return self.by_state[name]

    def open_states(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states if not state.final)

    def actions_named(self, name: str) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if action.name == name)

    def action(self, name: str, state: str, variant: str = "") -> Action | None:
        """The row of that name that leaves that state in that variant, or None."""
        return next((action for action in self.actions_from(state, variant) if action.name == name), None)

    def actions_from(self, state: str, variant: str = "") -> tuple[Action, ...]:
        return tuple(
            action
            for action in self.actions
            if state in action.source and (not action.variants or variant in action.variants)
        )

    def deadlines_of(self, variant: str = "") -> tuple[Deadline, ...]:
        return tuple(d for d in self.deadlines if not d.variants or variant in d.variants)

    def deadline(self, name: str) -> Deadline:
        return next(deadline for deadline in self.deadlines if deadline.name == name)

    def movers(self, state: str, variant: str = "") -> frozenset[Role]:
        """The roles that can move a case out of that state: whose work it is."""
        return frozenset(role for action in self.actions_from(state, variant) if action.moves for role in action.by)

    @cached_property
    def digest(self) -> str:
        """A short fingerprint of the definition; a case and its events carry it."""
        return hashlib.sha256(repr(_parts(self)).encode()).hexdigest()[:16]


def _parts(definition: Definition) -> Iterable[object]:
    return (definition.kind, definition.states, definition.actions, definition.deadlines, definition.variants)
