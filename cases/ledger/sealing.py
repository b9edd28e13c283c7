"""Sealing: the canonical form of an event and the hash that chains it to the one before.

One chain a case, so that writers of different cases never wait for each other. The sealed body holds
ids, dates and codes; words and file names are sealed by a salted hash and may lawfully be emptied.
Nothing here touches a database; `verify.py` checks what was written.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Final, NamedTuple

GENESIS: Final = "0" * 64
"""What the first event of a chain quotes as the hash before it."""

SALT_LENGTH: Final = 32
"""Fixed: else letters could wander between a salt and its text without changing the hash."""


TIMED: Final = ("deadline", "rule", "owner", "bureau_id", "round", "started_on", "born_on", "n", "unit", "rolls",
                "extended", "holds", "due_on")  # fmt: skip
"""What an event seals of each deadline that runs after it: all that only an event changes. Its rungs are derived."""


class Tip(NamedTuple):
    """The end of a case's chain, as the case row carries it; a new case has no head and length 0."""

    case_id: int
    number: str
    head: str = ""
    length: int = 0


@dataclass(frozen=True)
class NewEvent:
    """What is to be recorded of one move, before it has a place in the chain."""

    case_id: int
    at: datetime
    actor: str
    action: str
    body: Mapping[str, object]


def link(tips: Mapping[int, Tip], entries: Iterable[NewEvent]) -> tuple[list[dict[str, object]], dict[int, Tip]]:
    """The event rows that record these entries in order, and the new ends of the chains they lengthen.

    `tips` are by case id; several entries of one case follow each other. Rows are ready for an insert.
    """
    rows: list[dict[str, object]] = []
    moved: dict[int, Tip] = {}
    for entry in entries:
        tip = moved.get(entry.case_id) or tips[entry.case_id]
        row = _row(tip, entry)
        rows.append(row)
        moved[tip.case_id] = tip._replace(head=str(row["hash"]), length=tip.length + 1)
    return rows, moved


def seal(previous: str, case_number: str, seq: int, at: str, actor: str, action: str, body: str) -> str:
    """The SHA-256, in hex, of an event. `at` is `instant(…)`, `body` is `canonical(…)`."""
    return sha256(sealed_form(previous, case_number, seq, at, actor, action, body).encode()).hexdigest()


def sealed_form(previous: str, case_number: str, seq: int, at: str, actor: str, action: str, body: str) -> str:
    """The canonical JSON of an event: the very bytes that are hashed."""
    return (
        f'{{"action":{encode_basestring(action)},"actor":{encode_basestring(actor)},"at":"{at}","body":{body},'
        f'"case":{encode_basestring(case_number)},"previous":"{previous}","seq":{seq}}}'
    )


def canonical(value: object) -> str:
    """JSON of one spelling: keys sorted, no spaces, no escapes beyond need, no floats (TypeError)."""
    _refuse_ambiguous(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def instant(at: datetime) -> str:
    """A moment as it is sealed: UTC to the microsecond, `2026-11-24T02:42:00.000000Z`."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def salted(text: str) -> tuple[str, str]:
    """A fresh salt for a text, and the hash that the body carries in its place."""
    salt = new_salt()
    return salt, salted_hash(salt, text)


def new_salt() -> str:
    return secrets.token_hex(SALT_LENGTH // 2)


def salted_hash(salt: str, text: str) -> str:
    return sha256((salt + text).encode()).hexdigest()


def after_sealed(what: str, field: str, after: str, salt: str) -> str:
    """What an event says of the field that it changed: which, and the salted hash of what it says after."""
    return f"{what}:{field}:{salted_hash(salt, after)}"


def timers_digest(rows: Iterable[Mapping[str, object]]) -> str:
    """The SHA-256, in hex, over the running deadlines of a case, each by its columns `TIMED`, in whatever order."""
    said = sorted(canonical([row[name] for name in TIMED]) for row in rows)
    return sha256("\n".join(said).encode()).hexdigest()


def file_text(sha256: str) -> str:
    """The name of the text that keeps a file's name: it is sealed and emptied as words are."""
    return f"file:{sha256}"


def _row(tip: Tip, entry: NewEvent) -> dict[str, object]:
    previous, seq, body = tip.head or GENESIS, tip.length + 1, canonical(entry.body)
    return {
        "case_id": tip.case_id,
        "seq": seq,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "body": body,
        "previous": previous,
        "hash": seal(previous, tip.number, seq, instant(entry.at), entry.actor, entry.action, body),
    }


def _refuse_ambiguous(value: object) -> None:
    if value is None or isinstance(value, str | int):  # bool is an int
        return
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_ambiguous(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key of a sealed body is text, not {key!r}")
            _refuse_ambiguous(item)
    else:
        raise TypeError(f"a sealed body holds no {type(value).__name__}")
