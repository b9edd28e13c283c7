"""A firm with many records: pages and a search instead of one long page; a case's number finds its record."""

import re

import pytest
from flask.testing import FlaskClient

from registry.credit_records import CreditRecord
from tests.builders import Place
from tests.web.desk.test_desk import english, read
from tests.web.walking import walk

pytestmark = pytest.mark.both_databases


def test_two_hundred_records_are_pages_with_a_search(client: FlaskClient, place: Place) -> None:
    own = place.record
    said = {one.name: getattr(own, one.name) for one in CreditRecord.__table__.columns if one.name not in ("id", "key")}
    for number in range(150):
        key = {name: f"{said[name]}{number}" for name in said if name in ("document_number", "known_as")}
        place.session.add(CreditRecord(**said | key))
    place.session.commit()
    client = english(client, place, "enterprise")
    text = read(client, "/records")
    assert len(text.encode()) < 150_000
    assert 'rel="next"' in text
    wanted = f"{own.document_number}149"
    found = read(client, f"/records?q={wanted}")
    assert len(re.findall(r'href="/records/\d+"', found)) <= 3
    assert wanted in found
    assert "Show all records" in found
    none = read(client, "/records?q=nothing-like-it")
    assert "No record of yours matches" in none


def test_the_number_of_a_case_finds_its_record_for_who_may_read_the_case(client: FlaskClient, place: Place) -> None:
    case = walk(place, "accept", "refer")
    number = case.number[-6:]
    for who in ("office", "reviewer"):
        assert place.record.document_number in read(english(client, place, who), f"/records?q={number}")
    assert "data-record" not in read(english(client, place, "reviewer2"), f"/records?q={number}")
