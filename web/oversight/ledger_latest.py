"""What people did last in any case, for whoever checks: the newest entries of the ledger that are not the clock's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.tables import Case, Event
from cases.model.visibility import visible_to
from registry.identity import Identity
from web.oversight.ledger_words import people_of, said_in, what_was_done, who_acted
from workflow.refusal import Message, say

MOST = 15


@dataclass(frozen=True)
class Entry:
    """One event: its place in the chain of its case, when, who, what."""

    number: str
    kind: Message
    seq: int
    at: datetime
    who: Message | str
    what: Message | str
    hash: str


def latest(session: Session, identity: Identity) -> list[Entry]:
    """The newest of the cases that this reader may read."""
    asked = (
        select(Event.seq, Event.at, Event.actor, Event.action, Event.body, Event.hash, Case.number, Case.kind)
        .join(Case, Case.id == Event.case_id)
        .where(Event.actor.startswith("user:"), visible_to(identity))
        .order_by(Event.id.desc())
        .limit(MOST)
    )
    rows = [(row, said_in(row.body)) for row in session.execute(asked) if row.kind in all_kinds()]
    people = people_of(session, [(row.actor, said) for row, said in rows])
    return [
        Entry(
            row.number,
            say(all_kinds()[row.kind].label),
            row.seq,
            row.at,
            who_acted(row.actor, said, people),
            what_was_done(all_kinds()[row.kind], row.action, said),
            row.hash,
        )
        for row, said in rows
    ]
