"""Move a case: do what has fallen due, take a person's act, open a case. Each decides and records in one transaction.

Pages, scheduler, demo and commands are callers of this module. What fell due before an act is recorded before it, so
that a scheduler that slept changes nothing. A case may open another (D7), or add to one that is open already (D19).
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, String, bindparam, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.engine.answers import decide_at_door
from cases.engine.at_most import refuse_more_cases, refuse_more_files
from cases.engine.clock import OPEN_DOUBTS, Doubt, refuse_doubted, refuse_if_covered
from cases.engine.handing_on import HandedOn, handed_on, handed_on_by_sheet, held, said_of
from cases.engine.writing import RecordedMove, derive_again, next_rung, write_moves
from cases.kinds import all_kinds
from cases.kinds.common import SHEET_CONFLICT
from cases.letters.own_words import refuse_not_own
from cases.letters.telling import Told, ladder_letters
from cases.model.beside import other_open
from cases.model.bisect import require_own_fault
from cases.model.disputed import disputes
from cases.model.drafts import ActDraft, Draft, locked_draft
from cases.model.reading import Act, LoadedCase, read_cases, read_locked, record_facts
from cases.model.readings import opened_by_decider
from cases.model.tables import Case, CaseLink, TimerRow
from extensions import transaction
from notifications.papers import new_check_code
from notifications.post import post
from registry.credit_records import CreditRecord
from registry.in_force import in_force
from registry.organisations import Bureau
from registry.people import User
from registry.sheets.importing import AgainstDecision
from workflow.calendar import as_counted
from workflow.decide import Move, decide
from workflow.definition import CALLS_BACK, CASE, CLOCK, START, Definition, Party
from workflow.guards import is_open_already
from workflow.past import SAYS_WHOSE, rows_of, waiting_proposal
from workflow.refusal import Impossible, Message, Outdated, Refusal, say
from workflow.snapshot import EventFacts, Person, RecordFacts, RuleContext, Snapshot
from workflow.timing import due_of, rung_key

TAKE: Final = "take"
CLOCKWORK: Final = Person(id=None, roles=frozenset({CLOCK}))
ANOTHER_CASE: Final = Person(id=None, roles=frozenset({CASE}))
BROKEN: Final = ("uq_case_open", "case_.record_id")
"""How PostgreSQL and SQLite name the index of open cases."""
log = logging.getLogger("redress.cases")


@dataclass(frozen=True)
class Command:
    """An act that a person asks for: `shown` is the version of the case on the page they acted from, `proposal` the
    proposal that it showed (D37). Without `shown` there was no page."""

    case_id: int
    action: str
    answers: Mapping[str, object]
    shown: int | None = None
    proposal: int | None = None


def advance(world: RuleContext, request: Command, person: Person, now: datetime) -> RecordedMove:
    """Take an action on a case. Raises a Refusal with a sentence; then nothing has happened but what fell due."""
    case_id = request.case_id
    more, values = (OPEN_DOUBTS, _DRAFT), {"user": person.id, "case": case_id, "action": request.action}
    with transaction() as session:
        held, file, (doubts, drafts) = read_locked(session, world, case_id, more, values)
        refuse_if_covered((Doubt(*row) for row in doubts), now)
        if file.next_at is None or file.next_at > now:
            return _act(session, held, file, request, person, now, drafts)
    with transaction(user_initiated=False) as session:
        fire_due(session, read_locked(session, world, case_id)[0], [case_id], now)
    with transaction() as session:
        held, file, (_doubts, drafts) = read_locked(session, world, case_id, more, values)
        return _act(session, held, file, request, person, now, drafts)


_DRAFT: Final = select(ActDraft.action).where(
    ActDraft.user_id == bindparam("user", type_=Integer),
    ActDraft.case_id == bindparam("case", type_=Integer),
    ActDraft.action == bindparam("action", type_=String),
)
"""Whether the person has kept a form of this act."""


def _act(
    session: Session,
    world: RuleContext,
    file: LoadedCase,
    request: Command,
    person: Person,
    now: datetime,
    drafts: Sequence[Any],
) -> RecordedMove:
    """Decide and write, the case locked, read since and nothing of it due; `drafts` of the act are done with."""
    _require_current(session, file, request, person)
    definition = all_kinds()[file.kind]
    move = decide_at_door(session, definition, file.snapshot, world, request.action, person, request.answers, now)
    if move.action.part is CALLS_BACK and (opened := opened_by_decider(session, file, move.on)):
        raise Impossible(opened)
    refuse_more_files(session, world.jurisdiction.place.at_most, move, file.id)
    if definition.closed_to:
        refuse_not_own(session, file, move)
    _lock_linked(session, file, move)
    opens = one_open(session, file.record_id, file.kind, file.enterprise_id)
    act = Act(file, move)
    with opens if file.closed_at and not move.target.final else nullcontext():
        written = write_moves(session, world, [act], now)[0]
    _open_linked(session, world, act, now)
    if drafts:
        sheet = {"user_id": person.id, "case_id": file.id, "action": request.action}
        session.execute(delete(ActDraft).filter_by(**sheet))
    return written


def take_free(
    world: RuleContext, case_id: int, free: ColumnElement[bool], person: Person, now: datetime
) -> RecordedMove:
    """Take it if it is still `free` under its lock. Raises Impossible where it is not, else as `advance`."""
    with transaction() as session:
        still = select(Case.id).where(Case.id == case_id, free).with_for_update(of=Case)
        if session.scalar(still) is None:
            raise Impossible(say("Somebody else has taken this case: take another one."))
        return advance(world, Command(case_id, TAKE, {}), person, now)


def _require_current(session: Session, file: LoadedCase, request: Command, person: Person) -> None:
    """Raise Outdated unless the page showed the case as it is, and the proposal on which the act decides.

    What the clock only said, or nobody was told of, does not count, but for this very act sent twice from one page.
    Where whose work it is has changed meanwhile, no act that changes it goes through.
    """
    if request.shown is None:
        return
    definition = all_kinds()[file.kind]
    row = definition.action(request.action, file.snapshot.state, file.snapshot.variant)
    waiting = waiting_proposal(definition, file.snapshot.past) if row and row.judges else None
    if waiting and waiting.seq != request.proposal:
        raise Outdated(
            say("The page showed another proposal than the one that waits now: read that one before you decide."),
            request.shown,
            file.length,
        )
    if request.shown == file.length:
        return

    def says_whose(action: str) -> bool:
        return not definition.effects_of.get(action, frozenset()).isdisjoint(SAYS_WHOSE)

    def counts(past: EventFacts) -> bool:
        same = past.person is not None and past.person == person.id and past.action == request.action
        told = past.role != "clock" and any(row.tells for row in rows_of(definition, past))
        return same or told or past.source != past.target

    since = [past for past in file.snapshot.past if past.seq > request.shown]
    if says_whose(request.action) and any(says_whose(past.action) for past in since):
        raise Outdated(_who_has_it(session, file, person), request.shown, file.length)
    if request.shown > file.length or any(map(counts, since)):
        raise Outdated(
            say("Somebody acted on this case after you opened the page: look at what they did first."),
            request.shown,
            file.length,
        )


def _who_has_it(session: Session, file: LoadedCase, person: Person) -> Message:
    """Whose work a case has become since the page was opened."""
    if file.holder_id is None:
        return say("It has been given back since you opened the page.")
    if file.holder_id == person.id:
        return say("It has become yours since you opened the page.")
    return say("{name} has taken it since you opened the page.", name=session.get_one(User, file.holder_id).name)


def named(number: str, error: Exception) -> Exception:
    """What to raise of a failure with this case: a refusal as it is, a bug as one that names the case.

    A database that is busy, away or full is no fault of the case: that is raised.
    """
    require_own_fault(error)
    if isinstance(error, Refusal):
        return error
    log.error("case %s cannot be moved, so none was", number, exc_info=error)
    return Impossible(
        say(
            "Case {number} cannot be moved at the moment, so nothing was recorded: neither of it nor of "
            "the others. The cause is in the platform's log.",
            number=number,
        )
    )


_DUE_AMONG: Final = (
    select(TimerRow.case_id)
    .where(TimerRow.case_id.in_(bindparam("ids", expanding=True)), TimerRow.next_at <= bindparam("now"))
    .distinct()
    .order_by(TimerRow.case_id)
)


def fire_due(session: Session, world: RuleContext, case_ids: Sequence[int], now: datetime) -> list[RecordedMove]:
    """Fire what is due in these cases, one rung a case at a time until nothing is due any more."""
    done: list[RecordedMove] = []
    ladder: list[Told] = []
    kinds = all_kinds()
    while case_ids and (due := session.scalars(_DUE_AMONG, {"ids": case_ids, "now": now}).all()):
        files = read_cases(session, due, lock=True)
        acts = [act for file in files if (act := _next_act(world, file, now))]
        case_ids = [act.file.id for act in acts]
        # their rows said that something was due, and nothing is: every sweep would ask for them again
        idle = [file for file in files if file.id not in set(case_ids)]
        derive_again(session, world, [(kinds[file.kind], timer) for file in idle for timer in file.snapshot.timers])
        if acts:
            done += write_moves(session, world, acts, now, ladder)
    post(session, ladder_letters(session, world, ladder, now), now)
    return done


def _next_act(world: RuleContext, file: LoadedCase, now: datetime) -> Act | None:
    """The clock's next act on a case, counted as done when it fell due."""
    definition = all_kinds()[file.kind]
    found = next_rung(world, definition, file.snapshot.timers)
    if found is None or found[1].at > now:
        return None
    timer, firing = found
    on = as_counted(firing.on, False)  # the day has come: it does not move any more
    answers = {"deadline": timer.deadline, "due": firing.due.isoformat(), "rung": rung_key(firing.rung)}
    if firing.due > on and due_of(timer, world.calendar).provisional:
        answers["provisional"] = "yes"
    move = decide(definition, file.snapshot, world, firing.rung.action, CLOCKWORK, answers, now, as_of=firing.at, on=on)
    return Act(file, move, timer, firing)


