"""Several processes come to the same verdict as one."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import registry.credit_records
import registry.people  # noqa: F401 -- tables that a case refers to
from cases.ledger.checkpoints import make_due
from cases.ledger.verify import verify
from cases.ledger.witness import Witness
from tests.cases.ledger.ledgers import AT, SHA, owner, write_ledger

pytestmark = pytest.mark.both_databases


@pytest.fixture
def ledger(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Session, Witness]:
    """Seven cases under a checkpoint, two of them to a process at a time."""
    monkeypatch.setattr("cases.ledger.verify.LONG", 1)
    monkeypatch.setattr("cases.ledger.verify.PART", 2)
    witness = Witness(tmp_path)
    write_ledger(session, cases=7, events=3)
    assert make_due(session, witness, AT)
    return session, witness


def held(sha256: str) -> bool:
    return sha256 == SHA


def test_a_whole_ledger_is_counted_as_by_one(ledger: tuple[Session, Witness]) -> None:
    session, witness = ledger
    told: list[int] = []
    verdict = verify(session, held, told.append, witness, processes=2)
    assert verdict == verify(session, held, witness=witness)
    assert (verdict.ok, verdict.events, verdict.chains, verdict.checkpoints, sum(told)) == (True, 21, 7, 1, 21)
    assert len(told) > 2


def test_what_does_not_match_is_named_wherever_it_lies(ledger: tuple[Session, Witness]) -> None:
    session, witness = ledger
    with owner(session) as connection:
        connection.execute(text("UPDATE event SET actor = 'user:99' WHERE seq = 2 AND case_id IN"
                                " (SELECT id FROM case_ WHERE number IN"
                                " ('2026-YY-000001', '2026-YY-000005', '2026-YY-000007'))"))  # fmt: skip
        connection.execute(text("UPDATE case_ SET number = 'x' WHERE number = '2026-YY-000003'"))
    verdict = verify(session, held, lambda events: None, witness, processes=2)
    assert verdict == verify(session, held, witness=witness)
    assert len({fault.case_number for fault in verdict.faults}) == 5


def test_an_empty_ledger_is_ok(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.ledger.verify.LONG", 0)
    assert verify(session, None, lambda events: None, None, processes=2).ok
