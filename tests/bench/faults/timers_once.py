"""Timers: each fired once for a due day, with the one event that says so, or runs on; none runs where a case ended."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.bench.faults.stored import Row, Stored, grouped

CLOCK = "clock"
BY_HAND = "supervise"
"""The sheet that the head of the office may send before the clock does: it takes the clock's rung."""


def timers_once(stored: Stored, drained_at: str | None) -> Iterator[str]:
    """What fired twice, silently or never. `drained_at`: nothing that was due then may wait any more."""
    timers = grouped(stored["timer"], "case_id")
    yield from _rows_have_events(stored)
    yield from _events_have_rows(stored)
    for case in stored["case_"]:
        yield from _of_case(case, timers.pop(case.id, ()))
    yield from (f"{stored.name_of(case_id)}: a timer of no case" for case_id in timers)
    fired = {(row.timer_id, row.due_on, row.rung) for row in stored["rung_fired"]}
    for timer in stored["timer"]:
        yield from (f"{stored.name_of(timer.case_id)}: {what}" for what in _of_timer(timer, fired, drained_at))


def _rows_have_events(stored: Stored) -> Iterator[str]:
    """Each fired rung has the event it names, and no other rung names that one."""
    told: Counter[tuple[int, int]] = Counter()
    once: Counter[tuple[int, str, str, str]] = Counter()
    for row in stored["rung_fired"]:
        timer = stored.timers.get(row.timer_id)
        if timer is None:
            yield f"the rung {row.rung} of {row.due_on} fired for a timer that does not exist"
            continue
        number = stored.name_of(timer.case_id)
        told[timer.case_id, row.event_seq] += 1
        once[timer.case_id, timer.deadline, row.due_on, row.rung] += 1
        event = stored.event_of(timer.case_id, row.event_seq)
        if event is None:
            yield f"{number}: the rung {row.rung} of {timer.deadline} fired without an event"
        elif not _is_its_event(row, timer, event, _names_of(stored, timer.case_id, event)):
            yield f"{number}: event {row.event_seq} is not that of the rung {row.rung} of {timer.deadline}"
    yield from (f"{stored.name_of(case)}: event {seq} stands for {n} rungs" for (case, seq), n in told.items() if n > 1)
    for (case, deadline, due, rung), n in once.items():
        if n > 1:
            yield f"{stored.name_of(case)}: the rung {rung} of {deadline} fired {n} times for {due}"


def _names_of(stored: Stored, case_id: int, event: Row) -> set[str]:
    """What the deadline that an event tells of has been called since: a kind that changes may call it otherwise."""
    names = [str(event.said.get("codes", {}).get("deadline"))]
    for later in stored.events.get(case_id, ()):
        renamed = later.said.get("codes", {}).get("renamed", {}).get("deadlines", {})
        if later.seq > event.seq and names[-1] in renamed:
            names.append(renamed[names[-1]])
    return set(names)


def _is_its_event(row: Row, timer: Row, event: Row, names: set[str]) -> bool:
    codes, action = event.said.get("codes", {}), row.rung.partition(":")[2]
    if event.action != action or timer.deadline not in names:
        return False
    if event.actor != CLOCK:
        return bool(action == BY_HAND)
    return bool(codes.get("due") == row.due_on and codes.get("rung") == row.rung)


def _events_have_rows(stored: Stored) -> Iterator[str]:
    """Each event of the clock that says a rung has the row that no second sweep can write, and stands alone."""
    fired = {(stored.timers[row.timer_id].case_id, row.event_seq)
             for row in stored["rung_fired"] if row.timer_id in stored.timers}  # fmt: skip
    for case_id, events in stored.events.items():
        told: Counter[tuple[object, ...]] = Counter()
        for event in events:
            codes = event.said.get("codes", {})
            if event.actor != CLOCK or "rung" not in codes:
                continue
            told[codes.get("deadline"), codes.get("due"), codes["rung"]] += 1
            if (case_id, event.seq) not in fired:
                yield f"{stored.name_of(case_id)}: event {event.seq} tells of a rung that never fired"
        for (deadline, due, rung), n in told.items():
            if n > 1:
                yield f"{stored.name_of(case_id)}: {n} events tell of the rung {rung} of {deadline} for {due}"


def _of_case(case: Row, timers: Sequence[Row]) -> Iterator[str]:
    running = [timer for timer in timers if timer.stopped_on is None]
    if case.closed_at is not None:
        yield from (f"{case.number}: the case is closed and {timer.deadline} still runs" for timer in running)
        return
    if not case.desk:
        yield f"{case.number}: the case is open and on nobody's desk"
    if not running:
        yield f"{case.number}: the case is open and no deadline runs"
    for deadline, n in Counter(timer.deadline for timer in running).items():
        if n > 1:
            yield f"{case.number}: the deadline {deadline} runs {n} times"


def _of_timer(timer: Row, fired: set[tuple[int, str, str]], drained_at: str | None) -> Iterator[str]:
    name = timer.deadline
    if bool(timer.next_rung) != (timer.next_at is not None):
        yield f"{name} has a next rung without its time, or a time without a rung"
    if timer.next_at is None:
        held = bool(timer.holds) and timer.holds[-1][1] is None
        if timer.stopped_on is None and not held and not any(one[0] == timer.id for one in fired):
            yield f"{name} runs, is not held, and neither has fired nor will"
        return
    if timer.stopped_on is not None:
        yield f"{name} is stopped and would still fire"
    if (timer.id, timer.due_on, timer.next_rung) in fired:
        yield f"{name} would fire {timer.next_rung} a second time"
    if drained_at is not None and timer.next_at <= drained_at:
        yield f"{name} was due at {timer.next_at} and nobody fired it"
