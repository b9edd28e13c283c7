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

from registry.cleaning import Unfit, clean
from registry.columns import Column, disputable
from registry.credit_records import CreditRecord
from registry.organisations import Bureau
from workflow.decide import Move, decide
from workflow.definition import Action, Definition, FieldKind
from workflow.findings import DISPLAY, OTHER
from workflow.refusal import Incomplete, Message, say
from workflow.snapshot import Person, Snapshot, World

GROUND: Final = "ground"
WRONG: Final = "wrong"
"""The ground on which values are disputed; on every other one the display itself is (procedures.md, Objection)."""
ENDED: Final = "ended"
"""What is claimed of a display."""

NOTHING: Final = (None, "")
NOT_OFFERED: Final = say("Choose one of the answers offered.")


def decide_at_door(
    session: Session, definition: Definition, snapshot: Snapshot, world: World, action_name: str, person: Person,
    answers: Mapping[str, object], now: datetime,
) -> Move:  # fmt: skip
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


def _fitted(
    session: Session, action: Action, snapshot: Snapshot, answers: Mapping[str, object], day: date
) -> _Fitted:  # fmt: skip
    fitted = _Fitted()
    for asked in action.asks:
        answer = answers.get(asked.name)
        match asked.kind:
            case FieldKind.CLAIMS:
                ground = answers.get(GROUND) or WRONG
                fitted.answers[asked.name] = _claims(session, snapshot, asked.name, answer, ground, fitted.faults)
            case FieldKind.FINDINGS:
                fitted.answers[asked.name] = _findings(session, snapshot, asked.name, answer, fitted.faults)
            case FieldKind.BUREAU if answer not in NOTHING:
                fitted.answers[asked.name] = _standing(session, answer, day)
                if fitted.answers[asked.name] is None:
                    fitted.faults[asked.name] = NOT_OFFERED
            case FieldKind.DATE if answer not in NOTHING and not isinstance(answer, date):
                fitted.answers[asked.name] = None
                fitted.faults[asked.name] = say("{value} is not a day: write it as 2026-06-06.", value=answer)
            case FieldKind.LINE | FieldKind.TEXT:
                fitted.answers[asked.name] = _words(answer)
            case FieldKind.CHOICE | FieldKind.DEADLINE if not isinstance(answer, str):
                fitted.answers[asked.name] = None
    return fitted


def _claims(session: Session, snapshot: Snapshot, name: str, answer: object, ground: object,
            faults: dict[str, Message]) -> dict[str, str]:  # fmt: skip
    """What the record should say, by column as records keep it: of values on the first ground, else of the display."""
    columns = _columns(session, snapshot)
    claims: dict[str, str] = {}
    for key, value in _by_field(answer):
        column = columns.get(key)
        try:
            if key == DISPLAY and ground != WRONG:
                claims[key] = ENDED
            elif column is None or ground != WRONG:
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


def _findings(session: Session, snapshot: Snapshot, name: str, answer: object,
              faults: dict[str, Message]) -> dict[str, dict[str, str]]:  # fmt: skip
    """Findings by field; another value as the record keeps it, reasons without blanks around them."""
    columns = _columns(session, snapshot)
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


def _standing(session: Session, answer: object, day: date) -> int | None:
    """The id of a bureau that exists on this day and has no successor."""
    if not isinstance(answer, int) or isinstance(answer, bool):
        return None
    bureau = session.get(Bureau, answer)
    if bureau is None or bureau.successor_id is not None:
        return None
    begun = bureau.valid_from is None or bureau.valid_from <= day
    return bureau.id if begun and (bureau.valid_until is None or day <= bureau.valid_until) else None


def _columns(session: Session, snapshot: Snapshot) -> dict[str, Column]:
    record = session.get(CreditRecord, snapshot.record.id) if snapshot.record else None
    return {column.key: column for column in disputable(record.kind)} if record else {}
