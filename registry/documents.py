"""A file that lies in the store, as what quotes it sees it: a letter of authority, a published limit."""

from __future__ import annotations

from typing import Protocol


class Document(Protocol):
    """Its content's SHA-256 in hex, the name it came with, what it is, and its bytes."""

    @property
    def sha256(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...
