"""Evidence: files known by their content, kept outside the web root under their SHA-256. A name is never a path."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import filetype

from workflow.refusal import Message, say

MOST_FILES = 10
MOST_BYTES = 10 * 1024 * 1024
TYPES = ("application/pdf", "image/jpeg", "image/png")


@dataclass(frozen=True)
class StoredFile:
    """A file that lies in the store."""

    sha256: str
    name: str
    media_type: str
    size: int

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


class Store:
    """The folder of files, each under its SHA-256."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where a file lies; raises ValueError for anything that is not a SHA-256."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256

    def holds(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def keep(self, name: str, content: bytes, media_type: str) -> StoredFile:
        """Write the bytes once; a crash leaves either the whole file or none."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        return StoredFile(sha256, _plain(name), media_type, len(content))


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
        else:
            kept.append(store.keep(name, content, _media_type(content)))
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


def _media_type(content: bytes) -> str:
    kind = filetype.guess(content[:512])
    return str(kind.mime) if kind else ""


def _plain(name: str) -> str:
    """The last part of a name, without control characters, short enough to keep."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable())[-180:] or "file"
