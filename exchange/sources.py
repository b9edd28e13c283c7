"""Record sheets that bureaus put into a folder: each file is a batch, known by its bytes, and gets its answer there."""

import hashlib
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.connections import Connection, put
from extensions import Base, Instant, SignedRow

NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}\.(xlsx|csv)")
LARGEST: Final = 200_000_000
"""Bytes of a file that is taken up; a longer one is left where it is."""
log = logging.getLogger("redress.scheduler")


class SourceBatch(SignedRow, Base):
    """A file that a source brought: `taken` in, `waits` for two people, `returned` by them, or `unreadable`.

    `why` says what it waits for: the `first` of its source, too many rows `rejected`, or `against` decisions.
    """

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(30))
    owners: Mapped[list[str]] = mapped_column(JSON)
    received_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(String(12), default="")
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    reason: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """The sentence for its sender, by language; empty where there is none."""
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act_of_two.id"), unique=True)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("source", "sha256"),)

    @property
    def rows(self) -> int:
        return sum(self.counts.get(name, 0) for name in ("imported", "updated", "unchanged", "rejected"))

    def settle(self, state: str, counts: Mapping[str, int], reason: Mapping[str, str] = MappingProxyType({})) -> None:
        """Say what became of it; its sender is still to be answered."""
        self.state, self.counts, self.reason, self.answered_at = state, dict(counts), dict(reason), None


def recent(session: Session, now: datetime) -> Sequence[SourceBatch]:
    """The batches that wait, and those of thirty days; the newest first."""
    lately = or_(SourceBatch.state == "waits", SourceBatch.received_at > now - timedelta(days=30))
    return session.scalars(select(SourceBatch).where(lately).order_by(SourceBatch.id.desc())).all()


class Arrived(NamedTuple):
    """A file that lies in a source's folder, whole: its checksum lies beside it and fits."""

    path: Path
    content: bytes
    sha256: str


def arrived(source: Connection) -> Iterator[Arrived]:
    """The files that wait, by their names. Links, other names and files whose checksum does not fit are left alone."""
    folder = Path(source.address) / "in"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not NAME.fullmatch(path.name) or path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            continue
        if (said := _checksum(path)) is None:
            continue
        content = path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 == said:
            yield Arrived(path, content, sha256)
        else:
            log.warning("source %s: the checksum of %s does not fit", source.name, path.name)


def left_alone(source: Connection) -> list[str]:
    """The names of what lies in the folder and is not taken up."""
    folder = Path(source.address) / "in"
    taken = {one.path.name for one in arrived(source)}
    lying = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [name for name in lying if name not in taken and name.removesuffix(".sha256") not in taken]


def answer(source: Connection, name: str, batch: SourceBatch, now: datetime) -> None:
    """Write what became of a batch for its sender, under the name that it gave the file. Raises OSError."""
    said = {
        "sha256": batch.sha256,
        "status": batch.state,
        **batch.counts,
        "reason": batch.reason.get("zh", ""),
        "at": now.isoformat(),
    }
    put(source, "done", f"{name}.ack", json.dumps(said, ensure_ascii=False).encode() + b"\n")


def clear(file: Arrived) -> None:
    """Take an answered file out of the folder. Its sender keeps its own."""
    file.path.unlink(missing_ok=True)
    file.path.with_name(f"{file.path.name}.sha256").unlink(missing_ok=True)


def _checksum(path: Path) -> str | None:
    """What the file beside it says, alone or as `sha256sum` writes it."""
    beside = path.with_name(f"{path.name}.sha256")
    if beside.is_symlink() or not beside.is_file() or beside.stat().st_size > 1000:
        return None
    return (beside.read_text("utf-8", "replace").split() or [""])[0].lower()
