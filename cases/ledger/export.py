"""One case as one file that a stranger can check without the database; `docs/verify_export.py` is how.

It holds the chain as it was sealed, the words with their salts, the files by hash, the newest checkpoint with the
proof that the chain is under it, and over all of that a seal. Of other cases it says nothing: an event that names one
is withheld, unless it is asked for (that there is one, its place gives away); of their heads there are hashes alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from cases.ledger.checkpoints import kept_heads, leaf_data, newest_checkpoint, statement_of
from cases.ledger.merkle import leaf, proof, sm3
from cases.ledger.sealing import canonical, file_text, instant, seal, sealed_form
from cases.ledger.verify import Verdict, verify_case
from cases.ledger.verify_rows import Mismatch
from cases.ledger.witness import Witness
from cases.model.tables import Attachment, Case, Event, EventText
from extensions import read_snapshot
from notifications.languages import LANGUAGES, catalog
from workflow.refusal import Message, say

FORMAT: Final = 1
"""Changes whenever a file of the kind before could be misread."""

ABOUT: Final = say(
    "One case of a credit platform, event by event as it was sealed. Whoever has the public key of the office can check"
    " it with the program verify_export.py: that it is whole, that nothing was changed, removed or added. That what was"
    " recorded is true, it does not show."
)

WITHHELD: Final = say(
    "An event is withheld because it names another case; whoever receives this can tell that there is one."
)
UNSEALED: Final = say("The key of the checkpoints is not on this host, so the file is not sealed.")


@dataclass(frozen=True)
class ExportOptions:
    """What of a case is to travel: its words and file names, and events that name another case."""

    texts: bool = True
    links: bool = False


def export_of(
    session: Session, witness: Witness, number: str, by: str, at: datetime, wanted: ExportOptions
) -> str | None:
    """The file, as JSON that can be read; None where there is no such case. `by` is who gives it out.

    It is sealed where this host has a key; to read is no reason to make one that others would then trust.
    """
    with read_snapshot(session) as connection:
        case_id = connection.execute(select(Case.id).where(Case.number == number)).scalar()
        if case_id is None:
            return None
        events = list(_events(connection, case_id, wanted))
        export: dict[str, Any] = {
            "format": FORMAT,
            "about": {language: catalog(language).gettext(ABOUT.id) for language in LANGUAGES},
            "case": number,
            "made_at": instant(at),
            "made_by": by,
            "with_texts": wanted.texts,
            "events": events,
            "files": list(_files(connection, case_id, events)),
            "checkpoint": _checkpoint(connection, case_id),
        }
    text = canonical(export)
    export["seal"] = {"key": witness.key(), "signature": witness.sign(text)} if witness.has_key else None
    return json.dumps(export, ensure_ascii=False, indent=1) + "\n"


def _events(connection: Connection, case_id: int, wanted: ExportOptions) -> Iterator[dict[str, Any]]:
    table = Event.__table__
    texts = _texts(connection, case_id) if wanted.texts else {}
    for row in connection.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.seq)):
        body = _as_sealed(row.body)
        if names_another(body) and not wanted.links:
            said = dict.fromkeys(("at", "actor", "action", "body"))
        else:
            said = {"at": instant(row.at), "actor": row.actor, "action": row.action, "body": body}
        shown = texts.get(row.id, {}) if said["body"] is not None else {}
        yield {"seq": row.seq, **said, "texts": shown, "previous": row.previous, "hash": row.hash}


def _texts(connection: Connection, case_id: int) -> dict[int, dict[str, Any]]:
    """By event and name: the words and their salt; what was emptied has neither."""
    found: dict[int, dict[str, Any]] = {}
    table = EventText.__table__
    for row in connection.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.name)):
        kept = {"text": row.text, "salt": row.salt if row.text is not None else None}
        found.setdefault(row.event_id, {})[row.name] = kept
    return found


def _files(connection: Connection, case_id: int, events: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each file that the events carry; without a size where its attachment was disposed of."""
    table = Attachment.__table__
    rows = connection.execute(select(table.c.sha256, table.c.size).where(table.c.case_id == case_id))
    sizes = {row.sha256: row.size for row in rows}
    for event in events:
        for sha256 in sorted(_part(event["body"], "files")):
            name = event["texts"].get(file_text(sha256), {}).get("text")
            yield {"event": event["seq"], "name": name, "size": sizes.get(sha256), "sha256": sha256}


