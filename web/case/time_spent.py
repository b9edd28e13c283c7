"""Where the time of a case went: every stay at a desk, and how it agrees with the clock of the whole case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cases.model.custody import DeskEvent, DeskStay, stays
from notifications.languages import span
from web.case.claims import heading
from web.case.page import found_reading
from web.case.reading import Reading
from web.case.stages import case_stages, drawn_stages, late_stages, standing
from web.case.turn import Hand, Hands, hand_of, hands
from web.site.access import EVERYBODY, requires
from workflow.calendar import Unit
from workflow.definition import Party
from workflow.refusal import Message, say
from workflow.timing import Timer, used

pages = Blueprint("case_time", __name__)


@dataclass(frozen=True)
class StayRow:
    """One stay, what brought the case there and what took it away."""

    stay: DeskStay
    hand: Hand
    began: Message
    ended: Message | None
    held: bool
    """Official clocks stood still meanwhile."""
    again: bool
    """The first after the case was opened again."""


@pages.get("/cases/<number>/time")
@requires(roles=EVERYBODY)
def show(number: str) -> ResponseReturnValue:
    """A sentence, a bar, the stays that the reader may know of, and how their sum and the whole clock agree."""
    reading = found_reading(number)
    own = _stays(reading)
    lines, clock = list(_lines(reading, own)), None if reading.lost else _whole(reading)
    bar, stages = hands([line.hand for line in lines]), case_stages(reading)
    return render_template(
        "case/time_spent.html",
        reading=reading,
        heading=heading(reading),
        sentence=_sentence(reading, bar),
        bar=bar,
        lines=lines,
        agrees=_agrees(reading, own, clock) if clock else None,
        clock=clock,
        stages=stages,
        lanes=drawn_stages(reading, stages),
        late=late_stages(stages),
        standing=list(standing(reading, stages)),
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
            stay=stay,
            hand=hand_of(reading, str(stay.party), stay.bureau, stay.start, stay.end or reading.today),
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
    snapshot = reading.file.snapshot
    now = (timer for timer in reversed(snapshot.timers) if timer.deadline == "whole" and timer.round == snapshot.round)
    return next((timer for timer in now if timer.unit is Unit.WORKDAY), None)


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
