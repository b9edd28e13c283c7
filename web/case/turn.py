"""Whose turn it is in a case: the sentence, what the reader must do, the route, and who had the working days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from typing import Final

from cases.model.custody import returns
from web.case.deadlines import Reopening, RunningDeadline, clock_of_desk
from web.case.events import LONG, Said, answers_of
from web.case.path import Milestone, desk_in_a_sentence, desk_name, desk_of
from web.case.reading import CaseEvent, Reading
from web.parts.words import Words, in_a_row, listed, span
from web.site.language import in_a_sentence, in_words
from workflow.calendar import Calendar, Unit, workdays_between
from workflow.clocks import remedies_open
from workflow.decide import AvailableAction
from workflow.definition import FILER, FieldKind, Party
from workflow.refusal import Message, say


def turn(
    reading: Reading,
    clocks: Sequence[RunningDeadline],
    ahead: Sequence[Milestone],
    open_acts: Sequence[AvailableAction],
    again: Reopening | None,
) -> Turn:
    """The card at the head of a case."""
    card = _card(reading, clocks, ahead, open_acts, again)
    return replace(card, stops=tuple(stops(reading, ahead)), hands=hands_of(reading, ahead))


def _card(
    reading: Reading,
    clocks: Sequence[RunningDeadline],
    ahead: Sequence[Milestone],
    open_acts: Sequence[AvailableAction],
    again: Reopening | None,
) -> Turn:
    state = reading.state
    if reading.lost:
        return Turn("returned", say("Another bureau has this case now. You read what lay here."))
    if state.final:
        return Turn("closed", _closed(reading), _after_the_end(reading, again), say("Closed"))
    clock = clock_of_desk(reading, clocks)
    if any(one.action.moves and one.role.party is state.desk and one.why_not is None for one in open_acts):
        return Turn("yours", _yours(reading), _yours_by(reading, clocks, clock), say("Your turn"))
    if clock and clock.late:
        return Turn("late", _late(reading, clock), _late_then(reading), say("Late"))
    return Turn("theirs", _theirs(reading, clock), _theirs_by(reading, clock, clocks, ahead))


def _desk(reading: Reading) -> Words:
    name = desk_name(reading, reading.state.desk)
    return in_a_sentence(emphasised(name), reading.state.desk) if isinstance(name, str) else emphasised(in_words(name))


def _closed(reading: Reading) -> Message:
    ended = next(past for past in reversed(reading.past) if past.target != past.source)
    return say("Closed on {day}: {result}", day=ended.on, result=say(reading.state.label))


def _after_the_end(reading: Reading, again: Reopening | None) -> Message | None:
    if not reading.mine:
        return None
    ended, told = next(past for past in reversed(reading.past) if past.target != past.source), []
    if reading.state.adverse:
        told.append(say("The written answer with its reasons and remedies is in your inbox."))
    elif ended.role != FILER.name:
        told.append(say("What came of it is in your inbox, in writing."))
    if again:
        told.append(say("{act}: possible until {day}.", act=again.label, day=again.until))
    return in_a_row(told) if told else None


def _yours(reading: Reading) -> Message:
    asked = asked_of_firm(reading)
    if asked and len(str(asked.words)) <= LONG:
        return say("It is your turn to {work}: {what}", work=say(reading.state.work), what=asked.words)
    return say("It is your turn to {work}.", work=say(reading.state.work))


def asked_of_firm(reading: Reading) -> Said | None:
    """What was written to the firm when the case was laid on its desk, in the words of whoever wrote it."""
    last = reading.last_move
    if not reading.mine or last is None:
        return None
    return next((said for said in answers_of(reading, last) if said.field.kind is FieldKind.TEXT), None)


def _yours_by(reading: Reading, clocks: Sequence[RunningDeadline], clock: RunningDeadline | None) -> Message | None:
    asked = asked_of_firm(reading)
    told = [asked.line] if asked and len(str(asked.words)) > LONG else []
    told += [_by_when(reading, clock)] if clock else []
    waiting = next((one for one in clocks if one.held), None)
    if reading.mine and waiting and clock:
        told.append(
            say(
                "Until you send it the time of {desk} stands still, with {left} left.",
                desk=desk_in_a_sentence(reading, waiting.owner),
                left=waiting.span,
            )
        )
    return in_a_row(told) if told else None


def _by_when(reading: Reading, clock: RunningDeadline) -> Message:
    if clock.late:
        return say("This was due on {day}; you are {span} late.", day=clock.due, span=clock.span)
    if clock.due is None or not reading.mine:
        return say("{sentence}.", sentence=clock.words)
    return say("At the latest {day}; {left} left.", day=clock.due, left=clock.span)


def _theirs(reading: Reading, clock: RunningDeadline | None) -> Message:
    values: dict[str, object] = {"desk": _desk(reading), "work": say(reading.state.work)}
    if clock is None or clock.held or not clock.day_number:
        return say("It is the turn of {desk} to {work}.", **values)
    values |= {"n": clock.day_number, "of": clock.timer.budget}
    if clock.timer.unit is Unit.WORKDAY:
        return say("It is the turn of {desk} to {work}. This is working day {n} of {of}.", **values)
    if clock.timer.unit is Unit.DAY:
        return say("It is the turn of {desk} to {work}. This is day {n} of {of}.", **values)
    return say("It is the turn of {desk} to {work}.", **values)


def _theirs_by(
    reading: Reading, clock: RunningDeadline | None, clocks: Sequence[RunningDeadline], ahead: Sequence[Milestone]
) -> Message | None:
    """The last day of this stage, and that of the whole: of the steps that are left, or of the case where the limit of
    the whole is over before they would be."""
    told = [say("You need do nothing now.")] if reading.mine else []
    if clock and clock.due:
        told.append(_by(say(clock.deadline.label), clock.due, clock.provisional))
    last = ahead[-1] if ahead else None
    whole = next((one for one in clocks if one.deadline.name == "whole"), None)
    if last and whole and whole.due and whole.due < last.day:
        told.append(_by(say(whole.deadline.label), whole.due, whole.provisional))
    elif last and (clock is None or last.deadline != clock.deadline):
        told.append(_by(say(last.deadline.label), last.day, last.provisional))
        if reading.mine and whole and whole.due and last.day < whole.due:
            told.append(
                say(
                    "That is if each step takes all its time; "
                    "the limit of the whole case is {day}, whichever comes first.",
                    day=whole.due,
                )
            )
    return in_a_row(told) if told else None


def _by(what: Message, day: date, provisional: bool) -> Message:
    if provisional:
        return say("{what}: provisionally by {day}.", what=what, day=day)
    return say("{what}: by {day}.", what=what, day=day)


def _late(reading: Reading, clock: RunningDeadline) -> Message:
    return say(
        "It was for {desk} to {work} by {day}. It is {span} late.",
        desk=_desk(reading),
        work=say(reading.state.work),
        day=clock.due,
        span=clock.span,
    )


def _late_then(reading: Reading) -> Message:
    head = say("The head of {body} is responsible now.", body=desk_in_a_sentence(reading, reading.state.desk))
    opens = remedies_open(reading.world, reading.definition, reading.file.snapshot, reading.state.desk)
    if opens is None or not reading.mine:
        return head
    return in_a_row([head, say("The law's remedies for failure to act open on {day}, not earlier.", day=opens)])


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


def _returned(reading: Reading, event: CaseEvent) -> bool:
    return event.moved and returns(reading.definition, event.action, event.body["source"])


Visit = tuple[str | None, list[CaseEvent], int | None]
"""A stay at a desk: whose, the moves made there, and at which bureau."""


def _visits(reading: Reading) -> Iterator[Visit]:
    """The stays in order, the first with whoever opened the case. What the firm is asked for breaks no stay."""
    moves = [event for event in reading.events if event.moved]
    desk, bureau = _opened_by(moves[0])
    taken: list[CaseEvent] = []
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


def _opened_by(event: CaseEvent) -> tuple[str, int | None]:
    """Who began, or began again: what the firm may file itself is the firm's, whoever typed it; another case: we."""
    parties = {role.party for role in event.action.by}
    own = next((role.party for role in event.action.by if role.name == event.body["role"]), Party.OFFICE)
    if Party.ENTERPRISE in parties:
        return str(Party.ENTERPRISE), None
    if own is Party.BUREAU:
        return str(own), event.body["bureau"]
    return str(Party.OFFICE), None


