"""The route of a case over its desks, and in whose hands its working days went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise

from cases.model.custody import returns
from web.case.desks import desk_name, desk_of
from web.case.events import Happened
from web.case.path import Milestone
from web.case.reading import Reading
from web.parts.turn import Allowed, Hands, Span, Stop, hands
from web.parts.words import Words, listed
from workflow.calendar import workdays_between
from workflow.definition import Party
from workflow.refusal import say


def stops(reading: Reading, ahead: Sequence[Milestone]) -> Iterator[Stop]:
    """The route: the desks it has passed, where it lies, and the desks still to come. While the firm's papers are
    awaited it lies with the firm, and whoever asked for them is still to come."""
    visits, asked = list(_visits(reading)), _papers_are_awaited(reading)
    for place, visit in enumerate(visits):
        last = place == len(visits) - 1
        here = last and not asked and not reading.state.final and not reading.lost
        returned = any(_returned(reading, event) for event in visit[1])
        yield Stop(
            _visit_name(reading, visit),
            _visit_note(reading, visit, here),
            "here" if here else "returned" if returned else "done",
        )
    if asked:
        name = desk_name(reading, Party.ENTERPRISE)
        yield Stop(name, say("{state}, since {day}", state=say(reading.state.label), day=_since(reading)), "here")
    coming = [stone for stone in ahead if stone.running is None or asked]
    here_too = str(Party.ENTERPRISE) if asked else visits[-1][0]
    for owner, group in groupby(coming, key=lambda stone: stone.owner):
        if owner != here_too:
            stones = list(group)
            yield Stop(desk_of(reading, stones[0]), listed([say(one.deadline.label) for one in stones]), "to_come")
        here_too = None


def _returned(reading: Reading, event: Happened) -> bool:
    return event.moved and returns(reading.definition, event.action, event.body["source"])


Visit = tuple[str | None, list[Happened], int | None]
"""A stay at a desk: whose, the moves made there, and at which bureau."""


def _visits(reading: Reading) -> Iterator[Visit]:
    """The stays in order, the first with whoever opened the case. What the firm is asked for breaks no stay."""
    moves = [event for event in reading.events if event.moved]
    desk, bureau = _opened_by(moves[0])
    taken: list[Happened] = []
    for number, event in enumerate(moves):
        if desk is None:
            desk, bureau = _opened_by(event)
        taken.append(event)
        after, there = event.body["desk"], event.body["bureau"]
        last = number == len(moves) - 1
        if _only_asked(reading, event) or (after == desk and there == bureau):
            continue
        if after is not None or not last:
            yield desk, taken, bureau
            desk, bureau, taken = after, there, []
    yield desk, taken, bureau


def _opened_by(event: Happened) -> tuple[str, int | None]:
    """Who began, or began again: what the firm may file itself is the firm's, whoever typed it; another case: we."""
    parties = {role.party for role in event.action.by}
    own = next((role.party for role in event.action.by if role.name == event.body["role"]), Party.OFFICE)
    if Party.ENTERPRISE in parties:
        return str(Party.ENTERPRISE), None
    if own is Party.BUREAU:
        return str(own), event.body["bureau"]
    return str(Party.OFFICE), None


def _only_asked(reading: Reading, event: Happened) -> bool:
    """Whether the firm has it only for what it was asked for: the time of a desk stands still meanwhile."""
    waits = event.body["target"] in {state for deadline in reading.definition.deadlines for state in deadline.paused_in}
    return bool(waits and event.body["desk"] == Party.ENTERPRISE)


def _papers_are_awaited(reading: Reading) -> bool:
    last = reading.last_move
    return bool(last and not reading.lost and _only_asked(reading, last))


def _visit_name(reading: Reading, visit: Visit) -> Words:
    return desk_name(reading, visit[0], visit[2])


def _visit_note(reading: Reading, visit: Visit, here: bool) -> Words:
    _, taken, _ = visit
    if here and not taken:
        return say("{state}, since {day}", state=say(reading.state.label), day=_since(reading))
    if not taken:
        return ""
    return say("{what}, {day}", what=say(taken[-1].action.done), day=taken[-1].on)


def _since(reading: Reading) -> date:
    return reading.last_move.on if reading.last_move else reading.file.filed_on


def hands_of(reading: Reading, ahead: Sequence[Milestone]) -> Hands | None:
    """The bar, from filing to the last possible day of the answer; none where not a day has passed or is to come."""
    moves = [event for event in reading.events if event.moved]
    if not moves or reading.lost:
        return None
    days = [event.on for event in moves]
    ends = [*days[1:], reading.today]
    taken = [
        Span(event.body["desk"], desk_name(reading, event.body["desk"], event.body["bureau"]), event.on, end)
        for event, end in zip(moves, ends, strict=True)
        if event.body["desk"] and end > event.on
    ]
    drawn = hands(taken, reading.world.calendar, list(_allowed(reading, ahead)), reading.state.final)
    return drawn if drawn.segments else None


def _allowed(reading: Reading, ahead: Sequence[Milestone]) -> Iterator[Allowed]:
    marks = [(None, reading.today), *((stone, stone.day) for stone in ahead)]
    for (_, before), (stone, day) in pairwise(marks):
        days = workdays_between(reading.world.calendar, max(before, reading.today), day)
        if stone and days > 0:
            yield Allowed(stone.owner, desk_of(reading, stone), days)
