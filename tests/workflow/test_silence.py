"""Nobody acts: from every open state of every kind each rung fires on its day, and nobody's silence decides (D1, D2).

Which deadlines run where is written by hand, from procedures.md, in `silence/`; the days are counted by hand.
"""

import csv
from datetime import date
from pathlib import Path

import pytest

from cases.kinds import all_kinds
from tests.workflow.by_hand import due, limit, workday
from tests.workflow.exploring import explored

DAY_0 = date(2026, 4, 20)
"""The day on which each case came where it stands: a Monday before the days of May that are moved."""

SILENCE = Path(__file__).with_name("silence")
"""A table a kind, written by hand: what runs in each state (and in one variant of it), what the silence of whoever is
waited for causes there, and where it puts the case: back before the desk that asked."""

Rung = tuple[date, str, str]
Row = dict[str, str]


def by_hand(file: Path) -> dict[tuple[str, str], Row]:
    with file.open(encoding="utf-8", newline="") as lines:
        return {(row["variant"], row["state"]): row for row in csv.DictReader(lines)}


TABLES = {file.stem: by_hand(file) for file in sorted(SILENCE.glob("*.csv")) if file.stem in all_kinds()}
PLACES = [(kind, *place) for kind in TABLES for place in sorted(explored(all_kinds()[kind]).places)]


def row_of(kind: str, variant: str, state: str) -> Row:
    return TABLES[kind].get((variant, state)) or TABLES[kind]["", state]


def ladder(kind: str, variant: str, deadline: str, start: date) -> list[Rung]:
    """The rungs of an official: 2 and 1 working days before, on the first after the day, the third and the tenth."""
    n, day = limit(kind, deadline, variant), due(kind, deadline, variant, start)
    before = [(workday(day, -k), deadline, f"-{k}:remind") for k in (2, 1) if n >= (5 if k == 2 else 2)]
    after = ((1, "+0:overdue"), (3, "+3:supervise"), (10, "+10:leading_group"))
    return [rung for rung in before if rung[0] > start] + [(workday(day, k), deadline, key) for k, key in after]


def expected(kind: str, variant: str, state: str) -> list[Rung]:
    """What waited for somebody goes on as that time ends: nothing of it was used up, all began on one day."""
    row = row_of(kind, variant, state)
    if not row["back"]:
        return sorted(rung for name in row["runs"].split() for rung in ladder(kind, variant, name, DAY_0))
    last = workday(DAY_0, limit(kind, row["runs"], variant))
    reminders = [(workday(last, -k), row["runs"], f"-{k}:remind") for k in (2, 1)]
    names = row_of(kind, variant, row["back"])["runs"].split()
    then = [rung for name in names for rung in ladder(kind, variant, name, last)]
    return sorted([*reminders, (last, row["runs"], f"+0:{row['silence']}"), *then])


@pytest.mark.parametrize(("kind", "variant", "state"), PLACES)
def test_left_alone_for_a_year(kind: str, variant: str, state: str) -> None:
    walk, row = explored(all_kinds()[kind]).walk(variant, state), row_of(kind, variant, state)
    walk.wait(days=365)
    fired = [(move.on, str(move.codes["deadline"]), str(move.codes["rung"])) for move in walk.moves]
    assert sorted(fired) == expected(kind, variant, state)
    assert fired == sorted(fired, key=lambda rung: rung[0]), "in order"
    moved = {move.action.name for move in walk.moves if move.source != move.target.name}
    assert moved == ({row["silence"]} if row["silence"] else set())
    assert walk.state == (row["back"] or state)
    assert not all_kinds()[kind].state(walk.state).final


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_every_open_state_of_every_variant_and_every_deadline_is_looked_at(kind: str) -> None:
    definition = all_kinds()[kind]
    assert {state for _, state in explored(definition).places} == set(definition.open_states())
    looked_at = {name for of, variant, state in PLACES if of == kind
                 for name in row_of(kind, variant, state)["runs"].split()}  # fmt: skip
    assert looked_at == {deadline.name for deadline in definition.deadlines}
