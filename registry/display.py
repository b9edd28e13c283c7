"""What the rules say of a record's display: how long, from when a repair may be filed, and how sure that is.

Pure but for `end_due_displays`, by which display ends by itself. Where rules give different days, all are answered,
and the one better for the enterprise is acted on (D14). A class that the bureau has not stated is not guessed: the
days of every class are answered, and none of them is acted on (D13).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from registry.columns import ADVERSE
from registry.credit_records import CreditRecord, RecordChange, end_display
from registry.organisations import Bureau
from workflow.calendar import Unit, add_months
from workflow.jurisdiction import Branch, Display
from workflow.snapshot import RuleContext

MARKET_REGULATION = "市场监督管理"
"""In the names of the bureaus whose records have display rules of their own."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Dates:
    """What of a record the rules look at. `severity` is the class that the bureau stated, or empty; `kind` is that of
    the record, `field` the branch of law that it belongs to."""

    decided_on: date
    display_until: date | None = None
    severity: str = ""
    field: Branch = "general"
    displayed_from: date | None = None
    kind: str = "penalty"


@dataclass(frozen=True)
class End:
    """The last day of display by one rule, or by the sheet where `rule` is None.

    `acted_on`: the display ends then by itself. `assumed`: the rule counts from the day of display, which is not
    known, so that the day of the decision was taken.
    """

    day: date
    rule: Display | None
    acted_on: bool
    assumed: bool = False


@dataclass(frozen=True)
class FirstDay:
    """The first day on which a repair may be filed, by one rule: the day after its minimum ends."""

    day: date
    rule: Display
    stated: bool
    assumed: bool = False


def branch_of(determined_by: Bureau) -> Branch:
    """Which branch of law a bureau's records belong to."""
    return "market_regulation" if MARKET_REGULATION in determined_by.name else "general"


def dates_of(record: CreditRecord, determined_by: Bureau) -> Dates:
    """What the rules look at, read from a record."""
    shown = record.values.get("displayed_from", "")
    return Dates(
        record.decided_on,
        record.display_until,
        record.severity,
        branch_of(determined_by),
        date.fromisoformat(shown) if shown else None,
        record.kind,
    )


def ends(dates: Dates, displays: Iterable[Display], today: date) -> tuple[End, ...]:
    """Every last day of display that a rule in force today or the sheet gives, the earliest first."""
    found = [End(dates.display_until, None, acted_on=True)] if dates.display_until else []
    for rule in _about(dates, displays, today):
        if rule.at_most is not None:
            found.append(
                End(_after(_start(dates, rule), rule.at_most, rule), rule, _stated(dates, rule), _assumed(dates, rule))
            )
    return tuple(sorted(found, key=lambda end: end.day))


def end_acted_on(found: Sequence[End]) -> End | None:
    """The end on which display ends by itself: the one better for the enterprise; None: a task for the bureau."""
    return min((end for end in found if end.acted_on), key=lambda end: end.day, default=None)


def last_day(record: CreditRecord, determined_by: Bureau, displays: Iterable[Display], today: date) -> date | None:
    """The day on which display ends by itself, or has; None where neither the sheet nor a stated class gives one."""
    end = end_acted_on(ends(dates_of(record, determined_by), displays, today))
    return end.day if end else None


def first_days(dates: Dates, displays: Iterable[Display], today: date) -> tuple[FirstDay, ...]:
    """From when a repair may be filed, for each class where the bureau has stated none, the earliest first."""
    found = []
    for rule in _about(dates, displays, today):
        if rule.at_least is not None:
            start = _start(dates, rule)
            day = _after(start, rule.at_least, rule) + ONE_DAY if rule.at_least else start
            found.append(FirstDay(day, rule, _stated(dates, rule), _assumed(dates, rule)))
    return tuple(sorted(found, key=lambda first: first.day))


def due_displays(
    session: Session, displays: Sequence[Display], today: date, after: int = 0, most: int = 1000
) -> list[int]:
    """Records behind `after`, at most so many, whose display is over by the sheet or may be by their class."""
    over = [CreditRecord.display_until < today]
    for rule in displays:
        if rule.severity and rule.at_most is not None and rule.holds_on(today):
            decided = _after(today, -rule.at_most, rule)
            over.append(and_(CreditRecord.severity == rule.severity, CreditRecord.decided_on < decided + ONE_DAY * 4))
    found = select(CreditRecord.id).where(CreditRecord.displayed, CreditRecord.id > after, or_(*over))
    return list(session.scalars(found.order_by(CreditRecord.id).limit(most)))


def end_due_displays(
    session: Session, displays: Sequence[Display], today: date, now: datetime, record_ids: Sequence[int]
) -> list[RecordChange]:
    """End the display of those of these records whose last day is over, on the sheet's day or by the class that the
    bureau stated (D13). What another scheduler holds is left to it."""
    query = select(CreditRecord, Bureau).join(Bureau, Bureau.id == CreditRecord.determined_by_id)
    query = query.where(CreditRecord.id.in_(record_ids), CreditRecord.displayed).order_by(CreditRecord.id)
    held = query.with_for_update(of=CreditRecord, skip_locked=True).execution_options(populate_existing=True)
    changes: list[RecordChange] = []
    for record, bureau in session.execute(held):
        end = end_acted_on(ends(dates_of(record, bureau), displays, today))
        if end and end.day < today:
            changes += end_display(session, record, None, today, now, "clock")
    return changes


def _about(dates: Dates, displays: Iterable[Display], today: date) -> list[Display]:
    """The rules in force that can concern the record: of its kind, its field and all, and its class, if stated."""
    return [
        rule
        for rule in displays
        if dates.kind in ADVERSE
        and rule.holds_on(today)
        and (not rule.records or dates.kind in rule.records)
        and rule.field in ("general", dates.field)
        and (not dates.severity or rule.severity in ("", dates.severity))
    ]


def _stated(dates: Dates, rule: Display) -> bool:
    return bool(rule.severity) and rule.severity == dates.severity


def _start(dates: Dates, rule: Display) -> date:
    shown = rule.counted_from == "displayed_from"
    return (dates.displayed_from or dates.decided_on) if shown else dates.decided_on


def _assumed(dates: Dates, rule: Display) -> bool:
    return rule.counted_from == "displayed_from" and dates.displayed_from is None


def _after(start: date, n: int, rule: Display) -> date:
    return add_months(start, n) if rule.unit is Unit.MONTH else start + n * ONE_DAY


def shown_until(session: Session, world: RuleContext, record: CreditRecord, on: date) -> date | None:
    """The old end of a record's display, by the sheet or by the class that was stated (D15)."""
    determined_by = session.get_one(Bureau, record.determined_by_id)
    return last_day(record, determined_by, world.jurisdiction.displays, on)
