"""What the rules say of a credit repair before anybody asks for one (D12 to D14). It advises and never refuses.

Where by law the application is made, from which day, what bars or limits it, and when display ends without one: the
determining unit alone decides. Pure: it reads a record and the law as data, and cites nothing of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Literal, NamedTuple

from registry.columns import ADVERSE
from registry.credit_records import CreditRecord, value_of
from registry.display import End, FirstDay, dates_of, end_acted_on, ends, first_days
from registry.organisations import Bureau
from workflow.jurisdiction import Branch, CommitmentBar, Fee, Jurisdiction, NotEndedEarly, RepairWindow
from workflow.refusal import Message, say

Code = Literal["nothing_to_repair", "display_ended", "class_unknown", "too_early", "not_ended_early"]


class Advice(NamedTuple):
    """One thing to know before applying; `code` for who must tell the sorts apart."""

    code: Code
    words: Message


@dataclass(frozen=True)
class ClassDays:
    """The first days for one class by every rule, the earliest first; an empty class: for records of any class.

    Where two rules count from two days both stand here, and the earlier is the one that is acted on (D14).
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
    return replace(
        found,
        windows=windows_of(record.kind, dates.field, law.repair_windows, today),
        classes=_by_class(first_days(dates, law.displays, today)),
        not_ended_early=_named(value_of(record, "penalty_kind"), dates.field, law.not_ended_early, today),
        bars=tuple(bar for bar in law.bars if bar.holds_on(today)),
        fees=tuple(fee for fee in law.fees if fee.kind == "repair"),
    )


def windows_of(kind: str, branch: Branch, windows: Iterable[RepairWindow], on: date) -> tuple[RepairWindow, ...]:
    """Where a repair of records of this kind and branch is applied for on a day."""
    return tuple(
        window for window in windows if window.holds_on(on) and window.field == branch and kind in window.records
    )


def advice(found: Eligibility, today: date) -> tuple[Advice, ...]:
    """What to know before applying today, the weightiest first; nothing where nothing speaks against it."""
    if not found.repairable:
        return (
            Advice(
                "nothing_to_repair",
                say("This record does not speak against the enterprise: there is nothing to repair."),
            ),
        )
    return tuple(
        said
        for said in (_of_the_display(found), _of_the_day(found, today), _of_the_class(found), _of_the_sort(found))
        if said
    )


def _of_the_display(found: Eligibility) -> Advice | None:
    if found.displayed:
        return None
    if found.shared:
        words = say("Its display has ended already: a repair could only end that it is shared and used.")
    else:
        words = say("Its display and its sharing have ended already: there is nothing left to repair.")
    return Advice("display_ended", words)


def _of_the_day(found: Eligibility, today: date) -> Advice | None:
    first = found.first_day
    if not found.displayed or first is None or first.day <= today:
        return None
    if found.stated:
        return Advice(
            "too_early",
            say("It is too early by the class that the bureau stated: the first day is {day}.", day=first.day),
        )
    return Advice("too_early", say("It is too early for any class: the first day is {day}.", day=first.day))


def _of_the_class(found: Eligibility) -> Advice | None:
    if not found.displayed or found.stated:
        return None
    words = say("The bureau that decided has stated no class: the first day depends on which it is.")
    return Advice("class_unknown", words)


def _of_the_sort(found: Eligibility) -> Advice | None:
    if not found.not_ended_early:
        return None
    words = say(
        "The record names a sort of penalty whose display may not be ended early. The bureau that decided says"
        " whether that holds here."
    )
    return Advice("not_ended_early", words)


def _by_class(days: Sequence[FirstDay]) -> tuple[ClassDays, ...]:
    """The classes in the order of their first days."""
    ordered = sorted(days, key=lambda first: (first.rule.severity, first.day))
    classes = [ClassDays(severity, tuple(same)) for severity, same in groupby(ordered, lambda one: one.rule.severity)]
    return tuple(sorted(classes, key=lambda one: one.acted_on.day))


def _named(penalty_kind: str, branch: Branch, sorts: Iterable[NotEndedEarly], today: date) -> tuple[NotEndedEarly, ...]:
    """The sorts that the record's kind of penalty names, in the words of the law."""
    return tuple(
        sort for sort in sorts if sort.holds_on(today) and sort.field == branch and sort.label["zh"] in penalty_kind
    )
