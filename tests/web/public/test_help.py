"""Help: how each kind goes, with the days that hold now, and how pages look in this browser."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from cases.kinds import all_kinds
from tests.builders import LAW
from web.public.help import STEPS

DAY = date(2026, 12, 2)


def read(client: FlaskClient, address: str, language: str = "en") -> str:
    client.set_cookie("language", language)
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_every_step_says_its_days_as_the_rules_have_them(client: FlaskClient, kind: str) -> None:
    text = read(client, f"/help?kind={kind}")
    limits = {rule.key: rule for rule in LAW.in_force(DAY)}
    for key in (key for step in STEPS[kind] for key in step.limits):
        rule = limits[key]
        words = {"workday": "working day", "day": "day", "month": "month"}[str(rule.unit)]
        mark = {"proposal": "Proposed", "analogy": "By analogy", "promise": "Promised", "statute": "Law"}[rule.basis]
        assert f"{rule.n} {words}{'s' if rule.n > 1 else ''} {mark}" in text, key


def test_every_kind_has_its_help_and_an_unknown_one_shows_the_first(client: FlaskClient) -> None:
    assert set(STEPS) == set(all_kinds())
    assert "File the objection" in read(client, "/help?kind=nothing")


@pytest.mark.parametrize("kind", sorted(STEPS))
def test_it_is_whole_in_both_languages(client: FlaskClient, kind: str) -> None:
    assert set(re.findall("[\u4e00-\u9fff]+", read(client, f"/help?kind={kind}"))) <= {"中文", "示范旗"}
    assert "怎么办理" in read(client, f"/help?kind={kind}", "zh")


def chosen(client: FlaskClient, **fields: str) -> str:
    answer = client.post("/help/look", data=fields)
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_size_and_background_are_kept_in_the_browser_and_lead_back(client: FlaskClient) -> None:
    assert chosen(client, size="large", next="/rules?on=2026-11-24") == "/rules?on=2026-11-24"
    assert chosen(client, theme="dark", next="/help") == "/help"
    page = client.get("/").get_data(as_text=True)
    assert 'data-theme="dark"' in page
    assert 'data-size="large"' in page
    chosen(client, size="standard")
    chosen(client, theme="system")
    page = client.get("/").get_data(as_text=True)
    assert "data-theme" not in page
    assert "data-size" not in page


@pytest.mark.parametrize("next_", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_a_form_leads_nowhere_else_and_keeps_only_what_is_offered(client: FlaskClient, next_: str) -> None:
    assert chosen(client, size="huge", theme="<b>", next=next_) == "/help"
    page = client.get("/").get_data(as_text=True)
    assert "huge" not in page
    assert "data-theme" not in page
