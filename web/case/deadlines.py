"""The deadlines of a case: running clocks with rule and proof, the days to come, and the proof day by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, NamedTuple

from notifications.languages import span
from web.case.path import Milestone, desk_in_a_sentence, desk_name, desk_of, stage_of
from web.case.reading import Reading
from web.parts.lanes import Clocks, Running
from web.parts.lanes import clocks as draw
from web.parts.strip import Strip, strip
from web.parts.words import DaysLeft, Words, listed
from web.site.language import language
from workflow.calendar import Count, Day, Unit, Why, add_workdays, due, workdays_between
from workflow.clocks import remedies_open
from workflow.definition import FILER, OFFICIALS, Deadline, Party, Rung
from workflow.guards import taken_up_again
from workflow.limits import Mark, Rule, mark_of
from workflow.refusal import Message, say
from workflow.timing import Hold, Timer, days_left, due_of, explain, late_days


@dataclass(frozen=True, kw_only=True)
class RunningDeadline(DaysLeft):
    """A deadline that runs. `count` is the proof; of a clock on hold as if the hold ended on `until`."""

    deadline: Deadline
    timer: Timer
    rule: Rule
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
    def stands_since(self) -> date | None:
        """The day after which it stands still."""
        held = self.timer.open_hold
        return held.start if held and self.held else None

    @property
    def day_number(self) -> int:
        """Which of its days today is; 0 on the day from which it counts, which is none of them."""
        return max(self.timer.budget - self.left, 0)


def clocks(reading: Reading) -> tuple[RunningDeadline, ...]:
    """The running deadlines, the one that the desk must keep first, the whole case last."""
    if reading.lost:
        return ()
    stage = stage_of(reading.definition, reading.state.name, reading.file.snapshot.variant)
    running = [clock_of(reading, timer) for timer in reading.file.snapshot.timers if timer.stopped is None]
    return tuple(sorted(running, key=lambda clock: (clock.deadline != stage, len(clock.deadline.over))))


def clock_of_desk(reading: Reading, running: Sequence[RunningDeadline]) -> RunningDeadline | None:
    """The deadline that the desk has to keep."""
    return next((one for one in running if one.owner == reading.state.desk), None)


def together(reading: Reading, running: Sequence[RunningDeadline]) -> Clocks | None:
    """All of them on one row of days, where some stand still while another runs."""
    if len(running) < 2 or not any(clock.held for clock in running):
        return None
    rows = [
        Running(
            name=clock.label,
            count=clock.count,
            left=clock,
            limit=clock.timer.budget,
            mark=mark_of(clock.rule, extended=bool(clock.timer.extended)),
            late=late_days(clock.timer, reading.world.calendar, reading.today),
            hold_from=clock.stands_since,
            deadline=clock.deadline.name,
        )
        for clock in running
    ]
    return draw(rows, reading.world.calendar, reading.today)


def if_sent_today(reading: Reading, running: Sequence[RunningDeadline]) -> Message | None:
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


def clock_of(reading: Reading, timer: Timer) -> RunningDeadline:
    """One deadline, explained. A hold that is open ends, for the drawing, on the last day of whom it waits for."""
    calendar, today = reading.world.calendar, reading.today
    found = due_of(timer, calendar)
    until = None
    if found.day is None:
        stage = stage_of(reading.definition, reading.state.name, reading.file.snapshot.variant)
        waited = reading.file.running(stage.name) if stage else None
        until = (due_of(waited, calendar).day if waited else None) or today
    count = explain(timer, calendar, until=until)
    late = late_days(timer, calendar, today) if timer.stopped is None else ()
    return RunningDeadline(
        deadline=reading.definition.deadline(timer.deadline, reading.file.snapshot.variant),
        timer=timer,
        rule=reading.world.limit_of(reading.file.snapshot, timer.rule),
        left=days_left(timer, calendar, today),
        due=found.day,
        unit=timer.unit,
        count=count,
        until=until,
        drawn=strip(count, today, late, n=timer.budget, unit=timer.unit, until=until),
    )


def held_back(clock: RunningDeadline, reading: Reading) -> Iterator[tuple[Hold, date]]:
    """A clock's holds, each with the day on which the deadline would have been due without it."""
    for hold in clock.timer.holds:
        others = tuple(one for one in clock.timer.holds if one is not hold and one.end)
        without = due_of(replace(clock.timer, holds=others), reading.world.calendar).day
        if without:
            yield hold, without


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
    mark: Mark | None = None
    """What its limit rests on; `document` is what that names."""
    document: Words = ""


