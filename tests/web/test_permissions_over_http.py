"""Every action of every kind, by every role, in every place, over HTTP, against the tables written by hand.

The tables are `tests/cases/kinds/permissions_*.csv`; how a case comes to each place stands in `tests/web/states/`, a
module a kind. In each place each role tries, by a forged form that is filled in well, what anybody may do there and
what the role may do anywhere. A cell of the table is taken; all others are refused and leave every chain as it was:
with the reason where the role may read the case, with what they did where it has left them, else as if it were not
there (D33).
What a refusal says is tested elsewhere: here it is its number that counts, and its page is not drawn. What is read for
that page is read in a seventh of the places, others each day (`tests/turns.py`).

The definitions are held against the tables cell by cell, in `tests/cases/kinds/test_permissions.py`. Here, where a
try costs a request, what is the same all over is tried in turn, in a third of the places: what every kind shares
(notes, whose work it is, sheets), what a role may do nowhere, and what nobody may do there; a test holds that every
role tries everything that it may do anywhere, with and without success. Where a variant comes to a state that the
variants before it have too, what moves the case is taken there, and what they may do there and it may not is refused.

`EVERY_CELL=1 pytest tests/web/test_permissions_over_http.py` leaves nothing out.

All of it runs on SQLite, one place of each kind on PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cases.kinds.permissions import Place, actions_of, by_hand
from tests.databases import empty
from tests.turns import in_turn
from tests.web.stage import Stage, build_stage
from tests.web.states import kinds_with_ways, ways_of
from tests.web.states.browsers import Browsers
from tests.web.states.cells import ELSEWHERE, SEVENTH, SHARED, may, places_of, refusals, tries_of
from tests.web.states.people import STRANGERS, WHO, who_in
from tests.web.states.walked import There, Walked
from web.acts import views
from workflow.definition import ROLES, START
from workflow.refusal import Forbidden, Refusal

pytestmark = pytest.mark.both_databases

PLACES = [(kind, *place) for kind in kinds_with_ways() for place in places_of(kind)]
STARTS = [
    (kind, place.variant, action) for kind in kinds_with_ways() for place, cells in by_hand(kind).items()
    if place.state == START for action in sorted(actions_of(cells))
]  # fmt: skip


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Walked:
    return Walked(build_stage(tmp_path_factory.mktemp("states"), sqlite_template))


@pytest.fixture(scope="module")
def browsers(walked: Walked) -> Browsers:
    return Browsers(walked.stage)


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Walked]:
    made = Walked(build_stage(tmp_path_factory.mktemp("states"), postgres_url))
    yield made
    made.stage.close_session()
    empty(postgres_url)


READ_WHOLE = set(in_turn(PLACES, SEVENTH))
"""Where a refusal also reads what its page would say: who else may act, and what can be done instead."""


@contextmanager
def numbers_alone(stage: Stage, kind: str, place: Place) -> Iterator[None]:
    """No page is drawn; and but for some places nothing is read for one either, where an act is refused."""
    with stage.undrawn(), pytest.MonkeyPatch.context() as patch:
        if (kind, *place) not in READ_WHOLE:
            patch.setattr(views, "_closed", lambda _scene, refusal, *_form, **_more: ("", _number(refusal)))
        yield


def _number(refusal: Refusal) -> int:
    return 403 if isinstance(refusal, Forbidden) else 409


def refuse_all_others(browsers: Browsers, there: There, kind: str, place: Place) -> None:
    ways = ways_of(kind)
    with numbers_alone(browsers.stage, kind, place):
        for role, who in who_in(place.variant).items():
            refused = refusals(kind, place, role)
            left = refused == (404,) and browsers.acted(who, there)
            for action in sorted(tries_of(kind).refused[(place, role)]):
                told = (403,) if left else (404,) if action in ELSEWHERE else refused
                assert browsers.post(who, there, ways, action) in told, f"{action} by {role}"
        for role, who in STRANGERS.items():
            for action in sorted(may(kind, place, role) - SHARED)[:1]:
                assert browsers.get(who, there, action) == 404, f"{action} opened by another's {role}"
                assert browsers.post(who, there, ways, action) == 404, f"{action} by another's {role}"
    assert browsers.chains() == there.chains


@pytest.mark.parametrize(("kind", "variant", "action"), STARTS)
def test_a_case_begins_with_those_whom_the_table_names(
    walked: Walked, browsers: Browsers, kind: str, variant: str, action: str
) -> None:
    """The form that becomes a case is begun by them alone."""
    cells, address = by_hand(kind)[Place(variant, START)], walked.filing(kind, variant, action)
    with browsers.stage.undrawn():
        for role, who in who_in(variant).items():
            stood = browsers.chains()
            found = browsers.begin(who, address)
            if action in cells[role]:
                assert found in ((200, 302), (200, 422)), f"{action} by {role}"
            else:
                assert found == (404, 404), f"{action} by {role}"
                assert browsers.chains() == stood


@pytest.mark.parametrize(("kind", "variant", "state"), PLACES)
def test_in_a_place_a_role_does_what_the_table_gives_it(
    walked: Walked, browsers: Browsers, kind: str, variant: str, state: str
) -> None:
    ways, tries, place = ways_of(kind), tries_of(kind), Place(variant, state)
    for role, who in who_in(variant).items():
        for action in sorted(tries.taken[(place, role)]):
            there = walked.at(ways, ways.way(*place, action))
            if action in tries.opened[(place, role)]:
                with browsers.stage.undrawn():
                    assert browsers.get(who, there, action) == 200, f"{action} opened by {role}"
                assert browsers.chains() == there.chains, "opening a form did something"
            if action == "give_back":
                assert browsers.post(who, there, ways, "take") == 302
                there = browsers.shown_again(there)
            assert browsers.post(who, there, ways, action) == 302, f"{action} by {role}"
            assert browsers.chains() != there.chains


@pytest.mark.parametrize(("kind", "variant", "state"), PLACES)
def test_in_a_place_nobody_does_more_than_the_table_gives(
    walked: Walked, browsers: Browsers, kind: str, variant: str, state: str
) -> None:
    place = Place(variant, state)
    refuse_all_others(browsers, walked.at(ways_of(kind), ways_of(kind).way(*place)), kind, place)


def test_about_an_officer_the_head_of_the_office_acts_alone_and_in_the_officers_stead(
    walked: Walked, browsers: Browsers
) -> None:
    """procedures.md D10, D16: the head decides; nothing is proposed to the head and no bureau asked."""
    ways = ways_of("complaint")
    way = ways.way("petition", "investigating", "decide")
    for action in sorted(by_hand("complaint")[Place("petition", "investigating")]["officer"]):
        assert browsers.post("office", walked.at(ways, way), ways, action) == 404, f"{action} by an officer"
    for action in ("ask", "decide", "lead", "note", "open_objection", "reroute"):
        assert browsers.post("chief", walked.at(ways, way), ways, action) == 302, f"{action} by the head"
    for action in ("forward", "propose"):
        assert browsers.post("chief", walked.at(ways, way), ways, action) in (403, 409), f"{action} by the head"


@pytest.mark.parametrize("kind", kinds_with_ways())
def test_on_postgresql_nobody_does_more_either(on_postgresql: Walked, kind: str) -> None:
    place = next(place for place in by_hand(kind) if place.state == "proposed")
    there = on_postgresql.at(ways_of(kind), ways_of(kind).way(*place))
    refuse_all_others(Browsers(on_postgresql.stage), there, kind, place)


def test_the_roles_tried_are_all_there_are() -> None:
    assert set(WHO) == set(ROLES)


@pytest.mark.parametrize("kind", kinds_with_ways())
def test_every_role_tries_everything_somewhere(kind: str) -> None:
    """What it may do anywhere succeeds in some place, and fails in another."""
    tries = tries_of(kind)
    for role in ROLES:
        given = {action for place in places_of(kind) for action in may(kind, place, role)}
        assert given == {action for place in places_of(kind) for action in tries.taken[(place, role)]}
        assert given <= {action for place in places_of(kind) for action in tries.refused[(place, role)]}
