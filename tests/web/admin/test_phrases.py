"""The page of phrases: one's own, those of the desk, those of the place; nobody changes another's."""

import re
from collections import defaultdict

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.phrases import Phrase
from tests.builders import Place, day
from tests.web.signing import sign_in

pytestmark = pytest.mark.both_databases


def browser(app: Flask, place: Place, who: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("language", "en")
    return sign_in(client, place, who)


def test_a_phrase_is_added_changed_and_removed(app: Flask, place: Place, session: Session) -> None:
    reviewer = browser(app, place, "reviewer")
    refused = reviewer.post("/phrases", data={"name": "", "text": "已经写好的话", "fits": "finding"})
    assert refused.status_code == 422
    assert "已经写好的话" in refused.text
    assert 'href="#name"' in refused.text
    reviewer.post("/phrases", data={"name": "甲", "text": "甲的话", "fits": "finding"})
    row = session.scalars(select(Phrase)).one()
    assert (row.user_id, row.bureau_id) == (place.people["reviewer"].id, None)
    assert (
        reviewer.post(f"/phrases/{row.id}", data={"name": "乙", "text": "乙的话", "fits": "nothing"}).status_code == 422
    )
    reviewer.post(f"/phrases/{row.id}", data={"name": "乙", "text": "乙的话", "fits": ""})
    page = reviewer.get("/phrases").text
    assert "乙的话" in page
    assert "甲的话" not in page
    reviewer.post(f"/phrases/{row.id}", data={"remove": "1"})
    assert session.scalars(select(Phrase)).all() == []


def test_the_head_keeps_what_everybody_of_the_bureau_puts_in(app: Flask, place: Place, session: Session) -> None:
    head, reviewer, other = (browser(app, place, who) for who in ("approver", "reviewer", "approver2"))
    head.post("/phrases", data={"name": "本局的", "text": "本局统一的话", "shared": "y"})
    row = session.scalars(select(Phrase)).one()
    assert (row.user_id, row.bureau_id) == (None, place.bureau.id)
    assert "本局统一的话" in reviewer.get("/phrases").text
    assert "本局统一的话" not in other.get("/phrases").text
    for client in (reviewer, other, browser(app, place, "chief")):
        assert client.get(f"/phrases/{row.id}").status_code == 404
        assert client.post(f"/phrases/{row.id}", data={"remove": "1"}).status_code == 404
        assert client.post(f"/phrases/{row.id}", data={"name": "改", "text": "改了"}).status_code == 404
    forged = reviewer.post("/phrases", data={"name": "冒充", "text": "冒充全局的话", "shared": "y"})
    assert forged.status_code == 409
    assert "kept by the head" in forged.text
    assert "冒充全局的话" in forged.text
    session.expire_all()
    assert [row.name for row in session.scalars(select(Phrase))] == ["本局的"]


def test_the_office_has_its_own_and_one_of_the_place_can_be_made_ones_own(app: Flask, place: Place) -> None:
    chief, officer, reviewer = (browser(app, place, who) for who in ("chief", "office", "reviewer"))
    page = chief.get("/phrases?from=decision_whole").text
    assert "请补交{the number of the decision}决定书全文" in page.partition('id="add"')[2]
    chief.post("/phrases", data={"name": "全文", "text": "请补交全文。", "fits": "missing", "shared": "y"})
    assert "请补交全文。" in officer.get("/phrases").text
    assert "请补交全文。" not in reviewer.get("/phrases").text


def put_in(page: str) -> dict[str, set[str]]:
    """The phrases of the place that may be put into each text of a form."""
    found: dict[str, set[str]] = defaultdict(set)
    for field, name in re.findall(r'name="put" value="(\S+) place:(\w+)"', page):
        found[field].add(name)
    return found


def test_a_phrase_is_offered_only_where_it_can_be_meant(client: FlaskClient, place: Place) -> None:
    case = place.file(day(2026, 11, 23))
    place.act(case, "office", "accept", day(2026, 11, 23))
    place.act(case, "office", "refer", day(2026, 11, 23), question="请核查。")
    found = put_in(sign_in(client, place, "reviewer").get(f"/cases/{case.number}/propose").text)
    amount, date, whole = (
        found[next(name for name in found if part in name)] for part in ("fine", "decided_on", "reasons")
    )
    assert {"unit", "receipt"} <= amount
    assert "prior_notice" not in amount, "no amount is the date of a notice"
    assert "prior_notice" in date
    assert not {"unit", "receipt"} & date
    assert whole == {"all_as_claimed", "each_reasoned"}
    longer = put_in(sign_in(client, place, "approver").get(f"/cases/{case.number}/extend").text)
    assert set.union(*longer.values()) == {"more_time"}, "what proposes a result gives no time"
