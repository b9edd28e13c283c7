"""Write decided moves, many at a time, in the open transaction: one writer for a page and for a sweep.

A move becomes an event, the case row, timers and fired rungs, changes of the record, words, files and letters.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Table, Update, bindparam, insert, select, update
from sqlalchemy.orm import Session

from cases.engine import signalling
from cases.engine.closings import Closed, told_in, write_closings
from cases.engine.signalling import SignalledCase
from cases.engine.standing import standing
from cases.kinds import names_of
from cases.kinds.common import SUPERVISE
from cases.ledger.sealing import NewEvent, Tip, after_sealed, file_text, instant, link, new_salt, salted, timers_digest
from cases.letters.telling import Told, letters_for, take_back_overtaken
from cases.model.custody import gives_back
from cases.model.disputed import disputes, granted_values
from cases.model.evidence import StoredFile
from cases.model.reading import Act
from cases.model.tables import Attachment, Case, CaseBureau, Event, EventText, RungFired, TimerRow
from exchange.queue import queue
from notifications.post import NewLetter, post
from registry import credit_records
from registry.credit_records import CreditRecord, RecordChange
from registry.display import shown_until
from workflow.calendar import ProvisionalDay
from workflow.decide import Move, Resolved
from workflow.definition import PROPOSES, SENDS_BACK, Definition, Party
from workflow.past import AS_CLAIMED, DISPLAY, GRANTED, UNDECIDABLE, filing
from workflow.refusal import Outdated, say
from workflow.snapshot import EventFacts, RuleContext
from workflow.timing import Firing, Timer, due_of, next_firing, rung_key
from workflow.vocabulary import ON_THE_RECORD

CASES: Final = cast(Table, Case.__table__)
EVENTS: Final = cast(Table, Event.__table__)
NEW_EVENTS: Final = insert(EVENTS).returning(EVENTS.c.case_id, EVENTS.c.id)
NEW_TEXTS: Final = insert(cast(Table, EventText.__table__))
ROUTES: Final = cast(Table, CaseBureau.__table__)
NEW_ROUTE: Final = insert(ROUTES)
OPEN_ROUTE: Final = (
    update(ROUTES)
    .where(ROUTES.c.case_id == bindparam("this_case"), ROUTES.c.until_seq.is_(None))
    .values(until_seq=bindparam("seq"))
)
"""Written with every act, so built once."""


@dataclass(frozen=True)
class RecordedMove:
    """A recorded move: its case, what was done, and its place in the chain."""

    case_id: int
    number: str
    action: str
    seq: int
    state: str
    head: str


def write_moves(
    session: Session, world: RuleContext, acts: Sequence[Act], now: datetime, ladder: list[Told] | None = None
) -> list[RecordedMove]:
    """Record the moves, at most one a case. Raises Outdated where a case has moved under our hands.

    With `ladder` the rungs that move nothing are added there, and whoever gives it writes their letters.
    """
    records = _records(session, acts)  # held until the letters are written, so that none is read twice
    changes = {act.file.id: _carried_out(session, world, act, records) for act in acts}
    queue(session, world, (change for own in changes.values() for change in own), now)
    words = {act.file.id: _sealed_words(act.move) for act in acts}
    tips = {act.file.id: Tip(act.file.id, act.file.number, act.file.head, act.file.length) for act in acts}
    rows, ends = link(tips, [_entry(world, act, words[act.file.id], changes[act.file.id]) for act in acts])
    written = session.connection().execute(NEW_EVENTS, rows)
    _write_words(session, acts, {row.case_id: row.id for row in written}, words)
    _write_routes(session, acts)
    timers = _write_timers(session, world, acts)
    _write_cases(session, world, acts, ends, timers)
    _count(session, world, [(act, row, timers[act.file.id]) for act, row in zip(acts, rows, strict=True)])
    take_back_overtaken(session, acts)
    letters: list[NewLetter] = []
    for act in acts:
        if ladder is not None and act.firing and not act.firing.rung.exact:
            ladder.append((act, timers[act.file.id]))
        else:
            letters += letters_for(session, world, act, timers[act.file.id])
    post(session, letters, now)
    return [
        RecordedMove(
            act.file.id, act.file.number, act.move.action.name, act.seq, act.move.target.name, ends[act.file.id].head
        )
        for act in acts
    ]


def _count(
    session: Session, world: RuleContext, written: Iterable[tuple[Act, Mapping[str, Any], Sequence[Timer]]]
) -> None:
    """What figures and signals are read from: the closings among these acts, and what an act shows by itself."""
    closed: list[Closed] = []
    shown: list[SignalledCase] = []
    for act, row, timers in written:
        file, move = act.file, act.move
        tells = signalling.tells(file.kind, move.action.name)
        if tells or move.closes:
            events = ((event, event.body) for event in file.events)
            told = told_in((*events, (SimpleNamespace(**row), json.loads(row["body"]))))
            shown += [SignalledCase(file.id, file.kind, told, timers)] if tells else []
            closed += [(file, move.filed_on, told, timers)] if move.closes else []
        if move.desk is Party.BUREAU and any(gives_back(move.definition, past) for past in file.snapshot.past):
            signalling.assigned_to(session, file.id, move.bureau)
    if closed:
        write_closings(session, world, closed)
    signalling.write_signals(session, world.calendar, shown)


class SealedWord(NamedTuple):
    """Words, or a file's name, with the salt and hash that seal them."""

    text: str
    salt: str
    hash: str


