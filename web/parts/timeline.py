"""The time line of a case with its chain: an entry an event, the newest first, long cases folded by stage.

It draws a verdict that the ledger has reached; it verifies nothing itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from web.parts.words import Words
from workflow.refusal import Message, say

LONG: Final = 12
"""With more entries than that, earlier stages are folded."""

VERIFIED, UNKNOWN, BROKEN = "verified", "unknown", "broken"


@dataclass(frozen=True)
class TimelineEntry:
    """One event. `at` is aware, in the place's time; `hash` is whole; `stage` names the `Stage` it belongs to.

    `link` is worked out by `timeline`: `verified`, `unknown` (after a fault) or `broken`.
    """

    seq: int
    at: datetime
    words: Words
    actor: Words = ""
    hash: str = ""
    stage: str = ""
    details: Sequence[Words] = ()
    link: str = VERIFIED
    fault: Message | None = None

    @property
    def short(self) -> str:
        """First and last four of the hash."""
        return f"{self.hash[:4]}\u2026{self.hash[-4:]}" if len(self.hash) > 8 else self.hash


@dataclass(frozen=True)
class Stage:
    """A stage of a case: its name, at which desk it lay, and what stood out in it (an extension, a return)."""

    key: str
    name: Words
    desk: Words = ""
    stood_out: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Folded:
    """A stage that is over, its entries newest first."""

    stage: Stage
    entries: tuple[TimelineEntry, ...]
    link: str

    @property
    def first(self) -> datetime:
        return self.entries[-1].at

    @property
    def last(self) -> datetime:
        return self.entries[0].at


@dataclass(frozen=True)
class Timeline:
    """The verdict in a word and a sentence, then what stands open, what is folded, and the first entry."""

    intact: bool | None
    tag: Message
    sentence: Message
    entries: tuple[TimelineEntry, ...]
    folded: tuple[Folded, ...] = ()
    first: tuple[TimelineEntry, ...] = field(default=())


def timeline(
    entries: Iterable[TimelineEntry],
    stages: Sequence[Stage] = (),
    *,
    verified_at: datetime | None = None,
    broken_at: int | None = None,
    fault: Message | None = None,
) -> Timeline:
    """The time line. `broken_at` is the seq of the first event that does not match; everything after it is unknown.

    `verified_at`: when the chain was last verified, in the place's time; None: not yet, so nothing is called intact.
    `stages` in order of time; the last one stays open.
    """
    found = sorted((_linked(one, verified_at, broken_at, fault) for one in entries), key=lambda one: -one.seq)
    tag, sentence, intact = _verdict(found, verified_at, broken_at)
    if len(found) <= LONG or len(stages) < 2:
        return Timeline(intact, tag, sentence, tuple(found))
    early = {stage.key for stage in stages[:-1]}
    first = found[-1]
    folded = tuple(one for stage in reversed(stages[:-1]) if (one := _folded(stage, found[:-1])))
    return Timeline(intact, tag, sentence, tuple(one for one in found[:-1] if one.stage not in early), folded, (first,))


def _linked(
    entry: TimelineEntry, verified_at: datetime | None, broken_at: int | None, fault: Message | None
) -> TimelineEntry:
    if broken_at is not None and entry.seq >= broken_at:
        here = entry.seq == broken_at
        words = fault or say("This entry does not match the one before it; from here on all wait for a check.")
        return replace(entry, link=BROKEN if here else UNKNOWN, fault=words if here else None)
    return replace(entry, link=UNKNOWN if verified_at is None else VERIFIED)


_Verdict = tuple[Message, Message, bool | None]


def _verdict(found: Sequence[TimelineEntry], verified_at: datetime | None, broken_at: int | None) -> _Verdict:
    n = len(found)
    if broken_at is not None:
        wait = sum(1 for entry in found if entry.seq >= broken_at)
        return say("Chain broken"), say("{wait} of {n} entries wait for a check.", wait=wait, n=n), False
    if verified_at is None:
        return say("Not yet verified"), say("{n} entries, each linked to the one before it.", n=n), None
    sentence = say(
        "{n} entries, each linked to the one before it; verified {when}. A change to any would break it.",
        n=n,
        when=verified_at,
    )
    return say("Chain intact"), sentence, True


def _folded(stage: Stage, found: Sequence[TimelineEntry]) -> Folded | None:
    inside = tuple(entry for entry in found if entry.stage == stage.key)
    if not inside:
        return None
    links = {entry.link for entry in inside}
    return Folded(stage, inside, next(link for link in (BROKEN, UNKNOWN, VERIFIED) if link in links))