@dataclass(frozen=True)
class Opening:
    """What is filed: a kind's opening action on one record, with the form it was saved in, if any.

    `variant` is needed only where several rows of that name open the kind; `enterprise_id` only without a record.
    """

    kind: str
    action: str
    record_id: int | None
    answers: Mapping[str, object]
    draft: str = ""
    variant: str = ""
    enterprise_id: int | None = None
    opened_by: int | None = None
    """The case that opens this one."""


def open_case(world: RuleContext, opening: Opening, person: Person, now: datetime) -> RecordedMove:
    """File a case. A draft opens one case: filed a second time, it gives the case it became.

    Raises a Refusal where the action may not be taken, and where one is open already (D19).
    """
    with transaction() as session:
        key = opening.draft
        draft = session.get(Draft, key, with_for_update=True, populate_existing=True) if key else None
        if draft and draft.case_id is not None:
            case = session.get_one(Case, draft.case_id)
            return RecordedMove(case.id, case.number, opening.action, 1, case.state, case.head)
        refuse_doubted(session, now)
        return _open_in(session, world, opening, person, now)


def file_draft(world: RuleContext, opening: Opening, person: Person, now: datetime) -> RecordedMove:
    """Open the case of a draft and empty the draft; sent a second time, it gives the case it became. Raises Refusal."""
    with transaction() as session:
        draft = locked_draft(session, opening.draft)
        written = open_case(world, opening, person, now)
        draft.answers, draft.files = {}, []
        session.flush()
        return written