SealedWords = Mapping[str, SealedWord]
"""By name."""


def _sealed_words(move: Move) -> SealedWords:
    texts = {**move.words, **{file_text(file.sha256): file.name for _, file in _files(move)}}
    return {name: SealedWord(text, *salted(text)) for name, text in texts.items()}


def _files(move: Move) -> list[tuple[str, StoredFile]]:
    """The files handed in, each once, with the first field that asked for it."""
    found: dict[str, tuple[str, StoredFile]] = {}
    for field, files in move.files.items():
        for file in cast(Iterable[StoredFile], files):
            found.setdefault(file.sha256, (field, file))
    return list(found.values())


def _entry(world: RuleContext, act: Act, words: SealedWords, changes: Sequence[RecordChange]) -> NewEvent:
    move, rules = act.move, world.jurisdiction.rule_set(act.move.filed_on)
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
        "texts": {name: word.hash for name, word in words.items() if not name.startswith("file:")},
        "files": {file.sha256: words[file_text(file.sha256)].hash for _, file in _files(move)},
        "effects": [effect.name for effect in move.effects],
        "changes": sorted({f"{change.what}:{change.field}" for change in changes}),
        "definition": move.definition.digest,
        "rules": {"id": rules.id, "from": rules.since.isoformat(), "source": rules.source},
        "timers": _timers_sealed(world, act),
    }
    if changes:
        body["after"] = sorted(after_sealed(one.what, one.field, one.after, one.seal_salt) for one in changes)
    if moved := _moved_days(world, act):
        body["due"] = moved
    if act.seq == 1:
        body["opens"] = {
            "kind": act.file.kind,
            "enterprise": act.file.enterprise_id,
            "record": act.file.record_id,
            "filed_on": move.filed_on.isoformat(),
        }
    if move.acting_for is not None:
        body["for"] = move.acting_for
    if move.person.through is not None:
        body["through"] = move.person.through
    if move.as_of != move.at:
        body["as_of"] = instant(move.as_of)
    if act.file.last_at and move.at < act.file.last_at:
        body["behind"] = instant(act.file.last_at)  # the clock was put back: the order is that of the chain
    return NewEvent(act.file.id, move.at, act.actor, move.action.name, body)


def _timers_sealed(world: RuleContext, act: Act) -> str:
    """What is sealed of the deadlines that run after the act."""
    moved = {timer.id for timer in act.move.timers}
    after = [*(timer for timer in act.file.snapshot.timers if timer.id not in moved), *act.move.timers]
    said = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for timer in after
        if timer.stopped is None
        for row in [{**_ledger_values(timer), "due_on": due_of(timer, world.calendar).day}]
    ]
    return timers_digest(said)


