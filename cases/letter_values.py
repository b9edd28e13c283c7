"""The facts of a move, as a letter or a paper may name them. Words are chosen by the post office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from cases.acts import Act
from cases.reading import office_of
from cases.words import disputes, words_of
from registry.credit_records import CreditRecord, value_of
from registry.organisations import Bureau
from workflow.calendar import add_months, workdays_between
from workflow.refusal import say
from workflow.snapshot import World
from workflow.timing import Timer, due_of


def values_for(session: Session, world: World, act: Act, timers: Sequence[Timer]) -> Mapping[str, object]:
    """Everything that a letter about this move may name."""
    file, move = act.file, act.move
    bureau = session.get(Bureau, move.bureau) if move.bureau else None
    office = office_of(session)
    return {
        "number": file.number,
        "check_code": file.check_code,
        "enterprise": file.enterprise_name,
        "enterprise_code": file.enterprise_code,
        "record": file.document_number,
        "bureau": bureau.name if bureau else "",
        "office": office.name,
        "filed_on": file.filed_on,
        "today": move.on,
        "actor_name": move.person.name,
        "outcome": move.target.outcome,
        "head": file.head,
        **move.words,
        **_deadline_values(session, world, act, timers),
    }


def _deadline_values(session: Session, world: World, act: Act, timers: Sequence[Timer]) -> dict[str, object]:
    """The deadline the letter is about: the one that fired, else the one that now runs for the next step."""
    return {}
