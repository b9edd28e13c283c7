"""Evidence: files known by their content, kept outside the web root under their SHA-256. A name is never a path."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import filetype

from workflow.refusal import Message, say

MOST_FILES = 10
MOST_BYTES = 10 * 1024 * 1024
TYPES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
"""What is taken, and how its name ends when it is given out."""
log = logging.getLogger("redress.evidence")


class NotKept(Exception):
    """There was no room for a file, or its disk refused it: nothing of it is in the store."""


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the store."""

    sha256: str
    name: str
    media_type: str
    size: int


class Store:
    """The folder of files, each under its SHA-256."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def _coming(self) -> Path:
        """Where files are written until they are whole."""
        return self.root / "coming"

    def clear_broken(self, before: datetime) -> int:
        """Remove what a process that was killed has half written; gives how many files."""
        broken = [path for path in self._coming.glob("*") if path.stat().st_mtime < before.timestamp()]
        for path in broken:
            path.unlink(missing_ok=True)
        return len(broken)

    def path(self, sha256: str) -> Path:
        """Where a file lies; raises ValueError for anything that is not a SHA-256."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256

    def holds(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def media_type(self, sha256: str) -> str:
        """What kind of file lies there; empty where none does."""
        path = self.path(sha256)
        return _media_type(path.read_bytes()[:512]) if path.exists() else ""

    def keep(self, name: str, content: bytes, media_type: str) -> StoredFile:
        """Write the bytes once; a crash leaves either the whole file or none. Raises `NotKept`."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        try:
            if not _touched(path):
                for folder in (path.parent, self._coming):
                    folder.mkdir(parents=True, exist_ok=True)
                _write(path, content, self._coming)
        except OSError as error:
            raise NotKept(f"a file of {len(content)} bytes: {os.strerror(error.errno or 0)}") from error
        return StoredFile(sha256, _plain(name), media_type, len(content))

    def forget(self, sha256: str, before: datetime) -> bool:
        """Remove a file that nothing refers to, unless it has come, or come again, since a moment.

        It is set aside first: who keeps the same file meanwhile finds none and writes it anew.
        """
        path = self.path(sha256)
        aside = path.with_name(f"{sha256}.out")
        try:
            os.replace(path, aside)
        except FileNotFoundError:
            if not aside.exists():  # else it was set aside by a process that ended there
                return False
        if aside.stat().st_mtime >= before.timestamp():
            os.replace(aside, path)
            return False
        aside.unlink(missing_ok=True)
        return True


def _touched(path: Path) -> bool:
    """Whether the file is there; it then counts as having come now."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _write(path: Path, content: bytes, coming: Path) -> None:
    """Beside its place, and into it when it is whole and on the disk; what fails leaves nothing behind."""
    descriptor, temporary = tempfile.mkstemp(dir=coming)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    for folder in (path.parent, path.parent.parent):  # the names too: a case may name the file from now on
        _settle(folder)


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_in(
    store: Store, files: Sequence[tuple[str, bytes]], already: int = 0
) -> tuple[list[StoredFile], list[Message]]:
    """Keep the files that are fit; gives them, and for each that is not, why and what to do."""
    kept: list[StoredFile] = []
    faults: list[Message] = []
    for name, content in files:
        fault = _fault(name, content) if already + len(kept) < MOST_FILES else _too_many(name)
        if fault:
            faults.append(fault)
            continue
        try:
            kept.append(store.keep(name, content, _media_type(content)))
        except NotKept as error:
            log.error("evidence could not be kept: %s", error)
            faults.append(_no_room(name))
    return kept, faults


def _fault(name: str, content: bytes) -> Message | None:
    if not content:
        return say("{name} is empty: choose the file again.", name=_plain(name))
    if len(content) > MOST_BYTES:
        return say("{name} is larger than 10 MB: make it smaller, or split it.", name=_plain(name))
    if _media_type(content) not in TYPES:
        return say("{name} is not a PDF, JPEG or PNG file: save it as one of these.", name=_plain(name))
    return None


def _too_many(name: str) -> Message:
    return say("{name} was left out: at most 10 files can be attached.", name=_plain(name))


def _no_room(name: str) -> Message:
    return say(
        "{name} could not be kept: there is no room for files at the moment. Send it again later, or go on "
        "without it and add it to the case when there is.",
        name=_plain(name),
    )


def _media_type(content: bytes) -> str:
    kind = filetype.guess(content[:512])
    return str(kind.mime) if kind else ""


def name_to_serve(name: str, media_type: str) -> str:
    """The name under which a file is given out: its own, with the one ending that fits what it is."""
    return f"{(name.rpartition('.')[0] or name).replace('.', '_')}.{TYPES[media_type]}"


def _plain(name: str) -> str:
    """The last part of a name, without control characters, short enough to keep."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable())[-180:] or "file"
