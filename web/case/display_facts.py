"""What a page says of a record's display: its class and who stated it, its ends with their source, the line. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cases.lists.records import RecordRow
from registry.columns import CLASSES
from registry.credit_records import CreditRecord
from registry.display import Dates, End, FirstDay, dates_of, end_acted_on, ends, first_days
from web.parts import display_line as line
from workflow.jurisdiction import Display


@dataclass(frozen=True)
class DisplayFacts:
    """`by_class`: an end that the stated class gives; `acted_on`: on which day display ends by itself, if known;
    `ended_on`: the day on which it ended: by itself the last day of display, else the day of the case. What the rules
    say of a repair is `registry/eligibility.py`'s.
    """

    severity: str
    sheet: date | None
    by_class: End | None
    acted_on: End | None
    ended_on: date | None
    line: line.DisplayLine | None

    @property
    def stated(self) -> bool:
        return bool(self.severity)


def display_facts(row: RecordRow, displays: Sequence[Display], today: date) -> DisplayFacts:
    """The facts as the rules in force today give them."""
    record = row.record
    dates = dates_of(record, row.determined_by)
    found = ends(dates, displays, today)
    acted_on = end_acted_on(found)
    first = _each_class_once(first_days(dates, displays, today))
    ended_on = _ended_on(record, acted_on)
    return DisplayFacts(
        severity=record.severity,
        sheet=record.display_until,
        by_class=next((end for end in found if end.rule is not None and end.acted_on), None),
        acted_on=acted_on,
        ended_on=ended_on,
        line=_line(row, dates, acted_on, ended_on, first, today),
    )


def _each_class_once(found: Sequence[FirstDay]) -> tuple[FirstDay, ...]:
    """The earliest first day of each class; they come sorted by day."""
    by_class: dict[str, FirstDay] = {}
    for first in found:
        by_class.setdefault(first.rule.severity, first)
    return tuple(by_class.values())


def _ended_on(record: CreditRecord, acted_on: End | None) -> date | None:
    """The clock's beat comes after the last day; what it ended was over on that day."""
    if record.displayed or record.display_ended_on is None:
        return None
    if record.display_ended_by_case is None and acted_on and acted_on.day < record.display_ended_on:
        return acted_on.day
    return record.display_ended_on


def _line(
    row: RecordRow, dates: Dates, acted_on: End | None, ended_on: date | None, first: Sequence[FirstDay], today: date
) -> line.DisplayLine | None:
    until = dates.display_until or (acted_on.day if acted_on else None)
    if until is None:
        return None
    earlier = acted_on.day if acted_on and acted_on.day < until else None
    ticks = [
        line.RepairDay(one.day, "" if one.stated else CLASSES[one.rule.severity] if one.rule.severity else "")
        for one in first
        if one.day > dates.decided_on
    ]
    return line.display_line(
        dates.decided_on,
        until,
        today,
        first_days=ticks,
        acted_on=earlier,
        ended_on=ended_on,
        by_itself=row.record.display_ended_by_case is None,
        still_shown=row.record.displayed,
    )
