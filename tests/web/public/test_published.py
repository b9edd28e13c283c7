"""What everybody reads of records: found by name, code or number, at an address of its own, as data; gone in the second
after the last day, whatever has run since; nothing of persons, cases and complaints."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from cases.lists.published import FIELDS
from registry.credit_records import CreditRecord
from registry.organisations import Enterprise
from tests.builders import LAW, VALUES, Place
from tests.clocks import at
from tests.conftest import NOW
from tests.web.signing import sign_in
from workflow.jurisdiction import Jurisdiction

NAME = VALUES["name"]


@pytest.fixture
def visitor(client: FlaskClient) -> FlaskClient:
    client.set_cookie("language", "en")
    return client


@pytest.fixture
def key(place: Place) -> str:
    found = place.record.key
    place.session.commit()
    return found


@pytest.fixture
def address(key: str) -> str:
    return f"/public/records/{key}"


def rows_of(client: FlaskClient, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("text", [NAME[:4], VALUES["uscc"], VALUES["uscc"].lower(), "示环罚[2026]18号"])
def test_a_record_is_found_by_name_code_or_number(visitor: FlaskClient, place: Place, address: str, text: str) -> None:
    answer = visitor.get("/public", query_string={"q": text})
    assert answer.status_code == 200
    assert address in answer.text
    assert "达青电石" not in answer.text


def test_three_characters_of_a_name_find_nobody(visitor: FlaskClient, place: Place, key: str) -> None:
    answer = visitor.get("/public", query_string={"q": NAME[:3]})
    assert answer.status_code == 422
    assert "at least 4 characters" in answer.text
    assert key not in answer.text


def test_a_visitor_reads_what_is_public_and_nothing_of_persons(
    visitor: FlaskClient, place: Place, address: str
) -> None:
    said = {**VALUES, "legal_representative": "赵某某", "handler": "钱某", "remark": "内部备注", "列外": "自己加的列"}
    of = update(CreditRecord).where(CreditRecord.id == place.record.id)
    place.session.execute(of.values(values=said))
    place.session.commit()
    case = place.file(NOW)
    place.act(case, "office", "accept", NOW)
    pages = [visitor.get(one).text for one in (
        address, "/public/lists/penalty", "/public/lists/penalty.csv", "/public/lists/penalty.json",
        f"/public?q={VALUES['uscc']}",
    )]  # fmt: skip
    for page in pages:
        assert VALUES["uscc"] in page or NAME in page
        for kept in ("赵某某", "钱某", "内部备注", "自己加的列", VALUES["facts"], VALUES["penalty"], case.number):
            assert kept not in page
    assert "under objection" in pages[0]
    assert "罚款" in pages[0]


def test_a_record_is_gone_in_the_second_after_its_last_day_while_nothing_else_runs(
    app: Flask, visitor: FlaskClient, place: Place, key: str, address: str
) -> None:
    """No scheduler runs in this test: the record itself is still displayed."""
    of = update(CreditRecord).where(CreditRecord.id == place.record.id)
    place.session.execute(of.values(display_until=date(2026, 11, 30)))
    place.session.commit()
    midnight = datetime(2026, 12, 1, tzinfo=LAW.zone)
    paths = (address, f"/public?q={VALUES['uscc']}", "/public/lists/penalty", "/public/lists/penalty.csv",
             "/public/lists/penalty.json")  # fmt: skip
    for moment, there in ((midnight - timedelta(seconds=1), True), (midnight, False)):
        at(app, moment)
        answers = [visitor.get(path) for path in paths]
        assert [VALUES["document_number"] in answer.text for answer in answers] == [there] * len(paths), moment
        assert answers[0].status_code == (200 if there else 404)
    assert place.session.scalar(select(CreditRecord.displayed).where(CreditRecord.key == key))
    place.session.commit()
    assert rows_of(visitor, "/public/ended.csv") == [{"key": key, "ended_on": "2026-12-01"}]
    at(app, midnight + timedelta(days=91))
    assert key not in visitor.get("/public/ended.csv").text


def test_the_firm_reads_whether_everybody_still_sees_its_record(
    client: FlaskClient, place: Place, key: str, address: str
) -> None:
    page = f"/records/{place.record.id}"
    of = update(CreditRecord).where(CreditRecord.id == place.record.id)
    sign_in(client, place, "enterprise")
    assert f'href="{address}"' in client.get(page).text
    place.session.execute(of.values(displayed=False, display_ended_on=NOW.date()))
    place.session.commit()
    said = client.get(page).text
    assert 'data-public="no"' in said
    assert address in said
    assert client.get(address).status_code == 404


def test_ended_unknown_and_mistyped_answer_alike(visitor: FlaskClient, place: Place, key: str, address: str) -> None:
    before = visitor.get(address).text
    place.session.execute(update(CreditRecord).where(CreditRecord.id == place.record.id).values(displayed=False))
    place.session.commit()
    answers = [visitor.get(path) for path in (address, f"/public/records/{'a' * 22}", "/public/records/x-%27")]
    assert NAME in before
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text.replace(key, "").replace("a" * 22, "").split("<main")[1].split("</main>")[0]
                for answer in answers}) == 1  # fmt: skip


def test_search_engines_and_caches_keep_nothing(visitor: FlaskClient, place: Place, address: str) -> None:
    for path in ("/public", address, "/public/records/none", "/public/lists/penalty", "/public/lists/none",
                 "/public/lists/penalty.csv", "/public/lists/penalty.json", "/public/ended.csv"):  # fmt: skip
        headers = visitor.get(path).headers
        assert headers["X-Robots-Tag"] == "noindex, noarchive", path
        assert headers["Cache-Control"] == "no-store", path


def test_the_data_have_each_record_once_page_by_page(
    visitor: FlaskClient, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.public.published.A_PAGE_OF_DATA", 1)
    monkeypatch.setattr("cases.lists.published.AT_ONCE", 1)
    path, seen = "/public/lists/penalty.json", []
    while path:
        said = visitor.get(path).get_json()
        seen += said["records"]
        path = said["next"]
    keys = sorted(place.session.scalars(select(CreditRecord.key)))
    place.session.commit()
    assert [one["key"] for one in seen] == keys
    sheet = rows_of(visitor, "/public/lists/penalty.csv")
    assert [one["key"] for one in sheet] == keys
    assert tuple(sheet[0]) == FIELDS


def test_a_name_is_no_formula_in_a_sheet(visitor: FlaskClient, place: Place) -> None:
    place.session.execute(update(Enterprise).where(Enterprise.id == place.firm.id).values(name="=cmd|' /C calc'!A0"))
    place.session.commit()
    assert all(one["name"][0] != "=" for one in rows_of(visitor, "/public/lists/penalty.csv"))


def test_a_list_has_the_records_that_bear_its_name(visitor: FlaskClient, place: Place, address: str) -> None:
    named = {"list_name": "安全生产严重失信主体名单"}
    of = update(CreditRecord).where(CreditRecord.id == place.record.id)
    place.session.execute(of.values(kind="serious_list", values={**VALUES, **named}))
    place.session.commit()
    assert address in visitor.get("/public/lists/serious_safety").text
    assert address not in visitor.get("/public/lists/serious_tax").text
    assert visitor.get("/public/lists/other").status_code == 404


def test_thirty_searches_at_once_are_answered_and_the_next_waits(visitor: FlaskClient, place: Place, key: str) -> None:
    for _ in range(30):
        assert visitor.get("/public?q=00").status_code == 422
    refused = visitor.get("/public", query_string={"q": VALUES["uscc"]})
    assert refused.status_code == 429
    assert key not in refused.text
    elsewhere = visitor.get("/public?q=00", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 422


def test_a_place_that_publishes_nothing_has_no_such_pages(
    app: Flask, visitor: FlaskClient, place: Place, address: str
) -> None:
    law: Jurisdiction = app.extensions["law"]
    app.extensions["law"] = replace(law, published=())
    try:
        for path in ("/public", address, "/public/lists/penalty.csv", "/public/ended.csv"):
            assert visitor.get(path).status_code == 404
        assert 'href="/public' not in visitor.get("/").text
    finally:
        app.extensions["law"] = law
