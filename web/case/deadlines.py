"""The running deadlines of a case as a page shows them: the day, what is left, the rule with its mark, the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from web.case.path import stage_of
from web.case.reading import Reading
from web.parts.clocks import Clocks, Running
from web.parts.clocks import clocks as draw
from web.parts.strip import Strip, strip
from web.parts.words import due_words, listed, span, urgency
from workflow.calendar import Count, Unit
from workflow.definition import Deadline, Party
from workflow.limits import Rule, mark_of
from workflow.refusal import Message, say
from workflow.timing import Hold, Timer, days_left, due_of, explain, late_days, release


@dataclass(frozen=True)
class Clock:
    """A deadline that runs. `due` is None while it is on hold; `left` in its unit, negative when late.

    `count` is the proof; of a clock on hold as if the hold ended on `until`.
    """

    deadline: Deadline
    timer: Timer
    rule: Rule
    due: date | None
    provisional: bool
    left: int
    count: Count
    until: date | None
    drawn: Strip

    @property
    def label(self) -> Message:
        return say(self.deadline.label)

    @property
    def owner(self) -> str:
        """Whose time it is: that of the desk, where the deadline goes with the case."""
        return self.timer.owner

    @property
    def held(self) -> bool:
        return self.due is None

    @property
    def stands_since(self) -> date | None:
        """The day after which it stands still."""
        held = self.timer.open_hold
        return held.start if held and self.held else None

    @property
    def late(self) -> bool:
        return self.left < 0

    @property
    def urgency(self) -> str:
        return urgency(self.left, self.held)

    @property
    def words(self) -> Message:
        return due_words(self.left, self.due, self.timer.unit, self.provisional)

    @property
    def span(self) -> Message:
        """How much is left, or by how much it is late, in its own unit."""
        return span(abs(self.left), Unit.WORKDAY if self.timer.unit is Unit.WORKDAY else Unit.DAY)

    @property
    def day_number(self) -> int:
        """Which of its days today is; 0 on the day from which it counts, which is none of them."""
        return max(self.timer.budget - self.left, 0)


@dataclass(frozen=True)
class HeldBack:
    """One hold of a clock, the units it cost, and when the deadline would have been due without it."""

    hold: Hold
    without: date


def clocks(reading: Reading) -> tuple[Clock, ...]:
    """The running deadlines, the one that the desk must keep first, the whole case last."""
    if reading.lost:
        return ()
    stage = stage_of(reading.definition, reading.state.name, reading.file.snapshot.variant)
    running = [clock_of(reading, timer) for timer in reading.file.snapshot.timers if timer.stopped is None]
    return tuple(sorted(running, key=lambda clock: (clock.deadline != stage, len(clock.deadline.over))))


def clock_of_desk(reading: Reading, running: Sequence[Clock]) -> Clock | None:
    """The deadline that the desk has to keep."""
    return next((one for one in running if one.owner == reading.state.desk), None)


def together(reading: Reading, running: Sequence[Clock]) -> Clocks | None:
    """All of them on one row of days, where some stand still while another runs."""
    if len(running) < 2 or not any(clock.held for clock in running):
        return None
    drawn = [
        Running(
            name=clock.label,
            count=clock.count,
            unit=clock.timer.unit,
            left=clock.left,
            limit=clock.timer.budget,
            mark=mark_of(clock.rule, extended=bool(clock.timer.extended)),
            late=late_days(clock.timer, reading.world.calendar, reading.today),
            hold_from=clock.stands_since,
            deadline=clock.deadline.name,
        )
        for clock in running
    ]
    return draw(drawn, reading.world.calendar, reading.today)


def if_sent_today(reading: Reading, running: Sequence[Clock]) -> Message | None:
    """When what stands still would be due if what is waited for came today."""
    if not any(clock.owner == Party.ENTERPRISE for clock in running):
        return None
    calendar, today = reading.world.calendar, reading.today
    days = [
        say("{what} by {day}", what=clock.label, day=explain(clock.timer, calendar, until=today).due)
        for clock in running
        if clock.held
    ]
    return say("If it comes today: {list}.", list=listed(days)) if days else None


def clock_of(reading: Reading, timer: Timer) -> Clock:
    """One deadline, explained. A hold that is open ends, for the drawing, on the last day of whom it waits for."""
    calendar, today = reading.world.calendar, reading.today
    found = due_of(timer, calendar)
    until = (_waits_until(reading) or today) if found.day is None else None
    count = explain(timer, calendar, until=until)
    late = late_days(timer, calendar, today) if timer.stopped is None else ()
    return Clock(
        deadline=reading.definition.deadline(timer.deadline, reading.file.snapshot.variant),
        timer=timer,
        rule=reading.world.limit_of(reading.file.snapshot, timer.rule),
        due=found.day,
        provisional=found.provisional,
        left=days_left(timer, calendar, today),
        count=count,
        until=until,
        drawn=strip(count, today, late, n=timer.budget, unit=timer.unit),
    )


def held_back(clock: Clock, reading: Reading) -> tuple[HeldBack, ...]:
    """The ledger of a clock's holds."""
    timer, found = clock.timer, []
    for hold in timer.holds:
        others = tuple(one for one in timer.holds if one is not hold)
        without = due_of(_only(timer, others), reading.world.calendar).day
        if without:
            found.append(HeldBack(hold, without))
    return tuple(found)


def _only(timer: Timer, holds: tuple[Hold, ...]) -> Timer:
    ended = release(timer, timer.holds[-1].start) if timer.open_hold else timer
    return replace(ended, holds=tuple(hold for hold in ended.holds if hold in holds))


def _waits_until(reading: Reading) -> date | None:
    """The last day of the enterprise's time, while the clocks of the others stand still for it."""
    stage = stage_of(reading.definition, reading.state.name, reading.file.snapshot.variant)
    timer = reading.file.running(stage.name) if stage else None
    return due_of(timer, reading.world.calendar).day if timer else None