def _only_asked(reading: Reading, event: CaseEvent) -> bool:
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
        DaysInHand(event.body["desk"], desk_name(reading, event.body["desk"], event.body["bureau"]), event.on, end)
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


EMPHASIS: Final = "\ue000"
"""Stands on either side of the name that the sentence is about; the template sets it apart and drops the sign."""

GAP: Final = 0.35
"""Per cent of the bar left free after a stretch."""

SHAPES: Final = {"theirs": "busy", "yours": "soon", "late": "late", "closed": "ok", "returned": "flag"}


@dataclass(frozen=True)
class Stop:
    """A stop of the route. `state` is `done`, `here`, `to_come` or `returned`; `note` says what happened and when."""

    name: Words
    note: Words = ""
    state: str = "done"

    @property
    def css(self) -> str:
        return {"here": "here", "to_come": "todo", "returned": "back"}.get(self.state, "")


@dataclass(frozen=True)
class DaysInHand:
    """Days in one hand: after `start`, up to and with `end`. `party` is `office`, `bureau` or `enterprise`."""

    party: str
    name: Words
    start: date
    end: date


@dataclass(frozen=True)
class Allowed:
    """Working days that a party may still take."""

    party: str
    name: Words
    days: int


@dataclass(frozen=True)
class TurnPart:
    """A stretch of the bar, in percent of its width."""

    party: str
    days: int
    x: float
    width: float
    allowed: bool