def rail(reading: Reading, clocks: Sequence[RunningDeadline], ahead: Sequence[Milestone]) -> list[Ahead]:
    """Today, each last day to come, and the last day of the whole case."""
    if reading.state.final or reading.lost:
        return []
    found = []
    if not any(stone.day == reading.today for stone in ahead):
        desk = desk_name(reading, reading.state.desk)
        found.append(Ahead(reading.today, say("{desk}: {state}", desk=desk, state=say(reading.state.label)), "now"))
    for stone in ahead:
        clock = next((clock for clock in clocks if clock.deadline == stone.deadline), None)
        words = say("{desk}: {what}", desk=desk_of(reading, stone), what=say(stone.deadline.label))
        how = "now" if stone.day == reading.today else "next"
        found.append(Ahead(stone.day, words, how, _left(clock), *_rests_on(reading, stone.deadline, stone.running)))
    named = {stone.deadline.name for stone in ahead}
    for clock in clocks:
        if clock.deadline.name not in named and clock.owner in OFFICIALS and clock.due:
            rests_on = _rests_on(reading, clock.deadline, clock.timer)
            found.append(Ahead(clock.due, say(clock.deadline.label), "far", _left(clock), *rests_on))
    return sorted(found, key=lambda one: one.day)


def _rests_on(reading: Reading, deadline: Deadline, timer: Timer | None) -> tuple[Mark, Words]:
    """What one limit rests on: its mark, and the text or document that it names. A proposal names none."""
    rule = reading.world.limit_of(reading.file.snapshot, timer.rule if timer else deadline.rule)
    mark = mark_of(rule, extended=bool(timer and timer.extended))
    return mark, "" if mark == "proposal" else rule.citation_en if language() == "en" else rule.citation


def _left(clock: RunningDeadline | None) -> Message | None:
    """What is left of a clock that runs, with its unit."""
    if clock is None or clock.due is None:
        return None
    return say("{span} late", span=clock.span) if clock.late else clock.rest


def if_late(reading: Reading, clocks: Sequence[RunningDeadline]) -> Iterator[tuple[date, Message, bool]]:
    """The rungs still to come of the deadline that the desk has to keep, and when the law's remedies open (D3): on
    which day, what, and whether it lasts from that day on."""
    clock = clock_of_desk(reading, [one for one in clocks if one.due])
    if clock is None or clock.due is None or clock.owner not in OFFICIALS:
        return
    body = desk_in_a_sentence(reading, clock.owner)
    for rung in _ladder(clock):
        own = OF_THE_OFFICE.get((rung.action, reading.mine)) if reading.state.desk == Party.OFFICE else None
        words = TO_STAFF if rung.action == "overdue" and not reading.mine else LADDER[rung.action]
        day = add_workdays(reading.world.calendar, clock.due, rung.offset)
        yield day, own or Message(words.id, {"body": body}), rung.offset == 0
    opens = remedies_open(reading.world, reading.definition, reading.file.snapshot, clock.timer.owner)
    if opens:
        open_now = say("The law's remedies for failure to act are open.")
        later = say("The law's remedies for failure to act open: two months after receipt, never earlier.")
        yield opens, open_now if opens <= reading.today else later, True


DONE_WHEN_LATE = {
    "overdue": say("You, the head of {body} and the office were told."),
    "supervise": say("A supervision sheet went to {body} and its head, with a copy to the head of the office."),
    "leading_group": say("It was reported to the leading group."),
}
DONE_IN_THE_OFFICE = {
    ("overdue", True): say("You and the head of the office were told."),
    ("overdue", False): say("The firm and the head of the office were told."),
    ("supervise", True): say("A supervision sheet went to whoever handles it in the office, and to its head."),
    ("supervise", False): say("A supervision sheet went to whoever handles it in the office, and to its head."),
}
TOLD_TO_STAFF = say("The firm, the head of {body} and the office were told.")


