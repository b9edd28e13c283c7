"""Random walks of every kind: as every role, another case and the clock, over two years.

They count only where every row was taken by each of its roles in each variant, and every rung fired, in several walks.
What must hold at every step stands in `invariants.py`; that the walks would see it if it did not, is tested here too.
"""

import os
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from cases.kinds import all_kinds
from config import ROOT
from tests.workflow.guide import Guide
from tests.workflow.invariants import Watch
from tests.workflow.strolling import Stroll, stroll
from workflow.definition import STAY, Definition
from workflow.guards import About, HasRemedy, NotBy, NotComplainedOf, NotHandler, Once
from workflow.rules import load_jurisdiction
from workflow.snapshot import RuleContext

LAW = load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo")
WORLD = RuleContext(LAW, LAW.calendar)
KINDS = sorted(all_kinds())
STEPS, EVERY = 40, 10
FEWEST = int(os.environ.get("WALKS", "60"))
OFTEN = 10 if FEWEST >= 1000 else 2
"""Walks of a kind: these at least, and more until all that counts is taken so often. `WALKS=1000` is a long round."""


@dataclass
class Walked:
    """What the walks of a kind came to."""

    guide: Guide
    watch: Watch = field(default_factory=Watch)
    places: set[tuple[str, str]] = field(default_factory=set)
    replayed: bool = True

    @property
    def unreached(self) -> set[tuple[str, str]]:
        """The states of each variant in which no walk has stood."""
        known = self.guide.definition.by_state
        return {(one.variant, one.state) for one in self.guide.map.ways.nodes if one.state in known} - self.places


def walked(kind: str) -> Walked:
    found = Walked(Guide(all_kinds()[kind], LAW))
    for seed in range(2000):
        if seed % EVERY == 0 and seed >= FEWEST and not found.guide.missing(OFTEN) and not found.unreached:
            break
        walk = stroll(found.guide, WORLD, seed, STEPS, found.watch)
        found.places |= {(move.variant, move.target.name) for move in walk.moves}
        found.replayed = found.replayed and replays(walk)
    return found


def replays(walk: Stroll) -> bool:
    """What happened leads from one state to the next, and to where the case stands."""
    states = [move.target.name for move in walk.moves]
    return [move.source for move in walk.moves[1:]] == states[:-1] and states[-1] == walk.state


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_rung_and_state_is_taken_and_at_every_step_all_invariants_hold(kind: str) -> None:
    """One test, since the walks of a kind are walked once: by each role and in each variant, several times."""
    found = walked(kind)
    assert found.guide.missing(OFTEN) == {}
    assert found.unreached == set()
    assert found.watch.broken == {}, "what does not hold, with the ways there"
    assert found.replayed, "what happened leads to where the case stands"


def spoilt(kind: str, name: str, **changes: Any) -> Definition:
    """A kind with all rows of a name changed."""
    definition = all_kinds()[kind]
    rows = tuple(replace(row, **changes) if row.name == name else row for row in definition.actions)
    return replace(definition, actions=rows)


def unguarded(kind: str, name: str, guard: type) -> Definition:
    definition = all_kinds()[kind]
    assert any(isinstance(one, guard) for row in definition.actions_named(name) for one in row.guard)
    rows = tuple(
        replace(row, guard=tuple(one for one in row.guard if not isinstance(one, guard))) if row.name == name else row
        for row in definition.actions
    )  # fmt: skip
    return replace(definition, actions=rows)


def restarting(kind: str) -> Definition:
    """`whole` leaves out the states of the bureau and starts afresh after them."""
    definition = all_kinds()[kind]
    deadlines = tuple(
        replace(one, fresh=True, over=tuple(state for state in one.over if state != "with_bureau"))
        if one.name == "whole" else one for one in definition.deadlines
    )  # fmt: skip
    return replace(definition, deadlines=deadlines)


@pytest.mark.parametrize(
    ("definition", "broken"),
    [
        (unguarded("repair", "approve", NotBy), "nobody_decides_what_they_proposed"),
        (unguarded("complaint", "approve", NotBy), "nobody_decides_what_they_proposed"),
        (unguarded("objection", "propose", NotHandler), "nobody_proposes_or_approves_on_a_record_of_their_own"),
        (unguarded("correction", "refuse", HasRemedy), "an_adverse_end_names_its_remedy"),
        (unguarded("correction", "approve", HasRemedy), "a_bureau_decides_only_with_its_remedy"),
        (unguarded("complaint", "forward", NotComplainedOf), "the_bureau_complained_of_never_has_it"),
        (unguarded("complaint", "route", About), "a_complaint_about_the_office_is_answered_by_neither"),
        (unguarded("complaint", "propose", About), "a_complaint_about_an_officer_is_the_chief_s_alone"),
        (unguarded("objection", "ask", Once), "time_is_taken_once"),
        (spoilt("repair", "papers_late", target="withdrawn"), "nobody_s_silence_decides"),
        (spoilt("objection", "withdraw", tells=()), "every_end_is_told_in_writing"),
        (spoilt("objection", "withdraw", does=()), "a_closed_case_marks_no_record"),
        (spoilt("repair", "open_revoke", reopens=False), "a_reopened_case_begins_a_round_and_nothing_else_does"),
        (spoilt("complaint", "succeeded", target=STAY), "a_bureau_s_desk_is_a_bureau_s"),
        (restarting("repair"), "what_counts_from_the_filing_never_restarts_within_a_round"),
    ],
)
def test_the_walks_see_what_does_not_hold(definition: Definition, broken: str) -> None:
    guide, watch = Guide(definition, LAW), Watch()
    for seed in range(200):
        stroll(guide, WORLD, seed, STEPS, watch)
        if broken in watch.broken:
            return
    raise AssertionError(f"200 walks do not see it: {watch.broken}")


def test_a_walk_is_the_same_from_the_same_seed() -> None:
    once, again = (stroll(Guide(all_kinds()["repair"], LAW), WORLD, 7, STEPS, Watch()) for _ in range(2))
    assert [(move.action.name, move.at) for move in once.moves] == [(move.action.name, move.at) for move in again.moves]