def _open_in(session: Session, world: RuleContext, opening: Opening, person: Person, now: datetime) -> RecordedMove:
    """File a case in the transaction that is open; so one case opens another."""
    definition = all_kinds()[opening.kind]
    world = in_force(session, world)
    record = _record_of(session, definition, opening)
    snapshot = _before(session, world, definition, opening, record, now)
    move = decide_at_door(session, definition, snapshot, world, opening.action, person, opening.answers, now)
    assert snapshot.enterprise is not None
    refuse_more_cases(session, world.jurisdiction.place.at_most, move, snapshot.enterprise, now)
    with one_open(session, opening.record_id, opening.kind, snapshot.enterprise):
        case_id = _insert(session, move, snapshot, opening.record_id)
    if opening.opened_by is not None:  # before the letters, which say what that case has changed
        session.execute(insert(CaseLink), [{"to_case_id": case_id, "seq": 1, "from_case_id": opening.opened_by}])
    file = read_cases(session, [case_id])[0]
    before = replace(snapshot, case_id=case_id, filed_on=move.filed_on)
    written = write_moves(session, world, [Act(replace(file, snapshot=before), move)], now)
    if opening.draft:
        session.execute(update(Draft).where(Draft.key == opening.draft).values(case_id=case_id))
    return written[0]


