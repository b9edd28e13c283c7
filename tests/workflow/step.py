"""One move of one case, as the invariants look at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tests.workflow.strolling import Stroll
from workflow.decide import Move
from workflow.definition import State
from workflow.snapshot import Snapshot
from workflow.timing import Timer


@dataclass(frozen=True)
class Step:
    """One move of one case."""

    walk: Stroll
    before: Snapshot
    move: Move

    @cached_property
    def after(self) -> Snapshot:
        return self.walk.snapshot

    @cached_property
    def state(self) -> State:
        return self.move.target

    @cached_property
    def running(self) -> list[Timer]:
        return [timer for timer in self.after.timers if timer.stopped is None]

    def due(self, timer: Timer) -> date | None:
        return self.walk.due_day(timer)

    def kept(self) -> Iterator[tuple[Timer, Timer]]:
        """Each timer that ran before, and the same after the move, where the move has changed it."""
        after = {timer.id: timer for timer in self.after.timers}
        for timer in self.before.timers:
            if timer.stopped is None and after[timer.id] is not timer:
                yield timer, after[timer.id]
