"""Who has read what: every page of a case leaves a row, lists leave none, and only auditor and head see them."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cases.model.evidence import take_in
from cases.model.readings import ReadingRow, ReadingSpool
from cases.model.readings import take_in as take_readings_in
from cases.model.tables import Attachment, Case
from notifications.letters import Letter
from notifications.papers import Paper
from registry.identity import NewDeputy, identity_of, name_deputy
from tests.builders import LAW, Place, day
from tests.conftest import NOW
from tests.web.signing import sign_in
from tests.web.stage import PDF
from web.site import access

pytestmark = pytest.mark.both_databases

RECENT = day(2026, 11, 23)


@pytest.fixture
def case(app: Flask, place: Place) -> Case:
    evidence, faults = take_in(app.extensions["store"], [("缴款凭证.pdf", PDF)])
    assert not faults
    case = place.file(RECENT, files=tuple(evidence))
    place.act(case, "office", "accept", RECENT)
    place.act(case, "office", "refer", RECENT, question="请核查。")
    return place.case(case.number)


def readings(session: Session) -> list[tuple[str, str]]:
    session.commit()
    return [(one.what, one.ref) for one in session.scalars(select(ReadingRow).order_by(ReadingRow.id))]


def rows(page: str) -> list[str]:
    found = re.findall(r"<tr data-reader.*?</tr>", page, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in found]


def test_every_page_of_a_case_leaves_a_row_and_lists_leave_none(
    client: FlaskClient, place: Place, case: Case, session: Session
) -> None:
    file = session.scalars(select(Attachment.id)).one()
    paper = session.scalars(select(Paper.id).where(Paper.form == "receipt")).one()
    letter = session.scalars(select(Letter.id).where(Letter.to_party == "enterprise").order_by(Letter.id)).first()
    filer = sign_in(client, place, "enterprise")
    for address, left in (
        ("/cases", None), ("/records", None), ("/inbox", None), ("/account", None),
        (f"/cases/{case.number}", ("case", case.number)),
        (f"/cases/{case.number}/deadlines/verify", None),  # the same case in the same minute
        (f"/cases/{case.number}/receipt", ("receipt", case.number)),
        (f"/files/{file}", ("file", str(file))), (f"/papers/{paper}", ("paper", str(paper))),
        (f"/inbox/{letter}", ("letter", str(letter))),
        (f"/records/{place.record.id}", ("record", str(place.record.id))),
    ):  # fmt: skip
        before = readings(session)
        assert filer.get(address).status_code == 200, address
        assert readings(session)[len(before) :] == [left] * bool(left), address
    before = readings(session)
    for name, address in (("reviewer2", f"/cases/{case.number}"), ("enterprise2", f"/files/{file}"),
                          ("enterprise2", f"/records/{place.record.id}"), ("office", "/search?q=恒源"),
                          ("office", "/desk"), ("office", "/records")):  # fmt: skip
        sign_in(client, place, name).get(address)
        assert readings(session) == before, "what is not shown is not read, and lists do not count"
    auditor = sign_in(client, place, "auditor")
    for address in (f"/audit/{case.number}", f"/audit/{case.number}/export", f"/audit/{case.number}/readers"):
        auditor.get(address)
    assert [what for what, _ref in readings(session)[len(before) :]] == ["audit", "export", "readers"]
    mine = session.scalars(select(ReadingRow).where(ReadingRow.what == "case")).one()
    assert (mine.case_id, mine.party, mine.place_id, mine.for_id) == (case.id, "enterprise", place.firm.id, None)


def test_the_page_says_who_from_which_desk_and_marks_the_firm_itself(
    client: FlaskClient, place: Place, case: Case, session: Session
) -> None:
    chief, today = place.people["chief"], LAW.day_of(NOW)
    asked = NewDeputy(chief.id, place.people["officer2"].id, today, today + timedelta(days=5))
    name_deputy(session, asked, identity_of(session, chief, today), today, NOW)
    for name in ("enterprise", "reviewer", "officer2"):
        sign_in(client, place, name).get(f"/cases/{case.number}")
    client.set_cookie("language", "en")
    page = sign_in(client, place, "auditor").get(f"/audit/{case.number}/readers").text
    assert "3 people have opened this case" in page
    found = sorted(rows(page))
    assert [row.split(" the case ")[0] for row in found] == [
        "enterprise人 恒源洗煤有限公司（演示） its own case",
        "officer2人 (also for chief人) Credit Office",
        "reviewer人 Ecology and Environment Bureau",
    ]
    again = sign_in(client, place, "auditor").get(f"/audit/{case.number}/readers").text
    assert len(rows(again)) == 4, "the auditor's own look stands there"
    assert place.people["reviewer"].name not in sign_in(client, place, "enterprise").get(f"/cases/{case.number}").text
    person = sign_in(client, place, "chief").get("/audit/readers?person=reviewer&from=2026-11-24&until=2026-11-24").text
    assert len(rows(person)) == 1
    assert f'href="/audit/{case.number}/readers"' in person
    assert f"/audit/{case.number}/readers" in client.get(f"/cases/{case.number}").text
    empty = client.get("/audit/readers?person=reviewer&until=2026-11-23")
    assert empty.status_code == 200
    assert 'class="empty"' in empty.text
    assert client.get("/audit/readers?from=0001-01-01&until=9999-12-31").status_code == 200, "no day is too far away"
    for wrong in ("person=nobody", "from=yesterday"):
        answer = client.get(f"/audit/readers?{wrong}")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


def test_a_page_is_shown_although_its_reading_cannot_be_written_and_the_reading_is_not_lost(
    app: Flask, client: FlaskClient, place: Place, case: Case, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = ReadingSpool(app.config["SETTINGS"].data_dir)

    def held(engine: object, new: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    with monkeypatch.context() as broken:
        broken.setattr(access, "keep", held)
        assert sign_in(client, place, "office").get(f"/cases/{case.number}").status_code == 200
    assert readings(session) == []
    assert waiting.count() == 1
    assert "还有 1 次" in sign_in(client, place, "auditor").get(f"/audit/{case.number}/readers").text
    assert take_readings_in(waiting) == 1
    assert ("case", case.number) in readings(session)


def test_from_a_case_the_auditor_reaches_its_ledger_its_readers_and_what_each_of_them_read(
    client: FlaskClient, place: Place, case: Case
) -> None:
    page = sign_in(client, place, "auditor").get(f"/cases/{case.number}").text
    assert '<a href="/desk' not in page, "an auditor has no desk to go back to"
    for address in (f"/audit/{case.number}", f"/audit/{case.number}/readers"):
        assert f'href="{address}"' in page
    readers = client.get(f"/audit/{case.number}/readers").text
    assert '<a href="/audit/readers?person=auditor">' in readers
    officer = sign_in(client.application.test_client(), place, "office").get(f"/cases/{case.number}").text
    assert f"/audit/{case.number}" not in officer


def test_the_auditor_asks_by_name_and_takes_what_was_read_along(
    client: FlaskClient, place: Place, case: Case, session: Session
) -> None:
    sign_in(client, place, "reviewer").get(f"/cases/{case.number}")
    auditor = sign_in(client, place, "auditor")
    person = place.people["reviewer"]
    page = auditor.get("/audit/readers", query_string={"person": person.name})
    assert page.status_code == 200
    assert rows(page.text)
    sheet = auditor.get("/audit/readers", query_string={"person": person.name, "as": "xlsx"})
    assert sheet.data[:2] == b"PK"
    assert ("readings", "1") in readings(session)
    place.people["approver"].name = person.name
    session.commit()
    asked = auditor.get("/audit/readers", query_string={"person": person.name})
    assert asked.status_code == 422
    assert "approver" in asked.text.split('role="alert">')[1].split("</p>")[0]
