"""Wherever a case stands, new names alone change nothing for anybody: neither what they may do, nor why not, nor when.

Every kind is walked at random; on the way the case as it stands is taken over to the kind with all its open states
called otherwise, and everybody's choices and all its days are held against those of before.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from cases.kinds import all_kinds
from tests.kinds_changed import changed
from tests.workflow.guide import Guide
from tests.workflow.people import EVERYBODY
from tests.workflow.strolling import Stroll, stroll
from tests.workflow.test_random_walks import LAW, WORLD
from workflow.checks import check
from workflow.decide import Move, choices
from workflow.definition import Definition
from workflow.mapping import NewNames, RecordedCase, called_now, map_case
from workflow.past import holder
from workflow.refusal import Message
from workflow.snapshot import Person, Snapshot
from workflow.timing import Timer, due_of

KINDS = sorted(all_kinds())
WALKS, STEPS = 40, 25
OFTEN, EVERY = 2, 40
"""Looked at: the first times that a case stands in a state, and then every so many steps."""


def renamed(kind: str) -> tuple[Definition, dict[str, str]]:
    """The kind with every open state called otherwise, and what it calls each."""
    names = {state: f"{state}_now" for state in all_kinds()[kind].open_states()}
    return changed(kind, names), names


@dataclass
class Watch:
    """Takes the case of each step over, and counts where it stood."""

    definition: Definition
    names: dict[str, str]
    seen: Counter[str] = field(default_factory=Counter)

    def __call__(self, walk: Stroll, before: Snapshot, move: Move) -> None:
        case = walk.snapshot
        self.seen[case.state] += 1
        if self.seen[case.state] > OFTEN and self.seen.total() % EVERY:
            return
        after = self.taken_over(walk, case)
        assert after.state == self.names.get(case.state, case.state)
        assert days(after) == days(case)
        for person in EVERYBODY:
            open_now = open_to(self.definition, after, person, walk)
            open_then = open_to(walk.definition, case, person, walk)
            assert open_now == open_then, (walk.seed, person)

    def taken_over(self, walk: Stroll, case: Snapshot) -> Snapshot:
        state = walk.definition.state(case.state)
        lay = {event.target: walk.definition.state(event.target).desk for event in case.past}
        position = RecordedCase(case, state.desk, state.outcome, walk.definition.digest, lay)
        own = position.called_by(self.definition, NewNames(self.names))
        taken = map_case(self.definition, position, own, WORLD, "", walk.now)
        assert taken.tells == (), "nobody is written to for a name"
        assert taken.holder == holder(walk.definition, case.past, case.state, case.bureau)
        changed_ = {timer.id: timer for timer in taken.timers}
        timers = tuple(changed_.get(timer.id, timer) for timer in case.timers)
        assert None not in changed_, "no deadline begins"
        return replace(case, state=taken.target.name, past=called_now((*case.past, taken.past)), timers=timers)


def open_to(definition: Definition, case: Snapshot, person: Person, walk: Stroll) -> list[tuple[str, Message | None]]:
    found = choices(definition, case, WORLD, person, walk.now)
    return [(one.action.name, one.why_not) for one in found]


def days(case: Snapshot) -> list[tuple[str, str, date | None, bool]]:
    return [_day(timer) for timer in case.timers]


def _day(timer: Timer) -> tuple[str, str, date | None, bool]:
    return timer.deadline, timer.owner, due_of(timer, WORLD.calendar).day, timer.stopped is None


@pytest.mark.parametrize("kind", KINDS)
def test_new_names_change_nothing_for_anybody_wherever_a_case_stands(kind: str) -> None:
    definition, names = renamed(kind)
    assert check(definition, [LAW]) == []
    guide, watch = Guide(all_kinds()[kind], LAW), Watch(definition, names)
    walk_all(guide, watch)
    assert set(watch.seen) >= set(names), "every open state was stood in"


@pytest.mark.parametrize("kind", ["objection", "complaint"])
def test_it_would_be_seen_if_the_past_kept_the_old_names(kind: str) -> None:
    """A walk that hands something on and comes back to it sees who had it, and from where it came."""
    definition, names = renamed(kind)
    guide, watch = Guide(all_kinds()[kind], LAW), Watch(definition, names)
    watch.taken_over = lambda walk, case: replace(case, state=names.get(case.state, case.state))  # type: ignore[method-assign]
    with pytest.raises(AssertionError):
        walk_all(guide, watch)


def walk_all(guide: Guide, watch: Watch) -> None:
    for seed in range(WALKS):
        stroll(guide, WORLD, seed, STEPS, watch)
