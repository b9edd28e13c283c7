"""What everybody may see of a month: figures by kind, none so small that it speaks of somebody. Only reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from cases.figures.statistics import ENOUGH, Figures, counted, within
from cases.model.custody import WHOLE
from cases.model.months import Month
from cases.model.tables import Case, Closing
from workflow.jurisdiction import Jurisdiction


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
    counted = {month: _by_kind(session, month) for month in months}
    filed = {month: _filed(session, law, month) for month in months}
    return [
        shown(month, kind, filed[month].get(kind, 0), counted[month].get(kind, Figures()))
        for month in months
        for kind in kinds
    ]


def shown(month: Month, kind: str, filed: int, of: Figures) -> Public:
    """The same without a number under `ENOUGH`, and without one from which such a number is the difference.

    Of twelve closed and ten on time, two were late: so "on time" is left out too. No sums stand beside them.
    """
    if of.closed < ENOUGH:
        return Public(month, kind, _enough(filed), None, None, None, None)
    on_time, changed = (_enough(n) if _tells_nothing(of.closed - n) else None for n in (of.on_time, of.changed))
    return Public(month, kind, _enough(filed), of.closed, on_time, of.median, changed)


def _enough(n: int) -> int | None:
    return n if n >= ENOUGH else None


def _tells_nothing(rest: int) -> bool:
    return rest == 0 or rest >= ENOUGH


def _by_kind(session: Session, month: Month) -> dict[str, Figures]:
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"closed": 0, "late": 0, "changed": 0, "spread": {}})
    late, changed = (
        func.sum(cast(of, Integer)).label(name) for name, of in (("late", Closing.late), ("changed", Closing.changed))
    )
    statement = (
        select(Closing.kind, Closing.days, func.count().label("closed"), late, changed)
        .where(*within(month), Closing.party == WHOLE, Closing.round == 1)
        .group_by(Closing.kind, Closing.days)
    )
    for row in session.execute(statement):
        of = found[row.kind]
        of["spread"][row.days] = row.closed
        for name in ("closed", "late", "changed"):
            of[name] += getattr(row, name)
    return {kind: Figures(**of) for kind, of in found.items()}


def _filed(session: Session, law: Jurisdiction, month: Month) -> dict[str, int]:
    """By the day on which it was entered: a paper that is entered later changes no month that has been shown."""
    begin, end = (_start(law, day) for day in (month.first, month.end))
    statement = (
        select(Case.kind, func.count().label("n"))
        .where(Case.opened_at >= begin, Case.opened_at < end, counted())
        .group_by(Case.kind)
    )
    return {row.kind: row.n for row in session.execute(statement)}


def _start(law: Jurisdiction, day: date) -> datetime:
    return datetime.combine(day, time.min, law.zone)
