"""Figures over closed cases: a month by body, months in a row, and what everybody may see. Only reads.

A closing is counted in the month in which it happened; "closed" is the first closing. A share of so many per cent is
given from `ENOUGH` cases on. Days are working days. A complaint about an officer is counted nowhere: who reads every
other case would learn of it by counting along (D16).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from math import ceil
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, and_, cast, exists, func, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds, closed_kinds
from cases.model.custody import WHOLE
from cases.model.months import Month
from cases.model.tables import Case, Closing
from cases.model.visibility import ABOUT_AN_OFFICER
from workflow.definition import Definition, Party, State
from workflow.jurisdiction import Jurisdiction

ENOUGH: Final = 5
"""The fewest cases of which a share is given, or the public sees a number at all."""

SUMMED: Final = ("late", "returned", "extended", "changed", "office_days", "firm_days")
Body = tuple[str, int | None]
"""`whole`, `office`, or `bureau` with its number."""
THE_WHOLE: Final[Body] = (WHOLE, None)
OF_A_BODY: Final = (Closing.party, Closing.bureau_id)
WHOLE_CASES: Final = Closing.party == WHOLE
THE_OFFICE: Final[Body] = (str(Party.OFFICE), None)


@dataclass(frozen=True)
class Figures:
    """What is counted of one body in one month. `spread`: how many cases took how many of its working days."""

    closed: int = 0
    late: int = 0
    returned: int = 0
    extended: int = 0
    reviewed: int = 0
    """Reviews of its decisions that ended in this month, and how many changed the decision."""
    overturned: int = 0
    changed: int = 0
    """Of the whole: closed cases by which the record was changed."""
    days: int = 0
    office_days: int = 0
    firm_days: int = 0
    spread: Mapping[int, int] = field(default_factory=dict)

    @property
    def on_time(self) -> int:
        return self.closed - self.late

    @property
    def share(self) -> int | None:
        """On time, in per cent, never rounded up to all; None of too few cases."""
        if self.closed < ENOUGH:
            return None
        return 100 * self.on_time // self.closed

    @property
    def median(self) -> float | None:
        """The working days of the case in the middle; between the two in the middle, halfway."""
        return float(median(_each(self.spread))) if self.closed else None

    @property
    def ninetieth(self) -> int | None:
        """The working days within which nine cases of ten ended."""
        return sorted(_each(self.spread))[ceil(0.9 * self.closed) - 1] if self.closed else None


@dataclass(frozen=True)
class MonthEnd:
    """How many closings of a kind ended so in a month, each with one body alone: whose decision it was.

    `closed` for the first time, or `again` after a review or a reopening.
    """

    body: Body
    kind: Definition
    end: State
    closed: int
    again: int


@dataclass(frozen=True)
class Point:
    """A month in a row of them: what was first closed in it, by body."""

    month: Month
    bodies: Mapping[Body, Figures]

    @property
    def of(self) -> Figures:
        """The whole."""
        return self.bodies.get(THE_WHOLE, Figures())


def month_figures(session: Session, month: Month) -> dict[Body, Figures]:
    """Of every body that had a part in a case closed, or a decision reviewed, in this month."""
    found = _first_closings(session, month, OF_A_BODY)
    overturned = func.sum(cast(Closing.changed, Integer)).label("overturned")
    reviews = (
        select(*OF_A_BODY, func.count().label("reviewed"), overturned)
        .where(*within(month), Closing.reviewed)
        .group_by(*OF_A_BODY)
    )
    for row in session.execute(reviews):
        found[row.party, row.bureau_id] |= {"reviewed": row.reviewed, "overturned": row.overturned}
        found[THE_WHOLE]["reviewed"] += row.reviewed
        found[THE_WHOLE]["overturned"] += row.overturned
    return {(party, bureau): Figures(**of) for (party, bureau), of in found.items()}


def endings(session: Session, month: Month) -> list[MonthEnd]:
    """How the closings of this month ended, in the order of the kinds and of their states, then by body."""
    keys = (*OF_A_BODY, Closing.kind, Closing.outcome)
    again = func.sum(cast(Closing.round > 1, Integer)).label("again")
    closings = select(*keys, func.count().label("all"), again).where(*within(month), Closing.outcome != "")
    kinds = all_kinds()
    found = []
    for row in session.execute(closings.group_by(*keys)):
        kind = kinds[row.kind]
        end = kind.ends.get(row.outcome) or kind.state(row.outcome)
        found.append(MonthEnd((row.party, row.bureau_id), kind, end, row.all - row.again, row.again))
    order = [(kind.kind, state) for kind in kinds.values() for state in kind.states]
    place = {key: n for n, key in enumerate(order)}  # an end that its kind has no more stands last
    return sorted(found, key=lambda one: (place.get((one.kind.kind, one.end), len(order)), one.body))


def trend(session: Session, last: Month, months: int = 12) -> list[Point]:
    """How many cases were closed, how many late, and in how many days, in each of the months up to this one."""
    each = [(month, _first_closings(session, month, OF_A_BODY)) for month in last.on(1 - months).up_to(last)]
    return [
        Point(month, {(party, bureau): Figures(**of) for (party, bureau), of in found.items()}) for month, found in each
    ]


def first_month(session: Session) -> Month | None:
    """The month of the first closing that is counted; None before there is one."""
    day = session.scalar(select(func.min(Closing.closed_on)))
    return Month.of(day) if day else None


def _first_closings(
    session: Session, month: Month, keys: tuple[Any, ...], *conditions: ColumnElement[bool]
) -> dict[Any, dict[str, Any]]:
    """What `Figures` takes of the first closings, by these columns: some thousand rows of however many cases."""
    sums = [func.sum(cast(getattr(Closing, name), Integer)).label(name) for name in SUMMED]
    closings = (
        select(*keys, Closing.days, func.count().label("closed"), *sums)
        .where(*within(month), Closing.round == 1, *conditions)
        .group_by(*keys, Closing.days)
    )
    found: dict[Any, dict[str, Any]] = defaultdict(lambda: defaultdict[str, Any](int, spread={}))
    for row in session.execute(closings):
        of = found[tuple(row[: len(keys)])]
        of["spread"][row.days] = row.closed
        of["days"] += row.days * row.closed
        for name in ("closed", *SUMMED):
            of[name] += getattr(row, name)
    return found


def within(month: Month) -> tuple[ColumnElement[bool], ...]:
    """The conditions on `Closing` that it happened in this month, in a case that is counted."""
    about = exists().where(Case.id == Closing.case_id, ~counted()).correlate(Closing)
    # of a kind that is kept from nobody no case has to be looked at
    kept = and_(Closing.kind.in_(closed_kinds()), about)
    return Closing.closed_on >= month.first, Closing.closed_on < month.end, ~kept


def counted() -> ColumnElement[bool]:
    """The condition on `Case` that figures may speak of it."""
    return Case.complained_of != ABOUT_AN_OFFICER


def _each(spread: Mapping[int, int]) -> list[int]:
    return [days for days, cases in spread.items() for _ in range(cases)]


@dataclass(frozen=True)
class Public:
    """What everybody may see of a kind in a month; None where it is not shown."""

    month: Month
    kind: str
    filed: int | None
    closed: int | None
    on_time: int | None
    median: float | None
    changed: int | None


def public_figures(session: Session, law: Jurisdiction, months: Sequence[Month], kinds: Iterable[str]) -> list[Public]:
    """The figures of whole months by kind, each month's kinds in order, nothing under `ENOUGH` among them."""
    found, kinds = [], tuple(kinds)
    for month in months:
        closings = _first_closings(session, month, (Closing.kind,), WHOLE_CASES)
        filed = _filed(session, law, month)
        found += [shown(month, kind, filed.get(kind, 0), Figures(**closings[kind,])) for kind in kinds]
    return found


def shown(month: Month, kind: str, filed: int, of: Figures) -> Public:
    """The same without a number under `ENOUGH`, and without one from which such a number is the difference.

    Of twelve closed and ten on time, two were late: so "on time" is left out too. No sums are given beside them.
    """
    if of.closed < ENOUGH:
        return Public(month, kind, _enough(filed), None, None, None, None)
    rests = ((n, of.closed - n) for n in (of.on_time, of.changed))
    on_time, changed = (_enough(n) if rest == 0 or rest >= ENOUGH else None for n, rest in rests)
    return Public(month, kind, _enough(filed), of.closed, on_time, of.median, changed)


def _enough(n: int) -> int | None:
    return n if n >= ENOUGH else None


def _filed(session: Session, law: Jurisdiction, month: Month) -> dict[str, int]:
    """By the day on which it was entered: a paper that is entered later changes no month that has been shown."""
    begin, end = (datetime.combine(day, time.min, law.zone) for day in (month.first, month.end))
    filed = select(Case.kind, func.count()).where(Case.opened_at >= begin, Case.opened_at < end, counted())
    return {row[0]: row[1] for row in session.execute(filed.group_by(Case.kind))}
