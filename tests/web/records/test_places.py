"""Where else a record is shown: what the firm reads, what the office does, what proves it."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange.queue import queue
from exchange.tables import Delivery
from extensions import db
from registry.credit_records import correct
from tests.builders import Place
from tests.conftest import NOW
from tests.exchange.test_deliveries import OUTSIDE, WITH
from tests.web.signing import sign_in
from tests.web.stage import PDF


@pytest.fixture
def owed(app: Flask, place: Place) -> dict[str, int]:
    """The deliveries of a correction, by place."""
    app.extensions["law"] = WITH
    queue(place.session, OUTSIDE, correct(place.session, place.record, {"fine": "0.80"}, 1, NOW, "user:1"), NOW)
    place.session.commit()
    return {one.place: one.id for one in place.session.scalars(db.select(Delivery))}


def test_the_firm_reads_what_is_right_where_and_who_is_responsible(
    client: FlaskClient, place: Place, owed: dict[str, int]
) -> None:
    address = f"/records/{place.record.id}/places"
    page = sign_in(client, place, "enterprise").get(address).text
    assert len(re.findall(r'data-place="\w+" data-delivery="\w+"', page)) == len(owed) == 3
    assert "/deliveries/" not in page
    assert "0.80" in page
    assert f'action="{address}/bureau"' in page
    assert 'id="places"' in client.get(f"/records/{place.record.id}").text
    assert client.post(f"{address}/bureau").status_code == 302
    assert client.post(f"{address}/bureau").status_code == 409


def test_a_bureau_reads_of_its_own_place_alone(client: FlaskClient, place: Place, owed: dict[str, int]) -> None:
    page = sign_in(client, place, "reviewer").get(f"/records/{place.record.id}/places").text
    assert set(re.findall(r'class="card place-card" data-place="(\w+)"', page)) == {"platform", "bureau"}


def test_the_office_tells_by_hand_and_sees_with_proof(client: FlaskClient, place: Place, owed: dict[str, int]) -> None:
    sign_in(client, place, "office")
    assert client.get("/places").text.count("data-delivery=") == 3
    assert client.get("/places?place=city&turn=office").text.count("data-delivery=") == 1
    address = f"/deliveries/{owed['bureau']}"
    assert client.post(f"{address}/told", data={"how": ""}).status_code == 422
    assert client.post(f"{address}/told", data={"how": "函告"}).status_code == 302
    said = {"agrees": "yes", "seen_on": NOW.date().isoformat()}
    without = client.post(f"{address}/looked", data=said)
    assert without.status_code == 422
    assert "checked" in without.text
    seen = {**said, "file": (io.BytesIO(PDF), "核对.pdf")}
    assert client.post(f"{address}/looked", data=seen, content_type="multipart/form-data").status_code == 302
    page = client.get(address).text
    (proof,) = re.findall(rf"{address}/proof/\w+", page)
    assert client.get(proof).data == PDF
    assert 'data-delivery="confirmed"' in page


def test_where_nothing_is_exchanged_no_page_speaks_of_it(client: FlaskClient, place: Place) -> None:
    sign_in(client, place, "enterprise")
    assert 'id="places"' not in client.get(f"/records/{place.record.id}").text
    assert client.get(f"/records/{place.record.id}/places").status_code == 404
