"""Signals worth a look as the board says them: what was seen, what it can mean, whose it was, and each case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Final

from cases.figures.signals import (
    EXTENDED,
    HASTY,
    MINUTES,
    PAUSED,
    REOPENED,
    RETURNED,
    SIGNALS,
    SOON_AFTER,
    Signal,
    by_bureau,
)
from web.parts.words import Words
from web.site.bodies import Names
from workflow.refusal import Message, say

SEEN: Final = {
    EXTENDED: say("Extended on the last day"),
    PAUSED: say("Papers asked for on the last day or the one before"),
    RETURNED: say("Returned as not its own"),
    REOPENED: say("Opened again within {n} working days of its closing", n=SOON_AFTER),
    HASTY: say("Decided within {n} minutes", n=int(MINUTES.total_seconds() // 60)),
}
MEANS: Final = {
    EXTENDED: say("More time is for what proves difficult. On the last day it can also cover time that was not used."),
    PAUSED: say("From the request on the clock stands still. The gap may really have shown itself only then."),
    RETURNED: say("The firm waits while it is settled whose case it is. The referral itself can have been wrong."),
    REOPENED: say("A review is the firm's right; that it was asked says nothing about who was right."),
    HASTY: say(
        "Counted from when the case came before whoever decided, or was taken by them. A clear one takes no"
        " longer, and it may have been read before."
    ),
}


@dataclass(frozen=True)
class Case:
    """One case of a signal: where it was, and of a returned one where it went."""

    number: str
    on: date
    where: Words


@dataclass(frozen=True)
class Told:
    """One sort of signal with its cases."""

    name: str
    seen: Message
    means: Message
    whose: Words
    cases: tuple[Case, ...]


def told(found: Sequence[Signal], names: Names) -> tuple[Told, ...]:
    """The sorts that were seen, in their fixed order."""
    sorts = ((name, [one for one in found if one.name == name]) for name in SIGNALS)
    return tuple(
        Told(name, SEEN[name], MEANS[name], _whose(cases, names), tuple(_case(one, names) for one in cases))
        for name, cases in sorts
        if cases
    )


def _whose(cases: Sequence[Signal], names: Names) -> Words:
    counted = [say("{body} {n}", body=_body(bureau, names), n=n) for bureau, n in by_bureau(cases)]
    return reduce(lambda first, rest: say("{first}, {rest}", first=first, rest=rest), counted)


def _case(one: Signal, names: Names) -> Case:
    where: Words = _body(one.bureau, names)
    if one.name == RETURNED:
        where = (
            say("{body} → {other}", body=where, other=_body(one.to, names))
            if one.to
            else say("{body}, not yet assigned", body=where)
        )
    return Case(one.number, one.on, where)


def _body(bureau: int | None, names: Names) -> str:
    return names.short[bureau] if bureau else names.office
