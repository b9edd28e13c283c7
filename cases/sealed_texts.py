"""What lies beside the chain: texts, attachment rows and stored files, held against what was sealed.

A text that a lawful disposal emptied is counted, not called altered. It knows one page of cases at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import InstrumentedAttribute

from cases.ledger import SALT_LENGTH, file_text, salted_hash
from cases.tables import Attachment, EventText
from workflow.refusal import Message, say

Stored = Callable[[str], bool]
"""Whether the bytes with this SHA-256 are in the store, and whole."""


@dataclass(frozen=True)
class Within:
    """A bound of case ids, both ends in."""

    first: int
    last: int

    def holds(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return column.between(self.first, self.last)


_Key = tuple[int, int]
"""Case id and event id: a text that was moved to another case is missing from its own."""

_Text = tuple[str | None, str]
_NO_TEXTS: Mapping[str, _Text] = {}
_NO_FILES: Mapping[str, set[str]] = {}


@dataclass
class SealedTexts:
    """The texts and attachments of a page, by event; what is compared is taken out."""

    texts: dict[_Key, dict[str, _Text]]
    files: dict[_Key, dict[str, set[str]]]
    stored: Stored | None
    disposed: int = 0

    def compare(self, case_id: int, event_id: int, body: Mapping[str, Any]) -> Iterator[Message]:
        """What does not match of one event whose body can be trusted."""
        found = self.texts.pop((case_id, event_id), _NO_TEXTS)
        attached = self.files.pop((case_id, event_id), _NO_FILES)
        texts, files = body.get("texts", {}), body.get("files", {})
        if found or texts or files:
            names = {file_text(sha256): hashed for sha256, hashed in files.items()}
            yield from self._compare_texts({**texts, **names}, found)
        if attached or files:
            yield from self._compare_files(files, attached, found)

    def forget(self, case_id: int, event_id: int) -> None:
        """An event whose own hash fails says nothing of its texts."""
        self.texts.pop((case_id, event_id), None)
        self.files.pop((case_id, event_id), None)

    def unclaimed(self) -> Iterator[tuple[int, Message]]:
        """By case id: texts and attachments of an event that is no longer there."""
        for case_id, _ in sorted(self.texts.keys() | self.files.keys()):
            yield case_id, say("Texts or files belong to an event that is not in its chain.")

    def _compare_texts(self, sealed: Mapping[str, str], found: Mapping[str, _Text]) -> Iterator[Message]:
        for name, hashed in sealed.items():
            if name not in found:
                yield say("The text {name} is missing.", name=name)
                continue
            text, salt = found[name]
            if text is None:
                self.disposed += 1
            elif len(salt) != SALT_LENGTH or salted_hash(salt, text) != hashed:
                yield say("The text {name} is not the one that was sealed.", name=name)
        for name in found.keys() - sealed.keys():
            yield say("The text {name} was never sealed.", name=name)

    def _compare_files(
        self, sealed: Mapping[str, str], attached: Mapping[str, set[str]], texts: Mapping[str, _Text]
    ) -> Iterator[Message]:
        for sha256 in sealed:
            name = texts.get(file_text(sha256), (None, ""))[0]
            if sha256 not in attached:
                if name is not None:
                    yield say("The attachment of the file {sha256} is missing.", sha256=sha256)
                continue
            if name is not None and attached[sha256] != {name}:
                yield say("The file {sha256} bears another name than was sealed.", sha256=sha256)
            if self.stored and not self.stored(sha256):
                yield say("The file {sha256} is missing from the store, or its bytes have changed.", sha256=sha256)
        for sha256 in attached.keys() - sealed.keys():
            yield say("The file {sha256} was never sealed.", sha256=sha256)


def sealed_texts_of(connection: Connection, within: Within, stored: Stored | None) -> SealedTexts:
    """Read the texts and attachments of the cases whose ids are within a bound."""
    texts: dict[_Key, dict[str, _Text]] = {}
    files: dict[_Key, dict[str, set[str]]] = {}
    words = select(EventText.case_id, EventText.event_id, EventText.name, EventText.text, EventText.salt)
    for case_id, event_id, name, text, salt in connection.execute(words.where(within.holds(EventText.case_id))):
        texts.setdefault((case_id, event_id), {})[name] = (text, salt)
    rows = select(Attachment.case_id, Attachment.event_id, Attachment.sha256, Attachment.name)
    for case_id, event_id, sha256, name in connection.execute(rows.where(within.holds(Attachment.case_id))):
        files.setdefault((case_id, event_id), {}).setdefault(sha256, set()).add(name)
    return SealedTexts(texts, files, stored)
