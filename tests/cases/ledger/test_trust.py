"""Keys pinned in the environment, the whole log, rotation and restoring: who owns database and folder, but no key, is
found; who restores a backup honestly can say so."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.ledger.checkpoints import Broken, make_due, restore, rotate, said_by
from cases.ledger.merkle import root
from cases.ledger.sealing import GENESIS
from cases.ledger.verify import verify
from cases.ledger.witness import NoKey, Witness, hash_of, new_pair, read_log
from cases.model.tables import Checkpoint, CheckpointHead
from config import Unsafe, settings_from
from tests.cases.ledger.ledgers import AT, lengthen, owner, write_ledger
from tests.cases.ledger.owners_hand import CASE, Hand, hand_on
from tests.cases.ledger.tampered import named

PRIVATE, PUBLIC = new_pair()
pytestmark = pytest.mark.both_databases


def day(n: int) -> datetime:
    return AT + timedelta(days=n)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path, PRIVATE, [PUBLIC])


@pytest.fixture
def ledger(session: Session, witness: Witness) -> Session:
    """Four checkpoints of a host whose key is pinned; a copy of its log is kept elsewhere."""
    assert make_due(session, witness, day(1))
    write_ledger(session, cases=3, events=4)
    for n in range(2, 4):
        assert make_due(session, witness, day(n))
    lengthen(session, CASE)
    assert make_due(session, witness, day(4))
    assert verify(session, witness=witness).ok
    return session


def sign_all_anew(hand: Hand, folder: Path) -> None:
    """Every checkpoint, signed with a stranger's key that is written among the public ones, and so the log."""
    (folder / "checkpoints.log").unlink()
    before, stranger = GENESIS, Witness(folder.parent / "elsewhere")
    table = Checkpoint.__table__
    for row in hand.connection.execute(select(table).order_by(table.c.id)).all():
        made = {**row._mapping, "previous": before, "key": stranger.key(), "root": root(hand.heads()).hex()}
        hand.change(Checkpoint, Checkpoint.id == row.id, **made)
        now = hand.connection.execute(select(table).where(table.c.id == row.id)).one()
        signature = stranger.sign(said_by(now))
        before = hash_of(said_by(now), signature)
        hand.change(Checkpoint, Checkpoint.id == row.id, signature=signature, hash=before)
    (folder / "checkpoint.pub").write_text(stranger.key())


def test_a_history_written_anew_with_a_key_put_among_the_public_ones_is_found(
    ledger: Session, witness: Witness, tmp_path: Path
) -> None:
    with owner(ledger) as connection:
        hand = hand_on(connection, witness, tmp_path.parent / f"{tmp_path.name}-elsewhere")
        hand.write_anew(2, codes={"why": "forged"})
        hand.heads_as_they_are()
        (tmp_path.parent / "elsewhere").mkdir(exist_ok=True)
        sign_all_anew(hand, tmp_path)
    assert ("checkpoint", 4, "It is signed with a key that is not this platform's.") in named(ledger, witness=witness)
    with pytest.raises(Broken, match="not signed by a key"):
        make_due(ledger, witness, day(5))


def test_that_all_checkpoints_and_the_log_are_gone_is_a_fault_and_no_beginning(
    ledger: Session, witness: Witness, tmp_path: Path
) -> None:
    with owner(ledger) as connection:
        hand = hand_on(connection, witness, tmp_path / "elsewhere")
        hand.write_anew(2, codes={"why": "forged"})
        hand.remove(CheckpointHead)
        hand.remove(Checkpoint)
    (tmp_path / "checkpoints.log").unlink()
    assert named(ledger, witness=witness)[0] == ("checkpoint", 0, "There are events, and no checkpoint over them.")
    with pytest.raises(Broken, match="no checkpoint"):
        make_due(ledger, witness, day(5))


def put_back(session: Session, witness: Witness, tmp_path: Path) -> None:
    """The database as it was before the fourth checkpoint."""
    with owner(session) as connection:
        hand_on(connection, witness, tmp_path / "elsewhere").without_the_newest_checkpoint()


def test_an_old_backup_with_the_log_cut_is_found_by_a_copy_of_the_log(
    ledger: Session, witness: Witness, tmp_path: Path
) -> None:
    copy = (tmp_path / "checkpoints.log").read_bytes()
    put_back(ledger, witness, tmp_path)
    (tmp_path / "checkpoints.log").write_bytes(b"".join(copy.splitlines(keepends=True)[:3]))
    assert verify(ledger, witness=witness).ok, "nothing here tells"
    gone = ("checkpoint", 4, "It stands in the log outside the database and is gone here.")
    assert named(ledger, witness=witness, copies=[read_log(copy)]) == [gone]


CUTS = {
    "its middle is taken out": (lambda lines: [lines[0], *lines[2:]], 2, "{count} checkpoints of this host"),
    "its end is cut": (lambda lines: lines[:2], 3, "{count} checkpoints of this host"),
    "all of it is gone": (lambda lines: [], 1, "{count} checkpoints of this host"),
    "a line says another number of events": (
        lambda lines: [lines[0], lines[1].replace(b"12", b"13"), *lines[2:]], 2, "This line of the log"),
    "a line is no line": (lambda lines: [lines[0], b"x\n", *lines[2:]], 2, "This line of the log"),
    "a line has another hash": (
        lambda lines: [lines[0], lines[1].replace(b'"hash": "', b'"hash": "0'), *lines[2:]], 2, "It reads otherwise"),
}  # fmt: skip


