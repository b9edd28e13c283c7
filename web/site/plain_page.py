"""A page that says what went wrong, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Page:
    """A page that says one thing: heading, sentences, and one way on (empty: to where the reader's work lies)."""

    status: int
    title: Any
    sentence: Any
    way: Any = ""
    to: str = ""
    more: tuple[Any, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    """Attributes of `main`, for scripts: names without "data-"."""
