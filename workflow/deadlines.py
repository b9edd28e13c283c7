"""Deadlines: over which states a limit runs, from which day, whose it is, and its ladder: a part of the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflow.vocabulary import Addressee, Party


@dataclass(frozen=True)
class Rung:
    """A step of a deadline's ladder: so many working days before (-) or after (+) the due date."""

    offset: int
    action: str
    at_least: int = 0
    exact: bool = False
    """At the very end of the day, worked or not; else in office hours of a working day."""


@dataclass(frozen=True)
class CountsFrom:
    """Where the law counts from an event and not from the entering: a date field, an action, or the filing."""

    asked: str = ""
    taken: str = ""
    filing: bool = False


def asked(field_name: str) -> CountsFrom:
    return CountsFrom(asked=field_name)


def taken(action: str) -> CountsFrom:
    return CountsFrom(taken=action)


FILING: Final = CountsFrom(filing=True)
"""From the day of filing, which is the day of receipt and not of typing (D17); of a reopened case, from its request."""


@dataclass(frozen=True)
class Deadline:
    """A limit that runs while the case is in a set of states. It bears its rule's name.

    Its owner is whose lateness it is; `Addressee.DESK`: of whoever has the case.
    """

    name: str
    label: str
    rule: str
    owner: Party | Addressee
    over: tuple[str, ...]
    rungs: tuple[Rung, ...]
    paused_in: tuple[str, ...] = ()
    fresh: bool = False
    counts_from: CountsFrom | None = None
    variants: tuple[str, ...] = ()

    def owned_by(self, desk: Party | str | None) -> bool:
        """Whether it is the time of that desk while the case lies there."""
        return self.owner in (desk, Addressee.DESK)
