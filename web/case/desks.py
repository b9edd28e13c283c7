"""What a reader calls a desk of a case, whose turn it is, and who acted in an event."""

from __future__ import annotations

from datetime import date
from typing import Final

from cases.kinds import all_kinds
from web.case.path import Milestone
from web.case.reading import CaseEvent, Reading
from web.parts.words import DaysLeft, Words
from web.site.bodies import bureau_short, in_a_sentence, office_short, party_name
from workflow.calendar import Calendar
from workflow.definition import CLOCK, OPERATOR, ROLES, Party
from workflow.refusal import Message, say

BY_NOBODY: Final = {CLOCK.name: say("the clock"), OPERATOR.name: say("whoever runs this site")}
"""Who acted where it was no person."""


def desk_name(reading: Reading, party: Party | str | None, bureau: int | None = None) -> Words:
    """A desk of this case, as the reader calls it."""
    found = reading.bureaus.get(bureau) if bureau else reading.bureau
    return party_name(party, found, reading.file.enterprise_name, reading.mine)


def desk_in_a_sentence(reading: Reading, party: Party | str | None) -> Words:
    return in_a_sentence(desk_name(reading, party), party)


def desk_of(reading: Reading, stone: Milestone) -> Words:
    """The desk of a stage to come; of a bureau that is still to be chosen there is no name."""
    if stone.chosen_later and stone.owner == Party.BUREAU:
        return say("the bureau")
    return desk_name(reading, stone.owner)


def actor_of(reading: Reading, event: CaseEvent) -> Words:
    """Who acted: a person and where they sit, a deputy with for whom, the clock, or another case (D16)."""
    if event.person is None:
        return BY_NOBODY.get(event.body["role"]) or _another_case(reading, event)
    name: Words = reading.names.get(event.person, "")
    if event.acted_for is not None:
        name = say("{name} (for {other})", name=name, other=reading.names.get(event.acted_for, ""))
    return say("{name}, {place}", name=name, place=_place(reading, event))


def _another_case(reading: Reading, event: CaseEvent) -> Words:
    """The case by its number for those who may read it; for everybody else it is the office that acted."""
    number = event.codes.get("opened_by")
    return say("another case, {number}", number=number) if number in reading.known_cases else office_short()


def _place(reading: Reading, event: CaseEvent) -> Words:
    role = event.body["role"]
    party = next((one.party for one in (*event.action.by, *ROLES.values()) if one.name == role), Party.OFFICE)
    if party is Party.ENTERPRISE:
        return reading.file.enterprise_name
    if party is Party.OFFICE:
        return office_short()
    bureau = reading.bureaus.get(event.body.get("by_bureau") or 0)
    return bureau_short(bureau) if bureau else desk_name(reading, party)


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
    left = DaysLeft.to(day, calendar, today)
    return left.words, left.urgency
