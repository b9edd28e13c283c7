"""Whose turn it is in a case: the sentence, what the reader must do, the route, and who had the working days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import groupby
from typing import Final

from cases.model.custody import returns
from notifications.languages import span
from web.case.choices import moves_on
from web.case.deadlines import RunningDeadline, clock_of_desk
from web.case.events import LONG, Said, answers_of
from web.case.path import Milestone, desk_in_a_sentence, desk_name, desk_of
from web.case.reading import CaseEvent, Reading
from web.parts.words import Words, in_a_row, listed
from web.site.language import in_a_sentence, in_words
from workflow.calendar import Unit, workdays_between
from workflow.clocks import remedies_open
from workflow.decide import AvailableAction
from workflow.definition import FILER, OFFICIALS, SENDS_BACK, FieldKind, Party
from workflow.refusal import Message, say
from workflow.timing import due_of

EMPHASIS: Final = "\ue000"
"""Put on either side of the name that the sentence is about; the template sets it apart and drops the sign."""
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
class Hand:
    """Working days that one party had, or may still take. `party` is `office`, `bureau` or `enterprise`."""

    party: str
    name: Words
    days: int
    late: int = 0
    """How many of them lie after the last day that its desk had."""

    @property
    def span(self) -> Message:
        return span(self.days)


@dataclass(frozen=True)
class TurnPart:
    """A stretch of the bar, in percent of its width."""

    party: str
    x: float
    width: float
    allowed: bool


@dataclass(frozen=True)
class Hands:
    """The bar, where now stands on it (percent), and the numbers that it shows."""

    segments: tuple[TurnPart, ...]
    now: float
    taken: tuple[Hand, ...]
    allowed: tuple[Hand, ...]
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


def turn(
    reading: Reading,
    clocks: Sequence[RunningDeadline],
    ahead: Sequence[Milestone],
    open_acts: Sequence[AvailableAction],
) -> Turn:
    """The card at the head of a case."""
    card = partial(Turn, stops=tuple(stops(reading, ahead)), hands=hands_of(reading, ahead))
    state, clock = reading.state, clock_of_desk(reading, clocks)
    if reading.lost:
        return card("returned", say("Another bureau has this case now. You see it as it was when it left yours."))
    if state.final:
        return card("closed", *_closed(reading), say("Closed"))
    if any(moves_on(reading.file, one) and one.action.part is not SENDS_BACK and not one.refusal for one in open_acts):
        return card("yours", *_yours(reading, clocks, clock), say("Your turn"))
    if clock and clock.late:
        return card("late", *_late(reading, clock), say("Late"))
    return card("theirs", _theirs(reading, clock), _theirs_by(reading, clock, clocks, ahead))


def _desk(reading: Reading) -> Words:
    name = desk_name(reading, reading.state.desk)
    return in_a_sentence(emphasised(name), reading.state.desk) if isinstance(name, str) else emphasised(in_words(name))


def _closed(reading: Reading) -> tuple[Message, Message | None]:
    ended = next(past for past in reversed(reading.past) if past.target != past.source)
    told = []
    if reading.mine and reading.state.adverse:
        told.append(say("The written answer with its reasons and remedies is in your inbox."))
    elif reading.mine and ended.role != FILER.name:
        told.append(say("What came of it is in your inbox, in writing."))
    sentence = say("Closed on {day}: {result}", day=ended.on, result=say(reading.state.label))
    return sentence, in_a_row(told) if told else None


def asked_of_firm(reading: Reading) -> Said | None:
    """What was written to the firm when the case was laid on its desk, in the words of whoever wrote it."""
    last = reading.last_move
    if not reading.mine or last is None:
        return None
    return next((said for said in answers_of(reading, last) if said.field.kind is FieldKind.TEXT), None)


def _yours(
    reading: Reading, clocks: Sequence[RunningDeadline], clock: RunningDeadline | None
) -> tuple[Message, Message | None]:
    work, told = say(reading.state.work), []
    sentence = say("It is your turn to {work}.", work=work)
    asked = asked_of_firm(reading)
    if asked and len(str(asked.words)) <= LONG:
        sentence = say("It is your turn to {work}: {what}", work=work, what=asked.words)
    elif asked:
        told.append(asked.line)
    if clock and clock.late:
        told.append(say("This was due on {day}; you are {span} late.", day=clock.due, span=clock.span))
    elif clock and (clock.due is None or not reading.mine):
        told.append(say("{sentence}.", sentence=clock.words))
    elif clock:
        told.append(say("At the latest {day}; {left} left.", day=clock.due, left=clock.span))
    waiting = next((one for one in clocks if one.held), None)
    if reading.mine and waiting and clock:
        desk = desk_in_a_sentence(reading, waiting.owner)
        left = waiting.span
        told.append(say("Until you send it the time of {desk} stands still, with {left} left.", desk=desk, left=left))
    return sentence, in_a_row(told) if told else None


def _theirs(reading: Reading, clock: RunningDeadline | None) -> Message:
    values: dict[str, object] = {"desk": _desk(reading), "work": say(reading.state.work)}
    if clock is None or clock.held or not clock.day_number or clock.timer.unit is Unit.MONTH:
        return say("It is now up to {desk} to {work}.", **values)
    values |= {"n": clock.day_number, "of": clock.timer.budget}
    if clock.timer.unit is Unit.WORKDAY:
        return say("It is now up to {desk} to {work}. This is working day {n} of {of}.", **values)
    return say("It is now up to {desk} to {work}. This is day {n} of {of}.", **values)


def _theirs_by(
    reading: Reading, clock: RunningDeadline | None, clocks: Sequence[RunningDeadline], ahead: Sequence[Milestone]
) -> Message | None:
    """The last day of this stage, and that of the whole: of the steps that are left, or of the case where the limit of
    the whole is over before they would be."""
    told = [say("You don't need to do anything now.")] if reading.mine else []
    if clock and clock.due:
        told.append(say("{what}: by {day}.", what=say(clock.deadline.label), day=clock.due))
    last = ahead[-1] if ahead else None
    whole = next((one for one in clocks if one.deadline.name == "whole"), None)
    if last and whole and whole.due and whole.due < last.day:
        told.append(say("{what}: by {day}.", what=say(whole.deadline.label), day=whole.due))
    elif last and (clock is None or last.deadline != clock.deadline):
        told.append(say("{what}: by {day}.", what=say(last.deadline.label), day=last.day))
        if reading.mine and whole and whole.due and last.day < whole.due:
            told.append(
                say(
                    "That is if each step takes all its time; "
                    "the limit of the whole case is {day}, whichever comes first.",
                    day=whole.due,
                )
            )
    return in_a_row(told) if told else None


def _late(reading: Reading, clock: RunningDeadline) -> tuple[Message, Message]:
    sentence = say(
        "It was for {desk} to {work} by {day}. It is {span} late.",
        desk=_desk(reading),
        work=say(reading.state.work),
        day=clock.due,
        span=clock.span,
    )
    head = say("The head of {body} is responsible now.", body=desk_in_a_sentence(reading, reading.state.desk))
    opens = remedies_open(reading.world, reading.definition, reading.file.snapshot, reading.state.desk)
    if opens is None or not reading.mine:
        return sentence, head
    more = say("The law's remedies for failure to act open on {day}, not earlier.", day=opens)
    if opens <= reading.today:
        more = say("The law's remedies for failure to act have been open since {day}.", day=opens)
    return sentence, in_a_row([head, more])


def stops(reading: Reading, ahead: Sequence[Milestone]) -> Iterator[Stop]:
    """The route: the desks it has passed, where it lies, and the desks still to come. While the firm's papers are
    awaited it lies with the firm, and the desk that asked for them is still to come."""
    visits, moved = list(_visits(reading)), reading.last_move
    asked = bool(moved and not reading.lost and _only_asked(reading, moved))
    since = say(
        "{state}, since {day}", state=say(reading.state.label), day=moved.on if moved else reading.file.filed_on
    )
    for place, (desk, taken, bureau) in enumerate(visits, start=1):
        here = place == len(visits) and not (asked or reading.state.final or reading.lost)
        returned = any(returns(reading.definition, event.action, event.body["source"]) for event in taken)
        done = say("{what}, {day}", what=say(taken[-1].action.done), day=taken[-1].on) if taken else ""
        state = "here" if here else "returned" if returned else "done"
        yield Stop(desk_name(reading, desk, bureau), since if here and not taken else done, state)
    if asked:
        yield Stop(desk_name(reading, Party.ENTERPRISE), since, "here")
    coming = [stone for stone in ahead if stone.running is None or asked]
    here_too = str(Party.ENTERPRISE) if asked else visits[-1][0]
    for owner, group in groupby(coming, key=lambda stone: stone.owner):
        if owner != here_too:
            stones = list(group)
            yield Stop(desk_of(reading, stones[0]), listed([say(one.deadline.label) for one in stones]), "to_come")
        here_too = None


def _visits(reading: Reading) -> Iterator[tuple[str | None, list[CaseEvent], int | None]]:
    """The stays in order: at whose desk, the moves made there, at which bureau. The first is with whoever opened the
    case; what the firm is asked for breaks no stay."""
    moves = [event for event in reading.events if event.moved]
    desk, bureau = _opened_by(moves[0])
    taken: list[CaseEvent] = []
    for number, event in enumerate(moves, start=1):
        if desk is None:
            desk, bureau = _opened_by(event)
        taken.append(event)
        after, there = event.body["desk"], event.body["bureau"]
        if _only_asked(reading, event) or (after == desk and there == bureau):
            continue
        if after is not None or number < len(moves):
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


def hands_of(reading: Reading, ahead: Sequence[Milestone]) -> Hands | None:
    """The bar, from filing to the last possible day of the answer; none where not a day has passed or is to come."""
    moves = [event for event in reading.events if event.moved]
    if not moves or reading.lost:
        return None
    calendar, today = reading.world.calendar, reading.today
    ends = [*(event.on for event in moves[1:]), today]
    taken = [
        hand_of(reading, desk, event.body["bureau"], event.on, end)
        for event, end in zip(moves, ends, strict=True)
        if (desk := event.body["desk"]) and end > event.on
    ]
    last_days = [today, *(max(stone.day, today) for stone in ahead)]
    allowed = [
        Hand(stone.owner, desk_of(reading, stone), days)
        for before, stone in zip(last_days, ahead, strict=False)
        if (days := workdays_between(calendar, before, stone.day)) > 0
    ]
    drawn = hands(taken, allowed, over=reading.state.final)
    return drawn if drawn.segments else None


def hand_of(reading: Reading, desk: str, bureau: int | None, start: date, end: date) -> Hand:
    """What a desk had of the time from a day to another, and how much of it was over its limit. What limits the case as
    a whole makes no desk late."""
    calendar, late = reading.world.calendar, 0
    for timer in reading.file.snapshot.timers:
        last = due_of(timer, calendar).day
        mine = timer.owner == desk and desk in OFFICIALS and timer.bureau in (None, bureau)
        if last and mine and timer.deadline != "whole":
            since, until = max(start, last), min(end, timer.stopped or reading.today)
            late = max(late, workdays_between(calendar, since, until) if until > since else 0)
    return Hand(desk, desk_name(reading, desk, bureau), workdays_between(calendar, start, end), late)


def _parted(taken: Sequence[Hand]) -> list[Hand]:
    """What was within the limit, and after it what was over it."""
    parts = (
        (replace(one, days=one.days - one.late, late=0), Hand("late", say("{desk}, late", desk=one.name), one.late))
        for one in taken
    )
    return [part for both in parts for part in both if part.days]


def hands(taken: Sequence[Hand], allowed: Sequence[Hand] = (), *, over: bool = False) -> Hands:
    """The bar of who had the case how long, in order of time; `allowed` ends it on the last possible day, `over`: the
    case has ended."""
    late = bool(taken and taken[-1].late)
    taken = _parted(taken)
    gone, left = (sum(one.days for one in found) for found in (taken, allowed))
    whole = say("Where the time went: {span} in all", span=span(gone))
    so_far = say("Where the time went: {span} so far", span=span(gone))
    ahead = "If it is done today, at most {span} more" if late else "At most {span} more"
    total = gone + left or 1
    return Hands(
        segments=(*_segments(taken, 0, total, False), *_segments(allowed, gone, total, True)),
        now=round(100 * gone / total, 2),
        taken=_sums(taken),
        allowed=_sums(allowed),
        sentence=whole if over else so_far,
        ahead=say(ahead, span=span(left)) if left else None,
    )


def _segments(found: Sequence[Hand], begin: int, total: int, allowed: bool) -> Iterator[TurnPart]:
    for one in found:
        if one.days:
            width = 100 * one.days / total - GAP
            yield TurnPart(one.party, round(100 * begin / total, 2), round(width, 2), allowed)
        begin += one.days


def _sums(found: Sequence[Hand]) -> tuple[Hand, ...]:
    """One number a name, in order of first appearance."""
    sums: dict[tuple[str, str], Hand] = {}
    for one in found:
        key = (one.party, str(one.name))
        sums[key] = replace(one, days=one.days + (sums[key].days if key in sums else 0))
    return tuple(one for one in sums.values() if one.days)
