"""Signals worth a look: what has happened lately that is usual where something is wrong, and where nothing is.

They are written with the acts that show them (`cases/engine/signalling.py`). Only reads, and only cases that the reader
may read.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from cases.engine.signalling import LATELY, SIGNALS
from cases.model.tables import Case, SignalRow
from cases.model.visibility import visible_to
from database import Question, ask_together
from extensions import Instant
from registry.identity import Identity

MOST = 50
"""Cases of a sort that are named."""


@dataclass(frozen=True)
class Signal:
    """One case that shows one: on which day, and the bureau whose it is; None for the office."""

    name: str
    case_id: int
    number: str
    on: date
    bureau: int | None
    to: int | None = None
    """Of a returned case, the bureau to which it was assigned."""


@dataclass(frozen=True)
class SignalSort:
    """Those of one name: the newest, the newest first, and how many there are of which bureau."""

    name: str
    cases: list[Signal]
    of: Counter[int | None]

    @property
    def by_bureau(self) -> list[tuple[int | None, int]]:
        """How many of each bureau, the most first; None is the office."""
        return sorted(self.of.items(), key=lambda pair: (-pair[1], pair[0] is None, pair[0] or 0))


def signals(session: Session, identity: Identity, now: datetime) -> list[SignalSort]:
    """The sorts that were seen in the last thirty days, in their fixed order."""
    asked = _asked(visible_to(identity))
    counted, *named = ask_together(session.connection(), asked, {"since": now - LATELY, "now": now})
    of: Mapping[str, Counter[int | None]] = defaultdict(Counter)
    for name, bureau, n in counted:
        of[name][bureau] += n
    every = zip(SIGNALS, named, strict=True)
    return [SignalSort(name, [Signal(name, *row) for row in rows], of[name]) for name, rows in every if rows]


@lru_cache(maxsize=100)
def _asked(visible: ColumnElement[bool]) -> tuple[Question, ...]:
    """How many of each sort and bureau, then the newest of each sort: built once for all who may read the same."""
    lately = SignalRow.at.between(bindparam("since", type_=Instant), bindparam("now", type_=Instant)), visible
    shown = select(SignalRow.case_id, Case.number, SignalRow.seen_on, SignalRow.bureau_id, SignalRow.to_id)
    newest = shown.join(Case, Case.id == SignalRow.case_id).where(*lately)
    newest = newest.order_by(SignalRow.at.desc(), SignalRow.case_id).limit(MOST)
    counted = select(SignalRow.name, SignalRow.bureau_id, func.count().label("n")).join(
        Case, Case.id == SignalRow.case_id
    )
    counted = counted.where(*lately).group_by(SignalRow.name, SignalRow.bureau_id)
    return counted, *(newest.where(SignalRow.name == name) for name in SIGNALS)
