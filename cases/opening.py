"""Opening a case: its number is drawn, its row made, and its first action taken, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from cases.acts import Act
from cases.answers import decide_at_door
from cases.kinds import all_kinds
from cases.one_open import one_open
from cases.reading import other_open, read_cases, record_facts
from cases.tables import Case, Draft
from cases.writing import Written, write_moves
from extensions import transaction
from notifications.check_codes import new_check_code
from registry.credit_records import CreditRecord
from workflow.definition import START, Definition, Party
from workflow.snapshot import Person, Snapshot, World


@dataclass(frozen=True)
class Opening:
    """What is filed: a kind's opening action on one record, with the form it was saved in, if any."""

    kind: str
    action: str
    record_id: int
    answers: Mapping[str, object]
    draft: str = ""


def open_case(world: World, opening: Opening, person: Person, now: datetime) -> Written:
    """File a case. A draft opens one case: filed a second time, it gives the case it became.

    Raises a Refusal where the action may not be taken, and where one is open already (D19).
    """
    with transaction() as session:
        return _became(session, opening) or _open(session, world, opening, person, now)


def _became(session: Session, opening: Opening) -> Written | None:
    draft = session.get(Draft, opening.draft, with_for_update=True, populate_existing=True) if opening.draft else None
    if draft is None or draft.case_id is None:
        return None
    case = session.get_one(Case, draft.case_id)
    return Written(case.id, case.number, opening.action, 1, case.state, case.head)


def _open(session: Session, world: World, opening: Opening, person: Person, now: datetime) -> Written:
    definition = all_kinds()[opening.kind]
    record = session.get_one(CreditRecord, opening.record_id, with_for_update=True, populate_existing=True)
    day = world.jurisdiction.day_of(now)
    snapshot = Snapshot(
        kind=opening.kind, state=START, filed_on=day, enterprise=record.enterprise_id, record=record_facts(record),
        remedies={}, open_cases=other_open(session, record.id, opening.kind, record.enterprise_id),
    )  # fmt: skip
    move = decide_at_door(session, definition, snapshot, world, opening.action, person, opening.answers, now)
    with one_open(session, record.id, opening.kind, record.enterprise_id):
        case_id = _insert(session, definition, record, day, now)
    file = read_cases(session, [case_id])[0]
    written = write_moves(session, world, [Act(replace(file, snapshot=replace(snapshot, case_id=case_id)), move)], now)
    if opening.draft:
        session.execute(update(Draft).where(Draft.key == opening.draft).values(case_id=case_id))
    return written[0]


def _insert(session: Session, definition: Definition, record: CreditRecord, day: date, now: datetime) -> int:
    row = {
        "number": draw_number(session, definition.letters, day.year), "check_code": new_check_code(),
        "kind": definition.kind, "variant": "", "definition": definition.digest, "state": START,
        "desk": str(Party.ENTERPRISE), "enterprise_id": record.enterprise_id, "record_id": record.id, "round": 1,
        "filed_on": day, "opened_at": now, "outcome": "", "length": 0, "head": "", "due_of": "",
    }  # fmt: skip
    return session.execute(insert(Case).returning(Case.id), [row]).scalar_one()


def draw_number(session: Session, letters: str, year: int) -> str:
    """The next number of a year and kind, without holes: drawn in the transaction that files."""
    last: int = session.execute(_DRAW, {"year": year, "letters": letters}).scalar_one()
    return f"{year}-{letters}-{last:06d}"


_DRAW = text(
    "INSERT INTO case_series (year, letters, last) VALUES (:year, :letters, 1)"
    " ON CONFLICT (year, letters) DO UPDATE SET last = case_series.last + 1 RETURNING last"
)
