"""What the rules say of a record's display and of its repair (D12 to D15): how long, from when, and how sure that is.

Pure but for `end_due_displays`, by which display ends by itself. Where rules give different days, all are answered,
and the one better for the enterprise is acted on (D14). A class that the bureau has not stated is not guessed: the
days of every class are answered, and none of them is acted on (D13).
Advice never refuses: the determining unit decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final, Literal, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from registry.columns import ADVERSE
from registry.credit_records import CreditRecord, RecordChange, end_display, value_of
from registry.organisations import Bureau
from workflow.calendar import Unit, add_months
from workflow.jurisdiction import (
    Branch,
    CommitmentBar,
    Display,
    Fee,
    Jurisdiction,
    NaturalUnit,
    NotEndedEarly,
    RepairWindow,
)
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext

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


def dates_of(record: CreditRecord, determined_by: Bureau) -> Dates:
    """What the rules look at, read from a record."""
    shown = record.values.get("displayed_from", "")
    return Dates(
        record.decided_on,
        record.display_until,
        record.severity,
        determined_by.branch,
        date.fromisoformat(shown) if shown else None,
        record.kind,
    )


def ends(dates: Dates, displays: Iterable[Display], today: date) -> tuple[End, ...]:
    """Every last day of display that a rule in force today or the sheet gives, the earliest first."""
    found = [End(dates.display_until, None, acted_on=True)] if dates.display_until else []
    for rule in _about(dates, displays, today):
        start, stated, assumed = _start(dates, rule)
        if rule.at_most is not None:
            found.append(End(reached(start, rule.at_most, rule.unit), rule, stated, assumed))
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
        start, stated, assumed = _start(dates, rule)
        if rule.at_least is not None:
            day = reached(start, rule.at_least, rule.unit) + ONE_DAY if rule.at_least else start
            found.append(FirstDay(day, rule, stated, assumed))
    return tuple(sorted(found, key=lambda first: first.day))


def due_displays(
    session: Session, displays: Sequence[Display], today: date, after: int = 0, most: int = 1000
) -> list[int]:
    """Records behind `after`, at most so many, whose display is over by the sheet or may be by their class."""
    over = [CreditRecord.display_until < today]
    for rule in displays:
        if rule.severity and rule.at_most is not None and rule.holds_on(today):
            decided = reached(today, -rule.at_most, rule.unit)
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
            for change in end_display(session, record, None, today, now, "clock"):
                change.rule, change.due_on = end.rule.name if end.rule else "", end.day
                changes.append(change)
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


def _start(dates: Dates, rule: Display) -> tuple[date, bool, bool]:
    """From when the rule counts, whether its class is the stated one, and whether that day is only assumed."""
    by_display = rule.counted_from == "displayed_from"
    start = (dates.displayed_from or dates.decided_on) if by_display else dates.decided_on
    stated = bool(rule.severity) and rule.severity == dates.severity
    return start, stated, by_display and dates.displayed_from is None


def reached(start: date, n: int, unit: NaturalUnit) -> date:
    """The day that lies so many days or months behind another."""
    return add_months(start, n) if unit is Unit.MONTH else start + n * ONE_DAY


def shown_until(session: Session, world: RuleContext, record: CreditRecord, on: date) -> date | None:
    """The old end of a record's display, by the sheet or by the class that was stated (D15)."""
    determined_by = session.get_one(Bureau, record.determined_by_id)
    return last_day(record, determined_by, world.jurisdiction.displays, on)


Code = Literal["nothing_to_repair", "display_ended", "class_unknown", "too_early", "not_ended_early"]


class Advice(NamedTuple):
    """One thing to know before applying; `code` for who must tell the sorts apart."""

    code: Code
    words: Message


@dataclass(frozen=True)
class ClassDays:
    """The first days for one class by every rule, the earliest first; an empty class: for records of any class.

    Where two rules count from two days both are here, and the earlier one is acted on (D14).
    """

    severity: str
    days: tuple[FirstDay, ...]

    @property
    def acted_on(self) -> FirstDay:
        return self.days[0]


