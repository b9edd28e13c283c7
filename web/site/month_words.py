"""What a month is called, on pages and in sheets."""

from __future__ import annotations

from typing import Final

from cases.model.months import Month
from workflow.refusal import Message, say

NAMES: Final = (
    say("January"),
    say("February"),
    say("March"),
    say("April"),
    say("May"),
    say("June"),
    say("July"),
    say("August"),
    say("September"),
    say("October"),
    say("November"),
    say("December"),
)


def month_words(month: Month) -> Message:
    """October 2026."""
    return say("{month} {year}", month=NAMES[month.first.month - 1], year=month.first.year)
