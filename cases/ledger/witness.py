"""What is known of the ledger outside the database: the key that signs, the public keys, and a log of checkpoints.

It lies in a folder that the database's owner should not be able to write. It knows no table.
"""

import json
import os
import tempfile
from dataclasses import asdict, dataclass
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


class Witness:
    """A folder with `checkpoint.key` (its owner's alone), `checkpoint.pub` (a public key a line, the newest last)
    and `checkpoints.log` (a line of JSON a checkpoint made by this host).

    `given` is the private key where it comes from the environment: 64 hexadecimal digits.
    """

    def __init__(self, folder: Path, given: str = "") -> None:
        self._key, self._public = folder / "checkpoint.key", folder / "checkpoint.pub"
        self._log, self._given = folder / "checkpoints.log", given

    @property
    def has_key(self) -> bool:
        """Whether this host can sign without making a key first."""
        return bool(self._given) or self._key.exists()

    def sign(self, statement: str) -> str:
        """The signature of a statement, in hex. Makes a key where there is none."""
        return self._private().sign(statement.encode()).hex()

    def key(self) -> str:
        """The public key that fits the signatures made now, in hex; it is among the trusted ones from here on."""
        public = self._own()
        if public not in self._written():
            _add_line(self._public, public)
        return public

    def trusted(self) -> frozenset[str]:
        """Every public key that was ever this platform's own, as far as this host knows."""
        own = {self._own()} if self.has_key else set()
        return frozenset(own | self._written())

    def log(self, signed: Signed) -> None:
        """Add a checkpoint to the log."""
        _add_line(self._log, json.dumps(asdict(signed), ensure_ascii=False))

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

    def _own(self) -> str:
        return self._private().public_key().public_bytes_raw().hex()

    def _written(self) -> set[str]:
        return set(self._public.read_text().split()) if self._public.exists() else set()

    def _private(self) -> Ed25519PrivateKey:
        if self._given:
            return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._given))
        if not self._key.exists():
            _make_once(self._key, Ed25519PrivateKey.generate().private_bytes_raw().hex())
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._key.read_text().strip()))


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
