"""The check in the background: it comes round to every case, keeps what it finds, and forgets what matches again."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cases.ledger import watch
from cases.ledger.checkpoints import make_due
from cases.ledger.watch import CLAIM, LedgerAlarm, faults_found, look
from cases.ledger.witness import Witness
from cases.model.tables import LedgerWatch
from extensions import db
from tests.cases.engine.test_together import at_once
from tests.cases.ledger.ledgers import found, owner, write_ledger
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases

SECOND = "2026-YY-000002"


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


def beat(session: Session, witness: Witness | None = None, minutes: float = 0) -> list[str]:
    session.commit()
    return [fault.case_number for fault in look(session, witness, None, NOW + timedelta(minutes=minutes))]


def tamper(session: Session, number: str, actor: str) -> None:
    with owner(session) as connection:
        of = "case_id = (SELECT id FROM case_ WHERE number = :number)"
        values = {"actor": actor, "number": number}
        connection.execute(text(f"UPDATE event SET actor = :actor WHERE seq = 3 AND {of}"), values)


def test_a_ledger_that_matches_raises_no_alarm(session: Session, witness: Witness) -> None:
    write_ledger(session)
    make_due(session, witness, NOW)
    assert beat(session, witness) == []
    assert found(session) is None


def test_what_does_not_match_is_kept_since_when_said_once_and_forgotten_when_it_matches_again(session: Session) -> None:
    write_ledger(session)
    tamper(session, SECOND, "user:99")
    assert beat(session) == [SECOND]
    assert beat(session, minutes=1) == []
    assert found(session) == LedgerAlarm(1, NOW)
    [fault] = faults_found(session)
    assert (fault.case_number, fault.seq) == (SECOND, 3)
    assert str(fault.what).startswith("Its content does not give its hash")
    tamper(session, SECOND, "user:3")
    assert beat(session, minutes=2) == []
    assert found(session) is None


def test_a_page_a_beat_comes_round_to_every_case_and_begins_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PAGE", 2)
    write_ledger(session, cases=5)
    tamper(session, "2026-YY-000005", "user:99")
    tamper(session, "2026-YY-000001", "user:99")
    assert [beat(session, minutes=n) for n in range(4)] == [["2026-YY-000001"], [], ["2026-YY-000005"], []]
    tamper(session, "2026-YY-000001", "user:3")
    assert beat(session, minutes=4) == []
    assert found(session) == LedgerAlarm(2, NOW)  # not yet looked at again
    for n in (5, 6, 7):
        beat(session, minutes=n)
    assert found(session) == LedgerAlarm(1, NOW + timedelta(minutes=2))


def test_what_moved_is_looked_at_before_its_page_comes(
    session: Session, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PAGE", 1)
    write_ledger(session, cases=5)
    tamper(session, "2026-YY-000004", "user:99")
    make_due(session, witness, NOW)
    assert beat(session, witness) == ["2026-YY-000004"]


def test_a_case_that_is_gone_is_found_at_the_next_checkpoint(
    session: Session, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PAGE", 1)
    write_ledger(session, cases=9)
    make_due(session, witness, NOW)
    beat(session, witness)
    beat(session, witness)
    with owner(session) as connection:
        of = f"case_id = (SELECT id FROM case_ WHERE number = '{SECOND}')"
        for table in ("event_text", "attachment", "event", "case_bureau"):
            connection.execute(text(f"DELETE FROM {table} WHERE {of}"))
        connection.execute(text(f"DELETE FROM case_ WHERE number = '{SECOND}'"))
    assert beat(session, witness) == ["seal"], "its file was sealed; the case itself waits for the checkpoint"
    session.commit()
    make_due(session, witness, NOW + timedelta(minutes=5))
    assert beat(session, witness, minutes=5) == [SECOND]
    assert beat(session, witness, minutes=6) == []
    assert found(session) == LedgerAlarm(2, NOW)


def test_one_scheduler_looks_at_a_time_and_another_takes_over_from_one_that_died(app: Flask, session: Session) -> None:
    write_ledger(session)
    tamper(session, SECOND, "user:99")
    results = at_once(app, *[lambda: look(db.session(), None, None, NOW)] * 4)
    assert sum(bool(result) for result in results) == 1
    row = session.scalars(select(LedgerWatch).execution_options(populate_existing=True)).one()
    row.claimed_until = NOW + CLAIM
    tamper(session, "2026-YY-000003", "user:99")
    assert beat(session, minutes=1) == []
    assert beat(session, minutes=11) == ["2026-YY-000003"]


def test_a_claim_from_before_the_clock_was_put_back_holds_nobody_up(session: Session) -> None:
    write_ledger(session)
    tamper(session, SECOND, "user:99")
    beat(session, minutes=600)
    session.scalars(select(LedgerWatch)).one().claimed_until = NOW + timedelta(hours=10)
    tamper(session, "2026-YY-000003", "user:99")
    assert beat(session) == ["2026-YY-000003"]


def test_a_checkpoint_whose_time_cannot_be_read_does_not_stop_the_look(session: Session, witness: Witness) -> None:
    write_ledger(session)
    make_due(session, witness, NOW)
    beat(session, witness)
    with owner(session) as connection:
        never = "x" if connection.dialect.name == "sqlite" else "infinity"
        connection.execute(text(f"UPDATE checkpoint SET at = '{never}'"))
    tamper(session, SECOND, "user:99")
    assert set(beat(session, witness, minutes=1)) >= {"checkpoint", SECOND}