@dataclass(frozen=True)
class LateRung:
    """One step after a limit has passed; `how` is `done`, `now`, `next`, or `far` for what the law gives."""

    at: date | datetime
    what: Message
    how: str
    since: bool = False


def since_late(reading: Reading, clocks: Sequence[RunningDeadline]) -> list[LateRung]:
    """What has happened since the desk's limit passed, today, and what comes; nothing while it is in time.

    What has been done is taken from the events, never from the day on which it should have been.
    """
    clock = clock_of_desk(reading, [one for one in clocks if one.due])
    if clock is None or clock.due is None or not clock.late or clock.owner not in OFFICIALS:
        return []
    values, in_office = {"body": desk_in_a_sentence(reading, clock.owner)}, reading.state.desk == Party.OFFICE
    found = [LateRung(clock.due, say("The last day: {deadline}. It was not done.", deadline=clock.label), "done")]
    done = set()
    for event in reading.events:
        name = event.action.name
        if name in DONE_WHEN_LATE and event.codes.get("deadline") == clock.deadline.name and event.on >= clock.due:
            own = DONE_IN_THE_OFFICE.get((name, reading.mine)) if in_office else None
            words = TOLD_TO_STAFF if name == "overdue" and not reading.mine else DONE_WHEN_LATE[name]
            found.append(LateRung(event.at, own or Message(words.id, values), "done"))
            done.add(name)
    found.append(LateRung(reading.today, say("{span} late; still not done.", span=clock.span), "now"))
    coming = [
        LateRung(day, what, "next")
        for rung, (day, what, _since) in zip(_ladder(clock), if_late(reading, clocks), strict=False)
        if rung.action not in done and day > reading.today
    ]
    whole = next((one for one in clocks if one.deadline.name == "whole" and one is not clock), None)
    if whole and whole.due and whole.due >= reading.today:
        coming.append(LateRung(whole.due, say("The limit of the whole case ends."), "next"))
    opens = remedies_open(reading.world, reading.definition, reading.file.snapshot, clock.timer.owner)
    if opens and opens <= reading.today:
        found.insert(-1, LateRung(opens, say("The law's remedies for failure to act are open."), "done", since=True))
    elif opens:
        law = say("The law's remedies for failure to act open: two months after receipt, never earlier.")
        coming.append(LateRung(opens, law, "far", since=True))
    return [*found, *sorted(coming, key=lambda one: one.at)]


def _ladder(clock: RunningDeadline) -> list[Rung]:
    return [rung for rung in clock.deadline.rungs if rung.action in LADDER]


def if_done_today(
    reading: Reading, clocks: Sequence[RunningDeadline], ahead: Sequence[Milestone]
) -> tuple[list[Ahead], list[Message]]:
    """Of a late case: the last days to come if its desk did its part today, and whether the whole is then in time.

    The days ahead are counted from today in any case: what is late can be done no earlier.
    """
    clock = clock_of_desk(reading, [one for one in clocks if one.due])
    if clock is None or not clock.late or clock.owner not in OFFICIALS or not ahead:
        return [], []
    days = [
        Ahead(max(stone.day, reading.today), say("{desk}: {what}", desk=desk_of(reading, stone),
              what=say(stone.deadline.label)), "next" if place else "now")
        for place, stone in enumerate(ahead)
    ]  # fmt: skip
    last = days[-1].day
    whole = next((one.due for one in clocks if one.deadline.name == "whole" and one is not clock), None)
    if whole is None:
        return days, []
    if last > whole:
        late = span(workdays_between(reading.world.calendar, whole, last))
        return days, [say("The whole case would then be up to {span} late: its limit is {day}.", span=late, day=whole)]
    told = [say("The whole case is then still in time: its limit is {day}.", day=whole)]
    if last == whole:
        told.append(say("Each working day later moves these by one, and the whole case would be late too."))
    else:
        told.append(say("Each working day later moves these by one."))
    return days, told


