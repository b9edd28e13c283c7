"""Tries that are counted: what is shown to whoever has a number and its code, and what too many are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Response, request

from extensions import transaction
from registry.sign_in import TooManyTries, count_look_up, forgive_look_up
from web.doors import moment

Found = TypeVar("Found")


def looked_up(number: str, find: Callable[[], Found | None]) -> Found | None:
    """What `find` gives for the number; None where the code is wrong. The try is counted before it is looked at, and
    taken off again where the code was right. Raises `TooManyTries`."""
    address, now = request.remote_addr or "", moment()
    with transaction(asked=False) as writing:
        count_look_up(writing, number, address, now)
    found = find()
    if found is not None:
        with transaction(asked=False) as writing:
            forgive_look_up(writing, number, address, now)
    return found


def too_many(page: Response, refused: TooManyTries) -> Response:
    """The page that says so, with when to come again."""
    page.headers["Retry-After"] = str(refused.seconds)
    return page
