"""The door of every act: answers are made such as the case can keep and carry out, or refused beside their field.

`workflow.decide` says whether answers are enough; here they are held against the record's columns and the bureaus
that stand. Pages check the same while a person types; what reaches the case has passed here, whoever sent it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from cases.model.visibility import colleagues_in
from registry.cleaning import Unfit, clean
from registry.columns import Column, disputable
from registry.credit_records import CreditRecord
from registry.organisations import Bureau
from workflow.decide import Move, decide
from workflow.definition import CASE, Action, Definition, FieldKind
from workflow.findings import DISPLAY, OTHER
from workflow.refusal import Incomplete, Message, say
from workflow.snapshot import Person, RuleContext, Snapshot

GROUND: Final = "ground"
WRONG: Final = "wrong"
"""The ground on which values are disputed; on every other one the display itself is (procedures.md, Objection)."""
ENDED: Final = "ended"
"""What is claimed of a display."""

GIVEN: Final = "given"
"""What is kept of a commitment."""

NOTHING: Final = (None, "")
NOT_OFFERED: Final = say("Choose one of the answers offered.")


def decide_at_door(
    session: Session,
    definition: Definition,
    snapshot: Snapshot,
    world: RuleContext,
    action_name: str,
    person: Person,
    answers: Mapping[str, object],
    now: datetime,
) -> Move:
    """The move that these answers come to, cleaned. Raises a Refusal; an Incomplete names every unfit answer."""
    action = definition.action(action_name, snapshot.state, snapshot.variant)
    fitted = _fitted(session, action, snapshot, answers, world.jurisdiction.day_of(now)) if action else _Fitted()
    fit = {**answers, **fitted.answers}
    try:
        move = decide(definition, snapshot, world, action_name, person, fit, now)
    except Incomplete as refusal:
        raise Incomplete({**refusal.fields, **fitted.faults}) from None
    if fitted.faults:
        raise Incomplete(fitted.faults)
    return move


@dataclass
class _Fitted:
    """Answers as the case keeps them, without the unfit ones, and what is wrong with those."""

    answers: dict[str, object] = field(default_factory=dict)
    faults: dict[str, Message] = field(default_factory=dict)


def _fitted(session: Session, action: Action, snapshot: Snapshot, answers: Mapping[str, object], day: date) -> _Fitted:
    fitted = _Fitted()
    columns = disputable_columns(session, action, snapshot, answers)
    for asked in action.asks:
        answer, name = answers.get(asked.name), asked.name
        match asked.kind:
            case FieldKind.CLAIMS if asked.display:
                fitted.answers[name] = {DISPLAY: ENDED}
            case FieldKind.CLAIMS:
                ground = None if CASE in action.by else answers.get(GROUND) or WRONG
                fitted.answers[name] = _claims(columns, name, answer, ground, fitted.faults)
            case FieldKind.FINDINGS:
                fitted.answers[name] = _findings(columns, name, answer, fitted.faults)
            case FieldKind.BUREAU if not action.offered and _is_id(answer):
                fitted.answers[name] = answer  # its own page has looked: also a body whose last day has passed
            case FieldKind.BUREAU | FieldKind.RECORD | FieldKind.PERSON if answer not in NOTHING:
                fitted.answers[name] = NAMED[asked.kind](session, snapshot, answer, day)
                if fitted.answers[name] is None:
                    fitted.faults[name] = NOT_OFFERED
            case FieldKind.DATE if answer not in NOTHING and not isinstance(answer, date):
                fitted.answers[name] = None
                fitted.faults[name] = say("{value} is not a day: write it as 2026-06-06.", value=answer)
            case FieldKind.LINE | FieldKind.TEXT:
                fitted.answers[name] = _words(answer)
            case FieldKind.NUMBER if not isinstance(answer, int) or isinstance(answer, bool):
                fitted.answers[name] = None
            case FieldKind.COMMITMENT:
                fitted.answers[name] = GIVEN if answer else None
            case FieldKind.CHOICE | FieldKind.DEADLINE if not isinstance(answer, str):
                fitted.answers[name] = None
    return fitted


def _claims(
    columns: Mapping[str, Column], name: str, answer: object, ground: object, faults: dict[str, Message]
) -> dict[str, str]:
    """What the record should say, by column as records keep it: of values on the first ground, else of the display.

    Another case hands on what was found there, of both.
    """
    claims: dict[str, str] = {}
    for key, value in _by_field(answer):
        column = columns.get(key)
        try:
            if key == DISPLAY and ground != WRONG:
                claims[key] = ENDED
            elif column is None or ground not in (WRONG, None):
                faults[f"{name}.{key}"] = _not_disputed(ground)
            else:
                claims[key] = _claimed(column, value)
        except Unfit as unfit:
            faults[f"{name}.{key}"] = unfit.message
    return claims


def _not_disputed(ground: object) -> Message:
    if ground == WRONG:
        return say("On this ground values are disputed: name a column of the record that can be disputed.")
    return say("On this ground it is the display that is disputed, and no value.")


def _claimed(column: Column, value: object) -> str:
    cleaned = clean(column, _words(value))
    if not cleaned:
        raise Unfit(say("Write what it should say, or take the tick away."))
    return cleaned


def _findings(
    columns: Mapping[str, Column], name: str, answer: object, faults: dict[str, Message]
) -> dict[str, dict[str, str]]:
    """Findings by field; another value as the record keeps it, reasons without blanks around them."""
    findings: dict[str, dict[str, str]] = {}
    for key, given in _by_field(answer):
        found = {part: _words(said) for part, said in given.items()} if isinstance(given, Mapping) else {}
        column = columns.get(key)
        if found.get("finding") == OTHER and column and found.get("value"):
            try:
                found["value"] = clean(column, found["value"])
            except Unfit as unfit:
                faults[f"{name}.{key}"] = unfit.message
        findings[key] = found
    return findings


def _by_field(answer: object) -> Iterator[tuple[str, Any]]:
    if isinstance(answer, Mapping):
        yield from ((str(key), value) for key, value in answer.items())


def _words(answer: object) -> str:
    """Words without blanks around them and without the character that no database keeps."""
    return answer.replace("\0", "").strip() if isinstance(answer, str) else ""


def _standing(session: Session, _snapshot: Snapshot, answer: object, day: date) -> int | None:
    """The id of a bureau that exists on this day and has no successor."""
    bureau = session.get(Bureau, answer) if _is_id(answer) else None
    if bureau is None or bureau.successor_id is not None:
        return None
    begun = bureau.valid_from is None or bureau.valid_from <= day
    return bureau.id if begun and (bureau.valid_until is None or day <= bureau.valid_until) else None


def _own_record(session: Session, snapshot: Snapshot, answer: object, _day: date) -> int | None:
    """The id of a record of the enterprise concerned."""
    record = session.get(CreditRecord, answer) if _is_id(answer) else None
    return record.id if record and record.enterprise_id == snapshot.enterprise else None


def _colleague(session: Session, snapshot: Snapshot, answer: object, _day: date) -> int | None:
    """The id of somebody who can take the next step where the case lies."""
    known = {id for id, _name in colleagues_in(session, snapshot)} if _is_id(answer) else set()
    return answer if isinstance(answer, int) and answer in known else None


def _is_id(answer: object) -> bool:
    return isinstance(answer, int) and not isinstance(answer, bool)


NAMED: Final = {FieldKind.BUREAU: _standing, FieldKind.RECORD: _own_record, FieldKind.PERSON: _colleague}
"""What names something by its id, and how it is looked up: None where it may not be named."""


def disputable_columns(
    session: Session, action: Action, snapshot: Snapshot, answers: Mapping[str, object]
) -> dict[str, Column]:
    """The columns that can be disputed: of the case's record, or of the one that the action names."""
    named = next((answers.get(field.name) for field in action.asks if field.kind is FieldKind.RECORD), None)
    id = named if _is_id(named) else snapshot.record.id if snapshot.record else None
    record = session.get(CreditRecord, id) if id is not None else None
    return {column.key: column for column in disputable(record.kind)} if record else {}
