"""One limit as its page shows it: what holds today, where it runs, every version with its document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cases.figures.promising import Preview, Tried
from registry.promises import Promise
from web.parts.bars import BarValue, ValueBar, bars
from web.parts.strip import Strip, strip
from web.public.limit_rows import Row, rows_of
from web.site.month_words import month_words
from workflow.calendar import Calendar, count
from workflow.definition import Definition
from workflow.jurisdiction import Jurisdiction
from workflow.limits import Rule
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Version:
    """The limit over some filing days: up to `until`, open where nothing is to follow. `promise`: its document."""

    rule: Rule
    row: Row
    since: date
    until: date | None
    promise: Promise | None
    now: bool


@dataclass(frozen=True)
class Runs:
    """A deadline that counts by the limit, and over which states of the case it runs."""

    label: Message
    owner: str
    states: tuple[Message, ...]


def known_rule(law: Jurisdiction, key: str, day: date) -> Rule | None:
    """The limit of that key: as it holds on a day, else the version nearest to it."""
    versions = [rule for rule in law.rules if rule.key == key]
    held = (rule for rule in versions if rule.holds_on(day))
    return next(held, max(versions, key=lambda rule: rule.valid_from, default=None))


def versions_of(
    law: Jurisdiction, rule: Rule, promises: Sequence[Promise], day: date, language: str
) -> tuple[Version, ...]:
    """The latest first. `promises` are those of the rule, the latest first."""
    found = []
    for one in sorted(law.rules, key=lambda one: one.valid_from, reverse=True):
        if one.key == rule.key:
            document = next((p for p in promises if one.basis == "promise" and p.first_day <= one.valid_from), None)
            row = rows_of(one, language)[0]
            found.append(Version(one, row, one.valid_from, one.valid_until, document, one.holds_on(day)))
    return tuple(found)


def set_aside(versions: Sequence[Version], promises: Sequence[Promise]) -> tuple[Promise, ...]:
    """Promises that never hold: another document begins on the same day or instead of them."""
    identity = {version.promise.id for version in versions if version.promise}
    return tuple(promise for promise in promises if promise.id not in identity)


def runs_by(definition: Definition | None, rule: Rule) -> tuple[Runs, ...]:
    """The deadlines that count by the limit."""
    deadlines = [one for one in definition.deadlines if one.rule == rule.name] if definition else []
    apart = [one for one in deadlines if rule.variant in one.variants] if rule.variant else []
    return tuple(
        Runs(say(one.label), str(one.owner), tuple(say(definition.state(name).label) for name in one.over))
        for one in dict.fromkeys(apart or deadlines)
        if definition
    )


@dataclass(frozen=True)
class Side:
    """The limit on one side of the day that parts them, counted from the same day."""

    row: Row
    strip: Strip
    due: date


@dataclass(frozen=True)
class TriedRow:
    """A month of the preview."""

    name: Message
    tried: Tried
    bar: ValueBar


def sides(preview: Preview, calendar: Calendar, today: date, language: str) -> tuple[Side, Side]:
    """Old and new, both counted from the first day of the new one."""
    planned = preview.planned
    old, new = (_side(rule, planned.first_day, calendar, today, language) for rule in (planned.before, planned.after))
    return old, new


def _side(rule: Rule, start: date, calendar: Calendar, today: date, language: str) -> Side:
    counted = count(calendar, start, rule.n, rule.unit, rolls=rule.rolls)
    return Side(rows_of(rule, language)[0], strip(counted, today, n=rule.n, unit=rule.unit), counted.due)


def tried_rows(preview: Preview) -> tuple[TriedRow, ...]:
    """Each month with its bar: what stays in time, what turns, what is late either way."""
    amounts = [
        BarValue(
            "",
            (("kept", one.in_time), ("saved", one.would_be_saved), ("turned", one.would_be_late), ("late", one.late)),
            say("Steps that ended"),
        )
        for one in preview.months
    ]
    drawn = bars(amounts)
    return tuple(TriedRow(month_words(one.month), one, bar) for one, bar in zip(preview.months, drawn, strict=True))