def _record_of(session: Session, definition: Definition, opening: Opening) -> CreditRecord | None:
    """The record, locked; refused where the kind is not for such records."""
    if definition.without_record or opening.record_id is None:
        if definition.without_record and opening.record_id is None and opening.enterprise_id is not None:
            return None
        raise Impossible(say("Say what it is about: a record or, for a complaint, the enterprise."))
    record = session.get_one(CreditRecord, opening.record_id, with_for_update=True, populate_existing=True)
    if definition.records and record.kind not in definition.records:
        raise Impossible(
            say("This procedure is not open for records of this kind. The record's page says what is possible.")
        )
    return record


def _before(
    session: Session,
    world: RuleContext,
    definition: Definition,
    opening: Opening,
    record: CreditRecord | None,
    now: datetime,
) -> Snapshot:
    """The case before its first action."""
    enterprise = record.enterprise_id if record else opening.enterprise_id
    assert enterprise is not None
    facts = record_facts(record, session.get_one(Bureau, record.determined_by_id)) if record else None
    return Snapshot(
        kind=opening.kind,
        state=START,
        variant=variant_of(definition, opening, facts),
        enterprise=enterprise,
        filed_on=world.jurisdiction.day_of(now),
        record=facts,
        remedies={},
        open_cases=other_open(session, opening.record_id, opening.kind, enterprise),
    )


def variant_of(definition: Definition, opening: Opening, record: RecordFacts | None) -> str:
    """Which variant the case begins as: the one named, the one that the row fixes, or what the record says."""
    rows = [row for row in definition.actions_named(opening.action) if START in row.source]
    fixed = {variant for row in rows for variant in row.variants}
    if opening.variant in fixed:
        return opening.variant
    if len(fixed) == 1:
        return fixed.pop()
    return definition.starts_as(record) if definition.starts_as and record else ""


_DRAW: Final = text(
    "INSERT INTO case_series (year, letters, last) VALUES (:year, :letters, 1)"
    " ON CONFLICT (year, letters) DO UPDATE SET last = case_series.last + 1 RETURNING last"
)
"""The next number of a year and kind, without holes: drawn in the transaction that files."""


def _insert(session: Session, move: Move, snapshot: Snapshot, record_id: int | None) -> int:
    """The row of a case that has no event yet; its series is that of the year in which it is entered."""
    definition, year = move.definition, move.on.year
    last: int = session.execute(_DRAW, {"year": year, "letters": definition.letters}).scalar_one()
    row = {
        "number": f"{year}-{definition.letters}-{last:06d}",
        "check_code": new_check_code(),
        "kind": definition.kind,
        "variant": snapshot.variant,
        "definition": definition.digest,
        "one_open": definition.one_open,
        "state": START,
        "desk": str(Party.ENTERPRISE),
        "enterprise_id": snapshot.enterprise,
        "record_id": record_id,
        "round": 1,
        "filed_on": move.filed_on,
        "opened_at": move.at,
        "outcome": "",
        "length": 0,
        "head": "",
        "due_of": "",
        "complained_of": "",
    }
    return session.execute(insert(Case).returning(Case.id), [row]).scalar_one()


