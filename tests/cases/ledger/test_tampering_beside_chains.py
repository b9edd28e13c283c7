"""Whoever owns the database changes what lies beside a chain, records, rungs and timers: each is held against it and
named."""

import json
from datetime import date

import pytest
from sqlalchemy import text, update

from cases.engine.succession import Order, succeed_bureau
from cases.engine.sweep import sweep
from cases.ledger.verify import verify
from cases.ledger.watch import faults_found, look
from cases.model.tables import Case
from registry.credit_records import CreditRecord, RecordChange, enter, promoted
from tests.builders import START, WORLD, Place, day, later
from tests.cases.ledger.ledgers import owner

pytestmark = pytest.mark.both_databases

FIRED: dict[str, tuple[str, tuple[str, str]]] = {
    "a record says something else": (
        "UPDATE credit_record SET \"values\" = :forged WHERE id = :record", ("record", "Its fine is not")),
    "a record says another document number in its column alone": (
        "UPDATE credit_record SET document_number = 'x' WHERE id = :record", ("record", "document_number")),
    "a record is no longer shown": (
        "UPDATE credit_record SET displayed = :no WHERE id = :record", ("record", "displayed")),
    "a record lies with another firm": (
        "UPDATE credit_record SET enterprise_id = :firm WHERE id = :record", ("record", "enterprise_id")),
    "a record lies with another firm, and its values say so": (
        "UPDATE credit_record SET enterprise_id = :firm, \"values\" = :moved WHERE id = :record",
        ("record", "Its enterprise_id is not that of 2026-YY-000001")),
    "sheets know a record by another number": (
        "UPDATE credit_record SET known_as = 'x' WHERE id = :record", ("record", "known_as")),
    "sheets know a record as if it had been told apart in a merger": (
        "UPDATE credit_record SET known_as = known_as || ' #' || id WHERE id = :record", ("record", "known_as")),
    "a record is of another kind": (
        "UPDATE credit_record SET kind = 'serious_list' WHERE id = :record", ("record", "kind")),
    "a flag is taken away": ("DELETE FROM record_flag WHERE record_id = :record", ("record", "flags")),
    "a statement is put beside a record": (
        "INSERT INTO record_statement (record_id, case_id, field, statement, checked_on, note)"
        " VALUES (:record, :case, 'fine', 'x', '2026-09-08', '')", ("record", "statements")),
    "the change that a case made is taken away": (
        "DELETE FROM record_change WHERE case_id = :case", ("2026-YY-000001", "record_change")),
    "what a case's change of the record says after it": (
        "UPDATE record_change SET after = 'x' WHERE case_id = :case", ("2026-YY-000001", "says after")),
    "the same, and its salt is taken away": (
        "UPDATE record_change SET after = 'x', seal_salt = '' WHERE case_id = :case",
        ("2026-YY-000001", "says after")),
    "a change is laid at a case's door": (
        "INSERT INTO record_change (record_id, case_id, event_seq, at, what, field, before, after, actor)"
        " SELECT record_id, case_id, 1, at, 'updated', 'fine', '8.00', '8.00', actor FROM record_change"
        " WHERE case_id = :case", ("2026-YY-000001", "record_change")),
    "all changes of a record are taken away": (
        "DELETE FROM record_change WHERE record_id = :record", ("record", "no change that it begins with")),
    "a rung has never fired": ("DELETE FROM rung_fired", ("2026-YY-000001", "rung_fired")),
    "a rung fired for another day": ("UPDATE rung_fired SET due_on = '2026-10-01'", ("2026-YY-000001", "rung_fired")),
    "a deadline is due later": (
        "UPDATE timer SET due_on = '2027-01-04' WHERE stopped_on IS NULL", ("2026-YY-000001", "due_on")),
    "a deadline no longer runs": (
        "UPDATE timer SET stopped_on = '2026-09-09' WHERE stopped_on IS NULL", ("2026-YY-000001", "due_on")),
    "a deadline counts from a later day": (
        "UPDATE timer SET started_on = '2026-10-01' WHERE stopped_on IS NULL",
        ("2026-YY-000001", "running deadlines are not those")),
    "a deadline is said to be somebody else's": (
        "UPDATE timer SET owner = 'enterprise' WHERE stopped_on IS NULL",
        ("2026-YY-000001", "running deadlines are not those")),
    "a running deadline is silenced": (
        "UPDATE timer SET next_at = NULL, next_rung = '' WHERE next_at IS NOT NULL", ("2026-YY-000001", "next_at")),
    "a running deadline is silenced as if it were held": (
        "UPDATE timer SET next_at = NULL, next_rung = '', holds = '[[\"2026-09-08\", null, \"asked\"]]'"
        " WHERE next_at IS NOT NULL", ("2026-YY-000001", "next_at")),
    "the holds of a deadline cannot be read": (
        "UPDATE timer SET holds = '[3]' WHERE next_at IS NOT NULL", ("2026-YY-000001", "timer")),
    "the next rung of a deadline is put off for years": (
        "UPDATE timer SET next_at = '2036-09-09 00:00:00.000000' WHERE next_at IS NOT NULL",
        ("2026-YY-000001", "next_at")),
}  # fmt: skip
"""What lies beside a chain, a statement each, and what names it: whose fault, and a word of it."""


