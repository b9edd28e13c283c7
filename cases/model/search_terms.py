"""What is looked for in a list: each word must be found somewhere. A text that nobody types finds nothing and asks
nothing: a thousand words would keep the database busy for seconds, and more than it can take are an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import ColumnElement, and_, false, true

LONGEST: Final = 400
"""Characters: a firm's name and the number of a document, each as long as a record keeps them."""
MOST: Final = 12
"""Words, each counted once."""


def each_found(text: str, matches: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    """The condition that every word matches; of a text that is none for a list, one that holds nowhere."""
    words = dict.fromkeys(text.split())
    if len(text) > LONGEST or len(words) > MOST:
        return false()
    return and_(true(), *map(matches, words))
