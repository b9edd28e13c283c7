"""The days to come of a case: a small rail of them, and what happens on which day if nobody acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cases.model.silence import remedies_open
from web.case.deadlines import Clock, clock_of_desk
from web.case.desks import desk_in_a_sentence, desk_name, desk_of
from web.case.path import Milestone
from web.case.reading import Reading
from web.parts.words import Words
from workflow.calendar import add_workdays
from workflow.definition import FILER, OFFICIALS, Action, Party
from workflow.guards import Within
from workflow.refusal import Message, say

TO_STAFF = say("The firm, the head of {body} and the office are told.")
LADDER = {
    "overdue": say("You, the head of {body} and the office are told."),
    "supervise": say("A supervision sheet goes to {body} and its head, with a copy to the head of the office."),
    "leading_group": say("It is reported to the leading group."),
}
SHEET_IN_THE_OFFICE = say("A supervision sheet goes to whoever handles it in the office, and to its head.")
OF_THE_OFFICE = {
    ("overdue", True): say("You and the head of the office are told."),
    ("overdue", False): say("The firm and the head of the office are told."),
    ("supervise", True): SHEET_IN_THE_OFFICE,
    ("supervise", False): SHEET_IN_THE_OFFICE,
}
"""The same where the office itself is late, to the firm and to others: nobody is named twice."""


@dataclass(frozen=True)
class Ahead:
    """One day of the rail; `how` is `now`, `next` or `far`."""

    day: date
    what: Words
    how: str
    left: Message | None = None
    provisional: bool = False


@dataclass(frozen=True)
class IfLate:
    """What happens on a day if nobody has acted by then. `since`: from that day on."""

    day: date
    what: Message
    since: bool = False


def rail(reading: Reading, clocks: Sequence[Clock], ahead: Sequence[Milestone]) -> tuple[Ahead, ...]:
    """Today, each last day to come, and the last day of the whole case."""
    if reading.state.final or reading.lost:
        return ()
    return tuple(sorted(_rail(reading, clocks, ahead), key=lambda one: one.day))


def _rail(reading: Reading, clocks: Sequence[Clock], ahead: Sequence[Milestone]) -> Iterator[Ahead]:
    if not any(stone.day == reading.today for stone in ahead):
        desk = desk_name(reading, reading.state.desk)
        yield Ahead(reading.today, say("{desk}: {state}", desk=desk, state=say(reading.state.label)), "now")
    for stone in ahead:
        clock = next((clock for clock in clocks if clock.deadline == stone.deadline), None)
        words = say("{desk}: {what}", desk=desk_of(reading, stone), what=say(stone.deadline.label))
        how = "now" if stone.day == reading.today else "next"
        yield Ahead(stone.day, words, how, _left(clock), stone.provisional)
    named = {stone.deadline.name for stone in ahead}
    for clock in clocks:
        if clock.deadline.name not in named and clock.owner in OFFICIALS and clock.due:
            yield Ahead(clock.due, say(clock.deadline.label), "far", _left(clock), clock.provisional)


def _left(clock: Clock | None) -> Message | None:
    """What is left of a clock that runs, with its unit."""
    if clock is None or clock.due is None:
        return None
    if clock.left == 0:
        return say("due today")
    return say("{span} left", span=clock.span) if clock.left > 0 else say("{span} late", span=clock.span)


def if_late(reading: Reading, clocks: Sequence[Clock]) -> tuple[IfLate, ...]:
    """The rungs still to come of the deadline that the desk has to keep, and when the law's remedies open (D3)."""
    clock = clock_of_desk(reading, [one for one in clocks if one.due])
    if clock is None or clock.due is None or clock.owner not in OFFICIALS:
        return ()
    body = desk_in_a_sentence(reading, clock.owner)
    rungs = [
        IfLate(
            add_workdays(reading.world.calendar, clock.due, rung.offset),
            _rung(reading, rung.action, body),
            since=rung.offset == 0,
        )
        for rung in clock.deadline.rungs
        if rung.action in LADDER
    ]
    opens = remedies_open(reading.world, reading.definition, reading.file.snapshot, clock.timer.owner)
    what = say("The law's remedies for failure to act open: two months after receipt, never earlier.")
    return (*rungs, IfLate(opens, what, since=True)) if opens else tuple(rungs)


def _rung(reading: Reading, action: str, body: Words) -> Message:
    own = reading.state.desk == Party.OFFICE and OF_THE_OFFICE.get((action, reading.mine))
    words = own or (TO_STAFF if action == "overdue" and not reading.mine else LADDER[action])
    return Message(words.id, {"body": body} if not own else {})


@dataclass(frozen=True)
class Reopening:
    """How the firm can take a closed case up again, and until when."""

    label: Message
    until: date


def reopening(reading: Reading) -> Reopening | None:
    """What this end leaves to the firm, where its time has not ended and it was not used yet."""
    if not reading.state.final or reading.lost:
        return None
    for action in reading.definition.actions_from(reading.state.name, reading.file.snapshot.variant):
        until = _window_ends(reading, action) if action.reopens and FILER in action.by else None
        if until and not any(past.action == action.name for past in reading.past):
            return Reopening(say(action.label), until)
    return None


def _window_ends(reading: Reading, action: Action) -> date | None:
    window = next((guard for guard in action.guard if isinstance(guard, Within)), None)
    start = next((past for past in reversed(reading.past) if window and past.action in window.since), None)
    if window is None or start is None:
        return None
    day = window.ends(reading.file.snapshot, reading.world, start)[0]
    return day if day >= reading.today else None
