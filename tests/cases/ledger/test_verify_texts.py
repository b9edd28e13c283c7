"""Texts and files changed behind our back are named; those that were emptied are counted."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.ledger.sealing import file_text
from cases.ledger.verify import verify
from cases.model.tables import EventText
from tests.cases.ledger.ledgers import SHA, write_ledger
from tests.cases.ledger.tampered import SECOND, event_of, named, only, tamper

pytestmark = pytest.mark.both_databases


def dispose(session: Session, event_id: int, name: str) -> None:
    """Empty a text as the platform does: the register has it."""
    session.expire_all()
    session.scalars(select(EventText).where(EventText.event_id == event_id, EventText.name == name)).one().text = None
    session.commit()


def test_a_text_that_nobody_entered_as_emptied_is_a_fault(session: Session) -> None:
    write_ledger(session)
    tamper(session, "UPDATE event_text SET text = NULL WHERE event_id = :event AND name = 'reasons'")
    assert named(session) == [("register", 0, "{table} {key} does not say what was entered of it last.")]


def test_a_changed_text_is_named_and_an_emptied_one_only_counted(session: Session) -> None:
    write_ledger(session)
    tamper(session, "UPDATE event_text SET text = '另一个理由' WHERE event_id = :event AND name = 'reasons'")
    fault = only(verify(session).faults)
    assert (fault.case_number, fault.seq) == (SECOND, 3)
    assert str(fault.what) == "The text reasons is not the one that was sealed."
    dispose(session, event_of(session, 3).id, "reasons")
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
    dispose(session, event_of(session, 1).id, file_text(SHA))
    verdict = verify(session)
    assert (verdict.ok, verdict.disposed) == (True, 1)
