"""A page cut into its tags and texts, some times faster than by the standard library: the tests read thousands.

What our templates write is all that it knows: a page in which a sign stands alone that begins a tag is refused.
"""

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple

PIECE = re.compile(
    r"""<!--.*?-->|<!(?P<said>[^>]*)>
    |<(?P<tag>[a-zA-Z][^\s/>]*)(?P<given>(?:[^>"']|"[^"]*"|'[^']*')*)>
    |</(?P<end>[a-zA-Z][^\s/>]*)\s*>
    |(?P<text>[^<]+)""",
    re.DOTALL | re.VERBOSE,
)
GIVEN = re.compile(r"""([^\s"'>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
RAW = {name: re.compile(rf"(.*?)(?=</{name}\s*>)", re.DOTALL | re.IGNORECASE) for name in ("script", "style")}


class Piece(NamedTuple):
    """A tag that opens with what it is given (`closed` by itself), one that ends, or a text between them."""

    tag: str = ""
    given: tuple[tuple[str, str], ...] = ()
    end: str = ""
    text: str = ""
    closed: bool = False


@lru_cache(maxsize=2)
def pieces(page: str) -> list[Piece]:
    """Each in its turn; who asks of one page again has them at once. Raises ValueError where it is no page of ours."""
    found: list[Piece] = []
    at = 0
    while at < len(page):
        one = PIECE.match(page, at)
        if not one:
            raise ValueError(f"neither tag nor text: {page[at : at + 60]!r}")
        at = one.end()
        if text := one["text"]:
            found.append(Piece(text=unescape(text) if "&" in text else text))
        elif tag := one["tag"]:
            given = one["given"]
            found.append(Piece(tag.lower(), _given(given) if given else (), closed=given.endswith("/")))
            if raw := RAW.get(tag):
                at = _raw(raw, page, at, found)
        elif end := one["end"]:
            found.append(Piece(end=end.lower()))
    return found


def _raw(raw: re.Pattern[str], page: str, at: int, found: list[Piece]) -> int:
    """What a script or a style holds is a text, whatever stands in it."""
    one = raw.match(page, at)
    if one and one[1]:
        found.append(Piece(text=one[1]))
    return one.end() if one else at


@lru_cache(maxsize=20_000)
def _given(text: str) -> tuple[tuple[str, str], ...]:
    """The attributes of a tag, most of which stand on many pages."""
    return tuple((name.lower(), _value(value)) for name, value in GIVEN.findall(text.rstrip("/")))


def _value(value: str) -> str:
    bare = value[1:-1] if value[:1] in ('"', "'") else value
    return unescape(bare) if "&" in bare else bare
