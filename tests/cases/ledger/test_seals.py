"""Rows that nobody may change, and those that people may: whoever changes one behind our back is found, row by row."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text, update

from cases.ledger import verify_beside
from cases.ledger.checkpoints import make_due
from cases.ledger.register import GONE, entry_hash, last_of
from cases.ledger.verify import verify
from cases.ledger.watch import LedgerAlarm, look
from cases.ledger.witness import Witness
from cases.model.evidence import Store
from cases.model.tables import RegisterEntry, SealedRow
from cases.papers.files import hand_out
from exchange.sources import SourceBatch
from notifications.papers import Paper
from registry.organisations import Bureau
from registry.people import Deputy, Membership, User, note_act
from tests.builders import START, Place, day, later
from tests.cases.ledger.ledgers import found, owner
from tests.cases.ledger.tampered import named

pytestmark = pytest.mark.both_databases


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


@pytest.fixture
def sealed(place: Place, witness: Witness) -> Place:
    """A case with letters and a paper handed out, an account that was acted on, a deputy; all under a checkpoint."""
    case = place.file()
    place.act(case, "office", "accept", later(START, hours=1))
    session, office = place.session, place.people["office"]
    note_act(session, office.id, "password", None, START)
    session.add(Deputy(person_id=office.id, deputy_id=place.people["chief"].id, from_day=START.date(),
                       until_day=day(2026, 9, 30).date(), named_by_id=office.id, named_at=START))  # fmt: skip
    batch = SourceBatch(source="fire", name="a.csv", sha256="a" * 64, kind="penalty", owners=[], received_at=START)
    batch.settle("taken", {})
    session.add(batch)
    session.commit()
    hand_out(session.scalars(select(Paper)).first(), "", None, "zh", START, Store(Path()))
    assert make_due(session, witness, later(START, days=5))
    assert verify(session, witness=witness).faults == []
    return place


FORGED = "f" * 64
DEEDS = {
    "the text of a letter": ("UPDATE letter SET texts = '{}' WHERE id = 1", "seal", "letter"),
    "the day of a letter": ("UPDATE letter SET served_at = '2026-01-01 00:00:00+00' WHERE id = 1", "seal", "letter"),
    "a letter taken away": ("DELETE FROM letter WHERE id = 1", "seal", "letter"),
    "the code of a paper": ("UPDATE paper SET check_code = 'XXXXXXXXXX'", "seal", "paper"),
    "the values of a paper": ("UPDATE paper SET \"values\" = '{}'", "seal", "paper"),
    "the bytes by which a paper's file is known": (
        f"UPDATE paper_file SET sha256 = '{FORGED}'", "seal", "paper_file"),
    "who made a record's change": ("UPDATE record_change SET actor = 'user:99' WHERE id = 1", "seal", "record_change"),
    "who brought a batch": ("UPDATE batch SET source = 'x'", "seal", "batch"),
    "what was done to an account": ("UPDATE account_act SET what = 'forged'", "seal", "account_act"),
    "a role": ("UPDATE membership SET role = 'chief' WHERE id = 1", "register", "membership"),
    "a role taken away": ("DELETE FROM deputy", "register", "deputy"),
    "how long a deputy stands in": ("UPDATE deputy SET until_day = '2030-01-01'", "register", "deputy"),
    "a person's name": ("UPDATE user_ SET name = 'x' WHERE username = 'chief'", "register", "user_"),
    "a person's password": ("UPDATE user_ SET password_hash = 'x' WHERE username = 'chief'", "register", "user_"),
    "a firm's name": ("UPDATE enterprise SET name = 'x' WHERE id = 1", "register", "enterprise"),
    "a body's review body": ("UPDATE bureau SET review_body = 'x' WHERE id = 1", "register", "bureau"),
    "an account more": (
        "INSERT INTO user_ (username, name, password_hash, language, email, notices, demo)"
        " VALUES ('ghost', 'x', 'x', 'zh', '', 'digest', false)", "register", "user_"),
    "a holiday notice": (
        "INSERT INTO calendar_file (name, text, loaded_at) VALUES ('x', 'x', '2026-01-01 00:00:00+00')",
        "register", "calendar_file"),
}  # fmt: skip
"""What is changed by SQL, a statement each, and what names it: whose fault, and of which table."""


@pytest.mark.parametrize("deed", DEEDS)
def test_what_lies_beside_the_chains_is_under_a_seal(sealed: Place, witness: Witness, deed: str) -> None:
    statement, whose, table = DEEDS[deed]
    with owner(sealed.session) as connection:
        assert connection.execute(text(statement)).rowcount
    found = verify(sealed.session, witness=witness).faults
    assert [fault for fault in found if fault.case_number == whose and fault.what.values.get("table") == table], found
    assert make_due(sealed.session, witness, later(START, days=6))
    assert verify(sealed.session, witness=witness).faults, "a later checkpoint does not hide it"


def test_a_row_of_the_register_put_in_by_hand_with_its_chain_written_anew_is_named_by_the_checkpoint(
    sealed: Place, witness: Witness
) -> None:
    with owner(sealed.session) as connection:
        connection.execute(text("DELETE FROM deputy"))
        connection.execute(text("DELETE FROM register_entry WHERE tab = 'deputy'"))
        _chain_anew(connection)
    assert [f.what.id for f in verify(sealed.session, witness=witness).faults] == [
        "The entry that checkpoint {n} names is gone, or was written anew."
    ]


def _chain_anew(connection: Connection) -> None:
    table, before = RegisterEntry.__table__, "0" * 64
    for row in connection.execute(select(table).order_by(table.c.id)).all():
        hash = entry_hash(before, row.tab, row.row_key, row.digest)
        connection.execute(update(RegisterEntry).where(table.c.id == row.id).values(previous=before, hash=hash))
        before = hash


def test_a_seal_written_anew_with_its_row_does_not_give_the_root_of_its_checkpoint(
    sealed: Place, witness: Witness
) -> None:
    with owner(sealed.session) as connection:
        connection.execute(text("DELETE FROM account_act"))
        connection.execute(text("DELETE FROM sealed_row WHERE tab = 'account_act'"))
    assert named(sealed.session, witness=witness) == [
        ("seal", 1, "The seals of checkpoint {n} do not give the root that it has of them.")
    ]


def test_what_people_change_is_entered_with_the_change_and_taken_back_with_it(sealed: Place) -> None:
    session = sealed.session
    before = last_of(session.connection())
    sealed.people["chief"].name = "改名"
    session.flush()
    session.rollback()
    assert last_of(session.connection()) == before
    session.execute(update(Membership).where(Membership.user_id == sealed.people["chief"].id).values(role="officer"))
    session.delete(session.scalars(select(Deputy)).one())
    session.add(Bureau(code="11150000000000009Z", name="新单位", short_name="新"))
    session.commit()
    entries = session.scalars(select(RegisterEntry).order_by(RegisterEntry.id.desc()).limit(3)).all()
    assert {entry.tab: entry.digest == GONE for entry in entries} == {
        "membership": False, "deputy": True, "bureau": False
    }  # fmt: skip
    assert verify(session).ok


def test_what_anybody_may_choose_for_themselves_is_not_entered(sealed: Place) -> None:
    session = sealed.session
    before = last_of(session.connection())
    session.get_one(User, sealed.people["chief"].id).notices = "each"
    session.commit()
    assert last_of(session.connection()) == before


def test_each_row_is_sealed_once_and_a_letter_that_waits_only_when_it_is_served(
    sealed: Place, witness: Witness
) -> None:
    session = sealed.session
    rows = session.scalars(select(SealedRow.row_id).where(SealedRow.tab == "letter")).all()
    assert rows
    note_act(session, sealed.people["office"].id, "password", None, START)
    session.commit()
    assert make_due(session, witness, later(START, days=7))
    second = session.execute(select(SealedRow.tab, SealedRow.row_id).where(SealedRow.checkpoint_id == 2)).all()
    assert [tuple(row) for row in second] == [("account_act", 2)]
    assert verify(session, witness=witness).ok


def beat(place: Place, witness: Witness, minutes: int) -> list[tuple[str, int | None, str]]:
    """What a look of the check in the background finds that was not known: whose, where, and of which table."""
    place.session.commit()
    seen = look(place.session, witness, None, later(START, 5) + timedelta(minutes=minutes))
    return [(one.case_number, one.seq, str(one.what.values.get("table", ""))) for one in seen]


def test_the_check_in_the_background_names_each_sealed_row_in_the_turn_of_its_checkpoint(
    sealed: Place, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sealed.session
    note_act(session, sealed.people["office"].id, "password", None, START)
    session.commit()
    assert make_due(session, witness, later(START, 5) + timedelta(minutes=5))
    monkeypatch.setattr(verify_beside, "SEALS_READ", 1)
    assert [beat(sealed, witness, minute) for minute in (6, 7, 8)] == [[], [], []]
    with owner(session) as connection:
        name = connection.execute(text("SELECT name FROM letter WHERE id = 1")).scalar_one()
        connection.execute(text("UPDATE letter SET name = 'forged' WHERE id = 1"))
        connection.execute(text("DELETE FROM account_act WHERE id = 2"))
    rounds = [beat(sealed, witness, minute) for minute in (9, 10, 11, 12, 13, 14)]
    assert sorted(one for seen in rounds for one in seen) == [("seal", 1, "letter"), ("seal", 2, "account_act")]
    assert all(len(seen) < 2 for seen in rounds), "each in its checkpoint's turn, and once"
    assert found(session) == LedgerAlarm(2, later(START, 5) + timedelta(minutes=9))
    with owner(session) as connection:
        connection.execute(text("UPDATE letter SET name = :name WHERE id = 1"), {"name": name})
    assert [beat(sealed, witness, minute) for minute in (15, 16, 17)] == [[], [], []]
    alarm = found(session)
    assert alarm
    assert alarm.faults == 1, "forgotten once it matches again"


def test_the_check_in_the_background_looks_at_a_record_on_which_there_never_was_a_case(
    sealed: Place, witness: Witness
) -> None:
    record, other = sealed.other_record.id, sealed.firm.id
    assert beat(sealed, witness, 1) == []
    with owner(sealed.session) as connection:
        moved = text("UPDATE credit_record SET enterprise_id = :other WHERE id = :id")
        connection.execute(moved, {"id": record, "other": other})
    assert ("record", record, "") in beat(sealed, witness, 2)