def _moved_days(world: RuleContext, act: Act) -> dict[str, dict[str, object]]:
    """The last day before and after of each deadline that the act moves and that goes on, and which of them may still
    move; after is None where a hold begins, before is that from before the hold where one ends."""
    ran = {timer.id: timer for timer in act.file.snapshot.timers if timer.stopped is None}
    found: dict[str, dict[str, object]] = {}
    for timer in (timer for timer in act.move.timers if timer.stopped is None and timer.id in ran):
        then = ran[timer.id]
        then = replace(then, holds=then.holds[:-1]) if then.open_hold else then
        old, new = due_of(then, world.calendar).day, due_of(timer, world.calendar).day
        if old != new:
            days = {"from": old, "to": new}
            said: dict[str, object] = {name: day and day.isoformat() for name, day in days.items()}
            if may_move := [name for name, day in days.items() if isinstance(day, ProvisionalDay)]:
                said["provisional"] = may_move
            found[timer.deadline] = said
    return found


def _write_words(
    session: Session, acts: Sequence[Act], events: Mapping[int, int], words: Mapping[int, SealedWords]
) -> None:
    texts, files = [], []
    for act in acts:
        of = {"event_id": events[act.file.id], "case_id": act.file.id}
        sealed = words[act.file.id].items()
        texts += [{**of, "name": name, "text": word.text, "salt": word.salt} for name, word in sealed]
        files += [{**of, "field": field, **asdict(file)} for field, file in _files(act.move)]
    if texts:
        session.connection().execute(NEW_TEXTS, texts)
    if files:
        session.execute(insert(Attachment), files)


def _write_routes(session: Session, acts: Sequence[Act]) -> None:
    """A bureau reads a case from the move that routes it there until another has it (D25)."""
    for act in acts:
        if act.move.bureau in (None, act.file.routed_to):
            continue
        row = {"case_id": act.file.id, "from_seq": act.seq, "bureau_id": act.move.bureau}
        session.connection().execute(OPEN_ROUTE, {"this_case": act.file.id, "seq": act.seq})
        session.connection().execute(NEW_ROUTE, [row])


def _write_timers(session: Session, world: RuleContext, acts: Sequence[Act]) -> dict[int, list[Timer]]:
    """Write the timers that moves changed or whose rung they claim; gives all the timers of each case.

    A second claim of a rung meets the unique row and fails.
    """
    fired, changed = [], []
    for act in acts:
        own = act.move.timers
        if claim := _claim(world, act):
            timer, due_on, key = claim
            fired.append({"timer_id": timer.id, "due_on": due_on, "rung": key, "event_seq": act.seq})
            same = next((one for one in own if one.id == timer.id), timer)
            same = replace(same, fired=timer.fired | {(due_on, key)})
            own = (*(one for one in own if one.id != timer.id), same)
        changed += [(act, timer) for timer in own]
    if fired:
        session.execute(insert(RungFired), fired)
    timers = {act.file.id: {timer.id: timer for timer in act.file.snapshot.timers} for act in acts}
    for case_id, timer in write_timers(session, world, changed):
        timers[case_id][timer.id] = timer
    return {case_id: list(own.values()) for case_id, own in timers.items()}


def _claim(world: RuleContext, act: Act) -> tuple[Timer, date, str] | None:
    """The rung that this act is, with its timer and due day: the one that fired, or that of the chief's sheet (D29)."""
    if act.timer and act.firing:
        return act.timer, act.firing.due, rung_key(act.firing.rung)
    timer = act.file.running(str(act.move.codes.get("deadline", "")))
    if timer is None or act.move.action.name != SUPERVISE:
        return None
    rungs = act.move.definition.deadline(timer.deadline).rungs
    rung = next((rung for rung in rungs if rung.action == SUPERVISE), None)
    day = due_of(timer, world.calendar).day
    return (timer, day, rung_key(rung)) if rung and day else None


