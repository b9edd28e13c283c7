"""Whoever owns the database drops the triggers, changes what they like and covers it up as well as they can: each is
found and named. They have all but the private key and the folder outside the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.orm import Session

from cases.checkpoints import Broken, hash_of, leaf_of, make_due, statement_of
from cases.ledger import GENESIS, canonical, instant, seal
from cases.merkle import root
from cases.succession import Order, succeed_bureau
from cases.sweep import sweep
from cases.tables import Attachment, Case, CaseBureau, Event, EventText
from cases.verify import verify
from cases.watch import faults_found, look
from cases.watch_tables import Checkpoint, CheckpointHead
from cases.witness import Witness
from registry.credit_records import CreditRecord, RecordChange, enter, promoted
from registry.organisations import Enterprise
from tests.builders import START, WORLD, Place, day, later
from tests.cases.ledgers import AT, SHA, lengthen, owner, write_ledger

CASE = "2026-YY-000002"
FIRST, SECOND = AT + timedelta(days=1), AT + timedelta(days=2)


@dataclass
class Hand:
    """The owner's hand on one case, the second of three: four events under checkpoint 1, a fifth under 2."""

    connection: Connection
    case: int
    other_firm: int
    key: str
    stranger: Witness

    def events(self, case: int = 0) -> list[Any]:
        table = Event.__table__
        rows = select(table).where(table.c.case_id == (case or self.case)).order_by(table.c.seq)
        return list(self.connection.execute(rows))

    def event(self, seq: int) -> Any:
        return self.events()[seq - 1]

    def change(self, table: Any, *where: Any, **values: Any) -> None:
        assert self.connection.execute(update(table).where(*where).values(**values)).rowcount

    def remove(self, table: Any, *where: Any) -> None:
        assert self.connection.execute(delete(table).where(*where)).rowcount

    def remove_event(self, seq: int) -> None:
        """An event and all that hangs on it."""
        id = self.event(seq).id
        self.connection.execute(delete(EventText).where(EventText.event_id == id))
        self.connection.execute(delete(Attachment).where(Attachment.event_id == id))
        self.remove(Event, Event.id == id)

    def write_anew(self, changed: int, **values: object) -> None:
        """Change what one event says, every hash from there to the end, and the case row with them."""
        before = GENESIS
        for row in self.events():
            body = canonical({**json.loads(row.body), **values}) if row.seq == changed else row.body
            made = seal(before, CASE, row.seq, instant(row.at), row.actor, row.action, body)
            self.change(Event, Event.id == row.id, body=body, previous=before, hash=made)
            before = made
        self.change(Case, Case.id == self.case, head=before)

    def cut_short(self) -> None:
        """The last event away, and the case row as if it had never been."""
        self.remove_event(5)
        last = self.event(4)
        self.change(Case, Case.id == self.case, head=last.hash, length=4, state=json.loads(last.body)["target"])

    def remove_case(self) -> None:
        """A case with every row that belongs to it."""
        for seq in range(5, 0, -1):
            self.remove_event(seq)
        self.remove(CaseBureau, CaseBureau.case_id == self.case)
        self.remove(Case, Case.id == self.case)

    def heads_as_they_are(self) -> None:
        """The heads beside the checkpoints, put right after the deed."""
        self.connection.execute(delete(CheckpointHead).where(CheckpointHead.case_id.not_in(select(Case.id))))
        for row in self.connection.execute(select(Case.id, Case.length, Case.head)).all():
            self.change(CheckpointHead, CheckpointHead.case_id == row.id, length=row.length, head=row.head)

    def without_the_newest_checkpoint(self) -> None:
        """As things stood before it: the last event away, the row and the head beside it put back."""
        self.cut_short()
        self.remove(Checkpoint, Checkpoint.id == self.newest().id)
        self.heads_as_they_are()

    def newest(self) -> Any:
        table = Checkpoint.__table__
        return self.connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).one()

    def heads(self) -> list[bytes]:
        table = CheckpointHead.__table__
        rows = self.connection.execute(select(table).order_by(table.c.case_id))
        return [leaf_of(row.number, row.length, row.head) for row in rows]

    def checkpoint_anew(self, witness: Witness) -> None:
        """The newest checkpoint over the heads as they now are, right in itself and signed with another key."""
        row = {**self.newest()._mapping, "root": root(self.heads()).hex(), "key": witness.key()}
        row["signature"] = witness.sign(statement_of(row))
        row["hash"] = hash_of(statement_of(row), row["signature"])
        self.change(Checkpoint, Checkpoint.id == row["id"], **row)


