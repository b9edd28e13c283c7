"""Random answers for a case that stands in the database: those of the pure walks, made to fit its record and place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cases.engine.answers import GROUND, WRONG
from cases.model.visibility import colleagues_in
from registry.columns import Column, Type, column_of, disputable
from registry.credit_records import CreditRecord
from tests.builders import PROOF
from tests.workflow.answering import random_answers
from workflow.answers import asked_of
from workflow.definition import Action, Field, FieldKind, Role
from workflow.past import DISPLAY, OTHER

if TYPE_CHECKING:
    from tests.cases.walks.walker import CaseWalk

FITTING = {Type.AMOUNT: "0.80", Type.DATE: "2024-11-13", Type.TEXT: "更正后的内容"}
ON_THE_RECORD = ("facts", "decided_on", "fine")
"""The columns that are said to be wrong, those that its kind has."""


def fitting_answers(walk: CaseWalk, row: Action, role: Role, **fixed: object) -> dict[str, object]:
    """Answers that mostly can be taken, and what is fixed."""
    answers = {**random_answers(walk, row, role), **fixed}  # type: ignore[arg-type]
    for asked in asked_of(row, role):
        if asked.name not in fixed:
            answers[asked.name] = _fitted(walk, asked, answers)
    return answers


def _fitted(walk: CaseWalk, asked: Field, answers: Mapping[str, Any]) -> object:
    answer = answers[asked.name]
    match asked.kind:
        case FieldKind.FILES:
            return PROOF if answer else ()
        case FieldKind.RECORD:
            return walk.other_record()
        case FieldKind.PERSON:
            known = colleagues_in(walk.town.session, walk.snapshot)
            return walk.dice.choice(known)[0] if known else None
        case FieldKind.CLAIMS if not asked.display:
            return _claims(walk, answers)
        case FieldKind.FINDINGS:
            return {name: _found(walk, name, one) for name, one in answer.items()}
    return answer


def _claims(walk: CaseWalk, answers: Mapping[str, Any]) -> dict[str, str]:
    """Values on the ground that they are wrong, and where no ground is asked; else the display."""
    if answers.get(GROUND, WRONG) != WRONG:
        return {DISPLAY: "ended"}
    record = walk.town.session.get(CreditRecord, answers.get("record") or walk.record_id)
    columns = [column for column in disputable(record.kind if record else "penalty") if column.key in ON_THE_RECORD]
    named = walk.dice.sample(columns, walk.dice.choice((1, 2)))
    return {column.key: FITTING[column.type] for column in named}


def _found(walk: CaseWalk, name: str, given: Mapping[str, str]) -> dict[str, str]:
    if given["finding"] != OTHER:
        return {"finding": given["finding"], "reason": given["reason"]}
    column = _column(walk, name)
    return {**given, "value": {Type.AMOUNT: "1.00", Type.DATE: "2024-11-14"}.get(column.type, "另一内容")}


def _column(walk: CaseWalk, name: str) -> Column:
    record = walk.town.session.get_one(CreditRecord, walk.record_id)
    column = column_of(record.kind, name)
    assert column
    return column