def _write_cases(
    session: Session,
    world: RuleContext,
    acts: Sequence[Act],
    ends: Mapping[int, Tip],
    timers: Mapping[int, list[Timer]],
) -> None:
    rows = [_case_values(world, act, ends[act.file.id], timers[act.file.id]) for act in acts]
    if session.connection().execute(_moved(tuple(rows[0])), rows).rowcount != len(rows):
        raise Outdated(
            say("Somebody else has just acted on this case. Nothing was changed: reload the page and look first."),
            acts[0].file.length,
            acts[0].seq,
        )


@cache
def _moved(names: tuple[str, ...]) -> Update:
    """Writes a case that is still as it was shown."""
    this = update(CASES).where(CASES.c.id == bindparam("this_case"), CASES.c.length == bindparam("shown"))
    return this.values({name: bindparam(name) for name in names if name not in ("this_case", "shown")})


def sent_back_to(past: Sequence[EventFacts]) -> int | None:
    """Who proposed last, where that was sent back and nobody has proposed since."""
    for event in reversed(past):
        if event.action in names_of(SENDS_BACK):
            proposed = (one.person for one in reversed(past) if one.action in names_of(PROPOSES))
            return next(proposed, None)
        if event.action in names_of(PROPOSES):
            break
    return None


def _case_values(world: RuleContext, act: Act, end: Tip, timers: Sequence[Timer]) -> dict[str, Any]:
    file, move = act.file, act.move
    closed = (file.closed_at or move.at) if move.target.final else None
    return {
        "this_case": file.id,
        "shown": file.length,
        "state": move.target.name,
        "desk": str(move.desk) if move.desk else None,
        "bureau_id": move.bureau,
        "variant": move.variant,
        "holder_id": move.holder,
        "sent_back_to_id": sent_back_to(act.past),
        "complained_of": move.complained_of,
        "complained_bureau_id": move.complained_bureau,
        "round": move.round,
        "outcome": move.target.outcome,
        "closed_at": closed,
        "first_closed_at": file.first_closed_at or closed,
        "definition": move.definition.digest,
        **standing(world, timers),
        "length": end.length,
        "head": end.head,
    }


def _records(session: Session, acts: Sequence[Act]) -> dict[int | None, CreditRecord]:
    """The records of these acts as they are now; those that one of them changes are locked."""
    of = {act.file.record_id for act in acts if act.file.record_id is not None}
    changed = {act.file.record_id for act in acts if _on_the_record(act)} & of
    these = select(CreditRecord).order_by(CreditRecord.id)
    locked = these.where(CreditRecord.id.in_(changed)).with_for_update().execution_options(populate_existing=True)
    found = [*session.scalars(locked)] if changed else []
    found += session.scalars(these.where(CreditRecord.id.in_(of - changed))) if of - changed else []
    return {record.id: record for record in found}


def _on_the_record(act: Act) -> list[Resolved]:
    return [effect for effect in act.move.effects if effect.name in ON_THE_RECORD]


def _carried_out(
    session: Session, world: RuleContext, act: Act, records: Mapping[int | None, CreditRecord]
) -> list[RecordChange]:
    """Write the record effects of a move; gives the changes that were made, each with its event's number and a salt."""
    record = records.get(act.file.record_id)
    if record is None:
        return []
    changes = [change for effect in _on_the_record(act) for change in _carry_out(session, world, record, act, effect)]
    for change in changes:
        change.event_seq, change.seal_salt = act.seq, new_salt()
    return changes


