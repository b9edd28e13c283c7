"""Whose turn it is in a case: the sentence, what the reader must do, the route, and in whose hands the days went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby, pairwise

from cases.silence import remedies_open
from web.bodies import party_name
from web.case_clocks import Clock
from web.case_path import Milestone
from web.case_reading import Happened, Reading
from web.language import in_words
from web.parts.turn import Allowed, Hands, Span, Stop, Turn, emphasised, hands
from web.parts.words import Words, in_a_row, span
from workflow.calendar import workdays_between
from workflow.decide import Open
from workflow.definition import FILER, Party
from workflow.refusal import Message, say

RETURNS = "return"
"""The act by which a bureau says that a case is not its own."""


def turn(
    reading: Reading, clocks: Sequence[Clock], ahead: Sequence[Milestone], open_acts: Sequence[Open],
    window: date | None,
) -> Turn:  # fmt: skip
    """The card at the head of a case."""
    card = _card(reading, clocks, ahead, open_acts, window)
    return replace(card, stops=tuple(stops(reading, ahead)), hands=_hands(reading, ahead))


def _card(
    reading: Reading, clocks: Sequence[Clock], ahead: Sequence[Milestone], open_acts: Sequence[Open],
    window: date | None,
) -> Turn:  # fmt: skip
    state = reading.state
    if reading.lost:
        return Turn("returned", say("Another bureau has this case now. You read what lay here."))
    if state.final:
        return Turn("closed", _closed(reading), _after_the_end(reading, window), say("Closed"))
    clock = next((clock for clock in clocks if clock.deadline.owner == state.desk), None)
    if any(one.action.moves and one.role.party is state.desk and one.why_not is None for one in open_acts):
        return Turn("yours", _yours(reading), _yours_by(reading, clocks, clock), say("Your turn"))
    if clock and clock.late:
        return Turn("late", _late(reading, clock), _late_then(reading), say("Late"))
    return Turn("theirs", _theirs(reading, clock), _theirs_by(reading, clock, ahead))


def desk_name(reading: Reading, party: Party | str | None, bureau: int | None = None) -> Words:
    """A desk of this case, as the reader calls it."""
    found = reading.bureaus.get(bureau) if bureau else reading.bureau
    return party_name(party, found, reading.file.enterprise_name, reading.mine)


def _said(words: Words) -> str:
    return words if isinstance(words, str) else in_words(words)


def _desk(reading: Reading) -> str:
    return emphasised(_said(desk_name(reading, reading.state.desk)))


def _closed(reading: Reading) -> Message:
    return say("Closed on {day}: {result}", day=reading.past[-1].on, result=say(reading.state.label))


def _after_the_end(reading: Reading, window: date | None) -> Message | None:
    if not reading.mine:
        return None
    told = []
    if reading.past[-1].role != FILER.name:
        told.append(say("The written answer with its reasons and remedies is in your inbox."))
    if window:
        told.append(say("You may ask for a review until {day}.", day=window))
    return in_a_row(told) if told else None


def _yours(reading: Reading) -> Message:
    missing = _missing(reading) if reading.mine else ""
    if missing:
        return say("Please send: {what}", what=missing)
    return say("It is your turn to {work}.", work=say(reading.state.work))


def _missing(reading: Reading) -> str:
    """What was asked for last, in the words of whoever asked."""
    last = next((event for event in reversed(reading.events) if event.moved), None)
    return reading.words.get(last.seq, {}).get("missing", "") if last else ""


def _yours_by(reading: Reading, clocks: Sequence[Clock], clock: Clock | None) -> Message | None:
    if clock is None:
        return None
    told = [_by_when(reading, clock)]
    waiting = next((one for one in clocks if one.held), None)
    if reading.mine and waiting:
        told.append(say("Until you send it the time of {desk} stands still, with {left} left.",
                        desk=desk_name(reading, waiting.deadline.owner), left=span(waiting.left)))  # fmt: skip
    return in_a_row(told)


def _by_when(reading: Reading, clock: Clock) -> Message:
    if clock.late:
        return say("This was due on {day}; you are {span} late.", day=clock.due, span=span(-clock.left))
    if clock.due is None or not reading.mine:
        return say("{sentence}.", sentence=clock.words)
    return say("At the latest {day}; {left} left.", day=clock.due, left=span(clock.left))


def _theirs(reading: Reading, clock: Clock | None) -> Message:
    values = {"desk": _desk(reading), "work": say(reading.state.work)}
    if clock is None or clock.held:
        return say("It is the turn of {desk} to {work}.", **values)
    return say("It is the turn of {desk} to {work}. This is working day {n} of {of}.",
               n=clock.day_number, of=clock.timer.budget, **values)  # fmt: skip


def _theirs_by(reading: Reading, clock: Clock | None, ahead: Sequence[Milestone]) -> Message | None:
    told = [say("You need do nothing now.")] if reading.mine else []
    if clock and clock.due:
        told.append(_by(say(clock.deadline.label), clock.due, clock.provisional))
    last = ahead[-1] if ahead else None
    if last and (clock is None or last.deadline != clock.deadline):
        told.append(_by(say(last.deadline.label), last.day, last.provisional))
    return in_a_row(told) if told else None


def _by(what: Message, day: date, provisional: bool) -> Message:
    if provisional:
        return say("{what}: provisionally by {day}.", what=what, day=day)
    return say("{what}: by {day}.", what=what, day=day)


def _late(reading: Reading, clock: Clock) -> Message:
    return say("{desk} had to {work} by {day}. It is {span} late.", desk=_desk(reading),
               work=say(reading.state.work), day=clock.due, span=span(-clock.left))  # fmt: skip


def _late_then(reading: Reading) -> Message:
    head = say("The head of {body} is responsible now.", body=desk_name(reading, reading.state.desk))
    opens = remedies_open(reading.world, reading.file.snapshot)
    told = [head, say("The law's remedies for failure to act open on {day}, not earlier.", day=opens)]
    return in_a_row(told if reading.mine else told[:1])


def stops(reading: Reading, ahead: Sequence[Milestone]) -> Iterator[Stop]:
    """The route: the desks it has passed, where it lies, and the desks still to come."""
    visits = list(_visits(reading))
    for place, visit in enumerate(visits):
        last = place == len(visits) - 1
        here = last and not reading.state.final and not reading.lost
        returned = any(event.action.name == RETURNS and event.moved for event in visit[1])
        yield Stop(_visit_name(reading, visit), _visit_note(reading, visit, here),
                   "here" if here else "returned" if returned else "done")  # fmt: skip
    coming = [stone for stone in ahead if stone.running is None]
    here_too = visits[-1][0]
    for owner, group in groupby(coming, key=lambda stone: stone.deadline.owner):
        if owner != here_too:
            yield Stop(desk_name(reading, owner), _listed([say(stone.deadline.label) for stone in group]), "to_come")
        here_too = None


Visit = tuple[str | None, list[Happened], int | None]
"""A stay at a desk: whose, the moves made there, and at which bureau."""


def _visits(reading: Reading) -> Iterator[Visit]:
    """The stays in order. Time that the firm needs for papers breaks no stay."""
    moves = [event for event in reading.events if event.moved]
    desk: str | None = str(Party.ENTERPRISE)
    bureau: int | None = None
    taken: list[Happened] = []
    for number, event in enumerate(moves):
        taken.append(event)
        after, there = event.body["desk"], event.body["bureau"]
        last = number == len(moves) - 1
        pauses = after == Party.ENTERPRISE and desk != Party.ENTERPRISE
        if pauses or (after == desk and there == bureau):
            continue
        if after is not None or not last:
            yield desk, taken, bureau
            desk, bureau, taken = after, there, []
    yield desk, taken, bureau


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
    return next((event.on for event in reversed(reading.events) if event.moved), reading.file.filed_on)


def _listed(labels: Sequence[Message]) -> Message:
    first, *others = labels or [say("Closed")]
    for label in others:
        first = say("{first}, {rest}", first=first, rest=label)
    return first


def _hands(reading: Reading, ahead: Sequence[Milestone]) -> Hands | None:
    """The bar, from filing to the last possible day of the answer."""
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
    return hands(taken, reading.world.calendar, list(_allowed(reading, ahead)))


def _allowed(reading: Reading, ahead: Sequence[Milestone]) -> Iterator[Allowed]:
    marks = [(None, reading.today), *((stone, stone.day) for stone in ahead)]
    for (_, before), (stone, day) in pairwise(marks):
        days = workdays_between(reading.world.calendar, max(before, reading.today), day)
        if stone and days > 0:
            yield Allowed(str(stone.deadline.owner), desk_name(reading, stone.deadline.owner), days)
