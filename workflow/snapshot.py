"""What `decide` is shown of a case, of the person who acts and of the law. Frozen data."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple

from workflow.calendar import Calendar
from workflow.jurisdiction import Jurisdiction
from workflow.limits import Rule
from workflow.timing import Timer
from workflow.vocabulary import Role


@dataclass(frozen=True)
class EventFacts:
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
    acts_for: Mapping[Role, int] = field(default_factory=dict)
    """For whom, by id, in the roles that the person holds only as a deputy (D18)."""
    through: int | None = None
    """The service person of the system that acts for them (D63)."""


THE_OFFICE: Final = "office"
"""How a kind calls the credit office where a case is about it."""


@dataclass(frozen=True)
class RecordFacts:
    """What guards need of the credit record: `handlers` are the accounts chosen, `handler` names that bar in doubt."""

    id: int
    supplied_by: int
    determined_by: int
    entered_by: int | None = None
    handler: str = ""
    displayed: bool = True
    kind: str = "penalty"
    branch: str = "general"
    """The branch of law whose rules of its own the record follows, else `general`."""
    handlers: frozenset[int] = frozenset()


class OpenedSince(NamedTuple):
    """A case that its filer did not open, from when until when; while it is open they can open nothing beside it."""

    number: str
    opened: datetime
    ended: datetime | None


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
    past: tuple[EventFacts, ...] = ()
    timers: tuple[Timer, ...] = ()
    remedies: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Which of `review_body` and `court` are entered, by "bureau" and "office" (D11)."""
    open_cases: tuple[str, ...] = ()
    """Numbers of other open cases of the same record, kind and filer (D19)."""
    opened_since: tuple[OpenedSince, ...] = ()
    """Of a closed case: those of the same record, kind and filer that another case opened since."""
    complained_of: str = ""
    complained_bureau: int | None = None
    complained_code: str = ""
    """From whom the case is kept (D16): what the opening said, which bureau that is, and its code."""


@dataclass(frozen=True)
class RuleContext:
    """What does not belong to one case: the law of the place and the calendar in force."""

    jurisdiction: Jurisdiction
    calendar: Calendar

    def subject_of(self, case: Snapshot) -> str:
        """Whom a case is about that is kept from them; the body that the office is part of counts as it (D42)."""
        part_of = self.jurisdiction.office.part_of
        return THE_OFFICE if part_of and case.complained_code == part_of else case.complained_of

    def limit_of(self, case: Snapshot, rule: str, otherwise: date | None = None) -> Rule:
        """The limit by which something runs in a case: that of its filing day, bound where a text binds this case.

        `otherwise` is the day for a case that is not filed yet.
        """
        day = case.filed_on or otherwise
        assert day is not None
        found = self.jurisdiction.limit(rule, case.variant, day)
        said = case.past[0].codes if case.past else {}
        return found.bound() if found.binds(case.variant, said) else found
