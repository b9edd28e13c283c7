"""Open cases and what their kinds still know: the start is refused with the numbers, not each case in turn."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from application import create_app
from cases.engine.mapping import gone
from cases.kinds import all_kinds
from cases.model.tables import Case, TimerRow
from config import Unsafe
from extensions import db
from tests.builders import START, Place
from tests.conftest import make_settings

pytestmark = pytest.mark.both_databases

KIND = all_kinds()["objection"]


def test_cases_that_their_kind_knows_are_no_fault(place: Place) -> None:
    place.file(START)
    assert gone(place.session) == []


def test_a_state_that_is_gone_names_the_open_cases_that_stand_in_it(place: Place) -> None:
    case = place.file(START)
    other = place.file(START, place.other_record, by="enterprise2")
    place.act(other, "enterprise2", "withdraw", START)
    without = replace(KIND, states=tuple(state for state in KIND.states if state.name not in ("filed", "withdrawn")))
    assert gone(place.session, {"objection": without}) == [f"objection has no state 'filed': {case.number}"]


def test_a_deadline_that_is_gone_names_the_open_cases_that_run_it(place: Place) -> None:
    case = place.file(START)
    without = replace(KIND, deadlines=tuple(one for one in KIND.deadlines if one.name != "whole"))
    assert gone(place.session, {"objection": without}) == [f"objection has no deadline 'whole': {case.number}"]


def test_a_kind_that_is_gone_is_named_once_with_its_cases_the_closed_ones_too(place: Place) -> None:
    case, closed = place.file(START), place.file(START, place.other_record, by="enterprise2")
    place.act(closed, "enterprise2", "withdraw", START)
    assert gone(place.session, {}) == [f"there is no kind 'objection': {case.number}, {closed.number}"]


def test_a_deadline_of_an_earlier_round_keeps_nothing_from_starting(place: Place) -> None:
    """It begins afresh in this one, whatever it was called."""
    case = place.file(START)
    place.act(case, "office", "refuse", START, reasons="不属于异议范围。")
    place.act(case, "enterprise", "ask_review", START, words="请复核。", files=())
    known = replace(KIND, deadlines=tuple(one for one in KIND.deadlines if one.name != "accept"))
    assert gone(place.session, {"objection": known}) == []


@pytest.mark.parametrize("mode", ["test", "demo", "production"])
def test_no_mode_starts_with_a_case_in_a_state_that_is_gone(place: Place, tmp_path: Path, mode: str) -> None:
    case = place.file(START)
    place.session.execute(update(Case).values(state="dreaming"))
    place.session.execute(update(TimerRow).where(TimerRow.deadline == "accept").values(deadline="sleep"))
    place.session.commit()
    with pytest.raises(Unsafe) as refused:
        create_app(make_settings(tmp_path, db.engine.url.render_as_string(hide_password=False), mode))
    assert f"objection has no state 'dreaming': {case.number}" in str(refused.value)
    assert f"objection has no deadline 'sleep': {case.number}" in str(refused.value)
