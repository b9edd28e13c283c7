"""Calendars for tests: the shipped one, and small ones built by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache, reduce
from pathlib import Path

from workflow.calendar import Calendar, read_calendar

SHIPPED = Path(__file__).parents[2] / "jurisdictions" / "cn" / "calendar"


@cache
def shipped() -> Calendar:
    """China as the files say, 2018 to 2026."""
    files = sorted(SHIPPED.glob("*.toml"))
    return reduce(Calendar.merged, (read_calendar(file.read_text(encoding="utf-8")) for file in files))


def with_off(calendar: Calendar, days: Iterable[date]) -> Calendar:
    """The calendar with further holidays; a make-up day stays one."""
    return replace(calendar, off={**calendar.off, **{day: "a new holiday" for day in days if day not in calendar.work}})


def with_work(calendar: Calendar, days: Iterable[date]) -> Calendar:
    """The calendar with further make-up days; a holiday stays one."""
    return replace(calendar, work={**calendar.work, **{day: "a new notice" for day in days if day not in calendar.off}})


def file(**changed: str) -> str:
    """The text of a calendar file of 2027, with some keys written otherwise; an empty text leaves the key out."""
    keys = {
        "name": '"cn"',
        "known_from": "2027-01-01",
        "known_until": "2027-12-31",
        "weekend": "[6, 7]",
        "off": "[2027-01-01, 2027-02-05]",
        "work": "[2027-02-14]",
        "source": '"the notice for 2027"',
        **changed,
    }
    return "\n".join(f"{key} = {value}" for key, value in keys.items() if value)
