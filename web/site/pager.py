"""A long list a page at a time, where all of it is at hand: which rows are shown, and the ways to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request

from web.site.request_limits import number_in

Row = TypeVar("Row")


@dataclass(frozen=True)
class ShownPage(Generic[Row]):
    """The rows of one page: from the `first` to the `last` of `total`, and the addresses before and after, if any."""

    rows: Sequence[Row]
    first: int
    last: int
    total: int
    before: str
    after: str

    @property
    def split(self) -> bool:
        """Whether there is more than one page."""
        return bool(self.before or self.after)


def page_of(rows: Sequence[Row], size: int) -> ShownPage[Row]:
    """The page that is asked for by `?page=`; beyond the end, the last one."""
    last = max(1, -(-len(rows) // size))
    number = min(max(number_in(request.args.get("page"), 1), 1), last)
    at = (number - 1) * size
    here = rows[at : at + size]
    return ShownPage(
        here,
        at + 1 if here else 0,
        at + len(here),
        len(rows),
        _address(number - 1) if number > 1 else "",
        _address(number + 1) if number < last else "",
    )


def _address(number: int) -> str:
    asked = [(name, text) for name, text in request.args.items(multi=True) if name != "page" and text]
    return f"{request.path}?{urlencode([*asked, ('page', str(number))])}"
