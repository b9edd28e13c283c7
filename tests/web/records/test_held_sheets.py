"""A sheet that says otherwise than many decisions waits for the head of the office: none of it is written before."""

import io
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.engine import held_sheets
from cases.engine.held_sheets import MOST, newly_against
from cases.model.tables import Case
from commands import records as command
from registry.credit_records import RecordChange
from registry.sheets.importing import AgainstDecision, Imported
from tests.builders import VALUES, Place
from tests.cases.courses import GRANTED, answered
from tests.conftest import NOW
from tests.registry.sheets import csv_of
from tests.web.signing import sign_in


def cell(row: int, new: bool = True) -> AgainstDecision:
    return AgainstDecision(row, row, "某公司", "1号", "fine", "0.30", "0.57", 1, NOW, new)


def test_rows_are_counted_once_and_what_an_earlier_sheet_said_is_no_news() -> None:
    said = [cell(2), cell(2), cell(3), cell(4, new=False)]
    assert newly_against(Imported(conflicting=said)) == 2
    assert MOST == 20


@pytest.fixture
def one_is_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_sheets, "MOST", 0)
    monkeypatch.setattr("web.records.imports.MOST", 0)
    monkeypatch.setattr(command, "MOST", 0)


@pytest.fixture
def sheet(place: Place, one_is_many: None) -> bytes:
    """One row against a decision."""
    answered(place, GRANTED)
    return csv_of({**VALUES, **place.record.values, "fine": "0.70", "decided_on": date(2026, 3, 18)})


def brought(client: FlaskClient, place: Place, content: bytes, who: str = "office") -> str:
    """Where the sheet waits."""
    office = sign_in(client, place, who)
    look = office.post("/records/import", data={"sheet": (io.BytesIO(content), "11月.csv"), "kind": "penalty"}).text
    assert "data-needs-release" in look
    token = look.split('name="sheet" value="')[1].split('"')[0]
    there = [office.post("/records/import/take", data={"sheet": token}).location for _twice in range(2)]
    assert there[0] == there[1], "it waits once"
    return there[0]


def conflicts(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(RecordChange).where(RecordChange.what == "conflict")) or 0


def test_nothing_is_written_before_the_head_releases_the_sheet(
    client: FlaskClient, place: Place, session: Session, sheet: bytes
) -> None:
    there = brought(client, place, sheet)
    assert conflicts(session) == 0
    page = client.get(there)
    assert "0.70" in page.text
    assert 'name="release"' not in page.text
    assert client.post(there, data={"release": "1"}).status_code == 404, "an officer releases nothing"
    head = sign_in(client, place, "chief")
    assert 'data-group="held-sheets"' in head.get("/desk").text
    assert 'name="release"' in head.get(there).text
    done = head.post(there, data={"release": "1"})
    assert 'data-conflicts="1"' in done.text
    assert conflicts(session) == 1
    assert session.scalar(select(func.count(Case.id)).where(Case.kind == "correction"))
    assert head.post(there, data={"release": "1", "reasons": "再来一次。"}).status_code == 409, "once is enough"
    assert "已放行" in head.get(there).text
    assert 'data-group="held-sheets"' not in head.get("/desk").text


def test_the_head_returns_a_sheet_with_reasons(
    client: FlaskClient, place: Place, session: Session, sheet: bytes
) -> None:
    there = brought(client, place, sheet)
    head = sign_in(client, place, "chief")
    assert head.post(there, data={"return": "1", "reasons": " "}).status_code == 422
    head.post(there, data={"return": "1", "reasons": "请核对第二列。"})
    assert conflicts(session) == 0
    page = sign_in(client, place, "office").get(there).text
    assert "请核对第二列。" in page
    assert "已退回" in client.get("/records/import").text


def test_who_brought_a_sheet_does_not_release_it(
    client: FlaskClient, place: Place, session: Session, sheet: bytes
) -> None:
    there = brought(client, place, sheet, "chief")
    assert 'name="release"' not in client.get(there).text
    assert client.post(there, data={"release": "1"}).status_code == 409
    assert conflicts(session) == 0


def test_the_command_writes_nothing_of_such_a_sheet(
    app: Flask, place: Place, session: Session, sheet: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "11月.csv"
    file.write_bytes(sheet)
    done = app.test_cli_runner().invoke(args=["records", "import", str(file)])
    assert done.exit_code == 1
    assert "1 rows say otherwise than decisions" in done.output
    assert conflicts(session) == 0
    assert app.test_cli_runner().invoke(args=["records", "import", str(file), "--dry-run"]).exit_code == 0
