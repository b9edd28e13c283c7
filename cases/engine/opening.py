"""Opening a case: its number is drawn, its row made, and its first action taken, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from cases.engine.answers import decide_at_door
from cases.engine.doubts import refuse_doubted
from cases.engine.one_open import one_open
from cases.engine.writing import Written, write_moves
from cases.kinds import all_kinds
from cases.model.acts import Act
from cases.model.form_tables import Draft
from cases.model.reading import other_open, read_cases, record_facts
from cases.model.tables import Case, CaseLink
from extensions import transaction
from notifications.check_codes import new_check_code
from registry.credit_records import CreditRecord
from registry.in_force import in_force
from registry.organisations import Bureau
from workflow.decide import Move
from workflow.definition import START, Definition, Party
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


def open_case(world: RuleContext, opening: Opening, person: Person, now: datetime) -> Written:
    """File a case. A draft opens one case: filed a second time, it gives the case it became.

    Raises a Refusal where the action may not be taken, and where one is open already (D19).
    """
    with transaction() as session:
        if became := _became(session, opening):
            return became
        refuse_doubted(session, now)
        return open_in(session, world, opening, person, now)


def _became(session: Session, opening: Opening) -> Written | None:
    draft = session.get(Draft, opening.draft, with_for_update=True, populate_existing=True) if opening.draft else None
    if draft is None or draft.case_id is None:
        return None
    case = session.get_one(Case, draft.case_id)
    return Written(case.id, case.number, opening.action, 1, case.state, case.head)


def open_in(session: Session, world: RuleContext, opening: Opening, person: Person, now: datetime) -> Written:
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