def _checkpoint(connection: Connection, case_id: int) -> dict[str, Any] | None:
    """The newest checkpoint, how long the chain was in it, and the way from its leaf to the root."""
    newest = newest_checkpoint(connection)
    heads = list(kept_heads(connection)) if newest else []
    place = next((place for place, head in enumerate(heads) if head.case_id == case_id), None)
    if newest is None or place is None:
        return None
    leaves = [leaf_data(head.number, head.length, head.head) for head in heads]
    ways = {"proof": proof([leaf(data) for data in leaves], place)}
    if newest.root_sm3:
        ways["proof_sm3"] = proof([leaf(data, sm3) for data in leaves], place, sm3)
    return {
        "statement": json.loads(statement_of(newest._mapping)),
        "signature": newest.signature,
        "length": heads[place].length,
        "index": place,
        **{name: [beside.hex() for beside in way] for name, way in ways.items()},
    }


def _as_sealed(body: str) -> Any:
    """The body as an object whose canonical form is what was sealed; the bare text where there is none such."""
    try:
        read = json.loads(body)
        return read if canonical(read) == body else body
    except (TypeError, ValueError):
        return body


def names_another(body: Any) -> bool:
    """Whether an event says by which case it was opened or added to (D7, D19)."""
    return "opened_by" in _part(body, "codes")


def _part(body: Any, name: str) -> Mapping[str, Any]:
    part = body.get(name) if isinstance(body, dict) else None
    return part if isinstance(part, dict) else {}


MATCHES, BROKEN, TO_CHECK = "matches", "broken", "to_check"


@dataclass(frozen=True)
class ChainLink:
    """One event. `computed` is the hash its content gives now, `quoted` what the next event says it was."""

    event: Event
    computed: str
    quoted: str
    sealed: str
    state: str
    faults: tuple[Message, ...]


@dataclass(frozen=True)
class Chain:
    """A case's events, the newest first, and what does not match but is no event: the case row, a missing event.

    `broken_at` is the first event from which the chain cannot be trusted.
    """

    links: Sequence[ChainLink]
    verdict: Verdict
    elsewhere: Sequence[Mismatch]
    broken_at: int | None


def chain_of(session: Session, case: Case) -> Chain:
    """The chain of a case, checked now."""
    verdict = verify_case(session, case.id)
    kept = select(Event).where(Event.case_id == case.id).order_by(Event.seq, Event.id)
    events = session.scalars(kept.execution_options(populate_existing=True)).all()
    faults: dict[int | None, list[Message]] = {}
    for fault in verdict.faults:
        faults.setdefault(fault.seq, []).append(fault.what)
    broken = min((seq for seq in faults if seq is not None), default=None)
    links = []
    for event, quoted in zip(events, [*(after.previous for after in events[1:]), case.head], strict=False):
        content = (event.previous, case.number, event.seq, instant(event.at), event.actor, event.action, event.body)
        own, after = faults.get(event.seq, ()), broken is not None and event.seq > broken
        state = BROKEN if own else TO_CHECK if after else MATCHES
        links.append(ChainLink(event, seal(*content), quoted, sealed_form(*content), state, tuple(own)))
    seqs = {event.seq for event in events}
    elsewhere = [fault for fault in verdict.faults if fault.seq not in seqs]
    return Chain(links[::-1], verdict, elsewhere, broken)
