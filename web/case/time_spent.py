"""In whose hands the time of a case was: every stay at a desk, and how it agrees with the clock of the whole case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cases.model.custody import DeskEvent, DeskStay, stays
from extensions import db
from web.case.claims import heading
from web.case.page import found_file
from web.case.path import desk_name
from web.case.reading import Reading, reading_of
from web.case.turn import DaysInHand, Hands, hands
from web.parts.words import Words, span
from web.site.access import EVERYBODY, identity, now, requires, world
from workflow.calendar import Unit
from workflow.definition import Party
from workflow.refusal import Message, say
from workflow.timing import Timer, used

pages = Blueprint("case_time", __name__)


@dataclass(frozen=True)
class StayRow:
    """One stay. `ended` is None where it lies there now; `held`: official clocks stood still meanwhile."""

    party: str
    name: Words
    start: date
    end: date | None
    days: int
    began: Message
    ended: Message | None
    held: bool
    again: bool
    """The first after the case was opened again."""


@dataclass(frozen=True)
class CaseTime:
    """The page: a sentence, a bar, the stays, and how their sum and the clock of the whole case agree."""

    sentence: Message
    bar: Hands
    lines: tuple[StayRow, ...]
    clock: Message | None
    deadline: str


@pages.get("/cases/<number>/time")
@requires(roles=EVERYBODY)
def show(number: str) -> ResponseReturnValue:
    """In whose hands the time of a case was."""
    reading = reading_of(db.session(), world(), found_file(number), identity(), now())
    return render_template("case/time_spent.html", reading=reading, heading=heading(reading), time=case_time(reading))


def case_time(reading: Reading) -> CaseTime:
    """The stays that the reader may know of, and their sums."""
    own = _stays(reading)
    lines = tuple(_lines(reading, own))
    bar = hands(
        [DaysInHand(line.party, line.name, line.start, line.end or reading.today) for line in lines],
        reading.world.calendar,
    )
    clock = None if reading.lost else _whole(reading)
    return CaseTime(
        _sentence(reading, bar),
        bar,
        lines,
        _agrees(reading, own, clock) if clock else None,
        clock.deadline if clock else "",
    )


def _stays(reading: Reading) -> Sequence[DeskStay]:
    """In order; where another bureau has the case since, up to the day on which it went there."""
    past = {one.seq: one for one in reading.past}
    told = [
        DeskEvent(past[one.seq], one.at, one.body["desk"], one.body["bureau"], outcome=one.body["outcome"])
        for one in reading.events
        if one.seq in past
    ]
    found = stays(reading.definition, told, reading.file.filed_on)
    return found[:-1] if reading.lost and found and found[-1].end is None else found


def _lines(reading: Reading, own: Sequence[DeskStay]) -> Iterator[StayRow]:
    labels = {one.seq: say(one.action.done) for one in reading.events}
    waits = {state for deadline in reading.definition.deadlines for state in deadline.paused_in}
    rounds = 1
    for stay in own:
        again, rounds = stay.round > rounds, stay.round
        yield StayRow(
            party=stay.party,
            name=desk_name(reading, stay.party, stay.bureau),
            start=stay.start,
            end=stay.end,
            days=stay.days(reading.world.calendar, reading.today),
            began=labels[stay.began.past.seq],
            ended=labels[stay.ended.past.seq] if stay.ended else None,
            held=stay.party == Party.ENTERPRISE and stay.began.past.target in waits,
            again=again,
        )


def _sentence(reading: Reading, bar: Hands) -> Message:
    total = span(sum(one.days for one in bar.taken))
    if reading.lost:
        return say("Up to the day on which another bureau got it, this case took {span}.", span=total)
    if reading.state.final:
        return say("Up to its end this case took {span}.", span=total)
    return say("Up to today this case has taken {span}.", span=total)


def _whole(reading: Reading) -> Timer | None:
    """The clock of the whole case in this round, where its kind has one that counts working days."""
    return next(
        (
            timer
            for timer in reversed(reading.file.snapshot.timers)
            if timer.deadline == "whole" and timer.round == reading.file.snapshot.round and timer.unit is Unit.WORKDAY
        ),
        None,
    )


def _agrees(reading: Reading, own: Sequence[DeskStay], clock: Timer) -> Message | None:
    """How the sum comes to what the clock of the whole case shows; nothing where that ended before the case did."""
    calendar, today, firm = reading.world.calendar, reading.today, Party.ENTERPRISE
    days = [(stay.party == firm, stay.days(calendar, today)) for stay in own if stay.round == clock.round]
    waited, officials = (sum(n for theirs, n in days if theirs is whose) for whose in (True, False))
    if used(clock, calendar, today) != officials:
        return None
    values = {"used": span(officials), "budget": clock.budget}
    if clock.round > 1:
        return say(
            "Since the case was opened again the clock of the whole case shows {used}, of the {budget} that it "
            "allows: it began afresh.",
            **values,
        )
    if not waited:
        return say("The clock of the whole case shows the same {used}, of the {budget} that it allows.", **values)
    return say(
        "The clock of the whole case shows {used}, of the {budget} that it allows: it counts what office and "
        "bureau had, and stands still while papers are awaited, here {waited}.",
        **values,
        waited=span(waited),
    )
