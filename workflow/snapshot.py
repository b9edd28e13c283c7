"""What `decide` is shown: a case as it stands, who acts, and what is answered. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from workflow.calendar import Calendar
from workflow.definition import Action, Definition, Party, Role
from workflow.rules import Jurisdiction
from workflow.timing import Timer


@dataclass(frozen=True)
class Past:
    """An event that has happened: who did what, when, and the codes of its answers (never its words)."""

    seq: int
    action: str
    on: date
    role: str
    person: int | None
    bureau: int | None
    source: str
    target: str
    round: int
    codes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """Who acts. The clock and another case have no id."""

    id: int | None
    roles: frozenset[Role]
    name: str = ""
    bureau: int | None = None


@dataclass(frozen=True)
class RecordFacts:
    """What guards need of the credit record. `handlers` are the persons it names, by id and by name."""

    id: int
    supplied_by: int
    determined_by: int
    entered_by: int | None = None
    handler: str = ""
    displayed: bool = True


@dataclass(frozen=True)
class Snapshot:
    """A case as it stands; a new one has state START, no events and no timers."""

    kind: str
    state: str
    variant: str = ""
    round: int = 1
    case_id: int | None = None
    number: str = ""
    version: int = 0
    filed_on: date | None = None
    enterprise: int | None = None
    bureau: int | None = None
    record: RecordFacts | None = None
    past: tuple[Past, ...] = ()
    timers: tuple[Timer, ...] = ()
    remedies: Mapping[str, bool] = field(default_factory=dict)
    """Whether review body and court are entered, by "bureau" and "office" (D11)."""
    open_cases: tuple[str, ...] = ()
    """Numbers of other open cases of the same record, kind and filer (D19)."""


@dataclass(frozen=True)
class World:
    """What does not belong to one case: the law of the place and the calendar in force."""

    jurisdiction: Jurisdiction
    calendar: Calendar


@dataclass(frozen=True)
class Facts:
    """Everything a guard or a question may read about an act that is being decided."""

    definition: Definition
    snapshot: Snapshot
    world: World
    action: Action
    role: Role
    person: Person
    answers: Mapping[str, object]
    now: datetime
    on: date

    def last(self, action: str) -> Past | None:
        return next((past for past in reversed(self.snapshot.past) if past.action == action), None)

    @property
    def party(self) -> Party:
        return self.role.party
