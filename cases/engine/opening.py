"""Open a case: draw its number, make its row and take its first action, in one transaction.

A case may open another (D7), or add what it found to one that is open already (D19).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.engine.answers import ENDED, decide_at_door
from cases.engine.clock import refuse_doubted
from cases.engine.sweep import fire_due
from cases.engine.writing import RecordedMove, write_moves
from cases.kinds import all_kinds
from cases.letters.decision import DONE
from cases.model.drafts import Draft, locked_draft
from cases.model.reading import Act, LoadedCase, other_open, read_cases, record_facts
from cases.model.tables import Case, CaseLink
from cases.model.words import disputes, granted_values, words_of
from extensions import transaction
from notifications.languages import LANGUAGES, catalog
from notifications.papers import new_check_code
from registry.columns import column_of
from registry.credit_records import CreditRecord, value_of
from registry.in_force import in_force
from registry.organisations import Bureau
from workflow.decide import Move
from workflow.definition import CASE, PROPOSES, START, Definition, FieldKind, Party
from workflow.findings import DISPLAY, GRANTED, findings_in_force, rows_of
from workflow.guards import is_open_already
from workflow.refusal import Impossible, say
from workflow.snapshot import Person, RecordFacts, RuleContext, Snapshot


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
        if became := _became(session, opening):
            return became
        refuse_doubted(session, now)
        return open_in(session, world, opening, person, now)


def file_draft(world: RuleContext, opening: Opening, person: Person, now: datetime) -> RecordedMove:
    """Open the case of a draft and empty the draft; sent a second time, it gives the case it became. Raises Refusal."""
    with transaction() as session:
        draft = locked_draft(session, opening.draft)
        written = open_case(world, opening, person, now)
        draft.answers, draft.files = {}, []
        session.flush()
        return written


def _became(session: Session, opening: Opening) -> RecordedMove | None:
    draft = session.get(Draft, opening.draft, with_for_update=True, populate_existing=True) if opening.draft else None
    if draft is None or draft.case_id is None:
        return None
    case = session.get_one(Case, draft.case_id)
    return RecordedMove(case.id, case.number, opening.action, 1, case.state, case.head)


def open_in(session: Session, world: RuleContext, opening: Opening, person: Person, now: datetime) -> RecordedMove:
    """File a case in the transaction that is open; so one case opens another."""
    definition = all_kinds()[opening.kind]
    world = in_force(session, world)
    record = _record(session, definition, opening)
    snapshot = _before(session, world, definition, opening, record, now)
    move = decide_at_door(session, definition, snapshot, world, opening.action, person, opening.answers, now)
    assert snapshot.enterprise is not None
    with one_open(session, opening.record_id, opening.kind, snapshot.enterprise):
        case_id = _insert(session, move, snapshot, opening.record_id)
    if opening.opened_by is not None:
        link_cases(session, opening.opened_by, case_id, 1)
    file = read_cases(session, [case_id])[0]
    before = replace(snapshot, case_id=case_id, filed_on=move.filed_on)
    written = write_moves(session, world, [Act(replace(file, snapshot=before), move)], now)
    if opening.draft:
        session.execute(update(Draft).where(Draft.key == opening.draft).values(case_id=case_id))
    return written[0]


def link_cases(session: Session, from_case: int, to_case: int, seq: int) -> None:
    """One case opens another or adds to it; before the letters, which say what that one has changed."""
    session.execute(insert(CaseLink), [{"to_case_id": to_case, "seq": seq, "from_case_id": from_case}])


def _record(session: Session, definition: Definition, opening: Opening) -> CreditRecord | None:
    """The record, locked; refused where the kind is not for such records."""
    if definition.without_record or opening.record_id is None:
        if definition.without_record and opening.record_id is None and opening.enterprise_id is not None:
            return None
        raise Impossible(say("Name what it is about: a record, or for a complaint the enterprise."))
    record = session.get_one(CreditRecord, opening.record_id, with_for_update=True, populate_existing=True)
    if definition.records and record.kind not in definition.records:
        raise Impossible(say("Such a case is not for records of this kind."))
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


def _insert(session: Session, move: Move, snapshot: Snapshot, record_id: int | None) -> int:
    """The row of a case that has no event yet; its series is that of the year in which it is entered."""
    definition, day = move.definition, move.on
    row = {
        "number": draw_number(session, definition.letters, day.year),
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


def draw_number(session: Session, letters: str, year: int) -> str:
    """The next number of a year and kind, without holes: drawn in the transaction that files."""
    last: int = session.execute(_DRAW, {"year": year, "letters": letters}).scalar_one()
    return f"{year}-{letters}-{last:06d}"


_DRAW = text(
    "INSERT INTO case_series (year, letters, last) VALUES (:year, :letters, 1)"
    " ON CONFLICT (year, letters) DO UPDATE SET last = case_series.last + 1 RETURNING last"
)


BROKEN = ("uq_case_open", "case_.record_id")
"""How PostgreSQL and SQLite name the index of open cases."""


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


ANOTHER_CASE = Person(id=None, roles=frozenset({CASE}))


@dataclass(frozen=True)
class HandedOn:
    """What the opening case hands on: the record, what it should say by field, and words."""

    record: CreditRecord
    claims: Mapping[str, str]
    words: str
    codes: Mapping[str, object]


def lock_linked(session: Session, file: LoadedCase, move: Move) -> None:
    """Lock the cases to which a move may add, before the record is: two acts then wait in one order."""
    kinds = [effect.of for effect in move.effects if effect.name == "open_case"]
    if kinds and file.record_id is not None:
        others = select(Case.id).where(Case.record_id == file.record_id, Case.kind.in_(kinds), Case.closed_at.is_(None))
        session.execute(others.order_by(Case.id).with_for_update())


def open_linked(session: Session, world: RuleContext, act: Act, now: datetime) -> list[RecordedMove]:
    """Open the cases that an act opens, or add to those that are open."""
    written = []
    for effect in act.move.effects:
        found = _found(session, act) if effect.name == "open_case" else None
        if found and found.claims:
            written.append(_open_or_join(session, world, act, effect.of, found, now))
    return written


def _open_or_join(
    session: Session, world: RuleContext, act: Act, kind: str, found: HandedOn, now: datetime
) -> RecordedMove:
    record = session.get_one(CreditRecord, found.record.id, with_for_update=True, populate_existing=True)
    numbers = other_open(session, record.id, kind, record.enterprise_id)
    written = _join(session, world, act, numbers[0], found, now) if numbers else None
    return written or _open(session, world, act, kind, found, now)


def _open(session: Session, world: RuleContext, act: Act, kind: str, found: HandedOn, now: datetime) -> RecordedMove:
    rows = all_kinds()[kind].actions
    row = next(row for row in rows if CASE in row.by and START in row.source)
    answers: dict[str, object] = {**found.codes, "words": found.words, "opened_by": act.file.number}
    answers |= {field.name: found.claims for field in row.asks if field.kind is FieldKind.CLAIMS}
    opening = Opening(kind, row.name, found.record.id, answers, opened_by=act.file.id)
    return open_in(session, world, opening, ANOTHER_CASE, now)


def _join(
    session: Session, world: RuleContext, act: Act, number: str, found: HandedOn, now: datetime
) -> RecordedMove | None:
    """Add what was found to a case that is open; None where that case takes nothing in."""
    case_id = session.scalars(select(Case.id).where(Case.number == number)).one()
    fire_due(session, world, [case_id], now)
    file = read_cases(session, [case_id], lock=True)[0]
    definition = all_kinds()[file.kind]
    rows = definition.actions_from(file.snapshot.state, file.snapshot.variant)
    row = next((row for row in rows if CASE in row.by), None)
    if row is None:
        return None
    answers = {"words": _told(found), "opened_by": act.file.number}
    move = decide_at_door(session, definition, file.snapshot, world, row.name, ANOTHER_CASE, answers, now)
    link_cases(session, act.file.id, file.id, file.length + 1)
    return write_moves(session, world, [Act(file, move)], now)[0]


def _found(session: Session, act: Act) -> HandedOn | None:
    """What the act says itself of a record, else what was found in this round of the case."""
    said = {field.kind: act.move.codes.get(field.name) for field in act.move.action.asks}
    record_id = said.get(FieldKind.RECORD) or act.file.record_id
    record = session.get(CreditRecord, record_id) if record_id is not None else None
    if record is None:
        return None
    if FieldKind.CLAIMS in said:
        return HandedOn(record, _claimed(act), act.move.words.get("words", ""), act.move.codes)
    return HandedOn(record, _granted(session, act), _reasons(session, act), {})


def _claimed(act: Act) -> dict[str, str]:
    names = [field.name for field in act.move.action.asks if field.kind is FieldKind.CLAIMS]
    words = act.move.words.items()
    return {key.partition(".")[2]: text for key, text in words if key.partition(".")[0] in names}


def _granted(session: Session, act: Act) -> dict[str, str]:
    """The values that this round found, and that the display ends where that was found."""
    definition, past = act.move.definition, act.past
    now = {
        name
        for name, one in findings_in_force(definition, past).items()
        if one.event.round == act.move.round and one.code in GRANTED
    }
    values = granted_values(disputes(definition, past, words_of(session, act.file.id)))
    return {name: ENDED if name == DISPLAY else value for name, value in values.items() if name in now}


def _reasons(session: Session, act: Act) -> str:
    """The reasons of the proposal that was approved."""
    words = words_of(session, act.file.id)
    proposed = [event.seq for event in act.past for row in rows_of(act.move.definition, event) if row.part is PROPOSES]
    return next((said for seq in reversed(proposed) if (said := words.get(seq, {}).get("reasons"))), "")


def _told(found: HandedOn) -> str:
    """What was found, in the official language: one line a field."""
    lines = [_line(found.record, name, value) for name, value in found.claims.items()]
    return "\n".join([*lines, found.words]).strip()


def _line(record: CreditRecord, name: str, value: str) -> str:
    column = column_of(record.kind, name)
    if name == DISPLAY or column is None:
        return catalog(LANGUAGES[0]).gettext(DONE["display_ended"].id)
    return f"{column.heading}：{value_of(record, name) or '—'} → {value}"