@contextmanager
def one_open(session: Session, record_id: int | None, kind: str, enterprise_id: int) -> Iterator[None]:
    """Write what opens a case. Raises Impossible with the number of the case that another has just opened."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        if not any(name in str(error.orig) for name in BROKEN):
            raise
        numbers = other_open(session, record_id, kind, enterprise_id)
        raise Impossible(is_open_already(numbers[0] if numbers else "")) from error


def _lock_linked(session: Session, file: LoadedCase, move: Move) -> None:
    """Lock the cases to which a move may add, before the record is: two acts then wait in one order."""
    kinds = [effect.of for effect in move.effects if effect.name == "open_case"]
    if kinds and file.record_id is not None:
        others = select(Case.id).where(Case.record_id == file.record_id, Case.kind.in_(kinds), Case.closed_at.is_(None))
        session.execute(others.order_by(Case.id).with_for_update())


def _open_linked(session: Session, world: RuleContext, act: Act, now: datetime) -> None:
    """Open the cases that an act opens, or add to those that are open; at the end of a case, those that waited."""
    kinds = [effect.of for effect in act.move.effects if effect.name == "open_case"]
    given = [(kind, found) for kind in kinds if (found := handed_on(session, act))]
    waited = [(act.file.kind, found) for found in held(session, act)] if act.move.closes else []
    for kind, found in (*given, *waited):
        _hand_on(session, world, kind, found, now)


def open_conflicts(
    session: Session, world: RuleContext, conflicts: Sequence[AgainstDecision], batch: str, now: datetime
) -> None:
    """Let a bureau find on what its sheet says against decisions: in a case that is open, else in one of its own."""
    kind = next(name for name, definition in all_kinds().items() if SHEET_CONFLICT in definition.variants)
    for found in handed_on_by_sheet(session, world, conflicts, batch):
        _hand_on(session, world, kind, found, now)


def _hand_on(session: Session, world: RuleContext, kind: str, found: HandedOn, now: datetime) -> None:
    if not found.claims:
        return
    record = session.get_one(CreditRecord, found.record.id, with_for_update=True, populate_existing=True)
    numbers = other_open(session, record.id, kind, record.enterprise_id)
    if numbers and _join(session, world, numbers[0], found, now):
        return
    rows = (row for row in all_kinds()[kind].actions if CASE in row.by and START in row.source)
    row = next(row for row in rows if not found.variant or found.variant in row.variants)
    variant = found.variant or next(iter(row.variants), "")
    answers = found.answers(row, found.words)
    opening = Opening(kind, row.name, record.id, answers, variant=variant, opened_by=found.by)
    _open_in(session, world, opening, ANOTHER_CASE, now)


def _join(session: Session, world: RuleContext, number: str, found: HandedOn, now: datetime) -> bool:
    """Add what was found to a case that is open, as claims (D39); whether that case takes it in.

    A field that is disputed there already keeps its claim, and the words say what else was found of it.
    """
    case_id = session.scalars(select(Case.id).where(Case.number == number)).one()
    fire_due(session, world, [case_id], now)
    file = read_cases(session, [case_id], lock=True)[0]
    definition = all_kinds()[file.kind]
    rows = definition.actions_from(file.snapshot.state, file.snapshot.variant)
    carries_out = not found.variant or _corrects(definition, file.snapshot.variant)
    joins = (row for row in rows if CASE in row.by and (carries_out or any(field.waits for field in row.asks)))
    row = next(joins, None)
    if row is None:
        return False
    known = {one.field: one.claim for one in disputes(definition, file.snapshot.past, file.words)}
    other = [(name, value) for name, value in found.claims.items() if known.get(name, value) != value]
    lines = [said_of(found.record, name, value) for name, value in other]
    answers = found.answers(row, "\n".join([*lines, found.words]).strip())
    move = decide_at_door(session, definition, file.snapshot, world, row.name, ANOTHER_CASE, answers, now)
    if found.by is not None:
        link = {"to_case_id": file.id, "seq": file.length + 1, "from_case_id": found.by}
        session.execute(insert(CaseLink), [link])
    write_moves(session, world, [Act(file, move)], now)
    return True


def _corrects(definition: Definition, variant: str) -> bool:
    """Whether what is found in such a case is written into the record."""
    rows = (row for row in definition.actions if not row.variants or variant in row.variants)
    return any(effect.name == "correct" for row in rows for effect in row.does)
