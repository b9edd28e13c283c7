"""What one case opens in another: a sustained objection its correction, a complaint an objection (D7).

It happens in the transaction of the act that opens it. Where such a case is open already, what was found is added to
that one instead (D19). The opened case's event carries the number of the case that opened it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.answers import ENDED, decide_at_door
from cases.engine.opening import Opening, link_cases, open_in
from cases.engine.sweep import fire_due
from cases.engine.writing import Written, write_moves
from cases.kinds import all_kinds
from cases.letters.decision_values import DONE
from cases.model.acts import Act
from cases.model.reading import LoadedCase, other_open, read_cases
from cases.model.tables import Case
from cases.model.words import disputes, granted_values, words_of
from notifications.languages import LANGUAGES, catalog
from registry.columns import column_of
from registry.credit_records import CreditRecord, value_of
from workflow.decide import Move
from workflow.definition import CASE, PROPOSES, START, FieldKind
from workflow.findings import DISPLAY, GRANTED, findings_in_force, rows_of
from workflow.snapshot import Person, RuleContext

ANOTHER_CASE = Person(id=None, roles=frozenset({CASE}))


@dataclass(frozen=True)
class Found:
    """What the opening case hands on: the record, what it should say by field, and words."""

    record: CreditRecord
    claims: Mapping[str, str]
    words: str
    codes: Mapping[str, object]


def hold_linked(session: Session, file: LoadedCase, move: Move) -> None:
    """Lock the cases to which a move may add, before the record is: two acts then wait in one order."""
    kinds = [effect.of for effect in move.effects if effect.name == "open_case"]
    if kinds and file.record_id is not None:
        others = select(Case.id).where(Case.record_id == file.record_id, Case.kind.in_(kinds), Case.closed_at.is_(None))
        session.execute(others.order_by(Case.id).with_for_update())


def open_linked(session: Session, world: RuleContext, act: Act, now: datetime) -> list[Written]:
    """Open the cases that an act opens, or add to those that are open."""
    written = []
    for effect in act.move.effects:
        found = _found(session, act) if effect.name == "open_case" else None
        if found and found.claims:
            written.append(_open_or_join(session, world, act, effect.of, found, now))
    return written


def _open_or_join(session: Session, world: RuleContext, act: Act, kind: str, found: Found, now: datetime) -> Written:
    record = session.get_one(CreditRecord, found.record.id, with_for_update=True, populate_existing=True)
    numbers = other_open(session, record.id, kind, record.enterprise_id)
    written = _join(session, world, act, numbers[0], found, now) if numbers else None
    return written or _open(session, world, act, kind, found, now)


def _open(session: Session, world: RuleContext, act: Act, kind: str, found: Found, now: datetime) -> Written:
    rows = all_kinds()[kind].actions
    row = next(row for row in rows if CASE in row.by and START in row.source)
    answers: dict[str, object] = {**found.codes, "words": found.words, "opened_by": act.file.number}
    answers |= {field.name: found.claims for field in row.asks if field.kind is FieldKind.CLAIMS}
    opening = Opening(kind, row.name, found.record.id, answers, opened_by=act.file.id)
    return open_in(session, world, opening, ANOTHER_CASE, now)


def _join(session: Session, world: RuleContext, act: Act, number: str, found: Found, now: datetime) -> Written | None:
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


def _found(session: Session, act: Act) -> Found | None:
    """What the act says itself of a record, else what was found in this round of the case."""
    said = {field.kind: act.move.codes.get(field.name) for field in act.move.action.asks}
    record_id = said.get(FieldKind.RECORD) or act.file.record_id
    record = session.get(CreditRecord, record_id) if record_id is not None else None
    if record is None:
        return None
    if FieldKind.CLAIMS in said:
        return Found(record, _claimed(act), act.move.words.get("words", ""), act.move.codes)
    return Found(record, _granted(session, act), _reasons(session, act), {})


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


def _told(found: Found) -> str:
    """What was found, in the official language: one line a field."""
    lines = [_line(found.record, name, value) for name, value in found.claims.items()]
    return "\n".join([*lines, found.words]).strip()


def _line(record: CreditRecord, name: str, value: str) -> str:
    column = column_of(record.kind, name)
    if name == DISPLAY or column is None:
        return catalog(LANGUAGES[0]).gettext(DONE["display_ended"].id)
    return f"{column.heading}：{value_of(record, name) or '—'} → {value}"
