"""A row changed behind our back is held against the chain: a case's, its route's, one that cannot be read."""

from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from cases.ledger.checkpoints import make_due
from cases.ledger.sealing import GENESIS, instant
from cases.ledger.verify import verify
from cases.ledger.witness import Witness
from cases.model.tables import Case
from tests.builders import Place, day
from tests.cases.courses import KEPT, answered, to_bureau
from tests.cases.ledger.ledgers import AT, owner, write_ledger
from tests.cases.ledger.tampered import SECOND, named, only, tamper

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize(
    ("change", "column", "now", "then"),
    [("state = 'closed'", "state", "closed", "answering"), ("bureau_id = NULL", "bureau_id", None, None),
     ("desk = 'bureau'", "desk", "bureau", "office"), ("round = 2", "round", 2, 1),
     ("variant = 'other'", "variant", "other", ""), ("kind = 'complaint'", "kind", "complaint", "objection"),
     ("filed_on = '2026-11-20'", "filed_on", None, "2026-11-24"),
     ("opened_at = '2026-11-20 00:00:00.000000'", "opened_at", None, "2026-11-24T03:42:00.000000Z"),
     ("first_closed_at = '2026-11-24 00:00:00.000000'", "first_closed_at", None, None),
     ("due_on = '2026-12-24'", "due_on", "2026-12-24", None),
     ("board_timer_id = 1", "board_timer_id", 1, None), ("board_bureau_id = 1", "board_bureau_id", 1, None),
     ("board_due_on = '2026-12-24'", "board_due_on", "2026-12-24", None), ("board_left = 9", "board_left", 9, None),
     ("board_paused = true", "board_paused", True, False), ("board_sheet = true", "board_sheet", True, False)],
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


def test_what_a_fault_says_reads_as_a_sentence(session: Session) -> None:
    write_ledger(session)
    tamper(session, "UPDATE case_ SET state = 'closed' WHERE id = :case")
    assert str(only(verify(session).faults).what) == "The case row says state closed; its events lead to answering."


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
    assert [fault.case_number for fault in verify(session).faults] == ["checkpoint", "seal"]
