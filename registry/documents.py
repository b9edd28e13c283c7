"""A stored file as rows quote it: a letter of authority, a published limit."""

from typing import Any, Protocol


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


def quoted(document: Document) -> dict[str, Any]:
    """The columns by which a row quotes a document."""
    return {name: getattr(document, name) for name in ("sha256", "name", "media_type", "size")}
