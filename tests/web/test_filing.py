"""Filing an objection through its pages."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cases.tables import Attachment, Case, Draft, EventText
from tests.builders import Place, make_place
from tests.web.signing import sign_in

WORDS = "决定书写的是八千元，不是八万元。"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.fixture
def place(session: Session) -> Place:
    return make_place(session)


@pytest.fixture
def filer(client: FlaskClient, place: Place) -> FlaskClient:
    return sign_in(client, place, "enterprise")


def start(client: FlaskClient, place: Place, ground: str = "wrong") -> str:
    """The key of a draft, the first question answered."""
    answer = client.post(f"/records/{place.record.id}/objection", data={"ground": ground})
    assert answer.status_code == 302, answer.text
    found = re.search(r"draft=([\w-]+)", answer.location)
    assert found
    return found[1]


def step(client: FlaskClient, place: Place, name: str, key: str, **data: object) -> TestResponse:
    return client.post(f"/records/{place.record.id}/objection/{name}", data={"draft": key, **data})


def to_the_check(client: FlaskClient, place: Place) -> str:
    key = start(client, place)
    step(client, place, "fields", key, **{"claims-fine-wrong": "y", "claims-fine-value": "0.8"})
    step(client, place, "evidence", key, words=WORDS, files=(io.BytesIO(PNG), "缴款凭证.png"))
    return key


def cases(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Case)) or 0


def test_an_objection_is_filed_step_by_step_and_leads_to_its_receipt(
    filer: FlaskClient, place: Place, session: Session
) -> None:
    key = start(filer, place)
    answer = step(filer, place, "fields", key, **{"claims-fine-wrong": "y", "claims-fine-value": "0.8"})
    assert "/objection/evidence" in answer.location
    answer = step(filer, place, "evidence", key, words=WORDS, files=(io.BytesIO(PNG), "缴款凭证.png"))
    check = filer.get(answer.location).text
    for shown in ("0.80", "8.00", WORDS, "缴款凭证.png", "第39条第（一）项"):
        assert shown in check
    answer = step(filer, place, "check", key, declared="y")
    assert answer.location.endswith("/receipt")
    receipt = filer.get(answer.location).text
    case = session.scalars(select(Case)).one()
    assert case.number in receipt
    assert f"{case.check_code[:5]} {case.check_code[5:]}" in receipt
    assert "proposal" in receipt
    assert session.scalars(select(Attachment)).one().name == "缴款凭证.png"
    words = set(session.scalars(select(EventText.text)))
    assert {"0.80", WORDS} <= words


def test_a_double_click_opens_one_case(filer: FlaskClient, place: Place, session: Session) -> None:
    key = to_the_check(filer, place)
    first, second = (step(filer, place, "check", key, declared="y") for _ in range(2))
    assert first.location == second.location
    assert first.location.endswith("/receipt")
    assert cases(session) == 1
