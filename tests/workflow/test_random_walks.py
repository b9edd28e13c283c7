"""A thousand random walks of every kind, as every role and the clock, over two years. What must always hold, holds."""

from __future__ import annotations

from functools import cache

import pytest

from cases.kinds import all_kinds
from config import ROOT
from tests.workflow.walking import NOON, Walk, counted, random_walk
from workflow.definition import START, Addressee, Definition
from workflow.rules import load_jurisdiction
from workflow.snapshot import World
from workflow.timing import due_of

LAW = load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo")
WORLD = World(LAW, LAW.calendar)
KINDS = sorted(all_kinds())
WALKS = 1200


@cache
def walks_of(kind: str) -> tuple[Walk, ...]:
    definition = all_kinds()[kind]
    return tuple(random_walk(definition, WORLD, NOON, seed) for seed in range(WALKS))


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Definition:
    return all_kinds()[request.param]


def test_every_action_is_taken_in_at_least_ten_walks(kind: Definition) -> None:
    taken = counted(list(walks_of(kind.kind)))
    seldom = {action.name: taken[action.name] for action in kind.actions if taken[action.name] < 10}
    assert seldom == {}


def test_every_state_is_reached(kind: Definition) -> None:
    reached = {move.target.name for walk in walks_of(kind.kind) for move in walk.moves}
    assert {state.name for state in kind.states} - reached == set()


def test_a_closed_case_runs_no_timer_and_an_open_one_runs_some(kind: Definition) -> None:
    for walk in walks_of(kind.kind):
        running = [timer for timer in walk.snapshot.timers if timer.stopped is None]
        assert bool(running) is not kind.by_state[walk.snapshot.state].final


def test_an_open_case_lies_on_a_desk_where_a_deadline_is_due_or_held(kind: Definition) -> None:
    for walk in walks_of(kind.kind):
        state = kind.by_state[walk.snapshot.state]
        if not state.final:
            days = [due_of(timer, WORLD.calendar).day for timer in walk.snapshot.timers if timer.stopped is None]
            assert state.desk
            assert any(days)


def test_the_clock_never_decides(kind: Definition) -> None:
    for walk in walks_of(kind.kind):
        for move in walk.moves:
            if move.role.name == "clock":
                assert not move.target.final


def test_no_case_ends_without_a_letter_to_the_filer(kind: Definition) -> None:
    for walk in walks_of(kind.kind):
        for move in walk.moves:
            if move.closes:
                assert Addressee.FILER in {notice.to for notice in move.tells}, move.action.name


def test_nobody_approves_what_they_proposed(kind: Definition) -> None:
    pairs = {"approve": "propose", "approve_review": "propose_review", "confirm_own": "correct_own"}
    for walk in walks_of(kind.kind):
        for place, move in enumerate(walk.moves):
            before = pairs.get(move.action.name)
            if before:
                last = next(m for m in reversed(walk.moves[:place]) if m.action.name == before)
                assert last.person.id != move.person.id


def test_what_happened_replays_to_where_the_case_stands(kind: Definition) -> None:
    for walk in walks_of(kind.kind):
        state = START
        for move in walk.moves:
            assert move.source == state
            state = move.target.name
        assert state == walk.snapshot.state


def test_one_rung_fires_once_for_each_due_date(kind: Definition) -> None:
    for walk in walks_of(kind.kind):
        fired = [
            (
                move.round,
                move.bureau,
                move.codes["deadline"],
                move.codes["due"],
                move.codes["rung"],
                timer_start(walk, move),
            )
            for move in walk.moves
            if "rung" in move.codes
        ]
        assert len(fired) == len(set(fired))


def timer_start(walk: Walk, move: object) -> object:
    """Timers of one deadline are told apart by their start."""
    on = move.on  # type: ignore[attr-defined]
    name = move.codes["deadline"]  # type: ignore[attr-defined]
    return max(timer.started for timer in walk.snapshot.timers if timer.deadline == name and timer.started <= on)
