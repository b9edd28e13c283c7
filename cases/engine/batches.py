"""Batches from sources: taken in, or left to two people with nothing written; each once, and its sender answered.

The first batch of a source waits, one with many rows rejected, and one that says otherwise than many decisions.
"""

import io
import logging
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.engine.held_sheets import NeedsRelease, ToHold, against_many, counts_of, hold, take_in, waits_already
from cases.model.evidence import NotKept, Store
from exchange.connections import Connection, put
from exchange.sources import Arrived, SourceBatch, answer, arrived, clear
from extensions import transaction
from notifications.languages import LANGUAGES
from notifications.languages import put as put_in_words
from registry.identity import Identity
from registry.sheets.importing import Imported
from registry.sheets.reading import BadSheet
from registry.sheets.rejects import write_rejects
from registry.two_persons import ActOfTwo
from workflow.refusal import Impossible, Message, say
from workflow.snapshot import RuleContext

MOST_REJECTED: Final = 20
PART_REJECTED: Final = 0.05
"""More rows rejected than these, in number and in part, and people look at the batch first."""
WAITS: Final = {
    "first": say(
        "It is the first batch of this source: two people of the office look at it,"
        " and its receipt says what came of it."
    ),
    "rejected": say(
        "More than 20 rows and 5 % were rejected: two people of the office look at it."
        " Correct the rejected rows and send them again."
    ),
    "against": say(
        "More than 20 rows say otherwise than decisions: two people of the office look at it."
        " Compare them with the decisions meanwhile."
    ),
}
log = logging.getLogger("redress.scheduler")


def take_batches(world: RuleContext, connections: Mapping[str, Connection], store: Store, now: datetime) -> list[str]:
    """Take up what lies in the folders of the sources that are on; gives a line a batch."""
    sources = [one for one in connections.values() if one.direction == "in" and one.on]
    lines = [line for source in sources for line in pull(world, source, store, now)]
    with transaction() as session:
        open_ones = session.execute(
            select(SourceBatch.id, SourceBatch.source, SourceBatch.name).filter_by(answered_at=None)
        )
        unanswered = open_ones.all()
    for id, name, file_name in unanswered:
        try:
            if name in connections:
                _answer(connections[name], file_name, id, now)
        except OSError as failure:
            log.error("source %s: the answer to %s waits: %s", name, file_name, type(failure).__name__)
    return lines


def pull(world: RuleContext, source: Connection, store: Store, now: datetime) -> list[str]:
    """Take up what lies in one source's folder; gives a line a batch. What fails is done again at the next beat."""
    lines = []
    for file in arrived(source):
        try:
            with transaction() as session:
                batch = _known(session, source, file) or _take(session, world, source, file, store, now)
            _answer(source, file.path.name, batch.id, now)
            clear(file)
        except (OSError, NotKept, IntegrityError) as failure:  # no room, or another scheduler has just taken it
            log.error("source %s: %s waits: %s", source.name, file.path.name, type(failure).__name__)
            continue
        counts = " ".join(f"{name} {n}" for name, n in batch.counts.items())
        lines.append(f"source {source.name} {file.path.name} {batch.state} {counts}".rstrip())
    return lines


def _why_waits(session: Session, source: str, looked: Imported) -> str:
    """What a batch waits for; empty where it is taken in at once."""
    taken = select(SourceBatch.id).where(SourceBatch.source == source, SourceBatch.state == "taken").limit(1)
    if session.scalar(taken) is None:
        return "first"
    many = looked.rejected > MOST_REJECTED and looked.rejected > PART_REJECTED * looked.read
    return against_many(looked) or ("rejected" if many else "")


def put_forward(session: Session, batch_id: int, by: Identity, now: datetime) -> ActOfTwo:
    """An officer has looked at a batch that waits, and puts it before the head. Raises Impossible where it does not."""
    batch = session.get(SourceBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.state != "waits" or batch.act_id is not None:
        raise Impossible(say("This batch no longer waits for somebody to look at it. Reload the page."))
    if waits_already(session, batch.sha256):
        raise Impossible(say("The same sheet waits for the head of the office already: it has to be decided first."))
    against = batch.counts["conflicts"]
    sheet = ToHold(batch.sha256, batch.kind, batch.name, batch.rows, against, batch.why, batch.source, batch.owners)
    act = hold(session, sheet, by, now)
    batch.act_id = act.id
    session.flush()
    return act


def _known(session: Session, source: Connection, file: Arrived) -> SourceBatch | None:
    """The batch that these bytes were already: they get its answer again."""
    return session.scalar(select(SourceBatch).filter_by(source=source.name, sha256=file.sha256))


def _take(
    session: Session, world: RuleContext, source: Connection, file: Arrived, store: Store, now: datetime
) -> SourceBatch:
    batch = SourceBatch(source=source.name, name=file.path.name, sha256=file.sha256, kind=source.kind, received_at=now)
    batch.owners, batch.state = list(source.owners), "waits"
    session.add(batch)
    session.flush()  # who comes second waits here, and finds it
    today, waits = world.jurisdiction.day_of(now), partial(_why_waits, session, source.name)
    try:
        looked, _told = take_in(
            session, world, file.content, batch.kind, batch.name, now, owners=source.owners, waits=waits
        )
        batch.settle("taken", counts_of(looked))
    except NeedsRelease as held:
        looked, batch.why = held.imported, held.why
        store.keep(batch.name, file.content, "")
        batch.settle("waits", counts_of(looked), _in_both(WAITS[held.why], today))
    except BadSheet as refusal:
        if isinstance(refusal.__cause__, OSError):
            raise refusal.__cause__ from None
        batch.settle("unreadable", {}, _in_both(refusal.message, today))
        return batch
    if looked.rejected:
        sheet = io.BytesIO()
        write_rejects(sheet, looked.heading, looked.rejections, lambda reason: put_in_words(reason, "zh", today))
        put(source, "rejects", f"{file.path.name}.xlsx", sheet.getvalue())
    return batch


def _in_both(message: Message, today: date) -> dict[str, str]:
    return {language: put_in_words(message, language, today) for language in LANGUAGES}


def _answer(source: Connection, name: str, id: int, now: datetime) -> None:
    """Write the answer, then that it was written: whatever ends in the middle is answered again."""
    with transaction() as session:
        batch = session.get_one(SourceBatch, id, with_for_update=True, populate_existing=True)
        answer(source, name, batch, now)
        batch.answered_at = now
