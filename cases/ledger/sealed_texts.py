"""What lies beside the chain: texts, attachment rows and stored files, held against what was sealed.

A text that a lawful disposal emptied is counted, not called altered. It knows one page of cases at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstrumentedAttribute

from cases.ledger.sealing import SALT_LENGTH, file_text, salted_hash
from cases.model.tables import Attachment, EventText
from workflow.refusal import Message, say

Stored = Callable[[str], bool]
"""Whether the bytes with this SHA-256 are in the store, and whole."""


@dataclass(frozen=True)
class CaseRange:
    """A bound of case ids, both ends in."""

    first: int
    last: int

    def holds(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return column.between(self.first, self.last)

    def has(self, case_id: int) -> bool:
        return self.first <= case_id <= self.last

    def parted(self, ids: Sequence[int]) -> tuple[CaseRange, CaseRange]:
        """Two bounds that cover the same, each with half of these ids."""
        middle = ids[len(ids) // 2]
        return CaseRange(self.first, middle - 1), CaseRange(middle, self.last)


@dataclass(frozen=True)
class CaseList:
    """Cases by name, a page of them at most."""

    ids: Sequence[int]

    def holds(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return column.in_(self.ids)

    def parted(self, ids: Sequence[int]) -> tuple[CaseList, CaseList]:
        """Half of these ids, and the other half."""
        return CaseList(ids[: len(ids) // 2]), CaseList(ids[len(ids) // 2 :])


Covered = CaseRange | CaseList
"""The cases that are looked at."""

_NONE: Sequence[Any] = ()


@dataclass
class SealedTexts:
    """The texts and attachments of a page, rows by event; what is compared is taken out."""

    texts: dict[int, list[Any]]
    files: dict[int, list[Any]]
    stored: Stored | None
    disposed: int = 0

    def compare(self, case_id: int, event_id: int, body: Mapping[str, Any]) -> Sequence[Message]:
        """What does not match of one event whose body can be trusted."""
        found, attached = self.texts.pop(event_id, _NONE), self.files.pop(event_id, _NONE)
        sealed, files = body.get("texts") or {}, body.get("files") or {}
        if not (found or attached or sealed or files):
            return _NONE
        faults: list[Message] = []
        if files or attached:
            sealed = {**sealed, **{file_text(sha256): hashed for sha256, hashed in files.items()}}
            names = {name: text for _, _, name, text, _ in found}
            faults.extend(self._compare_files(case_id, files, attached, names))
        if sealed or found:
            faults.extend(self._compare_texts(case_id, sealed, found))
        return faults

    def forget(self, event_id: int) -> None:
        """An event whose own hash fails says nothing of its texts."""
        self.texts.pop(event_id, None)
        self.files.pop(event_id, None)

    def unclaimed(self) -> Iterator[tuple[int, Message]]:
        """By case id: texts and attachments of an event that is no longer there."""
        for rows in (*self.texts.values(), *self.files.values()):
            yield rows[0].case_id, say("Texts or files belong to an event that is not in its chain.")

    def _compare_texts(self, case: int, sealed: Mapping[str, str], found: Sequence[Any]) -> Iterator[Message]:
        matched = 0
        for _, case_id, name, text, salt in found:
            hashed = sealed.get(name)
            if hashed is None or case_id != case:
                yield say("The text {name} was never sealed.", name=name)
                continue
            matched += 1
            if text is None:
                self.disposed += 1
            elif len(salt) != SALT_LENGTH or salted_hash(salt, text) != hashed:
                yield say("The text {name} is not the one that was sealed.", name=name)
        if matched < len(sealed):
            there = {name for _, case_id, name, _, _ in found if case_id == case}
            yield from (say("The text {name} is missing.", name=name) for name in sealed if name not in there)

    def _compare_files(
        self, case: int, sealed: Mapping[str, str], attached: Sequence[Any], names: Mapping[str, str | None]
    ) -> Iterator[Message]:
        there: dict[str, set[str]] = {}
        for _, case_id, sha256, name in attached:
            there.setdefault(sha256, set()).add(name)
            if sha256 not in sealed or case_id != case:
                yield say("The file {sha256} was never sealed.", sha256=sha256)
        for sha256 in sealed:
            name = names.get(file_text(sha256))
            if sha256 not in there:
                if name is not None:
                    yield say("The attachment of the file {sha256} is missing.", sha256=sha256)
                continue
            if name is not None and there[sha256] != {name}:
                yield say("The file {sha256} bears another name than was sealed.", sha256=sha256)
            if self.stored and not self.stored(sha256):
                yield say("The file {sha256} is missing from the store, or its bytes have changed.", sha256=sha256)


def sealed_texts_of(connection: Connection, within: Covered, stored: Stored | None) -> SealedTexts:
    """Read the texts and attachments of the cases whose ids are within a bound."""
    words = select(EventText.event_id, EventText.case_id, EventText.name, EventText.text, EventText.salt)
    files = select(Attachment.event_id, Attachment.case_id, Attachment.sha256, Attachment.name)
    return SealedTexts(
        _by_event(connection.execute(words.where(within.holds(EventText.case_id))).all()),
        _by_event(connection.execute(files.where(within.holds(Attachment.case_id))).all()),
        stored,
    )


def _by_event(rows: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found
