"""Files as they come: what a firm may send in a day, what is refused leaves nothing, what nothing refers to goes."""

import errno
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.model.drafts import FRESH, Purpose, begin_draft, save_draft
from cases.model.evidence import NotKept, Store, StoredFile
from cases.model.uploads import Upload, note_uploads, sweep_uploads
from tests.builders import START, Place
from workflow.jurisdiction import AtMost

PDF = b"%PDF-1.4\n"
HOUR = timedelta(hours=1)
FEW = AtMost.model_construct(files_a_day=3, megabytes_a_day=1)
LATER = START + FRESH + HOUR


@pytest.fixture
def store(app: Flask) -> Store:
    kept: Store = app.extensions["store"]
    return kept


def came(store: Store, content: bytes, at: datetime = START, firm: int | None = None) -> StoredFile:
    """A file that came at that time, by the clock of the disk too."""
    assert note_uploads([content], firm, FEW, at) is None
    file = store.keep("甲.pdf", content, "application/pdf")
    os.utime(store.path(file.sha256), (at.timestamp(),) * 2)
    return file


def rows(session: Session) -> int | None:
    session.expire_all()
    return session.scalar(select(func.count(Upload.id)))


def test_a_firm_sends_so_many_files_a_day(place: Place, session: Session) -> None:
    firm = place.firm.id
    assert note_uploads([PDF, PDF], firm, FEW, START) is None
    assert note_uploads([PDF], firm, FEW, START + HOUR) is None
    refused = note_uploads([PDF], firm, FEW, START + 2 * HOUR)
    assert refused
    assert refused.values == {"files": 3, "megabytes": 1, "at": START + timedelta(days=1)}
    assert rows(session) == 3, "what is refused counts for nothing"
    assert note_uploads([PDF], firm, FEW, START + timedelta(days=1)) is None
    assert note_uploads([PDF] * 9, None, FEW, START) is None, "officials are not counted"


def test_a_firm_sends_so_many_bytes_a_day(place: Place) -> None:
    much = b"x" * 400_000
    assert note_uploads([much], place.firm.id, FEW, START) is None
    assert note_uploads([much], place.firm.id, FEW, START + HOUR) is None
    refused = note_uploads([much], place.firm.id, FEW, START + 2 * HOUR)
    assert refused
    assert refused.values["at"] == START + timedelta(days=1)


def test_what_nothing_refers_to_is_removed_after_two_days(session: Session, place: Place, store: Store) -> None:
    file = came(store, PDF)
    assert sweep_uploads(store, START + HOUR) == 0
    assert sweep_uploads(store, LATER) == 1
    assert not store.holds(file.sha256)
    assert rows(session) == 0


def test_what_a_case_has_stays_and_is_looked_for_once(session: Session, place: Place, store: Store) -> None:
    file = came(store, PDF)
    place.file(START, files=(file,))
    assert sweep_uploads(store, LATER) == 0
    assert (store.holds(file.sha256), rows(session)) == (True, 0)


def test_what_a_form_holds_stays_until_it_is_left_out(session: Session, place: Place, store: Store) -> None:
    file, user = came(store, PDF), place.people["enterprise"].id
    draft = begin_draft(user, Purpose("objection", "file", "", place.record.id), START)
    save_draft(draft.key, {}, [file], START)
    assert sweep_uploads(store, LATER) == 0
    save_draft(draft.key, {}, [], LATER)
    assert sweep_uploads(store, LATER + HOUR) == 0
    assert sweep_uploads(store, LATER + timedelta(days=1)) == 1
    assert (store.holds(file.sha256), rows(session)) == (False, 0)


def test_what_came_again_meanwhile_stays(session: Session, place: Place, store: Store) -> None:
    came(store, PDF)
    file = came(store, PDF, START + FRESH)
    assert sweep_uploads(store, LATER) == 0
    assert (store.holds(file.sha256), rows(session)) == (True, 1)


def test_what_a_killed_process_left_is_removed(session: Session, place: Place, store: Store) -> None:
    came(store, PDF)
    half = store.root / "coming" / "tmp1"
    half.write_bytes(b"%P")
    os.utime(half, (START.timestamp(),) * 2)
    assert sweep_uploads(store, LATER) == 2
    assert not half.exists()


def test_a_full_volume_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real refusal of a real write: Linux has a file that is always full."""
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has a file that is always full")
    store = Store(tmp_path / "evidence")
    made = tempfile.mkstemp

    def full(**where: Any) -> tuple[int, str]:
        descriptor, name = made(**where)
        os.close(descriptor)
        return os.open("/dev/full", os.O_WRONLY), name

    monkeypatch.setattr(tempfile, "mkstemp", full)
    with pytest.raises(NotKept, match=os.strerror(errno.ENOSPC)):
        store.keep("甲.pdf", PDF, "application/pdf")
    assert not [path for path in store.root.rglob("*") if path.is_file()]