@pytest.mark.parametrize("way", CUTS)
def test_a_log_of_which_any_line_differs_is_a_fault(
    ledger: Session, witness: Witness, tmp_path: Path, way: str
) -> None:
    cut, number, words = CUTS[way]
    log = tmp_path / "checkpoints.log"
    log.write_bytes(b"".join(cut(log.read_bytes().splitlines(keepends=True))))
    assert [found for found in named(ledger, witness=witness) if found[1] == number and found[2].startswith(words)]


def test_a_checkpoint_that_a_crash_kept_from_the_log_is_put_there_by_the_next(
    ledger: Session, witness: Witness, tmp_path: Path
) -> None:
    log = tmp_path / "checkpoints.log"
    log.write_bytes(log.read_bytes()[:-9])
    assert verify(ledger, witness=witness).ok
    assert make_due(ledger, witness, day(5))
    assert verify(ledger, witness=witness).ok


def test_after_a_rotation_the_new_key_signs_and_the_old_one_is_not_believed(
    ledger: Session, witness: Witness, tmp_path: Path
) -> None:
    private, public = new_pair()
    assert rotate(ledger, witness, public, day(5))
    assert verify(ledger, witness=witness).ok
    with pytest.raises(Broken, match="not one that is trusted"):
        make_due(ledger, witness, day(6))
    new = Witness(tmp_path, private, [PUBLIC])
    assert make_due(ledger, new, day(6))
    verdict = verify(ledger, witness=new)
    assert (verdict.faults, verdict.notices) == ([], [])
    with owner(ledger) as connection:
        hand = hand_on(connection, witness, tmp_path / "elsewhere")
        hand.stranger = witness
        hand.checkpoint_anew(witness)
    assert ("checkpoint", 6, "It is signed with a key that is not this platform's.") in named(ledger, witness=new)


def test_a_key_pinned_in_place_of_one_that_was_lost_goes_on_and_every_check_says_so(
    ledger: Session, tmp_path: Path
) -> None:
    private, public = new_pair()
    new = Witness(tmp_path, private, [PUBLIC, public])
    assert make_due(ledger, new, day(5))
    verdict = verify(ledger, witness=new)
    assert verdict.ok
    assert [notice.id for notice in verdict.notices] == [
        "Checkpoint {n} is signed with a new key, {key}, that the old one did not name."
    ]


def test_a_backup_that_was_restored_is_said_once_and_every_check_repeats_it(
    ledger: Session, witness: Witness, tmp_path: Path
) -> None:
    copy = (tmp_path / "checkpoints.log").read_bytes()
    put_back(ledger, witness, tmp_path)
    with pytest.raises(Broken, match="checkpoint 4 of the log"):
        make_due(ledger, witness, day(5))
    assert restore(ledger, witness, ["chief", "auditor"], "disk broken", day(5))
    assert make_due(ledger, witness, day(6))
    verdict = verify(ledger, witness=witness, copies=[read_log(copy)])
    assert verdict.faults == []
    assert [str(notice) for notice in verdict.notices] == [
        "Checkpoint 4 of 2026-11-29 02:42: a backup was restored by chief, auditor (disk broken); lost is what came"
        " until checkpoint 4 of the log."
    ]
    forged = read_log(copy.replace(read_log(copy).lines[-1][1].encode(), b"f" * 64))
    assert not verify(ledger, witness=witness, copies=[forged]).ok


@pytest.mark.parametrize("said", ['{"restored": ', '{"restored": 5}', '{"restored": {"lost": 5}}', '{"rotate": 5}'])
def test_a_checkpoint_that_says_nothing_legible_is_a_fault_and_ends_no_check(
    ledger: Session, witness: Witness, said: str
) -> None:
    with owner(ledger) as connection:
        connection.execute(update(Checkpoint).where(Checkpoint.id == 2).values(said=said))
    verdict = verify(ledger, witness=witness)
    assert {fault.case_number for fault in verdict.faults} == {"checkpoint"}


def test_no_key_is_made_where_keys_are_pinned_or_checkpoints_exist(session: Session, tmp_path: Path) -> None:
    with pytest.raises(NoKey):
        Witness(tmp_path, "", [PUBLIC]).sign("x")
    write_ledger(session)
    own = Witness(tmp_path)
    assert make_due(session, own, day(1))
    (tmp_path / "checkpoint.key").unlink()
    with pytest.raises(Broken, match="the private key of the checkpoints is gone"):
        make_due(session, own, day(2))
    assert not (tmp_path / "checkpoint.key").exists()


def test_production_needs_pins_and_refuses_what_is_none(tmp_path: Path) -> None:
    settings = {"MODE": "production", "SECRET_KEY": "k" * 32, "DATA_DIR": str(tmp_path)}
    for wrong in ("", "checkpoint:1f", PUBLIC, f"checkpoint:{PUBLIC},x:{PUBLIC}"):
        with pytest.raises(Unsafe, match="CHECKPOINT_TRUST"):
            settings_from({**settings, "CHECKPOINT_TRUST": wrong})
    taken = settings_from({**settings, "CHECKPOINT_TRUST": f"checkpoint:{PUBLIC.upper()}, checkpoint:{'1f' * 32}"})
    assert taken.checkpoint_trust == (PUBLIC, "1f" * 32)
