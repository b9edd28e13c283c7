"""Record sheets over the API: taken in as on the page, once, by the office's system alone."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cases.engine import held_sheets
from registry.credit_records import CreditRecord, RecordChange
from registry.tokens import NewToken, add_token
from tests.builders import VALUES, Place
from tests.cases.courses import GRANTED, answered
from tests.conftest import NOW
from tests.registry.sheets import RIGHT, THIRD_CODE, THIRD_FIRM, csv_of
from tests.web.api.conftest import Make
from tests.web.api.system import System
from workflow.refusal import Incomplete

GOOD = {**RIGHT, "name": THIRD_FIRM, "uscc": THIRD_CODE}


def bring(asks: System, content: bytes, address: str = "/batches?kind=penalty", key: str = "a") -> TestResponse:
    headers = asks.headers("office", Idempotency_Key=key)
    return asks.client.post(f"/api/v1{address}", data=content, headers=headers)


def test_a_sheet_is_brought_in_once_and_its_receipt_says_what_is_wrong(
    system: Make, place: Place, session: Session
) -> None:
    asks, before = system("office"), session.scalar(select(func.count()).select_from(CreditRecord)) or 0
    sheet = csv_of(GOOD, {**GOOD, "document_number": "示消行罚〔2025〕324号", "uscc": "wrong"})
    first, second = bring(asks, sheet), bring(asks, sheet)
    assert first.status_code == 200, first.text
    receipt = first.json
    assert [receipt[name] for name in ("imported", "updated", "unchanged", "rejected")] == [1, 0, 0, 1]
    assert receipt["faults"][0]["row"] == 3
    assert receipt["faults"][0]["reason"]
    assert second.text == first.text
    assert session.scalar(select(func.count()).select_from(CreditRecord)) == before + 1
    assert bring(asks, sheet, key="b").json["unchanged"] == 1


def test_what_says_otherwise_than_many_decisions_waits_for_the_head(
    system: Make, place: Place, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_sheets, "MOST", 0)
    answered(place, GRANTED)
    asks, sheet = system("office"), csv_of({**VALUES, **place.record.values, "fine": "0.70"})
    receipt = bring(asks, sheet).json
    assert (receipt["waits"], receipt["conflicts"], receipt["updated"]) == (True, 1, 0)
    assert len(held_sheets.held_sheets(session, NOW)) == 1
    assert not session.scalar(select(func.count()).select_from(RecordChange).where(RecordChange.what == "conflict"))


def test_what_is_no_sheet_is_refused_with_the_sentence_of_the_page(system: Make, place: Place) -> None:
    asks = system("office")
    answer = bring(asks, b"not a sheet")
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["body"])
    assert bring(asks, csv_of(RIGHT), "/batches?kind=unknown").status_code == 422


def test_no_other_body_gets_a_token_for_it(place: Place, session: Session) -> None:
    with pytest.raises(Incomplete, match="Only the office"):
        add_token(session, NewToken("系统", ["records:supply"], bureau_id=place.bureau.id), NOW, demo=False)