def _carry_out(
    session: Session, world: RuleContext, record: CreditRecord, act: Act, effect: Resolved
) -> Sequence[RecordChange]:
    file, move, at, actor = act.file, act.move, act.move.at, act.actor
    past, found = file.snapshot.past, effect.value if isinstance(effect.value, Mapping) else {}
    match effect.name:
        case "flag":
            return credit_records.flag(session, record, file.id, at, actor)
        case "unflag":
            return credit_records.unflag(session, record, file.id, at, actor)
        case "correct":
            granted = granted_values(disputes(move.definition, past, file.words))
            values = {name: value for name, value in granted.items() if name in found and name != DISPLAY}
            return credit_records.correct(session, record, values, file.id, at, actor)
        case "refuse_sheet":
            claims = {one.field: one.claim for one in disputes(move.definition, past, file.words)}
            refused = {name: claims[name] for name, code in found.items() if code != AS_CLAIMED and name in claims}
            return credit_records.refuse_sheet(session, record, refused, file.id, at, actor)
        case "show_again":
            until = shown_until(session, world, record, move.on)
            return credit_records.show_again(session, record, file.id, move.on, at, actor, until)
        case "keep_statement":
            # D8: what could not be established stays, with the firm's own words and the day of the check beside it
            said = file.words.get(filing(move.definition, past).seq, {}).get("words", "")
            left = [one for one in disputes(move.definition, past, file.words) if one.finding == UNDECIDABLE]
            statements = {one.field: "" if one.joined else said for one in sorted(left, key=lambda one: one.field)}
            return credit_records.keep_statement(session, record, file.id, statements, move.on, at, actor)
        case "end_display" if effect.of and found.get(DISPLAY) not in GRANTED:
            return []
    end = {"end_display": credit_records.end_display, "delist": credit_records.delist}
    day = effect.value if isinstance(effect.value, date) else move.on
    return end.get(effect.name, credit_records.stop_sharing)(session, record, file.id, day, at, actor)


TIMERS: Final = cast(Table, TimerRow.__table__)
NEW_TIMERS: Final = insert(TIMERS).returning(TIMERS.c.case_id, TIMERS.c.deadline, TIMERS.c.id)
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


def _ledger_values(timer: Timer) -> dict[str, Any]:
    """A timer's budget and ledger, which moves alone change."""
    return {
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
    }


def _timer_values(world: RuleContext, act: Act, timer: Timer) -> dict[str, Any]:
    """A timer's row: its ledger, and what is derived from it for the index."""
    derived = derived_values(world, act.move.definition, timer)
    return {"case_id": act.file.id, **_ledger_values(timer), **derived}


def derived_values(world: RuleContext, definition: Definition, timer: Timer) -> dict[str, Any]:
    """What a timer's row holds for the index alone: it can be derived again at any time."""
    due, firing = due_of(timer, world.calendar), firing_of(world, definition, timer)
    return {
        "due_on": due.day,
        "provisional": due.provisional,
        "next_rung": rung_key(firing.rung) if firing else "",
        "next_at": firing.at if firing else None,
    }


def write_timers(session: Session, world: RuleContext, changed: Sequence[tuple[Act, Timer]]) -> list[tuple[int, Timer]]:
    """Write the rows of timers that moves began or changed, many at a time; gives each with its case and its id."""
    new = [(act, timer) for act, timer in changed if timer.id is None]
    old = [(act, timer) for act, timer in changed if timer.id is not None]
    if old:
        rows = [{"this_timer": timer.id, **_timer_values(world, act, timer)} for act, timer in old]
        session.connection().execute(UPDATE, rows)
    ids = _insert_timers(session, [_timer_values(world, act, timer) for act, timer in new]) if new else {}
    begun = [(act.file.id, replace(timer, id=ids[act.file.id, timer.deadline])) for act, timer in new]
    return [*((act.file.id, timer) for act, timer in old), *begun]


def _insert_timers(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], int]:
    """Insert new timers; gives their ids by case and deadline: a move begins a deadline once."""
    written = session.connection().execute(NEW_TIMERS, rows)
    ids = {(case_id, deadline): id for case_id, deadline, id in written}
    if len(ids) != len(rows):
        raise ValueError("a move begins a deadline twice")
    return ids


def derive_again(session: Session, world: RuleContext, timers: Iterable[tuple[Definition, Timer]]) -> None:
    """Rewrite what is derived of timers whose ledger has not changed, many at a time."""
    rows = [{"id": timer.id, **derived_values(world, definition, timer)} for definition, timer in timers]
    if rows:
        session.execute(update(TimerRow), rows)
