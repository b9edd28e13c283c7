"""One case's chain as an auditor reads it: every event with the hash it keeps and the one that its content gives now.

It says what does not match, never what stood there before. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.ledger.faults import Mismatch
from cases.ledger.sealing import instant, seal, sealed_form
from cases.ledger.verify import Verdict, verify_case
from cases.model.tables import Case, Event
from workflow.refusal import Message

MATCHES, BROKEN, TO_CHECK = "matches", "broken", "to_check"


@dataclass(frozen=True)
class ChainLink:
    """One event. `computed` is the hash its content gives now, `quoted` what the next event says it was."""

    seq: int
    at: datetime
    actor: str
    action: str
    body: str
    previous: str
    hash: str
    computed: str
    quoted: str
    sealed: str
    state: str
    faults: tuple[Message, ...]


@dataclass(frozen=True)
class Chain:
    """A case's events, the newest first, and what does not match but is no event: the case row, a missing event."""

    links: tuple[ChainLink, ...]
    verdict: Verdict
    elsewhere: tuple[Mismatch, ...]

    @property
    def broken_at(self) -> int | None:
        """The first event from which the chain cannot be trusted."""
        return min((fault.seq for fault in self.verdict.faults if fault.seq is not None), default=None)


def chain_of(session: Session, case: Case) -> Chain:
    """The chain of a case, checked now."""
    verdict = verify_case(session, case.id)
    events = session.scalars(
        select(Event)
        .where(Event.case_id == case.id)
        .order_by(Event.seq, Event.id)
        .execution_options(populate_existing=True)
    ).all()
    kept = {event.seq for event in events}
    elsewhere = tuple(fault for fault in verdict.faults if fault.seq not in kept)
    broken = min((fault.seq for fault in verdict.faults if fault.seq is not None), default=None)
    links = [_link(case, events, place, verdict.faults, broken) for place in range(len(events))]
    return Chain(tuple(reversed(links)), verdict, elsewhere)


def _link(case: Case, events: Sequence[Event], place: int, faults: Sequence[Mismatch], broken: int | None) -> ChainLink:
    event = events[place]
    own = tuple(fault.what for fault in faults if fault.seq == event.seq)
    content = (event.previous, case.number, event.seq, instant(event.at), event.actor, event.action, event.body)
    after = broken is not None and event.seq > broken
    return ChainLink(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        action=event.action,
        body=event.body,
        previous=event.previous,
        hash=event.hash,
        computed=seal(*content),
        quoted=events[place + 1].previous if place + 1 < len(events) else case.head,
        sealed=sealed_form(*content),
        state=BROKEN if own else TO_CHECK if after else MATCHES,
        faults=own,
    )
