"""Every action of the objection, by every role, in every state, over HTTP, against the table written by hand.

The table is `tests/cases/kinds/permissions_objection.csv`. In each state each role tries, by address and by a forged
form that is filled in well, what anybody may do there and what the role may do anywhere. A cell of the table is taken;
all others are refused and leave the chain as it was. Over HTTP there are two things less than in the table: a bureau
has no role before the move that routes the case to it (D25), and nobody is supervised while every official's time
stands still. All of it runs on SQLite; one state on PostgreSQL.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.tables import Case
from extensions import db
from tests.conftest import _empty
from tests.web.objection_states import FORMS, PATHS, set_out
from tests.web.stage import PDF, Stage, build_stage
from workflow.definition import ROLES

WHO = {
    "filer": "enterprise", "reviewer": "reviewer", "approver": "approver_only", "head": "head_only",
    "officer": "office", "chief": "chief", "auditor": "auditor",
}  # fmt: skip
STRANGERS = {"filer": "enterprise2", "reviewer": "reviewer2", "approver": "approver2", "head": "approver3"}
"""The same roles at another firm and at other bureaus."""

OF_A_BUREAU = {"reviewer", "approver", "head"}
NOT_YET_ROUTED = {"filed", "awaiting_papers", "comparing", "confirming_own_error", "own_error", "refused", "withdrawn",
                  "lapsed"}  # fmt: skip
ONLY_THE_ENTERPRISES_TIME_RUNS = {"awaiting_papers", "bureau_asks"}
SHEETS = frozenset({"supervise"})
"""A supervision sheet is for an official who is late: there is none while papers are awaited."""
ASK_FOR_A_PAST = {
    ("filed", "lapse"): "filed: papers did not come",
    ("reviewing", "decide_refusal"): "reviewing: of a refusal",
}
"""Actions of the table that a guard opens only after a certain past."""
STATES = [name for name in PATHS if ":" not in name]


def by_hand() -> dict[tuple[str, str], frozenset[str]]:
    path = Path(__file__).parents[1] / "cases" / "kinds" / "permissions_objection.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {(row["state"], row["role"]): frozenset(row["actions"].split()) for row in csv.DictReader(lines)}


TABLE = by_hand()


def may(state: str, role: str) -> frozenset[str]:
    """What the table gives a role here, over HTTP."""
    if role in OF_A_BUREAU and state in NOT_YET_ROUTED:
        return frozenset()
    return TABLE[(state, role)] - (SHEETS if state in ONLY_THE_ENTERPRISES_TIME_RUNS else frozenset())


def tried(state: str, role: str) -> list[str]:
    """What anybody, the clock included, may do here, and what this role may do anywhere."""
    here = {action for (place, _), actions in TABLE.items() if place == state for action in actions}
    own = {action for (place, who), actions in TABLE.items() if who == role and place != "start" for action in actions}
    return sorted(here | own)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Stage:
    made = build_stage(tmp_path_factory.mktemp("states"), sqlite_template)
    set_out(made)
    return made


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Stage]:
    made = build_stage(tmp_path_factory.mktemp("states"), postgres_url)
    set_out(made, "proposed")
    yield made
    made.let_go()
    _empty(postgres_url)


def lengths(stage: Stage) -> list[tuple[str, str, int]]:
    """Where every case stands, and the length of its chain."""
    with stage.app.app_context():
        return [tuple(row) for row in db.session.execute(select(Case.number, Case.state, Case.length))]


def post(stage: Stage, who: str, case: str, action: str) -> int:
    fields = {**FORMS, "bureau": stage.names["other_bureau"], "files": (io.BytesIO(PDF), "材料.pdf")}
    address = f"/cases/{stage.names[case]}/{action}"
    return stage.browser(who).post(address, data=fields, content_type="multipart/form-data").status_code


def get(stage: Stage, who: str, case: str, action: str) -> int:
    return stage.browser(who).get(f"/cases/{stage.names[case]}/{action}").status_code


def refuse_all_others(stage: Stage, state: str) -> None:
    before = lengths(stage)
    here = {action for (place, _), actions in TABLE.items() if place == state for action in actions}
    for role, who in WHO.items():
        for action in tried(state, role):
            if action not in may(state, role) and action in here:
                assert get(stage, who, state, action) in (404, 409), f"GET {action} by {role}"
            if action not in may(state, role):
                assert post(stage, who, state, action) in (403, 404, 409), f"POST {action} by {role}"
    for role, who in STRANGERS.items():
        for action in TABLE[(state, role)]:
            assert get(stage, who, state, action) == 404, f"GET {action} by another's {role}"
            assert post(stage, who, state, action) == 404, f"POST {action} by another's {role}"
    assert lengths(stage) == before


@pytest.mark.parametrize("state", STATES)
def test_in_a_state_a_role_does_what_the_table_gives_it(stage: Stage, state: str) -> None:
    before = lengths(stage)
    for role, who in WHO.items():
        for action in sorted(may(state, role)):
            case = ASK_FOR_A_PAST.get((state, action), state)
            assert get(stage, who, case, action) == 200, f"GET {action} by {role}"
            assert lengths(stage) == before, "opening a form did something"
            assert post(stage, who, case, action) == 302, f"POST {action} by {role}"
            assert lengths(stage) != before
            stage.put_back()


@pytest.mark.parametrize("state", STATES)
def test_in_a_state_nobody_does_more_than_the_table_gives(stage: Stage, state: str) -> None:
    refuse_all_others(stage, state)


def test_on_postgresql_nobody_does_more_either(on_postgresql: Stage) -> None:
    refuse_all_others(on_postgresql, "proposed")


def test_the_roles_tried_are_all_there_are() -> None:
    assert set(WHO) == set(ROLES)
    assert set(STATES) == {state for state, _ in TABLE} - {"start"}
