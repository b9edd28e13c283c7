"""A limit's own page; and a proposal that becomes a promise, looked at first and recorded by the head of the office."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.promises import Promise
from tests.builders import Place, day, make_place
from tests.web.signing import sign_in
from tests.web.stage import PDF

WRITTEN = {
    "title": "示范旗异议办理时限公告（演示）", "number": "示政办发〔2026〕41号", "dated": "2026-11-30", "n": "5",
    "first_day": "2026-12-01", "title_en": "Notice on time limits",
}  # fmt: skip


@pytest.fixture
def place(session: Session) -> Place:
    return make_place(session)


@pytest.fixture
def chief(client: FlaskClient, place: Place) -> FlaskClient:
    client.set_cookie("language", "en")
    return sign_in(client, place, "chief")


def form(**changes: Any) -> dict[str, Any]:
    return {**WRITTEN, "file": (BytesIO(PDF), "公告.pdf"), **changes}


def look(client: FlaskClient, key: str = "objection.verify", **changes: Any) -> TestResponse:
    return client.post(f"/rules/{key}/preview", data=form(**changes))


def carried(answer: TestResponse) -> dict[str, str]:
    """What the preview's form would send."""
    text = answer.get_data(as_text=True)
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return dict(found)


def recorded(session: Session) -> int:
    return session.scalar(select(func.count(Promise.id))) or 0


def test_smoke(chief: FlaskClient, place: Place, session: Session) -> None:
    text = chief.get("/rules/objection.verify").get_data(as_text=True)
    print(text)
    place.file(day(2026, 11, 23))
    answer = look(chief)
    print(answer.status_code, answer.get_data(as_text=True))
    print(carried(answer))
    done = chief.post("/rules/objection.verify/adopt", data=carried(answer))
    print(done.status_code, done.get_data(as_text=True))
    print(chief.get("/rules/objection.verify").get_data(as_text=True))
    assert recorded(session) == 1
    print(chief.get("/rules?on=2026-12-01").get_data(as_text=True))
    assert 0
