"""A change of a record is owed to every other place that shows it, sent once its newest image, and answered."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from config import ROOT
from exchange import by_hand
from exchange.connections import Connection
from exchange.queue import queue, told_elsewhere
from exchange.sending import Ways, deliver
from exchange.tables import Delivery
from extensions import db
from notifications.papers import Paper
from registry.credit_records import correct
from tests import builders
from tests.builders import LAW, START, WORLD, Place, later
from tests.cases.courses import GRANTED, answered, letters
from tests.statements import counting
from workflow.refusal import Forbidden, Impossible, Incomplete
from workflow.rules import with_places

WITH = with_places(ROOT / "jurisdictions", LAW)
OUTSIDE = replace(WORLD, jurisdiction=WITH)


def folder(tmp_path: Path) -> Ways:
    return Ways({"city": Connection(name="city", rung="folder", address=str(tmp_path), on=True)})


def fine(place: Place, value: str) -> None:
    queue(place.session, OUTSIDE, correct(place.session, place.record, {"fine": value}, None, START, "user:1"), START)
    place.session.commit()


def owed(place: Place, code: str) -> list[Delivery]:
    place.session.expire_all()
    return list(place.session.scalars(select(Delivery).where(Delivery.place == code).order_by(Delivery.id)))


def test_a_place_without_others_owes_nothing(place: Place) -> None:
    queue(place.session, WORLD, correct(place.session, place.record, {"fine": "0.80"}, None, START, "user:1"), START)
    assert not place.session.scalars(select(Delivery)).all()


@pytest.mark.both_databases
def test_the_newest_image_is_sent_and_acknowledged_once(place: Place, tmp_path: Path) -> None:
    fine(place, "0.80")
    fine(place, "0.70")
    assert [one.state for one in owed(place, "city")] == ["superseded", "queued"]
    assert deliver(WITH, folder(tmp_path), START) == ["place city sent 1 receipts 0"]
    (file,) = (tmp_path / "out").glob("*.ndjson")
    sent, end = map(json.loads, file.read_text("utf-8").splitlines())
    assert sent["image"]["values"]["fine"] == "0.70"
    assert "handler" not in sent["image"]["values"]
    assert end["rows"] == 1
    assert sent["previous_revision"] < sent["revision"]
    answers = tmp_path / "receipts"
    answers.mkdir()
    for _twice in range(2):
        (answers / f"{file.name}.ack").write_text(json.dumps({"id": sent["id"], "status": "taken"}))
        deliver(WITH, folder(tmp_path), later(START, hours=1))
    assert [one.state for one in owed(place, "city")] == ["superseded", "acknowledged"]
    assert deliver(WITH, folder(tmp_path), later(START, hours=2)) == []


def test_a_folder_that_cannot_be_written_is_tried_again_later(place: Place, tmp_path: Path) -> None:
    fine(place, "0.80")
    (tmp_path / "out").write_text("no folder")
    assert deliver(WITH, folder(tmp_path), START) == []
    (one,) = owed(place, "city")
    assert one.state == "queued"
    assert one.last_error
    assert one.next_try_at
    assert one.next_try_at > START
    (tmp_path / "out").unlink()
    assert deliver(WITH, folder(tmp_path), later(START, hours=1)) == ["place city sent 1 receipts 0"]


def test_by_hand_needs_proof(place: Place) -> None:
    fine(place, "0.80")
    (one,) = owed(place, "bureau")
    assert one.state == "by_hand"
    assert not one.with_keeper
    assert one.is_late(later(START, days=30).date())
    office, firm = place.identity("office"), place.identity("enterprise")
    with pytest.raises(Forbidden):
        by_hand.tell(place.session, WITH, one, "函告", firm, START)
    by_hand.tell(place.session, WITH, one, "函告", office, START)
    assert one.with_keeper
    with pytest.raises(Incomplete):
        by_hand.look(place.session, WITH, one, by_hand.Seen(True, START.date(), ""), office, START)
    by_hand.look(
        place.session, WITH, one, by_hand.Seen(True, START.date(), "回函 3 号"), place.identity("reviewer"), START
    )
    assert one.state == "confirmed"
    assert one.confirmed_at


def test_what_differs_is_sent_again_and_what_a_firm_reports_is_looked_at_by_another(place: Place) -> None:
    fine(place, "0.80")
    (one,) = owed(place, "bureau")
    office, other, firm = (place.identity(name) for name in ("office", "officer2", "enterprise"))
    by_hand.look(place.session, WITH, one, by_hand.Seen(False, START.date(), "旧值"), office, START)
    again = by_hand.send_again(place.session, OUTSIDE, one, office, START)
    assert (one.state, again.state, again.cause, again.due_on) == ("superseded", "by_hand", "drift", one.due_on)
    by_hand.look(place.session, WITH, again, by_hand.Seen(True, START.date(), "一致"), office, START)
    shown = WITH.places[1]
    assert shown.code == "bureau"
    reported = by_hand.report(place.session, OUTSIDE, place.record, shown, firm, START)
    with pytest.raises(Impossible):
        by_hand.report(place.session, OUTSIDE, place.record, shown, firm, later(START, days=1))
    with pytest.raises(Forbidden):
        by_hand.look(place.session, WITH, reported, by_hand.Seen(True, START.date(), "一致"), office, START)
    by_hand.look(place.session, WITH, reported, by_hand.Seen(True, START.date(), "一致"), other, START)
    assert [one.state for one in owed(place, "bureau")] == ["superseded", "confirmed", "confirmed"]


def test_what_a_place_refuses_is_given_up_by_the_head_with_reasons(place: Place, tmp_path: Path) -> None:
    fine(place, "0.80")
    deliver(WITH, folder(tmp_path), START)
    (one,) = owed(place, "city")
    (tmp_path / "receipts").mkdir()
    (tmp_path / "receipts" / "1.ack").write_text(json.dumps({"id": one.id, "status": "refused", "reason": "unknown"}))
    deliver(WITH, folder(tmp_path), START)
    (one,) = owed(place, "city")
    assert one.state == "refused"
    assert not one.with_keeper
    with pytest.raises(Forbidden):
        by_hand.give_up(place.session, one, "关停", place.identity("office"), START)
    by_hand.give_up(place.session, one, "关停", place.identity("chief"), START)
    assert one.state == "void"


def test_the_answer_says_how_far_other_places_are_and_by_when_they_follow(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builders, "WORLD", OUTSIDE)
    answered(place, GRANTED)
    said = letters(place, "answered")[0].texts
    paper = place.session.scalars(select(Paper).where(Paper.form == "answer")).one()
    assert "另有2处展示该记录并已列入告知，目前尚未核对到一致" in said["zh"]["body"]
    assert "are told of it: 2; none was seen to show the same yet" in said["en"]["body"]
    assert "by 20 September 2026" in said["en"]["body"], "five working days, a Sunday that is worked among them"
    assert "另有2处" in str(paper.values["elsewhere"])
    at = later(START, days=9)
    seen, office = by_hand.Seen(True, at.date(), "一致"), place.identity("office")
    for one in [*owed(place, "city"), *owed(place, "bureau")]:
        if one.is_open:
            by_hand.look(place.session, WITH, one, seen, office, at)
    told = told_elsewhere(place.session, OUTSIDE, place.record.id)
    assert (told.places, told.agreeing, told.due_on) == (2, 2, None)


def test_an_act_pays_nothing_where_nothing_is_exchanged_and_little_for_every_place(place: Place) -> None:
    changes = correct(place.session, place.record, {"fine": "0.80"}, None, START, "user:1")
    with counting(db.engine) as seen:
        queue(place.session, WORLD, changes, START)
    assert seen[0] == 0
    with counting(db.engine) as seen:
        queue(place.session, OUTSIDE, changes, START)
    assert len(owed(place, "city")) == len(owed(place, "bureau")) == len(owed(place, "mirror")) == 1
    assert seen[0] <= 5
