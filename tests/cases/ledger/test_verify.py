"""Whatever is changed in a chain behind our back is named: the case, the event, and what does not match."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from cases.ledger.sealing import canonical, instant, seal
from cases.ledger.verify import verify
from tests.cases.ledger.ledgers import SHA, write_ledger
from tests.cases.ledger.tampered import SECOND, event_of, named, only, remove, tamper

pytestmark = pytest.mark.both_databases


def test_a_row_of_the_wrong_sort_is_a_fault_and_no_crash(session: Session) -> None:
    write_ledger(session)
    event = event_of(session, 5)
    body = '{"texts":[1]}'
    forged = seal(event.previous, SECOND, 5, instant(event.at), event.actor, event.action, body)
    tamper(session, "UPDATE event SET body = :body, hash = :hash WHERE id = :event", 5, body=body, hash=forged)
    assert (SECOND, 5, "It cannot be read: {error}") in named(session)


def test_a_whole_ledger_is_ok_and_counted(session: Session) -> None:
    write_ledger(session, cases=3, events=5)
    told: list[int] = []
    verdict = verify(session, stored=lambda sha256: sha256 == SHA, progress=told.append)
    assert (verdict.ok, verdict.events, verdict.chains, verdict.checkpoints, verdict.disposed) == (True, 15, 3, 0, 0)
    assert verdict.faults == []
    assert sum(told) == 15


def test_an_empty_ledger_is_ok(session: Session) -> None:
    assert verify(session).ok


def test_more_cases_than_a_page_are_all_read(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.ledger.verify.PAGE", 2)
    write_ledger(session, cases=4, events=2)
    verdict = verify(session)
    assert (verdict.ok, verdict.events, verdict.chains) == (True, 8, 4)
    tamper(session, "UPDATE event SET actor = 'user:99' WHERE id = :event", seq=2)
    assert only(verify(session).faults).case_number == SECOND


@pytest.mark.parametrize(
    ("column", "value"),
    [("actor", "user:99"), ("action", "approve"), ("at", "2026-11-25 00:00:00+00:00"), ("body", '{"source":"x"}'),
     ("hash", "f" * 64)],
)  # fmt: skip
def test_a_changed_event_is_named(session: Session, column: str, value: str) -> None:
    write_ledger(session)
    if column == "at" and session.get_bind().dialect.name == "sqlite":
        value = value.replace("+00:00", ".000000")
    tamper(session, f"UPDATE event SET {column} = :value WHERE id = :event", value=value)
    faults = verify(session).faults
    assert (faults[0].case_number, faults[0].seq) == (SECOND, 3)
    assert faults[0].what.id == "Its content does not give its hash: kept {kept}, computed {computed}."
    assert len(faults) == (2 if column == "hash" else 1)


def test_a_changed_event_with_its_hash_made_anew_is_named_by_the_one_that_quotes_it(session: Session) -> None:
    write_ledger(session)
    event = event_of(session, 3)
    changed = canonical({**json.loads(event.body), "codes": {"why": "forged"}})
    forged = seal(event.previous, SECOND, 3, instant(event.at), event.actor, event.action, changed)
    tamper(session, "UPDATE event SET body = :body, hash = :hash WHERE id = :event", body=changed, hash=forged)
    fault = only(verify(session).faults)
    assert (fault.case_number, fault.seq) == (SECOND, 4)
    assert fault.what.values == {"quoted": event.hash, "kept": forged}


def test_the_last_event_changed_with_its_hash_made_anew_is_named_by_the_head(session: Session) -> None:
    write_ledger(session)
    event = event_of(session, 5)
    changed = canonical({**json.loads(event.body), "target": "closed"})
    forged = seal(event.previous, SECOND, 5, instant(event.at), event.actor, event.action, changed)
    tamper(session, "UPDATE event SET body = :body, hash = :hash WHERE id = :event", 5, body=changed, hash=forged)
    assert [(number, seq, what[:14]) for number, seq, what in named(session)] == [
        (SECOND, 5, "The case carri"), (SECOND, None, "The case row s")]  # fmt: skip


def test_an_event_put_in_the_place_of_another_is_named(session: Session) -> None:
    write_ledger(session)
    tamper(session, "UPDATE event SET seq = 9 WHERE id = :event", 2)
    assert (SECOND, 2, "The event is missing.") in named(session)


def test_a_removed_event_is_named(session: Session) -> None:
    write_ledger(session)
    remove(session, 3)
    assert named(session) == [(SECOND, 3, "The event is missing.")]


def test_the_first_events_removed_are_named(session: Session) -> None:
    write_ledger(session)
    remove(session, 1)
    remove(session, 2)
    assert named(session) == [(SECOND, 1, "The events up to {last} are missing.")]


def test_the_last_event_removed_is_named(session: Session) -> None:
    write_ledger(session)
    remove(session, 5)
    fault = only(verify(session).faults)
    assert (fault.case_number, fault.seq, fault.what.values) == (SECOND, 5, {"length": 5, "last": 4})


def test_a_removed_event_whose_texts_stay_is_named_with_them(session: Session) -> None:
    write_ledger(session)
    session.commit()
    sqlite = session.get_bind().dialect.name == "sqlite"
    away, back = (
        ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
        if sqlite
        else ("SET LOCAL session_replication_role = replica", "SELECT 1")
    )
    with session.get_bind().engine.connect() as connection:
        connection.connection.execute(away)  # past the foreign keys, too
        if sqlite:
            connection.exec_driver_sql("DROP TRIGGER event_refuses_delete")
        connection.execute(text("DELETE FROM event WHERE seq = 5 AND case_id ="
                                " (SELECT id FROM case_ WHERE number = :number)"), {"number": SECOND})  # fmt: skip
        connection.commit()
        connection.connection.execute(back)
    assert [what for _, _, what in named(session)] == [
        "The case counts {length} events; its chain ends with {last}.",
        "Texts or files belong to an event that is not in its chain.",
    ]


def test_all_events_of_a_case_removed_are_named(session: Session) -> None:
    write_ledger(session)
    for seq in range(1, 6):
        remove(session, seq)
    assert named(session) == [(SECOND, None, "The case has no events; it counts {length}.")]


def test_an_event_added_at_the_end_is_named(session: Session) -> None:
    write_ledger(session)
    last = event_of(session, 5)
    hashed = seal(last.hash, SECOND, 6, instant(last.at), "user:1", "note", last.body)
    added = (
        "INSERT INTO event (case_id, seq, at, actor, action, body, previous, hash)"
        " SELECT case_id, 6, at, 'user:1', 'note', body, hash, :hash FROM event WHERE id = :event"
    )
    tamper(session, added, 5, hash=hashed)
    assert (SECOND, 6, "The case counts {length} events; its chain ends with {last}.") in named(session)
