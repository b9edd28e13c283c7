"""How bytes reach a place: `connections.toml`, files in a folder with a checksum, and the receipts that come back."""

import hashlib
import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import Field, StrictBool, ValidationError

from registry.columns import KINDS
from workflow.limits import FileEntry

LONGEST_RECEIPT: Final = 10_000_000
"""Bytes of a file of receipts that are read; a longer one is left alone."""


class BadConnection(ValueError):
    """A file of connections that cannot be used; the sentence names it."""


class Connection(FileEntry):
    """One way out or in. `address`: a folder, below the folder of data where it is not absolute, or that of a service.

    `secret` names what is shared with a service. Nothing leaves and nothing is taken in while it is off. A way in
    brings sheets with records of one `kind`, supplied by the bodies whose codes are `owners`.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
    rung: Literal["folder", "service"]
    direction: Literal["out", "in"] = "out"
    address: str = Field(min_length=1)
    secret: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    kind: Literal[tuple(KINDS)] | None = None  # type: ignore[valid-type]
    owners: tuple[Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")], ...] = ()
    on: StrictBool = False


class Receipt(NamedTuple):
    """What a keeper's machine says of one delivery, and the SHA-256 of what said so."""

    id: int
    taken: bool
    reason: str
    sha256: str


def read_connections(files: Iterable[Path], data_dir: Path) -> dict[str, Connection]:
    """The connections by name, a later file over an earlier one; raises BadConnection."""
    found: dict[str, Connection] = {}
    for file in files:
        if not file.is_file():
            continue
        try:
            rows = [Connection.model_validate(row) for row in tomllib.loads(file.read_text("utf-8"))["connection"]]
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
            raise BadConnection(f"{file.name}: write [[connection]], a table a row ({error})") from None
        except ValidationError as error:
            first = error.errors()[0]
            raise BadConnection(f"{file.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        found |= {row.name: _whole(file, row, data_dir) for row in rows}
    return found


def _whole(file: Path, row: Connection, data_dir: Path) -> Connection:
    if row.direction == "in":
        if row.rung != "folder":
            raise BadConnection(f"{file.name}: {row.name}: records come in by a folder alone")
        if not (row.kind and row.owners):
            raise BadConnection(
                f"{file.name}: {row.name}: name the kind of the records, and the owners: the codes of who supplies them"
            )
    if row.rung == "folder":
        return row.model_copy(update={"address": str(data_dir / row.address)})
    if not row.address.startswith("https://"):
        raise BadConnection(f"{file.name}: {row.name}: the address of a service begins with https://")
    if row.secret is None:
        raise BadConnection(f"{file.name}: {row.name}: name the secret that is shared with the service")
    return row


def file_of(envelopes: Iterable[Mapping[str, Any]]) -> bytes:
    """The envelopes, a line each, and a last line with their number and checksum."""
    lines = [json.dumps(one, ensure_ascii=False, sort_keys=True).encode() + b"\n" for one in envelopes]
    body = b"".join(lines)
    end = json.dumps({"rows": len(lines), "sha256": hashlib.sha256(body).hexdigest()}).encode()
    return body + end + b"\n"


def put(connection: Connection, folder: str, name: str, content: bytes) -> str:
    """Put a file into a folder of the connection, whole or not at all; gives its SHA-256. Raises OSError."""
    there = Path(connection.address) / folder
    there.mkdir(parents=True, exist_ok=True)
    part = there / f"{name}.part"
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(there / name)
    return hashlib.sha256(content).hexdigest()


def receipt_files(connection: Connection) -> list[Path]:
    """The files of receipts that wait, the oldest name first; links are left alone."""
    folder = Path(connection.address) / "receipts"
    found = sorted(folder.glob("*.ack")) if folder.is_dir() else []
    return [file for file in found if not file.is_symlink() and file.stat().st_size <= LONGEST_RECEIPT]


def receipts_in(file: Path) -> Iterator[Receipt]:
    """The receipts of a file; a line that is none is passed over."""
    content = file.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    for line in content.decode("utf-8", "replace").splitlines():
        if receipt := receipt_of(line, sha256):
            yield receipt


def receipt_of(line: str, sha256: str) -> Receipt | None:
    """The receipt that a line of JSON is; None where it is none."""
    try:
        said = json.loads(line)
        id, status = int(said["id"]), said["status"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if status not in ("taken", "refused"):
        return None
    return Receipt(id, status == "taken", str(said.get("reason", ""))[:1000], sha256)


def put_aside(file: Path) -> None:
    """Keep a file of receipts that was read apart from those that wait."""
    aside = file.parent / "read"
    aside.mkdir(exist_ok=True)
    file.rename(aside / file.name)