@pytest.fixture
def flagged(place: Place) -> Case:
    """A case that has flagged its record, and whose first deadline has reminded and passed."""
    case = place.file()
    place.act(case, "office", "accept", later(START, hours=1))
    sweep(WORLD, day(2026, 9, 25))
    assert verify(place.session).ok
    return place.case(case.number)


@pytest.mark.parametrize("way", FIRED)
def test_what_lies_beside_a_chain_is_held_against_it(place: Place, flagged: Case, way: str) -> None:
    statement, (whose, word) = FIRED[way]
    forged = json.dumps({**place.record.values, "fine": "0.01"})
    moved = json.dumps({**place.record.values, "uscc": place.other_firm.code})
    used = {"record": place.record.id, "case": flagged.id, "no": False, "forged": forged, "moved": moved,
            "firm": place.other_firm.id}  # fmt: skip
    with owner(place.session) as connection:
        done = connection.execute(text(statement), {n: v for n, v in used.items() if f":{n}" in statement})
        assert done.rowcount
    faults = verify(place.session).faults
    assert [f for f in faults if f.case_number == whose and word in str(f.what)], [
        f"{f.case_number} {f.seq}: {f.what}" for f in faults
    ]


def test_a_record_changed_is_found_in_the_background_and_gone_when_it_is_put_right(place: Place, flagged: Case) -> None:
    for values, known in (({"displayed": False}, [("record", place.record.id)]), ({"displayed": True}, [])):
        with owner(place.session) as connection:
            connection.execute(update(CreditRecord).where(CreditRecord.id == place.record.id).values(**values))
        look(place.session, None, None, day(2026, 9, 26))
        assert [(fault.case_number, fault.seq) for fault in faults_found(place.session)] == known


OLDER: dict[str, tuple[dict[str, object], str]] = {
    "nothing": ({}, ""), "its kind": ({"kind": "serious_list"}, "kind"),
    "its firm": ({"enterprise_id": 2}, "enterprise_id"),
}  # fmt: skip


@pytest.mark.parametrize("way", OLDER)
def test_a_record_begun_before_its_kind_and_firm_were_said_is_held_against_its_values(place: Place, way: str) -> None:
    columns, word = OLDER[way]
    record, values = place.record.id, {**place.record.values, "a column of the sheet": "x"}
    said = {"values": values, "determined_by_id": place.bureau.id, "supplied_by_id": place.bureau.id}
    with owner(place.session) as connection:
        connection.execute(update(RecordChange).where(RecordChange.record_id == record).values(after=json.dumps(said)))
        changed = {"values": values, **columns}
        connection.execute(update(CreditRecord).where(CreditRecord.id == record).values(changed))
    found = [str(fault.what) for fault in verify(place.session).faults]
    assert found == ([f"Its {word} is not what its changes lead to."] if word else [])


def test_a_record_told_apart_in_a_merger_is_as_it_should_be(place: Place) -> None:
    session, number = place.session, place.record.known_as
    twin = {**place.record.values, "determined_by": place.other_bureau.name}
    other = CreditRecord(
        kind="penalty", enterprise_id=place.firm.id, determined_by_id=place.other_bureau.id,
        supplied_by_id=place.other_bureau.id, known_as=number, values=twin, **promoted(twin),
    )  # fmt: skip
    enter(session, other, START, "user:1")
    session.commit()
    order = Order(place.bureau.id, place.other_bureau.id, "", "merged", "示编发〔2026〕3号", date(2026, 9, 8))
    succeed_bureau(WORLD, order, place.person("chief"), day(2026, 9, 10))
    session.expire_all()
    assert place.record.known_as == f"{number} #{place.record.id}"
    assert verify(session).faults == []
