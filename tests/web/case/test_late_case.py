"""A late case: what has been done about it comes from its events, and what is past is never announced."""

import re

import pytest
from flask.testing import FlaskClient

from cases.engine.sweep import sweep
from tests.builders import WORLD, Place, day
from tests.conftest import NOW
from tests.web.desk.test_desk import english, read
from tests.web.walking import walk

pytestmark = pytest.mark.both_databases


def rungs(text: str, panel: str = "since-late") -> list[tuple[str, str]]:
    found = re.search(rf'id="{panel}".*?</ol>', text, re.DOTALL)
    if not found:
        return []
    said = re.findall(r'<li class="(\w+)">(.*?)</li>', found[0], re.DOTALL)
    return [(how, " ".join(re.sub("<[^>]+>", " ", words).split())) for how, words in said]


def test_a_late_case_tells_what_was_done_today_and_what_comes(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 9))
    sweep(WORLD, NOW)
    text = read(english(client, place, "enterprise"), f"/cases/{case.number}")
    told = rungs(text)
    assert [how for how, _ in told].count("now") == 1
    now = [how for how, _ in told].index("now")
    assert {how for how, _ in told[:now]} == {"done"}
    assert "done" not in {how for how, _ in told[now:]}
    assert any("were told" in words for _, words in told[:now])
    assert not any("are told" in words for _, words in told), "a rung that is past is not announced"
    assert any("leading group" in words for how, words in told if how == "next")
    assert told[-1][0] == "far"
    assert "Since it is late" in text
    assert "If they are late" not in text
    assert "What happens next" not in text


def test_a_rung_that_the_clock_has_not_carried_out_is_neither_done_nor_to_come(
    client: FlaskClient, place: Place
) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 9))
    told = rungs(read(english(client, place, "office"), f"/cases/{case.number}"))
    assert not any("told" in words for _, words in told), "no event says that anybody was told"


def test_if_it_is_done_today_the_days_are_counted_from_today(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 9))
    text = read(english(client, place, "enterprise"), f"/cases/{case.number}")
    days = rungs(text, "if-today")
    assert days[0][1].startswith("Today")
    assert len(days) > 1
    assert "Each working day later moves these by one" in text
    assert "whole case is then still in time" in text or "whole case would then be" in text


def test_in_time_the_panel_says_what_would_happen(client: FlaskClient, place: Place) -> None:
    text = read(english(client, place, "enterprise"), f"/cases/{walk(place, 'accept', 'refer').number}")
    assert rungs(text) == []
    assert "If they are late" in text


def test_only_the_days_over_the_limit_are_red_and_they_are_named(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer", filed=day(2026, 11, 9))
    client = english(client, place, "enterprise")
    text = read(client, f"/cases/{case.number}")
    bar = re.search(r'class="hands-bar".*?</svg>', text, re.DOTALL)
    assert bar
    assert bar[0].count('class="late"') == 1
    assert "Bureau, late" in text
    spent = read(client, f"/cases/{case.number}/time")
    assert "Where the time went" in spent
    late = re.findall(r'class="num is-late"[^>]*><div>(\d+)', spent)
    assert len(late) == 1
    days = re.findall(r'data-l="Working days"><div>(\d+)', spent)
    assert int(late[0]) < max(map(int, days))


def test_in_time_nothing_is_red(client: FlaskClient, place: Place) -> None:
    text = read(english(client, place, "enterprise"), f"/cases/{walk(place, 'accept', 'refer').number}/time")
    assert 'class="late"' not in text
    assert "is-late" not in text
