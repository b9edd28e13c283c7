"""Writing moves, many at a time: event, state, timers, record, words, files and letters, in the open transaction.

A case is a list of one, a sweep a list of a thousand: there is one writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from cases.engine.closings import write_closings
from cases.engine.effects import carry_out
from cases.ledger.sealing import Entry, Tip, file_text, instant, link, salted
from cases.letters.telling import letters_for
from cases.model.acts import Act
from cases.model.evidence import StoredFile
from cases.model.tables import Attachment, Case, CaseBureau, Event, EventText
from cases.model.timer_rows import Changed, Claim, write_claims, write_timers
from notifications.post import post
from registry.credit_records import RecordChange
from workflow.decide import Move
from workflow.refusal import Outdated, say
from workflow.snapshot import RuleContext
from workflow.timing import Timer, due_of, rung_key

CASES: Final = cast(Table, Case.__table__)
EVENTS: Final = cast(Table, Event.__table__)


@dataclass(frozen=True)
class Written:
    """A recorded move: its case, what was done, and its place in the chain."""

    case_id: int
    number: str
    action: str
    seq: int
    state: str
    head: str


def write_moves(session: Session, world: RuleContext, acts: Sequence[Act], now: datetime) -> list[Written]:
    """Record the moves, at most one a case. Raises Outdated where a case has moved under our hands."""
    changes = {act.file.id: carry_out(session, world, act.file, act.move, act.actor) for act in acts}
    words = {act.file.id: list(_words(act.move)) for act in acts}
    tips = {act.file.id: Tip(act.file.id, act.file.number, act.file.head, act.file.length) for act in acts}
    rows, ends = link(tips, [_entry(act, words[act.file.id], changes[act.file.id]) for act in acts])
    ids = _write_events(session, rows)
    _write_words(session, acts, [ids[act.file.id] for act in acts], words)
    _write_routes(session, acts)
    timers = _write_timers(session, world, acts)
    _write_cases(session, world, acts, ends, timers)
    write_closings(
        session, world, [(act.file, act.move.filed_on, timers[act.file.id]) for act in acts if act.move.closes]
    )
    post(session, [letter for act in acts for letter in letters_for(session, world, act, timers[act.file.id])], now)
    return [
        Written(
            act.file.id, act.file.number, act.move.action.name, act.seq, act.move.target.name, ends[act.file.id].head
        )
        for act in acts
    ]


def _write_events(session: Session, rows: Sequence[Mapping[str, object]]) -> dict[int, int]:
    """Insert the events, at most one a case; gives their ids by case."""
    written = insert(EVENTS).returning(EVENTS.c.case_id, EVENTS.c.id)
    return {row.case_id: row.id for row in session.connection().execute(written, rows)}


@dataclass(frozen=True)
class _Word:
    """Words, or a file's name, with the salt that seals them."""

    name: str
    text: str
    salt: str
    hash: str


def _words(move: Move) -> Iterator[_Word]:
    for name, text in move.words.items():
        yield _Word(name, text, *salted(text))
    for _, file in stored(move):
        yield _Word(file_text(file.sha256), file.name, *salted(file.name))


def stored(move: Move) -> Iterator[tuple[str, StoredFile]]:
    """The files handed in, each once, with the field that asked for them."""
    seen: set[str] = set()
    for field, files in move.files.items():
        for file in cast(Iterable[StoredFile], files):
            if file.sha256 not in seen:
                seen.add(file.sha256)
                yield field, file


def _entry(act: Act, words: Sequence[_Word], changes: Sequence[RecordChange]) -> Entry:
    move = act.move
    files = {file.sha256 for _, file in stored(move)}
    body: dict[str, object] = {
        "on": move.on.isoformat(),
        "role": move.role.name,
        "by_bureau": move.person.bureau,
        "source": move.source,
        "target": move.target.name,
        "desk": str(move.desk) if move.desk else None,
        "round": move.round,
        "variant": move.variant,
        "bureau": move.bureau,
        "holder": move.holder,
        "complained_of": move.complained_of,
        "complained_bureau": move.complained_bureau,
        "outcome": move.target.outcome,
        "codes": dict(move.codes),
        "texts": {word.name: word.hash for word in words if not word.name.startswith("file:")},
        "files": {sha256: next(word.hash for word in words if word.name == file_text(sha256)) for sha256 in files},
        "effects": [effect.name for effect in move.effects],
        "changes": sorted({f"{change.what}:{change.field}" for change in changes}),
        "definition": move.definition.digest,
    }
    if act.seq == 1:
        body["opens"] = {
            "kind": act.file.kind,
            "enterprise": act.file.enterprise_id,
            "record": act.file.record_id,
            "filed_on": move.filed_on.isoformat(),
        }
    if move.acting_for is not None:
        body["for"] = move.acting_for
    if move.as_of != move.at:
        body["as_of"] = instant(move.as_of)
    if act.file.last_at and move.at < act.file.last_at:
        body["behind"] = instant(act.file.last_at)  # the clock was put back: the order is that of the chain
    return Entry(act.file.id, move.at, act.actor, move.action.name, body)


