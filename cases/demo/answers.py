"""Turns the demo's answers into those of a form: names become ids, days and claims are computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.demo.stories import day_said
from cases.kinds import all_kinds
from cases.model.evidence import StoredFile
from cases.model.reading import read_cases
from cases.model.tables import Case
from registry.credit_records import CreditRecord, value_of
from registry.organisations import Bureau
from registry.people import User
from workflow.calendar import Calendar
from workflow.definition import Action, Field, FieldKind
from workflow.past import to_find

EARLIER = timedelta(days=5)


@dataclass(frozen=True)
class AnswerContext:
    """What answers are computed from: the record, the day of the act, the papers at hand, the case if there is one."""

    session: Session
    calendar: Calendar
    record: CreditRecord
    day: date
    evidence: tuple[StoredFile, ...]
    case: Case | None = None


def answers(desk: AnswerContext, row: Action, said: Mapping[str, object]) -> dict[str, object]:
    """The answers to what the action asks, from what the story says."""
    at_hand = (FieldKind.FILES, FieldKind.COMMITMENT, FieldKind.RECORD)  # the story need not answer these
    given = (field for field in row.asks if field.name in said or field.kind in at_hand)
    return {**said, **{field.name: _answer(desk, field, said) for field in given}}


def _answer(desk: AnswerContext, field: Field, said: Mapping[str, object]) -> object:
    answer = said.get(field.name)
    match field.kind:
        case FieldKind.FILES:
            return tuple(file for file in desk.evidence if str(answer or ".pdf") in file.name)
        case FieldKind.COMMITMENT:
            return True
        case FieldKind.RECORD:
            return desk.record.id
        case FieldKind.FINDINGS:
            return _findings(desk, field, str(answer), str(said["reasons"]))
        case FieldKind.CLAIMS if isinstance(answer, Mapping):
            return {name: _claimed(desk.record, name, str(value)) for name, value in answer.items()}
        case FieldKind.BUREAU:
            return desk.session.scalars(select(Bureau.id).where(Bureau.name == answer)).one()
        case FieldKind.PERSON:
            return desk.session.scalars(select(User.id).where(User.username == answer)).one()
        case FieldKind.DATE:
            return day_said(answer, desk.calendar, desk.day)
    return answer


def _claimed(record: CreditRecord, name: str, value: str) -> str:
    """What the record should say: `tenth` of the fine, `earlier` for five days before, anything else word for word."""
    if value == "tenth":
        return f"{max(Decimal(value_of(record, name)) / 10, Decimal('0.01')):.2f}"
    if value == "earlier":
        return (date.fromisoformat(value_of(record, name)) - EARLIER).isoformat()
    return value


def _findings(desk: AnswerContext, field: Field, word: str, reason: str) -> dict[str, dict[str, str]]:
    """Findings in one word, or `mixed`: the first as claimed, the others kept."""
    assert desk.case is not None
    past = read_cases(desk.session, [desk.case.id])[0].snapshot.past
    names = to_find(all_kinds()[desk.case.kind], field, past)
    codes = [("as_claimed" if place == 0 else "kept") if word == "mixed" else word for place in range(len(names))]
    return {name: {"finding": code, "reason": reason} for name, code in zip(names, codes, strict=True)}
