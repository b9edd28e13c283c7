"""Every deadline that a case has had, as a lane: how many days it took, how many it had, and who was late with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from notifications.languages import span
from web.case.deadlines import clock_of
from web.case.path import desk_name, desk_of, milestones
from web.case.reading import Reading
from web.parts.lanes import StageDays, StageLanes, stage_lanes
from web.parts.words import Words
from workflow.calendar import Unit, count
from workflow.definition import OFFICIALS, Deadline, Party
from workflow.limits import Mark, mark_of
from workflow.refusal import Message, say
from workflow.timing import Timer, explain, late_days, used

WHOLE = "whole"


@dataclass(frozen=True)
class CaseStage:
    """A deadline that ran or runs, or is still to come: then nothing was `taken`. `late` is by how much it was kept too
    late, or is late; of who is waited for nothing is."""

    deadline: Deadline
    desk: Words
    limit: Message
    mark: Mark
    due: date
    drawn: StageDays
    taken: Message | None = None
    late: Message | None = None
    running: bool = False
    held: bool = False

    @property
    def whole(self) -> bool:
        return self.deadline.name == WHOLE

    @property
    def said(self) -> Message:
        """How long it had and took, beside its lane."""
        if self.taken is None:
            return say("limit {limit}, not begun", limit=self.limit)
        return say("limit {limit}, took {taken}", limit=self.limit, taken=self.taken)


def case_stages(reading: Reading) -> list[CaseStage]:
    """In the order in which they began, those to come after them, the whole case last; nothing where another bureau
    has it since."""
    if reading.lost:
        return []
    timers = sorted(reading.file.snapshot.timers, key=lambda timer: (timer.started, timer.id or 0))
    begun = [_begun(reading, timer) for timer in timers]
    own, whole = [one for one in begun if not one.whole], [one for one in begun if one.whole]
    return [*own, *_to_come(reading), *whole]


def drawn_stages(reading: Reading, stages: Sequence[CaseStage]) -> StageLanes | None:
    """All of them on one axis."""
    days = [one.drawn for one in stages]
    return stage_lanes(days, reading.world.calendar, reading.today) if days else None


def late_stages(stages: Sequence[CaseStage]) -> list[CaseStage]:
    """Those that are or were late; the whole case is none of them."""
    return [one for one in stages if one.late and not one.whole]


def standing(reading: Reading, stages: Sequence[CaseStage]) -> Iterator[Message]:
    """Who is late and who was, what counts against nobody, and that the reader need do nothing."""
    for one in late_stages(stages):
        values = {"desk": one.desk, "stage": say(one.deadline.label), "late": one.late, "due": one.due}
        if one.running:
            yield say("{desk}: “{stage}” is {late} late. It was due on {due} and is not done.", **values)
        else:
            day = {"done": one.drawn.until}
            yield say("{desk}: “{stage}” was {late} late, due on {due}, over on {done}.", **values, **day)
    if any(one.drawn.party == Party.ENTERPRISE for one in stages):
        yield say("The time in which the firm was awaited counts against nobody.")
    if reading.mine and not reading.state.final and reading.state.desk is not Party.ENTERPRISE:
        yield say("You don't need to do anything now.")


def _begun(reading: Reading, timer: Timer) -> CaseStage:
    calendar, today = reading.world.calendar, reading.today
    until = timer.stopped or today
    clock, counted = clock_of(reading, timer), explain(timer, calendar, until=until)
    late = late_days(timer, calendar, until) if timer.owner in OFFICIALS else ()
    over = max((day.ordinal or 0 for day in late), default=0)
    runs = timer.stopped is None and not clock.held
    rest = [day.day for day in counted.days if runs and day.ordinal and day.day > today]
    whole, unit = timer.deadline == WHOLE, Unit.WORKDAY if timer.unit is Unit.WORKDAY else Unit.DAY
    return CaseStage(
        clock.deadline,
        desk_name(reading, timer.owner, timer.bureau),
        span(timer.budget, timer.unit),
        mark_of(clock.rule, extended=bool(timer.extended)),
        counted.due,
        StageDays(counted, WHOLE if whole else str(timer.owner), until, late, tuple(rest)),
        span(used(timer, calendar, today), unit),
        span(over, unit) if over else None,
        timer.stopped is None,
        clock.held,
    )


def _to_come(reading: Reading) -> Iterator[CaseStage]:
    """The stages ahead, each as long as it may take at most."""
    snapshot, before = reading.file.snapshot, reading.today
    for stone in milestones(reading):
        if stone.running is None:
            rule = reading.world.limit_of(snapshot, stone.deadline.rule)
            counted = count(reading.world.calendar, before, rule.n, rule.unit, rolls=rule.rolls)
            days = tuple(day.day for day in counted.days if day.ordinal)
            drawn = StageDays(counted, stone.owner, before, ahead=days)
            limit = span(rule.n, rule.unit)
            yield CaseStage(stone.deadline, desk_of(reading, stone), limit, mark_of(rule), stone.day, drawn)
        before = max(before, stone.day)
