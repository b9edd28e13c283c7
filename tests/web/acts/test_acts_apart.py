"""Acts that are not like the others: words that are not sent, a stuck case, whose work it is, a record first."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.sweep import note_stuck, stuck_cases, sweep
from cases.model.tables import Case, StuckCase
from tests import clocks
from tests.builders import WORLD, Place, day, later
from tests.web.acts.test_acts import send
from tests.web.signing import sign_in
from tests.web.walking import walk


def test_the_body_complained_of_is_not_written_to_in_the_complainants_words(client: FlaskClient, place: Place) -> None:
    case = place.complain(day(2026, 11, 19), facts="窗口拖了三个月没有答复，跑了五趟。")
    place.act(case, "office", "acknowledge", day(2026, 11, 20))
    place.act(case, "office", "route", day(2026, 11, 20, 11), route="business_env")
    refused = send(client, place, case, "office", "ask_body", words="反映称窗口拖了三个月没有答复。")
    assert refused.status_code == 422
    assert "would tell who complains" in refused.text
    assert send(client, place, case, "office", "ask_body", words="请说明今年以来的办理时限。").status_code == 302


def broken(*_: object) -> None:
    raise RuntimeError("a bug that is not this person's")


def test_an_act_on_a_case_that_the_clock_cannot_move_says_so_and_keeps_what_was_written(
    client: FlaskClient, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = walk(place, filed=day(2026, 11, 10))
    note_stuck(case.id, RuntimeError("broken"), day(2026, 11, 20))
    monkeypatch.setattr("cases.engine.advance.fire_due", broken)
    answer = send(client, place, case, "office", "note", words="写好的备注")
    assert answer.status_code == 503
    assert "This case cannot be moved at the moment." in answer.text
    assert "What fell due in it cannot be recorded" in answer.text
    assert "20 November" in answer.text
    assert "写好的备注" in answer.text
    assert "RuntimeError" not in answer.text


def test_an_act_that_a_bug_keeps_from_being_recorded_sets_its_case_aside_where_the_office_sees_it(
    app: Flask, client: FlaskClient, place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = walk(place, filed=day(2026, 11, 24))  # nothing is due yet
    monkeypatch.setattr("cases.engine.advance.write_moves", broken)
    answer = send(client, place, case, "office", "note", words="写好的备注")
    assert answer.status_code == 503
    assert "A fault of the platform keeps it from being recorded" in answer.text
    assert "写好的备注" in answer.text
    [told] = [record.getMessage() for record in caplog.records if "incident" in record.getMessage()]
    assert f"act note case {case.number}" in told
    assert re.findall(r"[A-Z]\d-\d{4}", told)[0] in answer.text
    [stuck] = stuck_cases(place.session)
    assert (stuck.number, stuck.since) == (case.number, stuck.last_at)
    assert place.session.scalars(select(StuckCase.error)).one() == "RuntimeError"
    assert place.case(case.number).length == case.length
    sweep(WORLD, stuck.last_at)
    assert stuck_cases(place.session) == [stuck]
    monkeypatch.undo()
    clocks.later(app, timedelta(minutes=1))
    assert send(client, place, case, "office", "note", words="写好的备注").status_code == 302
    sweep(WORLD, later(stuck.last_at, hours=1))
    assert stuck_cases(place.session) == []


def test_a_case_is_taken_given_back_and_handed_on(client: FlaskClient, place: Place) -> None:
    case = walk(place)
    assert send(client, place, case, "office", "take").status_code == 302
    assert place.case(case.number).holder_id == place.people["office"].id
    assert send(client, place, case, "office", "give_back").status_code == 302
    assert place.case(case.number).holder_id is None
    colleague = place.people["officer2"]
    assert send(client, place, case, "office", "hand_to", person=str(colleague.id)).status_code == 302
    assert place.case(case.number).holder_id == colleague.id
    assert send(client, place, case, "office", "hand_to", person=str(place.people["chief"].id)).status_code == 422


def test_the_record_is_chosen_before_what_is_wrong_with_it(client: FlaskClient, place: Place, session: Session) -> None:
    case = place.complain(day(2026, 11, 19))
    place.act(case, "office", "acknowledge", day(2026, 11, 20))
    client.set_cookie("language", "en")
    sign_in(client, place, "office")
    address = f"/cases/{case.number}/open_objection"
    first = client.get(address).text
    assert f"open_objection?record={place.record.id}" in first
    assert str(place.other_record.document_number) not in first
    form = client.get(f"{address}?record={place.record.id}").text
    assert 'data-record="8.00"' in form
    assert client.get(f"{address}?record={place.other_record.id}").text.count("claims-fine-value") == 0
    sent = {"record": str(place.record.id), "ground": "wrong", "claims-fine-wrong": "y", "claims-fine-value": "0.80",
            "words": "金额与决定书不符。", "shown": str(place.case(case.number).length)}  # fmt: skip
    assert client.post(address, data=sent).status_code == 302
    opened = session.scalars(select(Case).where(Case.kind == "objection")).one()
    assert opened.record_id == place.record.id
    other = place.case(case.number)
    sent |= {"record": str(place.other_record.id), "shown": str(other.length)}
    assert client.post(address, data=sent).status_code == 422


def test_who_sends_a_case_away_reads_on_their_own_page_what_they_did(client: FlaskClient, place: Place) -> None:
    """D16: the unit reads a complaint only while it lies there; its page is gone, what was done is not."""
    case = place.complain(day(2026, 11, 20))
    place.act(case, "office", "acknowledge", day(2026, 11, 23))
    place.act(case, "office", "route", day(2026, 11, 23, 11), route="petition")
    place.act(case, "office", "forward", day(2026, 11, 23, 12), bureau=place.other_bureau.id, question="请调查。")
    answer = send(client, place, case, "reviewer2", "object", reasons="不归本局。")
    assert answer.status_code == 302
    assert answer.location == "/desk"
    page = client.get(answer.location).text
    assert f"{case.number}: " in page
    assert "It has left your desk, and you cannot read it any more." in page
    assert "cannot be found" not in page
    shown = {"reasons": "不归本局。", "shown": "4", "proposal": ""}
    for again in (
        client.post(f"/cases/{case.number}/object", data=shown),
        client.get(f"/cases/{case.number}/object"),
        client.get(f"/cases/{case.number}"),
    ):
        assert again.status_code == 403
        assert f"you took the step “Object: not our responsibility” in {case.number}, and it is recorded." in again.text
    sign_in(client, place, "approver2")
    assert client.get(f"/cases/{case.number}").status_code == 404


def test_a_list_leads_no_handler_of_the_record_to_an_act_that_is_refused(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer")
    there = f'href="/cases/{case.number}/propose"'
    assert there in sign_in(client, place, "reviewer").get("/desk").text
    place.record.handler_doubt = f"李强、{place.people['reviewer'].name}"
    place.session.commit()
    page = client.get("/desk").text
    assert there not in page
    assert f'href="/cases/{case.number}"' in page


def test_a_list_leads_to_no_act_that_may_be_barred(client: FlaskClient, place: Place, session: Session) -> None:
    """Of a review it is not known in a list how the case came there: the link leads to the case."""
    case = walk(place, "refuse")
    place.act(case, "enterprise", "ask_review", day(2026, 11, 24, 1), words="请复核。")
    page = sign_in(client, place, "office").get("/desk?view=all").text
    assert f"/cases/{case.number}/propose_review" not in page
    assert f'href="/cases/{case.number}"' in page


def test_who_is_told_of_an_opened_case_is_not_nobody(client: FlaskClient, place: Place) -> None:
    case = place.complain(day(2026, 11, 19))
    place.act(case, "office", "acknowledge", day(2026, 11, 20))
    client.set_cookie("language", "en")
    page = sign_in(client, place, "office").get(f"/cases/{case.number}/open_objection?record={place.record.id}").text
    assert "Nobody is told" not in page
    assert "The opening of that case tells: the firm, the office." in page
