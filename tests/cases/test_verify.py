"""Whatever is changed behind our back is named: the case, the event, and what does not match."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

import registry.credit_records
import registry.people  # noqa: F401 -- tables that a case refers to
from cases.checkpoints import make_due
from cases.faults import Fault
from cases.ledger import GENESIS, canonical, instant, seal
from cases.tables import Case, Event
from cases.verify import verify
from cases.witness import Witness
from tests.builders import Place, day
from tests.cases.courses import KEPT, answered, to_bureau
from tests.cases.ledgers import AT, SHA, owner, write_ledger

SECOND = "2026-YY-000002"


def named(session: Session, **options: object) -> list[tuple[str, int | None, str]]:
    """The faults as case, event and message id."""
    verdict = verify(session, **options)  # type: ignore[arg-type]
    return [(fault.case_number, fault.seq, fault.what.id) for fault in verdict.faults]


def only(faults: tuple[Fault, ...]) -> Fault:
    assert len(faults) == 1, [f"{f.case_number} {f.seq} {f.what}" for f in faults]
    return faults[0]


def tamper(session: Session, statement: str, seq: int = 3, **values: object) -> None:
    """Run a statement as the owner on an event (`:event`) and its case (`:case`, the second one)."""
    case_id = session.scalar(select(Case.id).where(Case.number == SECOND))
    event_id = session.scalar(select(Event.id).where(Event.case_id == case_id, Event.seq == seq))
    values = {"case": case_id, "event": event_id, "seq": seq, **values}
    with owner(session) as connection:
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        assert connection.execute(text(statement), used).rowcount == 1


def test_a_row_of_the_wrong_sort_is_a_fault_and_no_crash(session: Session) -> None:
    write_ledger(session)
    event = _event(session, 5)
    body = '{"texts":[1]}'
    forged = seal(event.previous, SECOND, 5, instant(event.at), event.actor, event.action, body)
    tamper(session, "UPDATE event SET body = :body, hash = :hash WHERE id = :event", 5, body=body, hash=forged)
    assert (SECOND, 5, "It cannot be read: {error}") in named(session)


def test_a_whole_ledger_is_ok_and_counted(session: Session) -> None:
    write_ledger(session, cases=3, events=5)
    told: list[int] = []
    verdict = verify(session, stored=lambda sha256: sha256 == SHA, progress=told.append)
    assert (verdict.ok, verdict.events, verdict.chains, verdict.checkpoints, verdict.disposed) == (True, 15, 3, 0, 0)
    assert verdict.faults == ()
    assert sum(told) == 15


def test_an_empty_ledger_is_ok(session: Session) -> None:
    assert verify(session).ok


def test_more_cases_than_a_page_are_all_read(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.verify.PAGE", 2)
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
    event = _event(session, 3)
    changed = canonical({**json.loads(event.body), "codes": {"why": "forged"}})
    forged = seal(event.previous, SECOND, 3, instant(event.at), event.actor, event.action, changed)
    tamper(session, "UPDATE event SET body = :body, hash = :hash WHERE id = :event", body=changed, hash=forged)
    fault = only(verify(session).faults)
    assert (fault.case_number, fault.seq) == (SECOND, 4)
    assert fault.what.values == {"quoted": event.hash, "kept": forged}


def test_the_last_event_changed_with_its_hash_made_anew_is_named_by_the_head(session: Session) -> None:
    write_ledger(session)
    event = _event(session, 5)
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
    _remove(session, 3)
    assert named(session) == [(SECOND, 3, "The event is missing.")]


def test_the_first_events_removed_are_named(session: Session) -> None:
    write_ledger(session)
    _remove(session, 1)
    _remove(session, 2)
    assert named(session) == [(SECOND, 1, "The events up to {last} are missing.")]


def test_the_last_event_removed_is_named(session: Session) -> None:
    write_ledger(session)
    _remove(session, 5)
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
        _remove(session, seq)
    assert named(session) == [(SECOND, None, "The case has no events; it counts {length}.")]


def test_an_event_added_at_the_end_is_named(session: Session) -> None:
    write_ledger(session)
    last = _event(session, 5)
    hashed = seal(last.hash, SECOND, 6, instant(last.at), "user:1", "note", last.body)
    added = (
        "INSERT INTO event (case_id, seq, at, actor, action, body, previous, hash)"
        " SELECT case_id, 6, at, 'user:1', 'note', body, hash, :hash FROM event WHERE id = :event"
    )
    tamper(session, added, 5, hash=hashed)
    assert (SECOND, 6, "The case counts {length} events; its chain ends with {last}.") in named(session)


@pytest.mark.parametrize(
    ("change", "column", "now", "then"),
    [("state = 'closed'", "state", "closed", "answering"), ("bureau_id = NULL", "bureau_id", None, None),
     ("desk = 'bureau'", "desk", "bureau", "office"), ("round = 2", "round", 2, 1),
     ("variant = 'other'", "variant", "other", ""), ("kind = 'complaint'", "kind", "complaint", "objection"),
     ("filed_on = '2026-11-20'", "filed_on", None, "2026-11-24"),
     ("opened_at = '2026-11-20 00:00:00.000000'", "opened_at", None, "2026-11-24T03:42:00.000000Z"),
     ("first_closed_at = '2026-11-24 00:00:00.000000'", "first_closed_at", None, None),
     ("due_on = '2026-12-24'", "due_on", "2026-12-24", None)],
)  # fmt: skip
def test_a_case_row_changed_behind_our_back_is_named(
    session: Session, change: str, column: str, now: object, then: object
) -> None:
    write_ledger(session)
    tamper(session, f"UPDATE case_ SET {change} WHERE id = :case")
    fault = only(verify(session).faults)
    assert (fault.case_number, fault.seq, fault.what.values["column"]) == (SECOND, None, column)
    if now is not None:
        assert (fault.what.values["now"], fault.what.values["then"]) == (now, then)


@pytest.mark.parametrize(
    "change",
    ["UPDATE case_bureau SET from_seq = 2 WHERE case_id = :case", "DELETE FROM case_bureau WHERE case_id = :case",
     "UPDATE case_bureau SET until_seq = 5 WHERE case_id = :case",
     "INSERT INTO case_bureau (case_id, from_seq, bureau_id) SELECT case_id, 4, bureau_id FROM case_bureau"
     " WHERE case_id = :case"],
)  # fmt: skip
def test_a_route_changed_behind_our_back_is_named(session: Session, change: str) -> None:
    write_ledger(session)
    tamper(session, change)
    fault = only(verify(session).faults)
    assert (fault.case_number, fault.seq, fault.what.values["column"]) == (SECOND, None, "case_bureau")


def test_the_end_of_a_case_moved_behind_our_back_is_named(place: Place) -> None:
    case = answered(place, KEPT)
    assert verify(place.session).ok
    with owner(place.session) as connection:
        connection.execute(update(Case).where(Case.id == case.id).values(closed_at=day(2026, 9, 14)))
    fault = only(verify(place.session).faults)
    assert (fault.case_number, fault.what.values["column"]) == (case.number, "closed_at")
    assert fault.what.values["then"] == instant(day(2026, 9, 15))


def test_the_due_day_of_a_case_is_that_of_its_first_running_deadline(place: Place) -> None:
    case = to_bureau(place)
    with owner(place.session) as connection:
        connection.execute(update(Case).where(Case.id == case.id).values(due_on=case.filed_on))
    fault = only(verify(place.session).faults)
    assert (fault.case_number, fault.what.values["column"], fault.what.values["now"]) == (
        case.number, "due_on", "2026-09-07",
    )  # fmt: skip


@pytest.mark.parametrize("number", ["2026-YY-000009"])
def test_a_case_given_another_number_no_longer_gives_its_hashes(session: Session, number: str) -> None:
    write_ledger(session)
    tamper(session, "UPDATE case_ SET number = :number WHERE id = :case", number=number)
    assert [(n, seq) for n, seq, _ in named(session)] == [(number, seq) for seq in range(1, 6)]


def test_a_head_or_a_length_changed_is_named(session: Session) -> None:
    write_ledger(session)
    tamper(session, "UPDATE case_ SET head = :head WHERE id = :case", head=GENESIS)
    assert named(session) == [(SECOND, 5, "The case carries the head {head}; its last event has {kept}.")]
    tamper(session, "UPDATE case_ SET length = 4 WHERE id = :case")
    assert named(session) == [(SECOND, 5, "The case counts {length} events; its chain ends with {last}.")]


def test_a_changed_text_is_named_and_an_emptied_one_only_counted(session: Session) -> None:
    write_ledger(session)
    tamper(session, "UPDATE event_text SET text = '另一个理由' WHERE event_id = :event AND name = 'reasons'")
    fault = only(verify(session).faults)
    assert (fault.case_number, fault.seq) == (SECOND, 3)
    assert str(fault.what) == "The text reasons is not the one that was sealed."
    tamper(session, "UPDATE event_text SET text = NULL WHERE event_id = :event AND name = 'reasons'")
    verdict = verify(session)
    assert (verdict.ok, verdict.disposed) == (True, 1)


def test_letters_cannot_wander_between_a_salt_and_its_text(session: Session) -> None:
    write_ledger(session)
    tamper(session, "UPDATE event_text SET text = substr(salt, 32) || text, salt = substr(salt, 1, 31)"
           " WHERE event_id = :event AND name = 'reasons'")  # fmt: skip
    assert named(session) == [(SECOND, 3, "The text {name} is not the one that was sealed.")]


def test_a_removed_a_moved_and_an_added_text_are_named(session: Session) -> None:
    write_ledger(session)
    tamper(session, "DELETE FROM event_text WHERE event_id = :event AND name = 'reasons'")
    assert named(session) == [(SECOND, 3, "The text {name} is missing.")]
    tamper(session, "INSERT INTO event_text (event_id, case_id, name, text, salt)"
           " SELECT event_id, case_id, 'added', text, salt FROM event_text WHERE event_id = :event", 4)  # fmt: skip
    assert (SECOND, 4, "The text {name} was never sealed.") in named(session)


def test_a_text_moved_to_another_case_is_missing_from_its_own(session: Session) -> None:
    write_ledger(session)
    tamper(session, "UPDATE event_text SET case_id = case_id - 1 WHERE event_id = :event AND name = 'reasons'")
    assert (SECOND, 3, "The text {name} is missing.") in named(session)


def test_an_attachment_removed_or_renamed_and_a_file_lost_are_named(session: Session) -> None:
    write_ledger(session)
    assert [what for _, _, what in named(session, stored=lambda sha256: False)] == [
        "The file {sha256} is missing from the store, or its bytes have changed."] * 3  # fmt: skip
    tamper(session, "UPDATE attachment SET name = '别的.pdf' WHERE event_id = :event", 1)
    assert named(session) == [(SECOND, 1, "The file {sha256} bears another name than was sealed.")]
    tamper(session, "DELETE FROM attachment WHERE event_id = :event", 1)
    assert named(session) == [(SECOND, 1, "The attachment of the file {sha256} is missing.")]


def test_a_file_whose_name_was_emptied_is_disposed_with_its_attachment(session: Session) -> None:
    write_ledger(session)
    tamper(session, "DELETE FROM attachment WHERE event_id = :event", 1)
    tamper(session, "UPDATE event_text SET text = NULL WHERE event_id = :event AND name <> 'reasons'", 1)
    verdict = verify(session)
    assert (verdict.ok, verdict.disposed) == (True, 1)


def test_what_a_fault_says_reads_as_a_sentence(session: Session) -> None:
    write_ledger(session)
    tamper(session, "UPDATE case_ SET state = 'closed' WHERE id = :case")
    assert str(only(verify(session).faults).what) == "The case row says state closed; its events lead to answering."


def _event(session: Session, seq: int) -> Event:
    return session.scalars(select(Event).join(Case, Case.id == Event.case_id)
                            .where(Case.number == SECOND, Event.seq == seq)).one()  # fmt: skip


def _remove(session: Session, seq: int) -> None:
    """Remove an event and everything that hangs on it, as a careful hand would."""
    for table in ("event_text", "attachment"):
        event_id = _event(session, seq).id
        with owner(session) as connection:
            connection.execute(text(f"DELETE FROM {table} WHERE event_id = :event"), {"event": event_id})
    tamper(session, "DELETE FROM event WHERE id = :event", seq)


UNREADABLE = {
    "sqlite": ("case_ SET due_on = 'never'", "case_ SET filed_on = 'never'", "case_ SET length = 'x'"),
    "postgresql": (
        "case_ SET due_on = 'infinity'",
        "case_ SET filed_on = 'infinity'",
        "case_ SET due_on = '-infinity'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_value_that_cannot_be_read_is_named_and_hides_no_other_fault(session: Session, which: int) -> None:
    write_ledger(session, cases=7)
    with owner(session) as connection:
        change = UNREADABLE[connection.dialect.name][which]
        connection.execute(text(f"UPDATE {change} WHERE number = :number"), {"number": SECOND})
        connection.execute(text("UPDATE event SET actor = 'user:99' WHERE seq = 3 AND case_id ="
                                " (SELECT id FROM case_ WHERE number = '2026-YY-000006')"))  # fmt: skip
    found = {(fault.case_number, fault.seq) for fault in verify(session).faults}
    assert (SECOND, None) in found
    assert ("2026-YY-000006", 3) in found
    assert {number for number, _ in found} == {SECOND, "2026-YY-000006"}


def test_a_checkpoint_that_cannot_be_read_is_named(session: Session, tmp_path: Path) -> None:
    write_ledger(session)
    make_due(session, Witness(tmp_path), AT)
    with owner(session) as connection:
        never = "x" if connection.dialect.name == "sqlite" else "infinity"
        connection.execute(text(f"UPDATE checkpoint SET at = '{never}'"))
    assert [fault.case_number for fault in verify(session).faults] == ["checkpoint"]
