"""Whoever owns the database drops the triggers, changes what they like and covers it up as well as they can: each is
found and named. They have all but the private key and the folder outside the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.ledger.checkpoints import Broken, make_due
from cases.ledger.sealing import instant, seal
from cases.ledger.verify import verify
from cases.ledger.witness import Witness
from cases.model.tables import Attachment, Case, CaseBureau, Checkpoint, CheckpointHead, Event, EventText
from registry.organisations import Enterprise
from tests.cases.ledger.ledgers import AT, SHA, lengthen, owner, write_ledger
from tests.cases.ledger.owners_hand import CASE, Hand, hand_on

pytestmark = pytest.mark.both_databases

FIRST, SECOND = AT + timedelta(days=1), AT + timedelta(days=2)


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
