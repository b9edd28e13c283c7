"""Write decided moves, many at a time, in the open transaction: one writer for a page and for a sweep.

A move becomes an event, the case row, timers and fired rungs, changes of the record, words, files and letters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from cases.engine.closings import write_closings
from cases.ledger.sealing import NewEvent, Tip, file_text, instant, link, salted
from cases.letters.telling import letters_for
from cases.model.evidence import StoredFile
from cases.model.reading import Act, LoadedCase
from cases.model.tables import Attachment, Case, CaseBureau, Event, EventText, RungFired, TimerRow
from cases.model.words import disputes, granted_values, words_of
from notifications.post import post
from registry import credit_records
from registry.credit_records import CreditRecord, RecordChange
from registry.display import shown_until
from workflow.decide import Move, Resolved
from workflow.definition import Definition
from workflow.findings import DISPLAY, GRANTED, UNDECIDABLE, in_force
from workflow.refusal import Outdated, say
from workflow.snapshot import RuleContext
from workflow.timing import Firing, Timer, due_of, next_firing, rung_key

CASES: Final = cast(Table, Case.__table__)
EVENTS: Final = cast(Table, Event.__table__)


@dataclass(frozen=True)
class RecordedMove:
    """A recorded move: its case, what was done, and its place in the chain."""

    case_id: int
    number: str
    action: str
    seq: int
    state: str
    head: str


def write_moves(session: Session, world: RuleContext, acts: Sequence[Act], now: datetime) -> list[RecordedMove]:
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
    if closed := [(act.file, act.move.filed_on, timers[act.file.id]) for act in acts if act.move.closes]:
        write_closings(session, world, closed)
    post(session, [letter for act in acts for letter in letters_for(session, world, act, timers[act.file.id])], now)
    return [
        RecordedMove(
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


def _entry(act: Act, words: Sequence[_Word], changes: Sequence[RecordChange]) -> NewEvent:
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
    return NewEvent(act.file.id, move.at, act.actor, move.action.name, body)


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


Changes = Sequence[RecordChange]


@dataclass(frozen=True)
class EffectContext:
    """What a writer of effects works with."""

    session: Session
    world: RuleContext
    record: CreditRecord
    file: LoadedCase
    move: Move
    actor: str


def carry_out(session: Session, world: RuleContext, file: LoadedCase, move: Move, actor: str) -> list[RecordChange]:
    """Write the record effects of a move; gives the changes that were made, each with its event's number."""
    effects = [effect for effect in move.effects if effect.name in WRITERS]
    if not effects or file.record_id is None:
        return []
    record = session.get_one(CreditRecord, file.record_id, with_for_update=True, populate_existing=True)
    scene = EffectContext(session, world, record, file, move, actor)
    changes = [change for effect in effects for change in WRITERS[effect.name](scene, effect)]
    for change in changes:
        change.event_seq = file.length + 1
    return changes


def _flag(scene: EffectContext, _effect: Resolved) -> Changes:
    return credit_records.flag(scene.session, scene.record, scene.file.id, scene.move.at, scene.actor)


def _unflag(scene: EffectContext, _effect: Resolved) -> Changes:
    return credit_records.unflag(scene.session, scene.record, scene.file.id, scene.move.at, scene.actor)


def _correct(scene: EffectContext, effect: Resolved) -> Changes:
    words = words_of(scene.session, scene.file.id)
    found = effect.value if isinstance(effect.value, Mapping) else {}
    granted = granted_values(disputes(scene.move.definition, scene.file.snapshot.past, words))
    values = {name: value for name, value in granted.items() if name in found and name != DISPLAY}
    return credit_records.correct(scene.session, scene.record, values, scene.file.id, scene.move.at, scene.actor)


def _end_display(scene: EffectContext, effect: Resolved) -> Changes:
    found = effect.value if isinstance(effect.value, Mapping) else {}
    if effect.of and found.get(DISPLAY) not in GRANTED:
        return []
    return _ended(credit_records.end_display, scene, effect)


def _delist(scene: EffectContext, effect: Resolved) -> Changes:
    return _ended(credit_records.delist, scene, effect)


def _stop_sharing(scene: EffectContext, effect: Resolved) -> Changes:
    return _ended(credit_records.stop_sharing, scene, effect)


def _ended(write: Callable[..., Changes], scene: EffectContext, effect: Resolved) -> Changes:
    """Something of the record ends, on the day that the act names, else on the act's own."""
    day = effect.value if isinstance(effect.value, date) else scene.move.on
    return write(scene.session, scene.record, scene.file.id, day, scene.move.at, scene.actor)


def _show_again(scene: EffectContext, _effect: Resolved) -> Changes:
    move, until = scene.move, shown_until(scene.session, scene.world, scene.record, scene.move.on)
    return credit_records.show_again(scene.session, scene.record, scene.file.id, move.on, move.at, scene.actor, until)


def _keep_statement(scene: EffectContext, _effect: Resolved) -> Changes:
    """D8: what could not be established stays, with the enterprise's own words and the day of the check beside it."""
    move, past = scene.move, scene.file.snapshot.past
    found = in_force(move.definition, past)
    fields = [field for field, finding in found.items() if finding == UNDECIDABLE]
    words = words_of(scene.session, scene.file.id).get(past[0].seq, {}).get("words", "")
    return credit_records.keep_statement(
        scene.session, scene.record, scene.file.id, fields, words, move.on, move.at, scene.actor
    )


