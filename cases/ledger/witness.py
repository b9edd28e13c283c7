"""What is known of the ledger outside the database: the key that signs, the public keys, and a log of checkpoints.

It lies in a folder that the database's owner should not be able to write. It knows no table.
"""

import hashlib
import json
import os
import platform
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True)
class Signed:
    """A checkpoint as it stands in the log: its number, what was signed, the signature, and the hash of both."""

    checkpoint: int
    statement: str
    signature: str
    hash: str


@dataclass(frozen=True)
class Log:
    """All of a log: the hash of each checkpoint in it, and lines, by their place, that say nothing or gainsay
    themselves. A checkpoint may stand in it twice, where a backup was restored."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    amiss: list[int] = field(default_factory=list)


class Witness:
    """A folder with `checkpoint.key` (its owner's alone), `checkpoint.pub` (a public key a line, the newest last)
    and `checkpoints.log` (a line of JSON a checkpoint made by this host).

    `given` is the private key where it comes from the environment: 64 hexadecimal digits. With `pinned`, public keys
    from the environment, `checkpoint.pub` decides nothing and no key is made. `row_key` is the public half of the key
    with which this host signs rows; empty where it signs none.
    """

    def __init__(self, folder: Path, given: str = "", pinned: Iterable[str] = (), row_key: str = "") -> None:
        self._key, self._public = folder / "checkpoint.key", folder / "checkpoint.pub"
        self._log, self._given, self.pinned = folder / "checkpoints.log", given, frozenset(pinned)
        self.row_key = row_key
        self.host = hashlib.sha256(platform.node().encode()).hexdigest()[:12]

    @property
    def has_key(self) -> bool:
        """Whether this host can sign without making a key first."""
        return bool(self._given) or self._key.exists()

    def sign(self, statement: str) -> str:
        """The signature of a statement, in hex. Makes a key where there is none."""
        return self._private().sign(statement.encode()).hex()

    def key(self) -> str:
        """The public key that fits the signatures made now, in hex; without pins it is trusted from here on."""
        public = self._own()
        if not self.pinned and public not in self._written():
            _add_line(self._public, public)
        return public

    def trusted(self) -> frozenset[str]:
        """The keys pinned in the environment; without any, all that were ever this host's own."""
        if self.pinned:
            return self.pinned
        own = {self._own()} if self.has_key else set()
        return frozenset(own | self._written())

    def log(self, signed: Signed) -> None:
        """Add a checkpoint to the log."""
        _add_line(self._log, as_line(signed))

    def last(self) -> Signed | None:
        """The newest checkpoint in the log; None where this host has made none. A line that was cut off is left out."""
        if not self._log.exists():
            return None
        for line in reversed(_tail(self._log).splitlines()):
            try:
                return Signed(**json.loads(line))
            except (ValueError, TypeError):
                continue
        return None

    def read(self) -> Log:
        """All of the log; nothing where this host has made no checkpoint."""
        return read_log(self._log.read_bytes() if self._log.exists() else b"")

    def _own(self) -> str:
        return self._private().public_key().public_bytes_raw().hex()

    def _written(self) -> set[str]:
        return set(self._public.read_text().split()) if self._public.exists() else set()

    def _private(self) -> Ed25519PrivateKey:
        if self._given:
            return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._given))
        if not self._key.exists():
            if self.pinned:
                raise NoKey("the private key of the checkpoints is gone, and none is made where keys are pinned")
            _make_once(self._key, new_pair()[0])
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._key.read_text().strip()))


def new_pair() -> tuple[str, str]:
    """A new private key and the public one that fits it, in hex."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw().hex(), private.public_key().public_bytes_raw().hex()


class NoKey(Exception):
    """The key that signs is not here."""


def hash_of(statement: str, signature: str) -> str:
    """What the next checkpoint quotes: the SHA-256, in hex, of statement and signature."""
    return hashlib.sha256(f"{statement}\n{signature}".encode()).hexdigest()


def as_line(signed: Signed) -> str:
    """A checkpoint as a line of the log."""
    return json.dumps(asdict(signed), ensure_ascii=False)


def read_log(content: bytes) -> Log:
    """A log, line by line. A line that a crash has cut off is left out where the whole one follows, or nothing."""
    log, lines = Log(), content.decode(errors="replace").splitlines()
    for n, line in enumerate(lines, 1):
        try:
            signed = Signed(**json.loads(line))
        except (ValueError, TypeError):
            if not (lines[n] if n < len(lines) else line).startswith(line):
                log.amiss.append(n)
            continue
        if hash_of(signed.statement, signed.signature) != signed.hash:
            log.amiss.append(n)
        log.lines.append((signed.checkpoint, signed.hash))
    return log


def signed_by(key: str, statement: str, signature: str) -> bool:
    """Whether the signature is this key's for exactly this statement; False for anything that is none."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), statement.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _make_once(path: Path, text: str) -> None:
    """A file with all of its text or none, readable by its owner; of several who make it one wins."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    finally:
        os.unlink(temporary)


def _add_line(path: Path, line: str) -> None:
    """One write, on the disk when it returns; a line that a crash has cut off before it is ended first."""
    with path.open("a+b") as file:
        start = b"" if file.tell() == 0 or _ends_whole(path) else b"\n"
        file.write(start + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _tail(path: Path, size: int = 8192) -> str:
    """The end of a file, some ten lines."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - size))
        return file.read().decode(errors="replace")
