"""Figures over closed cases: a month by body, and months in a row. Only reads; `closings.py` writes what is counted.

A closing is counted in the month in which it happened; "closed" is the first closing. A share of so many per cent is
given from `ENOUGH` cases on. Days are working days. A complaint about an officer is counted nowhere: who reads every
other case would learn of it by counting along (D16).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, and_, cast, exists, func, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.custody import WHOLE
from cases.model.months import Month
from cases.model.tables import Case, Closing
from cases.model.visibility import ABOUT_AN_OFFICER
from workflow.definition import Party

ENOUGH: Final = 5
"""The fewest cases of which a share is given, or the public sees a number at all."""

Body = tuple[str, int | None]
"""`whole`, `office`, or `bureau` with its number."""
THE_WHOLE: Final[Body] = (WHOLE, None)
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
class Point:
    """A month in a row of them."""

    month: Month
    of: Figures


def month_figures(session: Session, month: Month) -> dict[Body, Figures]:
    """Of every body that had a part in a case closed, or a decision reviewed, in this month."""
    sums: dict[Body, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    spreads: dict[Body, dict[int, int]] = defaultdict(dict)
    for row in session.execute(_first_closings(month)):
        body = (row.party, row.bureau_id)
        spreads[body][row.days] = row.closed
        sums[body]["days"] += row.days * row.closed
        for name in ("closed", *SUMMED):
            sums[body][name] += getattr(row, name)
    for row in session.execute(_reviews(month)):
        sums[row.party, row.bureau_id] |= {"reviewed": row.reviewed, "overturned": row.overturned}
        sums[THE_WHOLE]["reviewed"] += row.reviewed
        sums[THE_WHOLE]["overturned"] += row.overturned
    return {body: Figures(**found, spread=spreads[body]) for body, found in sums.items()}


def trend(session: Session, last: Month, months: int = 12) -> list[Point]:
    """How many cases were closed, how many late, and in how many days, in each of the months up to this one."""
    return [Point(month, _whole(session, month)) for month in last.on(1 - months).up_to(last)]


def _whole(session: Session, month: Month) -> Figures:
    late = func.sum(cast(Closing.late, Integer))
    of = select(Closing.days, func.count(), late).where(Closing.party == WHOLE, Closing.round == 1, *within(month))
    rows = session.execute(of.group_by(Closing.days)).all()
    return Figures(
        closed=sum(row[1] for row in rows), late=sum(row[2] for row in rows), spread={row[0]: row[1] for row in rows}
    )


def first_month(session: Session) -> Month | None:
    """The month of the first closing that is counted; None before there is one."""
    day = session.scalar(select(func.min(Closing.closed_on)))
    return Month.of(day) if day else None


SUMMED: Final = ("late", "returned", "extended", "changed", "office_days", "firm_days")


def _first_closings(month: Month) -> Any:
    """A row for each body and number of days: some thousand, however many cases there are."""
    sums = [func.sum(cast(getattr(Closing, name), Integer)).label(name) for name in SUMMED]
    return (
        select(Closing.party, Closing.bureau_id, Closing.days, func.count().label("closed"), *sums)
        .where(*within(month), Closing.round == 1)
        .group_by(Closing.party, Closing.bureau_id, Closing.days)
    )


def _reviews(month: Month) -> Any:
    overturned = func.sum(cast(Closing.changed, Integer)).label("overturned")
    return (
        select(Closing.party, Closing.bureau_id, func.count().label("reviewed"), overturned)
        .where(*within(month), Closing.round > 1)
        .group_by(Closing.party, Closing.bureau_id)
    )


def within(month: Month) -> tuple[ColumnElement[bool], ...]:
    """The conditions on `Closing` that it happened in this month, in a case that is counted."""
    about = exists().where(Case.id == Closing.case_id, ~counted()).correlate(Closing)
    return Closing.closed_on >= month.first, Closing.closed_on < month.end, ~and_(Closing.kind.in_(_kept()), about)


def counted() -> ColumnElement[bool]:
    """The condition on `Case` that figures may speak of it."""
    return Case.complained_of != ABOUT_AN_OFFICER


def _kept() -> list[str]:
    """The kinds whose cases are kept from somebody: of the others no case has to be looked at."""
    return [name for name, kind in all_kinds().items() if kind.closed_to]


def _each(spread: Mapping[int, int]) -> list[int]:
    return [days for days, cases in spread.items() for _ in range(cases)]
