"""Checkpoints: when one is made, over what, by whom, and that none vouches for what somebody has changed."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cases.ledger.checkpoints import Broken, make_due
from cases.ledger.merkle import leaf, root, sha2, sm3
from cases.ledger.verify import verify
from cases.ledger.watch import look
from cases.ledger.witness import Log, Signed, Witness, signed_by
from cases.model.tables import Case, Checkpoint, CheckpointHead
from extensions import db
from tests.builders import START, Place, later
from tests.cases.engine.test_together import at_once
from tests.cases.ledger.ledgers import owner, write_ledger
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


def made(session: Session, witness: Witness, minutes: int = 0) -> Signed | None:
    session.commit()
    return make_due(session, witness, NOW + timedelta(minutes=minutes))


def root_by_hand(session: Session, by: str = "sha256") -> str:
    """From the contract: a leaf is the canonical JSON of number, head and length, in the order of case ids."""
    rows = session.execute(select(Case.number, Case.head, Case.length).order_by(Case.id))
    leaves = [json.dumps({"case": number, "head": head, "length": length}, sort_keys=True, separators=(",", ":"))
              for number, head, length in rows]  # fmt: skip
    hashed = {"sha256": sha2, "sm3": sm3}[by]
    return root([leaf(one.encode(), hashed) for one in leaves], hashed).hex()


def test_a_checkpoint_says_signed_the_root_over_all_heads_and_quotes_the_one_before(
    session: Session, witness: Witness
) -> None:
    write_ledger(session, cases=7, events=4)
    first, second = made(session, witness), made(session, witness, 5)
    assert first is not None
    assert second is not None
    said = json.loads(first.statement)
    beside = {name: said.pop(name) for name in ("register", "sealed", "root_sm3")}
    assert said == {"at": "2026-11-24T02:42:00.000000Z", "cases": 7, "checkpoint": 1, "events": 28,
                    "host": witness.host, "key": witness.key(), "previous": "0" * 64, "root":
                    root_by_hand(session)}  # fmt: skip
    assert beside["root_sm3"] == root_by_hand(session, "sm3")
    assert "sealed" not in json.loads(second.statement), "nothing was new"
    assert signed_by(witness.key(), first.statement, first.signature)
    assert json.loads(second.statement)["previous"] == first.hash
    assert first.hash == hashlib.sha256(f"{first.statement}\n{first.signature}".encode()).hexdigest()
    assert witness.last() == second
    assert verify(session, witness=witness).checkpoints == 2


def test_one_is_made_every_five_minutes_and_at_once_where_the_clock_was_put_back(
    session: Session, witness: Witness
) -> None:
    write_ledger(session)
    minutes = (0, 1, 4, 5, 9, 10, -50, -49, -45)
    assert [number for minute in minutes if (number := made(session, witness, minute))]
    session.expire_all()
    ats = session.scalars(select(Checkpoint.at).order_by(Checkpoint.id)).all()
    assert [int((at - NOW) / timedelta(minutes=1)) for at in ats] == [0, 5, 10, -50, -45]
    assert verify(session, witness=witness).ok


def test_only_what_moved_is_written_and_the_root_covers_all(place: Place, witness: Witness) -> None:
    first = place.file(START)
    place.file(START, place.other_record, by="enterprise2")
    make_due(place.session, witness, START)
    place.act(first, "office", "note", later(START, hours=1), words="电话问过。")
    make_due(place.session, witness, later(START, hours=2))
    place.session.expire_all()
    heads = place.session.execute(select(CheckpointHead.case_id, CheckpointHead.checkpoint_id)).all()
    assert {case == first.id: checkpoint for case, checkpoint in heads} == {True: 2, False: 1}
    assert place.session.scalars(select(Checkpoint.root).where(Checkpoint.id == 2)).one() == root_by_hand(place.session)
    assert verify(place.session, witness=witness).ok


def test_the_first_checkpoint_of_no_cases_stands(session: Session, witness: Witness) -> None:
    assert made(session, witness)
    assert verify(session, witness=witness).ok


def test_of_schedulers_that_make_one_at_once_one_does(app: Flask, session: Session, witness: Witness) -> None:
    write_ledger(session, cases=20)
    results = at_once(app, *[lambda: make_due(db.session(), witness, NOW)] * 4)
    assert sum(result is not None for result in results) == 1
    assert verify(session, witness=witness).checkpoints == 1
    assert verify(session, witness=witness).ok


def shorten(session: Session, events: int) -> None:
    """The owner cuts the second chain to so many events and puts its row right."""
    with owner(session) as connection:
        of = "case_id = (SELECT id FROM case_ WHERE number = '2026-YY-000002')"
        for table in ("event_text", "attachment"):
            connection.execute(
                text(f"DELETE FROM {table} WHERE event_id IN (SELECT id FROM event WHERE {of} AND seq > {events})")
            )
        connection.execute(text(f"DELETE FROM event WHERE {of} AND seq > {events}"))
        connection.execute(text("UPDATE case_ SET length = :n, state = 'comparing', head ="
                                f" (SELECT hash FROM event WHERE {of} AND seq = :n) WHERE number = '2026-YY-000002'"),
                           {"n": events})  # fmt: skip


def test_a_chain_cut_short_between_two_checkpoints_is_not_taken_over_by_the_next(
    session: Session, witness: Witness
) -> None:
    write_ledger(session)
    made(session, witness)
    shorten(session, 2)
    assert [(f.case_number, f.seq) for f in verify(session).faults] == [("2026-YY-000002", 5)]
    assert made(session, witness, 5)
    session.expire_all()
    assert [(f.case_number, f.seq, str(f.what)) for f in verify(session, witness=witness).faults] == [
        ("2026-YY-000002", 5, "The event is missing; checkpoint 1 covers it.")
    ]


def test_over_heads_that_somebody_changed_no_checkpoint_is_made(session: Session, witness: Witness) -> None:
    write_ledger(session)
    made(session, witness)
    with owner(session) as connection:
        connection.execute(
            text("UPDATE checkpoint_head SET head = :x WHERE number = '2026-YY-000002'"), {"x": "a" * 64}
        )
    with pytest.raises(Broken, match="do not give its root"):
        made(session, witness, 5)


def test_where_the_newest_was_removed_none_is_made_in_its_place(session: Session, witness: Witness) -> None:
    write_ledger(session)
    made(session, witness)
    made(session, witness, 5)
    with owner(session) as connection:
        connection.execute(text("DELETE FROM checkpoint WHERE id = 2"))
    with pytest.raises(Broken, match="checkpoint 2 of the log"):
        made(session, witness, 10)
    with owner(session) as connection:
        connection.execute(text("DELETE FROM checkpoint"))
        connection.execute(text("DELETE FROM checkpoint_head"))
    with pytest.raises(Broken, match="has checkpoint 2, the database none"):
        made(session, witness, 10)


def test_what_another_key_signed_is_not_believed(session: Session, witness: Witness, tmp_path: Path) -> None:
    write_ledger(session)
    strange = Witness(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    made(session, strange)
    assert [(f.case_number, f.seq) for f in verify(session, witness=witness).faults] == [("checkpoint", 1)]
    with pytest.raises(Broken, match="not signed by a key"):
        made(session, witness, 5)


def test_a_checkpoint_that_another_scheduler_makes_in_the_middle_of_a_look_is_not_missing(
    app: Flask, session: Session, witness: Witness, tmp_path: Path
) -> None:
    class Overtaken(Witness):
        """Another scheduler makes the next checkpoint in the instant in which the log is about to be read."""

        minutes = 5

        def last(self) -> Signed | None:
            self.overtake()
            return super().last()

        def read(self) -> Log:
            self.overtake()
            return super().read()

        def overtake(self) -> None:
            self.minutes, minutes = self.minutes + 5, self.minutes
            at_once(app, lambda: make_due(db.session(), witness, NOW + timedelta(minutes=minutes)))

    write_ledger(session)
    made(session, witness)
    overtaken = Overtaken(tmp_path)
    assert verify(session, witness=overtaken).faults == []
    assert checkpoint_news(session, overtaken) == []
    assert made(session, overtaken, 16) is None
    assert verify(session, witness=witness).checkpoints == 4


def checkpoint_news(session: Session, witness: Witness) -> list[str]:
    return [str(fault.what) for fault in look(session, witness, None, NOW)]


STALLS = {
    "refused": "CREATE TRIGGER stall BEFORE INSERT ON checkpoint BEGIN SELECT RAISE(ABORT, 'x'); END",
    "dropped": "CREATE TRIGGER stall BEFORE INSERT ON checkpoint BEGIN SELECT RAISE(IGNORE); END",
}


@pytest.mark.parametrize("how", list(STALLS))
def test_a_database_that_was_made_to_take_no_checkpoint_is_noticed(
    session: Session, witness: Witness, how: str
) -> None:
    if session.get_bind().dialect.name != "sqlite":
        with owner(session) as connection:
            answer = "RAISE EXCEPTION 'x' USING ERRCODE = '23505'" if how == "refused" else "RETURN NULL"
            connection.execute(text("CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS"
                                    f" $$ BEGIN {answer}; END $$"))  # fmt: skip
            made_by = "CREATE TRIGGER stall BEFORE INSERT ON checkpoint FOR EACH ROW EXECUTE FUNCTION stall()"
            connection.execute(text(made_by))
    else:
        with owner(session) as connection:
            connection.execute(text(STALLS[how]))
    try:
        write_ledger(session)
        with pytest.raises(Broken, match=r"the database (refuses|did not keep) checkpoint 1"):
            made(session, witness)
    finally:
        with owner(session) as connection:
            on_table = "" if connection.dialect.name == "sqlite" else " ON checkpoint"
            connection.execute(text(f"DROP TRIGGER stall{on_table}"))
            if on_table:
                connection.execute(text("DROP FUNCTION stall"))


def test_a_checkpoint_whose_time_was_put_forward_is_not_believed_about_when_the_next_is_due(
    session: Session, witness: Witness
) -> None:
    write_ledger(session)
    made(session, witness)
    with owner(session) as connection:
        connection.execute(Checkpoint.__table__.update().values(at=NOW + timedelta(minutes=4)))
    with pytest.raises(Broken, match="not signed by a key"):
        made(session, witness, 5)
