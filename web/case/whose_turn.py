"""How an enterprise's lists speak of a case: whose turn it is, and when that is due, beside the days left."""

from __future__ import annotations

from datetime import date

from cases.kinds import all_kinds
from web.parts.words import due_words, urgency
from workflow.calendar import Calendar, Unit, workdays_between
from workflow.definition import Party
from workflow.refusal import Message, say


def turn_of(kind: str, state: str, desk: str | None, whose: str) -> Message:
    """Whose turn it is, and to do what. `whose`: what the desk is called, where it is not the reader's own."""
    duty = say(all_kinds()[kind].state(state).work)
    if desk == Party.ENTERPRISE:
        return say("It is your turn to {duty}.", duty=duty)
    return say("It is the turn of the {desk} to {duty}.", desk=whose, duty=duty)


def due_by(day: date | None, calendar: Calendar, today: date) -> tuple[Message | None, str]:
    """When it is due, with the working days left, and how urgent that is; nothing where no clock runs."""
    if day is None:
        return None, ""
    left = workdays_between(calendar, today, day)
    return due_words(left, day, Unit.WORKDAY), urgency(left)