@dataclass(frozen=True)
class Sum:
    """What one party took in all, for the legend."""

    party: str
    name: Words
    days: int

    @property
    def span(self) -> Message:
        return span(self.days)


@dataclass(frozen=True)
class Hands:
    """The bar, where now stands on it (percent), and the numbers that it shows."""

    segments: tuple[TurnPart, ...]
    now: float
    taken: tuple[Sum, ...]
    allowed: tuple[Sum, ...]
    sentence: Message
    ahead: Message | None


@dataclass(frozen=True)
class Turn:
    """The card. `state` is `theirs`, `yours`, `late`, `closed` or `returned`; `tag` is the word beside its shape.

    `sentence` may hold a name put into `emphasised`; `duty` says what the reader must do, and by when.
    """

    state: str
    sentence: Message
    duty: Message | None = None
    tag: Message | None = None
    stops: tuple[Stop, ...] = ()
    hands: Hands | None = None
    emphasis: str = EMPHASIS

    @property
    def shape(self) -> str:
        """The tag of the style sheet that goes with the state."""
        return SHAPES[self.state]


def emphasised(name: str) -> str:
    """A name to be set in the accent colour where the turn card writes its sentence."""
    return f"{EMPHASIS}{name}{EMPHASIS}"


def hands(
    spans: Sequence[DaysInHand], calendar: Calendar, allowed: Sequence[Allowed] = (), over: bool = False
) -> Hands:
    """The bar of who had the case how long, in order of time; `allowed` ends it on the last possible day, `over`: the
    case has ended."""
    taken = [(one.party, workdays_between(calendar, one.start, one.end)) for one in spans]
    ahead = [(one.party, one.days) for one in allowed]
    total = sum(days for _, days in (*taken, *ahead)) or 1
    gone = sum(days for _, days in taken)
    left = sum(days for _, days in ahead)
    return Hands(
        segments=(*_segments(taken, 0, total, False), *_segments(ahead, gone, total, True)),
        now=round(100 * gone / total, 2),
        taken=_sums((one.party, one.name, days) for one, (_, days) in zip(spans, taken, strict=True)),
        allowed=_sums((one.party, one.name, one.days) for one in allowed),
        sentence=_whole(span(gone), over),
        ahead=say("At most {span} more", span=span(left)) if left else None,
    )


def _whole(gone: Message, over: bool) -> Message:
    if over:
        return say("In whose hands the time was: {span} in all", span=gone)
    return say("In whose hands the time was: {span} so far", span=gone)


def _segments(found: Sequence[tuple[str, int]], begin: int, total: int, allowed: bool) -> Iterator[TurnPart]:
    for party, days in found:
        if days:
            width = 100 * days / total - GAP
            yield TurnPart(party, days, round(100 * begin / total, 2), round(width, 2), allowed)
        begin += days


def _sums(found: Iterator[tuple[str, Words, int]]) -> tuple[Sum, ...]:
    """One number a name, in order of first appearance."""
    sums: dict[tuple[str, str], Sum] = {}
    for party, name, days in found:
        key = (party, str(name))
        sums[key] = Sum(party, name, days + (sums[key].days if key in sums else 0))
    return tuple(one for one in sums.values() if one.days)