def _write_words(
    session: Session, acts: Sequence[Act], ids: Sequence[int], words: Mapping[int, Sequence[_Word]]
) -> None:
    texts, files = [], []
    for act, event_id in zip(acts, ids, strict=True):
        of = {"event_id": event_id, "case_id": act.file.id}
        texts += [{**of, "name": word.name, "text": word.text, "salt": word.salt} for word in words[act.file.id]]
        files += [{**of, "field": field, **file.as_data()} for field, file in stored(act.move)]
    if texts:
        session.execute(insert(EventText), texts)
    if files:
        session.execute(insert(Attachment), files)


def _write_routes(session: Session, acts: Sequence[Act]) -> None:
    """A bureau reads a case from the move that routes it there until another has it (D25)."""
    for act in acts:
        if act.move.bureau in (None, act.file.routed_to):
            continue
        open_route = update(CaseBureau).where(CaseBureau.case_id == act.file.id, CaseBureau.until_seq.is_(None))
        session.execute(open_route.values(until_seq=act.seq))
        row = {"case_id": act.file.id, "from_seq": act.seq, "bureau_id": act.move.bureau}
        session.execute(insert(CaseBureau), [row])


def _write_timers(session: Session, world: RuleContext, acts: Sequence[Act]) -> dict[int, list[Timer]]:
    """Write the timers that moves changed or whose rung they claim; gives all the timers of each case."""
    claims = {act.file.id: claim for act in acts if (claim := _claim(world, act))}
    write_claims(session, claims.values())
    changed = [
        Changed(act.file.id, act.move.definition, timer)
        for act in acts
        for timer in _changed(act, claims.get(act.file.id))
    ]
    timers = {act.file.id: {timer.id: timer for timer in act.file.snapshot.timers} for act in acts}
    for case_id, timer in write_timers(session, world, changed):
        timers[case_id][timer.id] = timer
    return {case_id: list(own.values()) for case_id, own in timers.items()}


def _changed(act: Act, claim: Claim | None) -> list[Timer]:
    """The timers that a move changed, with the one whose rung it claims, which has then fired it."""
    if claim is None:
        return list(act.move.timers)
    claimed = claim.claimed
    others = [timer for timer in act.move.timers if timer.id != claimed.id]
    same = next((timer for timer in act.move.timers if timer.id == claimed.id), claimed)
    return [*others, replace(same, fired=claimed.fired)]


def _claim(world: RuleContext, act: Act) -> Claim | None:
    """The rung that this act is: the one that fired, or the one the chief's sheet is for (D29)."""
    if act.timer and act.firing:
        return Claim(act.timer, act.firing.due, rung_key(act.firing.rung), act.seq)
    timer = act.file.running(str(act.move.codes.get("deadline", "")))
    if timer is None or act.move.action.name != "supervise":
        return None
    rungs = act.move.definition.deadline(timer.deadline).rungs
    rung = next((rung for rung in rungs if rung.action == "supervise"), None)
    day = due_of(timer, world.calendar).day
    return Claim(timer, day, rung_key(rung), act.seq) if rung and day else None


def _write_cases(
    session: Session,
    world: RuleContext,
    acts: Sequence[Act],
    ends: Mapping[int, Tip],
    timers: Mapping[int, list[Timer]],
) -> None:
    rows = [_case_values(world, act, ends[act.file.id], timers[act.file.id]) for act in acts]
    statement = (
        update(CASES)
        .where(CASES.c.id == bindparam("this_case"), CASES.c.length == bindparam("shown"))
        .values({name: bindparam(name) for name in rows[0] if name not in ("this_case", "shown")})
    )
    if session.connection().execute(statement, rows).rowcount != len(rows):
        raise Outdated(say("Somebody else has just acted on this case."), acts[0].file.length, acts[0].seq)


def _case_values(world: RuleContext, act: Act, end: Tip, timers: Sequence[Timer]) -> dict[str, Any]:
    file, move = act.file, act.move
    closed = (file.closed_at or move.at) if move.target.final else None
    due_on, due_of_name = earliest_due(world, timers)
    return {
        "this_case": file.id,
        "shown": file.length,
        "state": move.target.name,
        "desk": str(move.desk) if move.desk else None,
        "bureau_id": move.bureau,
        "variant": move.variant,
        "holder_id": move.holder,
        "complained_of": move.complained_of,
        "complained_bureau_id": move.complained_bureau,
        "round": move.round,
        "outcome": move.target.outcome,
        "closed_at": closed,
        "first_closed_at": file.first_closed_at or closed,
        "definition": move.definition.digest,
        "due_on": due_on,
        "due_of": due_of_name,
        "length": end.length,
        "head": end.head,
    }


def earliest_due(world: RuleContext, timers: Iterable[Timer]) -> tuple[date | None, str]:
    """The first day on which a running deadline of a case is due, and which it is."""
    days = [(due_of(timer, world.calendar).day, timer.deadline) for timer in timers if timer.stopped is None]
    return min(((day, name) for day, name in days if day), default=(None, ""))
