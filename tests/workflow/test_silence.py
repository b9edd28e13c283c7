"""Nobody acts: from every open state of every kind each rung fires on its day, and nobody's silence decides (D1, D2).

Which deadlines run where, and how long they are, is written here from procedures.md; the days are counted by hand.
"""

from __future__ import annotations

from datetime import date

import pytest

from cases.kinds import all_kinds
from tests.workflow.by_hand import due, limit, workday
from tests.workflow.exploring import explored

DAY_0 = date(2026, 4, 20)
"""The day on which each case came where it stands: a Monday before the days of May that are moved."""

RUNS = {
    "objection": {
        "filed": "accept whole", "awaiting_papers": "supplement", "comparing": "refer whole",
        "confirming_own_error": "refer whole", "with_bureau": "verify whole", "bureau_asks": "supplement",
        "proposed": "verify whole", "returned": "refer whole", "carrying_out": "carry_out whole",
        "answering": "answer whole", "reviewing": "review whole", "review_proposed": "review whole",
    },
    "correction": {
        "filed": "accept", "awaiting_papers": "supplement", "with_bureau": "verify", "bureau_asks": "supplement",
        "proposed": "verify", "returned": "refer", "putting_right": "confirm", "carrying_out": "carry_out",
        "answering": "answer",
    },
    "repair": {
        "filed": "forward whole", "returned": "forward whole", "with_bureau": "accept whole",
        "awaiting_papers": "supplement", "deciding": "decide whole", "bureau_asks": "supplement",
        "proposed": "decide whole", "carrying_out": "carry_out whole", "hearing": "statement", "revoking": "revoke",
        "revoke_proposed": "revoke",
    },
    "complaint": {
        "filed": "acknowledge route", "registered": "route", "investigating": "decide", "proposed": "decide",
        "with_unit": "decide", "unit_proposed": "decide", "returned": "assign decide",
    },
}  # fmt: skip
"""What runs in each state."""
IN_VARIANT = {
    ("decision_changed", "with_bureau"): "end_display", ("decision_changed", "proposed"): "end_display",
    ("market_regulation", "with_bureau"): "accept decide whole",
}  # fmt: skip
LATE = {"supplement": "papers_late", "statement": "statement_late"}
BACK = {
    ("objection", "awaiting_papers"): "filed", ("objection", "bureau_asks"): "with_bureau",
    ("correction", "awaiting_papers"): "filed", ("correction", "bureau_asks"): "with_bureau",
    ("repair", "awaiting_papers"): "with_bureau", ("repair", "bureau_asks"): "deciding",
    ("repair", "hearing"): "revoking",
}  # fmt: skip
"""Where the enterprise's silence puts a case: back before the desk that asked."""

Rung = tuple[date, str, str]
PLACES = [
    (kind, variant, state)
    for kind, definition in sorted(all_kinds().items())
    for variant, state in sorted(explored(definition).places)
]


def running(kind: str, variant: str, state: str) -> list[str]:
    return (IN_VARIANT.get((variant, state)) or RUNS[kind][state]).split()


def ladder(kind: str, variant: str, deadline: str, start: date) -> list[Rung]:
    """The rungs of an official: 2 and 1 working days before, on the first after the day, the third and the tenth."""
    n, day = limit(kind, deadline, variant), due(kind, deadline, variant, start)
    before = [(workday(day, -k), deadline, f"-{k}:remind") for k in (2, 1) if n >= (5 if k == 2 else 2)]
    after = ((1, "+0:overdue"), (3, "+3:supervise"), (10, "+10:leading_group"))
    return [rung for rung in before if rung[0] > start] + [(workday(day, k), deadline, key) for k, key in after]


def expected(kind: str, variant: str, state: str) -> list[Rung]:
    """What waited for the enterprise goes on as its time ends: nothing of it was used up, all began on one day."""
    names = running(kind, variant, state)
    silent = next((name for name in names if name in LATE), None)
    if silent is None:
        return sorted(rung for name in names for rung in ladder(kind, variant, name, DAY_0))
    last = workday(DAY_0, limit(kind, silent, variant))
    reminders = [(workday(last, -k), silent, f"-{k}:remind") for k in (2, 1)]
    then = [rung for name in running(kind, variant, BACK[kind, state]) for rung in ladder(kind, variant, name, last)]
    return sorted([*reminders, (last, silent, f"+0:{LATE[silent]}"), *then])


@pytest.mark.parametrize(("kind", "variant", "state"), PLACES)
def test_left_alone_for_a_year(kind: str, variant: str, state: str) -> None:
    walk = explored(all_kinds()[kind]).walk(variant, state)
    walk.wait(days=365)
    fired = [(move.on, str(move.codes["deadline"]), str(move.codes["rung"])) for move in walk.moves]
    assert sorted(fired) == expected(kind, variant, state)
    assert fired == sorted(fired, key=lambda rung: rung[0]), "in order"
    moved = {move.action.name for move in walk.moves if move.source != move.target.name}
    assert moved <= set(LATE.values())
    assert walk.state == BACK.get((kind, state), state)
    assert not all_kinds()[kind].state(walk.state).final


@pytest.mark.parametrize("kind", sorted(RUNS))
def test_every_open_state_of_every_variant_and_every_deadline_is_looked_at(kind: str) -> None:
    definition = all_kinds()[kind]
    assert {state for _, state in explored(definition).places} == set(definition.open_states())
    looked_at = {name for of, variant, state in PLACES if of == kind for name in running(kind, variant, state)}
    assert looked_at == {deadline.name for deadline in definition.deadlines}
