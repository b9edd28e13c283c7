"""Rows signed as they are inserted: what the database's owner puts in is named, however well it fits all else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, text

from application import create_app
from cases.ledger.checkpoints import make_due, restore, row_keys
from cases.ledger.register import enter
from cases.ledger.sealing import GENESIS, seal
from cases.ledger.seals import SEALED
from cases.ledger.signatures import RowSigner
from cases.ledger.verify import verify
from cases.ledger.watch import look
from cases.ledger.witness import Witness, new_pair
from cases.model.evidence import Store
from cases.model.tables import Case, Event, RegisterEntry
from cases.papers.files import hand_out
from config import Unsafe, settings_from
from extensions import ROW_SIGNER, db
from notifications.letters import Letter
from notifications.papers import Paper
from registry.people import User, note_act
from tests.builders import START, Place, later
from tests.cases.ledger.ledgers import owner

pytestmark = pytest.mark.both_databases
SIGNER = RowSigner(new_pair()[0])


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path, row_key=SIGNER.key)


@pytest.fixture
def key(place: Place) -> Iterator[None]:
    """The application has the key while the test runs."""
    db.engine.update_execution_options(**{ROW_SIGNER: SIGNER})
    place.session.rollback()
    place.session.close()
    yield
    place.session.rollback()
    db.engine.update_execution_options(**{ROW_SIGNER: None})


@pytest.fixture
def signed(place: Place, witness: Witness, key: None) -> Place:
    """A case whose filing stood before the key came, and that goes on with it; under two checkpoints."""
    assert make_due(place.session, witness, START)
    assert row_keys(place.session.connection(), witness) == {SIGNER.key}
    case = place.file()
    place.act(case, "office", "accept", later(START, hours=1))
    note_act(place.session, place.people["office"].id, "password", None, START)
    place.session.get_one(User, place.people["office"].id).name = "李"
    place.session.commit()
    hand_out(place.session.scalars(select(Paper)).first(), "", None, "zh", START, Store(Path()))
    assert make_due(place.session, witness, later(START, days=5))
    assert verify(place.session, witness=witness).faults == []
    return place


def put_in_letter(connection: Connection) -> None:
    row = connection.execute(select(Letter.__table__).limit(1)).mappings().one()
    last = connection.execute(select(func.max(Letter.id))).scalar_one()
    connection.execute(insert(Letter), [{**row, "id": last + 1, "name": "forged"}])


def put_in_letter_twice(connection: Connection) -> None:
    row = connection.execute(select(Letter.__table__).limit(1)).mappings().one()
    last = connection.execute(select(func.max(Letter.id))).scalar_one()
    connection.execute(insert(Letter), [{**row, "id": last + 1}])


def put_in_role(connection: Connection) -> None:
    connection.execute(text("UPDATE membership SET role = 'chief' WHERE id = 1"))
    connection.execution_options(**{ROW_SIGNER: None})
    enter(connection, {"membership": None})


def lengthen(connection: Connection) -> None:
    """An event of their own, whose hash and case row fit."""
    case = connection.execute(select(Case.id, Case.number, Case.length, Case.head)).one()
    last = connection.execute(select(Event.__table__).where(Event.hash == case.head)).mappings().one()
    said = case.head or GENESIS, case.number, case.length + 1, "2026-09-17T02:00:00.000000Z", "user:1", "note", "{}"
    row = {**last, "id": last["id"] + 1, "seq": case.length + 1, "previous": case.head, "hash": seal(*said)}
    connection.execute(insert(Event), [{**row, "sig": None}])
    connection.execute(text("UPDATE case_ SET length = length + 1, head = :head"), {"head": row["hash"]})


DEEDS: dict[str, tuple[Callable[[Connection], None], str]] = {
    "a letter that nobody wrote": (put_in_letter, "letter"),
    "a letter, once more": (put_in_letter_twice, "letter"),
    "a role, entered as the platform would": (put_in_role, "register_entry"),
    "a chain, longer by an event": (lengthen, "The event"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_put_in_by_hand_bears_no_signature(signed: Place, witness: Witness, deed: str) -> None:
    put_in, words = DEEDS[deed]
    with owner(signed.session) as connection:
        put_in(connection.execution_options(**{ROW_SIGNER: None}))
    for day in (5, 6):
        faults = [str(one.what) for one in verify(signed.session, witness=witness).faults]
        assert [one for one in faults if one.startswith(words) and "bears no signature" in one], faults
        make_due(signed.session, witness, later(START, days=day, hours=1))
    assert any("bears no signature" in str(fault.what) for fault in look(signed.session, witness, None, START))


def test_everything_that_the_platform_inserts_is_signed_from_then_on(signed: Place) -> None:
    connection = signed.session.connection()
    of = {model.__tablename__: model.__table__ for model in (Event, *SEALED)}
    unsigned = {
        tab: connection.execute(select(func.count()).select_from(table).where(table.c.sig.is_(None))).scalar_one()
        for tab, table in of.items()
    }
    there = {tab for tab, table in of.items() if connection.execute(select(table.c.id).limit(1)).first()}
    assert {"event", "letter", "paper", "paper_file", "account_act"} <= there
    assert {tab: n for tab, n in unsigned.items() if n} == {"record_change": 2}, "those of records that stood before"
    assert connection.execute(select(RegisterEntry.sig).order_by(RegisterEntry.id.desc())).first() != (None,)


def test_the_key_is_named_only_once_no_older_row_waits(place: Place, witness: Witness) -> None:
    """A letter that waits for the office's hour has neither seal nor signature: it must not look put in by hand."""
    place.file()
    session = place.session
    session.execute(text("UPDATE letter SET served_at = :at"), {"at": later(START, days=3)})
    session.commit()
    assert make_due(session, witness, later(START, days=1))
    assert row_keys(session.connection(), witness) == frozenset()
    session.rollback()
    assert make_due(session, witness, later(START, days=4))
    assert row_keys(session.connection(), witness) == {SIGNER.key}
    assert verify(session, witness=witness).faults == []


def test_two_people_answer_for_rows_that_went_unsigned_by_mistake(signed: Place, witness: Witness) -> None:
    with owner(signed.session) as connection:
        put_in_letter(connection.execution_options(**{ROW_SIGNER: None}))
        connection.execute(text("UPDATE letter SET sig = NULL WHERE name = 'forged'"))
    assert verify(signed.session, witness=witness).faults
    assert restore(signed.session, witness, ["chief", "auditor"], "A host had no key.", later(START, days=6))
    verdict = verify(signed.session, witness=witness)
    assert verdict.faults == []
    assert "A host had no key." in str(verdict.notices[0].values)


@pytest.mark.sqlite
def test_a_process_without_the_pinned_key_does_not_start(tmp_path: Path) -> None:
    private, public = new_pair()
    known = {"MODE": "test", "DATA_DIR": str(tmp_path), "CHECKPOINT_TRUST": f"row:{public}"}
    for wrong in ("", new_pair()[0]):
        with pytest.raises(Unsafe, match="ROW_KEY"):
            create_app(settings_from({**known, "ROW_KEY": wrong}))
    assert settings_from({**known, "ROW_KEY": private}).row_trust == (public,)
    with pytest.raises(Unsafe, match="ROW_KEY"):
        settings_from({**known, "ROW_KEY": "1f"})