@dataclass(frozen=True)
class Way:
    """One way to tamper, and what of the verdict names it: case, event, words of the fault."""

    how: Callable[[Hand], object]
    named: tuple[str, int | None, str]


def _swap(hand: Hand) -> None:
    """The chains of two cases, rows and all, in each other's place."""
    other = hand.connection.execute(select(Case.id).where(Case.number == "2026-YY-000003")).scalar_one()
    to = {row.id: hand.case for row in hand.events(other)} | {row.id: other for row in hand.events()}
    hand.change(Event, Event.case_id == hand.case, seq=Event.seq + 100)  # out of the way
    for id, case in to.items():
        hand.change(Event, Event.id == id, case_id=case, seq=Event.seq % 100)
        hand.change(EventText, EventText.event_id == id, case_id=case)
        hand.connection.execute(update(Attachment).where(Attachment.event_id == id).values(case_id=case))
    ends = hand.connection.execute(select(Case.id, Case.head, Case.length, Case.state).order_by(Case.id)).all()
    for end, case in zip(ends[-2:], (other, hand.case), strict=True):
        hand.change(Case, Case.id == case, head=end.head, length=end.length, state=end.state)


WAYS = {
    "an event says something else": Way(
        lambda hand: hand.change(Event, Event.id == hand.event(3).id, actor="user:99"),
        (CASE, 3, "Its content does not give its hash")),
    "an event says something else, with a hash that fits": Way(
        lambda hand: hand.change(
            Event, Event.id == hand.event(3).id, body="{}",
            hash=seal(hand.event(3).previous, CASE, 3, instant(hand.event(3).at), "user:3", "act3", "{}")),
        (CASE, 4, "It quotes")),
    "an event is taken out of the middle": Way(lambda hand: hand.remove_event(3), (CASE, 3, "The event is missing.")),
    "the last event is taken away": Way(lambda hand: hand.remove_event(5), (CASE, 5, "The case counts 5 events")),
    "the last event is taken away, the case row put right": Way(
        Hand.cut_short, (CASE, 5, "The event is missing; checkpoint 2 covers it.")),
    "a whole chain is written anew with its case row": Way(
        lambda hand: hand.write_anew(2, codes={"why": "forged"}),
        (CASE, 5, "The chain was written anew: checkpoint 2 has another head.")),
    "a case is removed with every row of it": Way(
        Hand.remove_case, (CASE, None, "The case is gone; checkpoint 2 covers 5 events of it.")),
    "a case is removed, the heads beside the checkpoint put right": Way(
        lambda hand: (hand.remove_case(), hand.heads_as_they_are()),
        ("checkpoint", 2, "The heads kept beside it do not give its root")),
    "a chain is written anew, the heads beside the checkpoint put right": Way(
        lambda hand: (hand.write_anew(2, codes={}), hand.heads_as_they_are()),
        ("checkpoint", 2, "The heads kept beside it do not give its root")),
    "a case is removed, the checkpoint made anew with another key": Way(
        lambda hand: (hand.remove_case(), hand.heads_as_they_are(), hand.checkpoint_anew(hand.stranger)),
        ("checkpoint", 2, "It is signed with a key that is not this platform's.")),
    "a case is removed, the checkpoint's root put right": Way(
        lambda hand: (hand.remove_case(), hand.heads_as_they_are(), hand.checkpoint_anew(hand.stranger),
                      hand.change(Checkpoint, Checkpoint.id == 2, key=hand.key)),
        ("checkpoint", 2, "Its signature does not fit what it says.")),
    "the newest checkpoint is removed, all put back as before it": Way(
        Hand.without_the_newest_checkpoint,
        ("checkpoint", 2, "It stands in the log outside the database and is gone here.")),
    "every checkpoint is removed with its heads": Way(
        lambda hand: (hand.cut_short(), hand.remove(CheckpointHead), hand.remove(Checkpoint)),
        ("checkpoint", 2, "It stands in the log outside the database and is gone here.")),
    "an earlier checkpoint is removed": Way(
        lambda hand: hand.remove(Checkpoint, Checkpoint.id == 1),
        ("checkpoint", 2, "The checkpoint before it is missing.")),
    "an earlier checkpoint says another time": Way(
        lambda hand: hand.change(Checkpoint, Checkpoint.id == 1, at=AT),
        ("checkpoint", 1, "Its content does not give its hash.")),
    "the chains of two cases are put in each other's place": Way(
        _swap, (CASE, 1, "Its content does not give its hash")),
    "a case bears another number": Way(
        lambda hand: hand.change(Case, Case.id == hand.case, number="2026-YY-000009"),
        (CASE, None, "The case is gone; checkpoint 2 covers 5 events of it.")),
    "a text reads otherwise": Way(
        lambda hand: hand.change(EventText, EventText.event_id == hand.event(3).id, text="别的理由"),
        (CASE, 3, "The text reasons is not the one that was sealed.")),
    "a text is taken away": Way(
        lambda hand: hand.remove(EventText, EventText.event_id == hand.event(3).id),
        (CASE, 3, "The text reasons is missing.")),
    "a file is put in the place of another": Way(
        lambda hand: hand.change(Attachment, Attachment.event_id == hand.event(1).id, sha256="f" * 64),
        (CASE, 1, "The file " + "f" * 64 + " was never sealed.")),
    "a file bears another name": Way(
        lambda hand: hand.change(Attachment, Attachment.event_id == hand.event(1).id, name="别的.pdf"),
        (CASE, 1, f"The file {SHA} bears another name than was sealed.")),
    "a case stands in another state": Way(
        lambda hand: hand.change(Case, Case.id == hand.case, state="filed"),
        (CASE, None, "The case row says state filed; its events lead to answering.")),
    "a case lies with another firm": Way(
        lambda hand: hand.change(Case, Case.id == hand.case, enterprise_id=hand.other_firm),
        (CASE, None, "The case row says enterprise_id")),
    "a bureau has had the case that never had it": Way(
        lambda hand: hand.change(CaseBureau, CaseBureau.case_id == hand.case, from_seq=2),
        (CASE, None, "The case row says case_bureau")),
}  # fmt: skip