class StillOpen(NamedTuple):
    """A way against how a case ended: until when it was or is open, the mark of what that day rests on, the article."""

    said: Message
    over: bool
    mark: Mark
    article: str = ""

    @classmethod
    def until(cls, what: Words, last: date, today: date, mark: Mark, article: str = "") -> StillOpen:
        over = last < today
        said = say("{remedy}: its time ended on {day}.") if over else say("{remedy}: open until {day}.")
        return cls(say(said.id, remedy=what, day=last), over, mark, article)


def still_open(reading: Reading) -> Iterator[StillOpen]:
    """What can be done against how a case ended, each with its last day (D35); nothing of what ended well."""
    if not reading.state.adverse or reading.lost:
        return
    if review := _review(reading):
        yield review
    # what the firm takes back leaves the decision that it was told first, and stops no period of law (D21)
    ends = (past for past in reversed(reading.past) if past.role != FILER.name)
    ended = next(past.on for past in ends if past.target == reading.state.name != past.source)
    law, calendar = reading.world.jurisdiction.remedies, reading.world.calendar
    follows = {remedy.after for remedy in law} & {reading.file.snapshot.variant} or {"decision"}
    for remedy in (one for one in law if one.after in follows):
        last = due(calendar, ended, remedy.n, remedy.unit, rolls=remedy.rolls)[0]
        mark: Mark = "statute_unverified" if remedy.certainty == "second_hand" else "statute"
        article = remedy.citation_en if language() == "en" else remedy.citation
        yield StillOpen.until(remedy.label[language()], last, reading.today, mark, article)


def _review(reading: Reading) -> StillOpen | None:
    """The firm's own way to have a closed case taken up again, once; nothing where it was gone already."""
    case, world = reading.file.snapshot, reading.world
    again = taken_up_again(reading.definition, case)
    if again is None:
        return None
    action, window, start = again
    mark = mark_of(world.limit_of(case, window.rule, start.on))
    if number := window.held_by(case, world, start):
        said = say("{remedy}: its time begins anew when case {number} has ended.")
        return StillOpen(say(said.id, remedy=say(action.label), number=number), False, mark)
    return StillOpen.until(say(action.label), window.ends(case, world, start)[0], reading.today, mark)


COUNTED: Final = {
    Why.START: say("the first day, not counted"),
    Why.WEEKEND: say("day of rest, not counted"),
    Why.HOLIDAY: say("public holiday, not counted"),
    Why.PAUSED: say("on hold, not counted"),
    Why.AWAY: say("lay elsewhere, not counted"),
    Why.RESUMED: say("first day after the hold"),
    Why.ROLLED: say("the next working day, by analogy"),
}
NO_END: Final = say("day off: the time does not end on it")
"""Of a count in which days off count like others."""
OFF: Final = (Why.WEEKEND, Why.HOLIDAY)


def proof_of(reading: Reading, clock: RunningDeadline) -> Iterator[tuple[Day, Message, Words]]:
    """Each day from the start to the due day, of a late deadline to today: whether it is counted, and why."""
    moves = [event for event in reading.events if event.moved]
    for late, days in (
        (False, clock.count.days),
        (True, late_days(clock.timer, reading.world.calendar, reading.today)),
    ):
        for day in days:
            # the holiday notice behind it, else what happened to the case on that day
            happened = next((say(event.action.done) for event in moves if event.on == day.day), "")
            counted = (
                NO_END if clock.timer.unit is not Unit.WORKDAY and day.off and day.why in OFF else _counted(day, late)
            )
            yield day, counted, day.source or happened


def _counted(day: Day, late: bool) -> Message:
    if day.ordinal is None:
        return say("day off, on hold too") if day.off and day.why in (Why.PAUSED, Why.AWAY) else COUNTED[day.why]
    if late:
        return say("late, day {n}", n=day.ordinal)
    if day.why is Why.MAKE_UP:
        return say("day {n}, a make-up working day", n=day.ordinal)
    return say("day {n}", n=day.ordinal)