WRITERS: dict[str, Callable[[EffectContext, Resolved], Changes]] = {
    "flag": _flag,
    "unflag": _unflag,
    "correct": _correct,
    "end_display": _end_display,
    "delist": _delist,
    "stop_sharing": _stop_sharing,
    "show_again": _show_again,
    "keep_statement": _keep_statement,
}


TIMERS: Final = cast(Table, TimerRow.__table__)
UPDATE: Final = (
    update(TIMERS)
    .where(TIMERS.c.id == bindparam("this_timer"))
    .values({column.name: bindparam(column.name) for column in TIMERS.c if column.name != "id"})
)


def firing_of(world: RuleContext, definition: Definition, timer: Timer) -> Firing | None:
    """The next rung of a timer; none while it is held or stopped.

    Raises LookupError where one runs that the kind has no more: silently it would never fire.
    """
    if timer.stopped is None and timer.deadline not in definition.deadline_names:
        raise LookupError(f"{definition.kind} has no deadline '{timer.deadline}'")
    law = world.jurisdiction
    rungs = definition.deadline(timer.deadline).rungs
    return next_firing(timer, rungs, world.calendar, law.office_opens, law.zone, born_late_after=timer.born)


def next_rung(world: RuleContext, definition: Definition, timers: Iterable[Timer]) -> tuple[Timer, Firing] | None:
    """The rung of a case that comes first, with its timer."""
    firings = [(timer, firing) for timer in timers if (firing := firing_of(world, definition, timer))]
    return min(firings, key=lambda pair: (pair[1].at, pair[1].rung.offset, pair[0].id or 0), default=None)


def timer_values(world: RuleContext, definition: Definition, timer: Timer, case_id: int) -> dict[str, Any]:
    """A timer's row: its budget and its ledger, and what is derived from them for the index."""
    return {
        "case_id": case_id,
        "deadline": timer.deadline,
        "rule": timer.rule,
        "owner": str(timer.owner),
        "bureau_id": timer.bureau,
        "round": timer.round,
        "started_on": timer.started,
        "born_on": timer.born,
        "n": timer.n,
        "unit": str(timer.unit),
        "rolls": timer.rolls,
        "extended": timer.extended,
        "holds": [[hold.start.isoformat(), hold.end and hold.end.isoformat(), hold.why] for hold in timer.holds],
        "stopped_on": timer.stopped,
        **derived_values(world, definition, timer),
    }


def derived_values(world: RuleContext, definition: Definition, timer: Timer) -> dict[str, Any]:
    """What a timer's row holds for the index alone: it can be derived again at any time."""
    due, firing = due_of(timer, world.calendar), firing_of(world, definition, timer)
    return {
        "due_on": due.day,
        "provisional": due.provisional,
        "next_rung": rung_key(firing.rung) if firing else "",
        "next_at": firing.at if firing else None,
    }


@dataclass(frozen=True)
class Changed:
    """A timer that a move has begun or changed, with its case and the definition that it runs by."""

    case_id: int
    definition: Definition
    timer: Timer


def write_timers(session: Session, world: RuleContext, changed: Sequence[Changed]) -> list[tuple[int, Timer]]:
    """Write the rows of these timers, many at a time; gives each with its case and its id."""
    new = [one for one in changed if one.timer.id is None]
    old = [one for one in changed if one.timer.id is not None]
    if old:
        rows = [{"this_timer": one.timer.id, **_values(world, one)} for one in old]
        session.connection().execute(UPDATE, rows)
    ids = _insert(session, [_values(world, one) for one in new]) if new else {}
    begun = [(one.case_id, replace(one.timer, id=ids[one.case_id, one.timer.deadline])) for one in new]
    return [*((one.case_id, one.timer) for one in old), *begun]


def _values(world: RuleContext, one: Changed) -> dict[str, Any]:
    return timer_values(world, one.definition, one.timer, one.case_id)


def _insert(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], int]:
    """Insert new timers; gives their ids by case and deadline: a move begins a deadline once."""
    written = insert(TIMERS).returning(TIMERS.c.case_id, TIMERS.c.deadline, TIMERS.c.id)
    ids = {(case_id, deadline): id for case_id, deadline, id in session.connection().execute(written, rows)}
    if len(ids) != len(rows):
        raise ValueError("a move begins a deadline twice")
    return ids


def derive_again(session: Session, world: RuleContext, timers: Iterable[tuple[Definition, Timer]]) -> None:
    """Rewrite what is derived of timers whose ledger has not changed, many at a time."""
    rows = [{"id": timer.id, **derived_values(world, definition, timer)} for definition, timer in timers]
    if rows:
        session.execute(update(TimerRow), rows)


@dataclass(frozen=True)
class Claim:
    """A rung that an act stands for: it has fired for that due day, and the event of that number says so."""

    timer: Timer
    due_on: date
    key: str
    seq: int

    @property
    def claimed(self) -> Timer:
        """The timer with that rung among those that have fired."""
        return replace(self.timer, fired=self.timer.fired | {(self.due_on, self.key)})


def write_claims(session: Session, claims: Iterable[Claim]) -> None:
    """Record that rungs have fired: a second claim meets the unique row and fails."""
    rows = [{"timer_id": one.timer.id, "due_on": one.due_on, "rung": one.key, "event_seq": one.seq} for one in claims]
    if rows:
        session.execute(insert(RungFired), rows)