@dataclass(frozen=True)
class Eligibility:
    """What the rules in force on a day say of a repair of one record.

    `repairable`: by law records of its kind can be repaired at all. `windows`: where the application is made; empty
    where no text that we know says so. `ends`: when display ends by itself. `not_ended_early`: sorts of penalty whose
    display may not be ended early and that this one names. `stated`: the bureau has stated the class.
    """

    repairable: bool
    branch: Branch
    displayed: bool
    shared: bool
    stated: bool
    windows: tuple[RepairWindow, ...] = ()
    classes: tuple[ClassDays, ...] = ()
    ends: End | None = None
    not_ended_early: tuple[NotEndedEarly, ...] = ()
    bars: tuple[CommitmentBar, ...] = ()
    fees: tuple[Fee, ...] = ()

    @property
    def first_day(self) -> FirstDay | None:
        """The earliest day that any rule gives for any class it may have."""
        return min((days.acted_on for days in self.classes), key=lambda first: first.day, default=None)

    @property
    def two_days(self) -> bool:
        """Whether rules that count from two days give two first days for one class (D14)."""
        return any(len(one.days) > 1 for one in self.classes)


def eligibility(record: CreditRecord, determined_by: Bureau, law: Jurisdiction, today: date) -> Eligibility:
    """What the rules in force today say of a repair of this record."""
    dates = dates_of(record, determined_by)
    found = Eligibility(
        repairable=record.kind in ADVERSE,
        branch=dates.field,
        displayed=record.displayed,
        shared=record.shared,
        stated=bool(record.severity),
        ends=end_acted_on(ends(dates, law.displays, today)),
    )
    if not found.repairable:
        return found
    penalty_kind = value_of(record, "penalty_kind")
    return replace(
        found,
        windows=windows_of(record.kind, dates.field, law.repair_windows, today),
        classes=_by_class(first_days(dates, law.displays, today)),
        not_ended_early=tuple(
            sort
            for sort in law.not_ended_early
            if sort.holds_on(today) and sort.field == dates.field and sort.label["zh"] in penalty_kind
        ),
        bars=tuple(bar for bar in law.bars if bar.holds_on(today)),
        fees=tuple(fee for fee in law.fees if fee.kind == "repair"),
    )


AGAIN: Final = ("shown_again", "listed_again", "shared_again")
"""What a revoked repair does to a record (D15)."""


def barred(
    law: Jurisdiction, changes: Iterable[RecordChange], today: date
) -> tuple[date | None, list[tuple[CommitmentBar, date]]]:
    """The day on which a repair of the record was last revoked, and until when each bar in force then keeps another
    from being applied for; nothing where that is over."""
    revoked = max((law.day_of(change.at) for change in changes if change.what in AGAIN), default=None)
    bars = [bar for bar in law.bars if revoked and bar.holds_on(revoked)]
    lasts = [(bar, reached(revoked, bar.n, bar.unit)) for bar in bars if revoked]
    return revoked, [(bar, last) for bar, last in lasts if last >= today]


def windows_of(kind: str, branch: Branch, windows: Iterable[RepairWindow], on: date) -> tuple[RepairWindow, ...]:
    """Where a repair of records of this kind and branch is applied for on a day."""
    return tuple(
        window for window in windows if window.holds_on(on) and window.field == branch and kind in window.records
    )


def advice(found: Eligibility, today: date) -> tuple[Advice, ...]:
    """What to know before applying today, the weightiest first; nothing where nothing speaks against it."""
    return tuple(_advice(found, today))


def _advice(found: Eligibility, today: date) -> Iterator[Advice]:
    first = found.first_day
    if not found.repairable:
        words = say("This is not an adverse record: there is nothing to repair.")
        yield Advice("nothing_to_repair", words)
    elif not found.displayed and found.shared:
        words = say("Its display has ended already: a repair could only end that it is shared and used.")
        yield Advice("display_ended", words)
    elif not found.displayed:
        words = say("Its display and its sharing have ended already: there is nothing left to repair.")
        yield Advice("display_ended", words)
    elif first and first.day > today and found.stated:
        words = say("It is too early by the class that the bureau stated: the first day is {day}.", day=first.day)
        yield Advice("too_early", words)
    elif first and first.day > today:
        yield Advice("too_early", say("It is too early for any class: the first day is {day}.", day=first.day))
    if found.repairable and found.displayed and not found.stated:
        words = say("The bureau that decided has stated no class: the first day depends on which it is.")
        yield Advice("class_unknown", words)
    if found.not_ended_early:
        words = say(
            "The record names a sort of penalty whose display may not be ended early. The bureau that decided says"
            " whether that holds here."
        )
        yield Advice("not_ended_early", words)


def _by_class(days: Sequence[FirstDay]) -> tuple[ClassDays, ...]:
    """The classes in the order of their first days."""
    ordered = sorted(days, key=lambda first: (first.rule.severity, first.day))
    classes = [ClassDays(severity, tuple(same)) for severity, same in groupby(ordered, lambda one: one.rule.severity)]
    return tuple(sorted(classes, key=lambda one: one.acted_on.day))