def hand_on(connection: Connection, witness: Witness, elsewhere: Path) -> Hand:
    case = connection.execute(select(Case.id).where(Case.number == CASE)).scalar_one()
    firm = connection.execute(select(Enterprise.id).order_by(Enterprise.id.desc()).limit(1)).scalar_one()
    elsewhere.mkdir()
    return Hand(connection, case, firm, witness.key(), Witness(elsewhere))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


@pytest.fixture
def ledger(session: Session, witness: Witness) -> Session:
    write_ledger(session, cases=3, events=4)
    session.add(Enterprise(code="91150699YALKAUR84L", name="恒源洗煤有限公司（演示）"))
    session.commit()
    assert make_due(session, witness, FIRST)
    lengthen(session, CASE)
    assert make_due(session, witness, SECOND)
    assert verify(session, witness=witness).ok
    return session


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_tamper_is_found_and_named(ledger: Session, witness: Witness, tmp_path: Path, way: str) -> None:
    deed = WAYS[way]
    with owner(ledger) as connection:
        deed.how(hand_on(connection, witness, tmp_path / "elsewhere"))
    case, seq, words = deed.named
    faults = verify(ledger, witness=witness).faults
    assert [f for f in faults if (f.case_number, f.seq) == (case, seq) and str(f.what).startswith(words)], [
        f"{f.case_number} {f.seq}: {f.what}" for f in faults
    ]


COVERED_UP = [name for name, way in WAYS.items() if way.named[:2] == ("checkpoint", 2) and "earlier" not in name]


@pytest.mark.parametrize("way", COVERED_UP)
def test_no_new_checkpoint_vouches_for_what_was_covered_up(
    ledger: Session, witness: Witness, tmp_path: Path, way: str
) -> None:
    with owner(ledger) as connection:
        WAYS[way].how(hand_on(connection, witness, tmp_path / "elsewhere"))
    with pytest.raises(Broken):
        make_due(ledger, witness, SECOND + timedelta(days=1))


def test_a_chain_written_anew_stays_found_whatever_checkpoints_come_after(
    ledger: Session, witness: Witness, tmp_path: Path
) -> None:
    with owner(ledger) as connection:
        hand_on(connection, witness, tmp_path / "elsewhere").write_anew(2, codes={"why": "forged"})
    for n in range(1, 4):
        assert make_due(ledger, witness, SECOND + timedelta(hours=n))
        faults = verify(ledger, witness=witness).faults
        assert [(f.case_number, f.seq) for f in faults] == [(CASE, 5)]


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
    assert verify(session).faults == ()
