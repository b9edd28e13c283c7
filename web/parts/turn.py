"""Whose turn it is: one sentence, the route of the case, and in whose hands the working days went."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from web.parts.words import Words, span
from workflow.calendar import Calendar, workdays_between
from workflow.refusal import Message, say

EMPHASIS: Final = "\ue000"
"""Stands on either side of the name that the sentence is about; the template sets it apart and drops the sign."""

GAP: Final = 0.35
"""Per cent of the bar left free after a stretch."""

SHAPES: Final = {"theirs": "busy", "yours": "soon", "late": "late", "closed": "ok", "returned": "flag"}


@dataclass(frozen=True)
class Stop:
    """A stop of the route. `state` is `done`, `here`, `to_come` or `returned`; `note` says what happened and when."""

    name: Words
    note: Words = ""
    state: str = "done"

    @property
    def css(self) -> str:
        return {"here": "here", "to_come": "todo", "returned": "back"}.get(self.state, "")


@dataclass(frozen=True)
class DaysInHand:
    """Days in one hand: after `start`, up to and with `end`. `party` is `office`, `bureau` or `enterprise`."""

    party: str
    name: Words
    start: date
    end: date


@dataclass(frozen=True)
class Allowed:
    """Working days that a party may still take."""

    party: str
    name: Words
    days: int


@dataclass(frozen=True)
class TurnPart:
    """A stretch of the bar, in percent of its width."""

    party: str
    days: int
    x: float
    width: float
    allowed: bool


@dataclass(frozen=True)
class Sum:
    """What one party took in all, for the legend."""

    party: str
    name: Words
    days: int

    @property
    def span(self) -> Message:
        return span(self.days)


@dataclass(frozen=True)
class Hands:
    """The bar, where now stands on it (percent), and the numbers that it shows."""

    segments: tuple[TurnPart, ...]
    now: float
    taken: tuple[Sum, ...]
    allowed: tuple[Sum, ...]
    sentence: Message
    ahead: Message | None


@dataclass(frozen=True)
class Turn:
    """The card. `state` is `theirs`, `yours`, `late`, `closed` or `returned`; `tag` is the word beside its shape.

    `sentence` may hold a name put into `emphasised`; `duty` says what the reader must do, and by when.
    """

    state: str
    sentence: Message
    duty: Message | None = None
    tag: Message | None = None
    stops: tuple[Stop, ...] = ()
    hands: Hands | None = None
    emphasis: str = EMPHASIS

    @property
    def shape(self) -> str:
        """The tag of the style sheet that goes with the state."""
        return SHAPES[self.state]


def emphasised(name: str) -> str:
    """A name to be set in the accent colour where the turn card writes its sentence."""
    return f"{EMPHASIS}{name}{EMPHASIS}"


def hands(
    spans: Sequence[DaysInHand], calendar: Calendar, allowed: Sequence[Allowed] = (), over: bool = False
) -> Hands:
    """The bar of who had the case how long, in order of time; `allowed` ends it on the last possible day, `over`: the
    case has ended."""
    taken = [(one.party, workdays_between(calendar, one.start, one.end)) for one in spans]
    ahead = [(one.party, one.days) for one in allowed]
    total = sum(days for _, days in (*taken, *ahead)) or 1
    gone = sum(days for _, days in taken)
    left = sum(days for _, days in ahead)
    return Hands(
        segments=(*_segments(taken, 0, total, False), *_segments(ahead, gone, total, True)),
        now=round(100 * gone / total, 2),
        taken=_sums((one.party, one.name, days) for one, (_, days) in zip(spans, taken, strict=True)),
        allowed=_sums((one.party, one.name, one.days) for one in allowed),
        sentence=_whole(span(gone), over),
        ahead=say("At most {span} more", span=span(left)) if left else None,
    )


def _whole(gone: Message, over: bool) -> Message:
    if over:
        return say("In whose hands the time was: {span} in all", span=gone)
    return say("In whose hands the time was: {span} so far", span=gone)


def _segments(found: Sequence[tuple[str, int]], begin: int, total: int, allowed: bool) -> Iterator[TurnPart]:
    for party, days in found:
        if days:
            width = 100 * days / total - GAP
            yield TurnPart(party, days, round(100 * begin / total, 2), round(width, 2), allowed)
        begin += days


def _sums(found: Iterator[tuple[str, Words, int]]) -> tuple[Sum, ...]:
    """One number a name, in order of first appearance."""
    sums: dict[tuple[str, str], Sum] = {}
    for party, name, days in found:
        key = (party, str(name))
        sums[key] = Sum(party, name, days + (sums[key].days if key in sums else 0))
    return tuple(one for one in sums.values() if one.days)
