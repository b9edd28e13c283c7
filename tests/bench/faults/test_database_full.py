"""No room: in the database and in the store of evidence. Nothing is half there, and what was typed is kept."""

import io
import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cases.ledger.verify import verify
from cases.model.evidence import NotKept, Store
from cases.model.tables import Attachment
from commands.clockwork import works
from extensions import db
from notifications.letters import Letter
from tests.bench.faults.troubled import Site, offered
from tests.builders import day
from tests.web.stage import PDF

LATE = day(2026, 11, 10)
LONG = "磁盘满了，这些话也不能丢。" * 120
LARGE = PDF + b"%" + b"0" * 300_000


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """The system refuses to write a file beyond that, in the middle of the writing."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def letters(site: Site) -> int:
    with site.owner() as owner:
        return int(owner.scalar(select(func.count(Letter.id))) or 0)


def test_without_room_nothing_is_half_recorded_and_what_was_typed_is_offered_again(site: Site) -> None:
    case = site.walk()
    before, told = site.events(case, "add"), letters(site)
    with site.full():
        answer = site.send("enterprise", case, "add", words=LONG)
        read = site.browser("enterprise").get(f"/cases/{case.number}")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "300"
    assert 'data-trouble="full"' in answer.text
    assert 'data-recorded="no"' in answer.text
    assert "tell the office" in answer.text
    assert offered(answer)["words"] == LONG
    assert read.status_code == 200
    assert (site.events(case, "add"), letters(site)) == (before, told)
    assert site.set_aside() == []
    assert site.browser("enterprise").post(answer.request.path, data=offered(answer)).status_code == 302
    assert site.events(case, "add") == ["add"]
    assert verify(db.session()).ok


def test_a_scheduler_without_room_blames_no_case_and_goes_on_when_there_is(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    case = site.walk(filed=LATE)
    caplog.set_level(logging.ERROR, "redress.scheduler")
    with site.full():
        works(site.app)["sweep"]()
        works(site.app)["displays"]()
    assert [record.getMessage().rpartition(" ")[2] for record in caplog.records] == ["full"]
    assert site.events(case) == ["file"]
    assert site.set_aside() == []
    works(site.app)["sweep"]()
    assert "overdue" in site.events(case)


def test_evidence_without_room_is_told_beside_its_field_and_leaves_no_half_file(filed: Site) -> None:
    case = filed.walk()
    store: Store = filed.app.extensions["store"]
    with no_file_larger_than(200_000):
        answer = filed.send("enterprise", case, "add", words=LONG, files=(io.BytesIO(LARGE), "大图.pdf"))
    assert answer.status_code == 422
    assert "大图.pdf could not be kept: there is no room for files at the moment." in answer.text
    assert LONG in answer.text
    assert files_in(store.root) == []
    with filed.owner() as owner:
        assert owner.scalar(select(func.count(Attachment.id))) == 0
    again = filed.send("enterprise", case, "add", words=LONG, files=(io.BytesIO(LARGE), "大图.pdf"))
    assert again.status_code == 302
    with filed.owner() as owner:
        [kept] = owner.scalars(select(Attachment.sha256)).all()
    assert store.path(kept).read_bytes() == LARGE


def test_the_files_that_there_was_room_for_stay_with_the_form(filed: Site) -> None:
    case = filed.walk()
    with no_file_larger_than(200_000):
        files = [(io.BytesIO(PDF), "小.pdf"), (io.BytesIO(LARGE), "大.pdf")]
        answer = filed.send("enterprise", case, "add", words="两份", files=files)
    assert answer.status_code == 422
    assert "小.pdf" in answer.text
    assert "小.pdf could not" not in answer.text


def test_a_store_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")
    with pytest.raises(NotKept):
        Store(tmp_path / "evidence").keep("a.pdf", PDF, "application/pdf")
    assert len(files_in(tmp_path)) == 1
