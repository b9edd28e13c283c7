"""Every action of every kind, by every role, in every place, over HTTP, against the tables written by hand.

The tables are `tests/cases/kinds/permissions_*.csv`; how a case comes to each place stands in `tests/web/states/`, a
module a kind. In each place each role tries, by a forged form that is filled in well, what anybody may do there and
what the role may do anywhere. A cell of the table is taken; all others are refused and leave every chain as it was.

Where a variant comes to a state that the variants before it have too, what moves the case is taken there, and what
they may do there and it may not is refused; the web knows of a variant only what the definition tells it, and that is
held against the table cell by cell in `tests/cases/kinds/test_permissions.py`.

Over HTTP there is less than in the table: a bureau has no role before a move routes the case to it (D25), and in a
complaint only while it investigates (D16); nobody is supervised while every official's time stands still; and what
befalls a case when its bureau becomes another has a page of its own. All of it runs on SQLite, one place of each kind
on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.cases.kinds.permissions import Place, actions_of, by_hand, kinds_by_hand
from tests.conftest import _empty
from tests.web.stage import build_stage
from tests.web.states import ways_of
from tests.web.states.people import STRANGERS, WHO, who_in
from tests.web.states.tries import Tries
from tests.web.states.walked import There, Walked
from workflow.definition import ROLES, START

OF_A_BUREAU = frozenset({"reviewer", "approver", "head"})
ONLY_THE_ENTERPRISES_TIME_RUNS = frozenset({"awaiting_papers", "bureau_asks", "hearing"})
SHEETS = frozenset({"supervise"})
ELSEWHERE = frozenset({"succeeded"})
"""It has a page of its own, and is at no address of a case."""
WHOSE_WORK = frozenset({"take", "give_back", "hand_to"})
STAYING = frozenset({"note", "add", *WHOSE_WORK, *SHEETS})
"""What every kind has and moves nothing."""
PLACES = [(kind, *place) for kind in kinds_by_hand() for place in by_hand(kind) if place.state != START]


def may(kind: str, place: Place, role: str) -> frozenset[str]:
    """What the table gives a role here, over HTTP."""
    if role in OF_A_BUREAU and place.state not in ways_of(kind).bureau_reads:
        return frozenset()
    no_sheet = SHEETS if place.state in ONLY_THE_ENTERPRISES_TIME_RUNS else frozenset()
    return by_hand(kind)[place][role] - ELSEWHERE - no_sheet


@cache
def before(kind: str, place: Place) -> tuple[Place, ...]:
    """The same state in the variants that stand before this one in the table."""
    table = list(by_hand(kind))
    return tuple(other for other in table[: table.index(place)] if other.state == place.state)


def taken(kind: str, place: Place, role: str) -> list[str]:
    """What is tried and must succeed."""
    return sorted(may(kind, place, role) - (STAYING if before(kind, place) else frozenset()))


def refused(kind: str, place: Place, role: str) -> list[str]:
    """What is tried and must fail: what anybody may do here, and what this role may do anywhere."""
    table = by_hand(kind)
    if before(kind, place):
        tried = {action for other in before(kind, place) for action in table[other][role]}
    else:
        anywhere = {action for at, cells in table.items() if at.state != START for action in cells[role]}
        tried = anywhere | (actions_of(table[place]) - nobodys(kind, place, role))
    return sorted(tried - may(kind, place, role))


def nobodys(kind: str, place: Place, role: str) -> frozenset[str]:
    """What only the clock or another case does: in each place one role tries each of it, in turn, and no other."""
    cells = by_hand(kind)[place]
    peoples = {action for one in ROLES for action in cells[one]}
    others = sorted(actions_of(cells) - peoples)
    turn = list(by_hand(kind)).index(place) + list(ROLES).index(role)
    return frozenset(action for n, action in enumerate(others) if (turn + n) % len(ROLES))


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Walked:
    return Walked(build_stage(tmp_path_factory.mktemp("states"), sqlite_template))


@pytest.fixture(scope="module")
def tries(walked: Walked) -> Tries:
    return Tries(walked.stage)


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Walked]:
    made = Walked(build_stage(tmp_path_factory.mktemp("states"), postgres_url))
    yield made
    made.stage.let_go()
    _empty(postgres_url)


def refuse_all_others(tries: Tries, there: There, kind: str, place: Place) -> None:
    ways, stood = ways_of(kind), tries.chains()
    with tries.unseen():
        for role, who in who_in(place.variant).items():
            for action in refused(kind, place, role):
                assert tries.post(who, there, ways, action) in (403, 404, 409), f"{action} by {role}"
        for role, who in STRANGERS.items():
            for action in taken(kind, place, role)[:1]:
                assert tries.get(who, there, action) == 404, f"{action} opened by another's {role}"
                assert tries.post(who, there, ways, action) == 404, f"{action} by another's {role}"
    assert tries.chains() == stood


@pytest.mark.parametrize(("kind", "variant", "state"), PLACES)
def test_in_a_place_a_role_does_what_the_table_gives_it(
    walked: Walked, tries: Tries, kind: str, variant: str, state: str
) -> None:
    ways, place, opened = ways_of(kind), Place(variant, state), set()
    for role, who in who_in(variant).items():
        for action in taken(kind, place, role):
            there = walked.at(ways, ways.way(*place, action))
            if action == "give_back":
                assert tries.post(who, there, ways, "take") == 302
            stood = tries.chains()
            if action not in opened:
                assert tries.get(who, there, action) == 200, f"{action} opened by {role}"
                assert tries.chains() == stood, "opening a form did something"
            opened.add(action)
            assert tries.post(who, there, ways, action) == 302, f"{action} by {role}"
            assert tries.chains() != stood


@pytest.mark.parametrize(("kind", "variant", "state"), PLACES)
def test_in_a_place_nobody_does_more_than_the_table_gives(
    walked: Walked, tries: Tries, kind: str, variant: str, state: str
) -> None:
    place = Place(variant, state)
    refuse_all_others(tries, walked.at(ways_of(kind), ways_of(kind).way(*place)), kind, place)


def test_about_an_officer_the_head_of_the_office_acts_alone_and_in_the_officers_stead(
    walked: Walked, tries: Tries
) -> None:
    """procedures.md D10, D16: the head decides; nothing is proposed to the head and no bureau asked."""
    ways = ways_of("complaint")
    way = ways.way("petition", "investigating", "decide")
    for action in sorted(by_hand("complaint")[Place("petition", "investigating")]["officer"]):
        assert tries.post("office", walked.at(ways, way), ways, action) == 404, f"{action} by an officer"
    for action in ("ask", "decide", "lead", "note", "open_objection", "reroute"):
        assert tries.post("chief", walked.at(ways, way), ways, action) == 302, f"{action} by the head"
    for action in ("forward", "propose"):
        assert tries.post("chief", walked.at(ways, way), ways, action) in (403, 404, 409), f"{action} by the head"


@pytest.mark.parametrize("kind", kinds_by_hand())
def test_on_postgresql_nobody_does_more_either(on_postgresql: Walked, kind: str) -> None:
    place = next(place for place in by_hand(kind) if place.state == "proposed")
    there = on_postgresql.at(ways_of(kind), ways_of(kind).way(*place))
    refuse_all_others(Tries(on_postgresql.stage), there, kind, place)


def test_the_roles_tried_are_all_there_are() -> None:
    assert set(WHO) == set(ROLES)
