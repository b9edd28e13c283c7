"""What was typed into a saved form, and the answers that it comes to. Pure.

A form keeps what was typed, fit or not, so that nothing written is lost; the answers leave out what cannot be read.
Whether they are enough, the workflow says; the steps before the first fault are done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cases.engine.answers import ENDED, GROUND
from cases.model.evidence import StoredFile
from registry.cleaning import Unfit, clean
from registry.columns import Column
from web.acts.form import ActForm, Offered
from web.filing.steps import CHECK, Step, disputes_display
from workflow.answers import asked_of, faults_of
from workflow.definition import START, Action, Definition, Facts, Field, FieldKind, Role, answered_so
from workflow.findings import DISPLAY
from workflow.refusal import Message
from workflow.snapshot import Person, RecordFacts, RuleContext, Snapshot


@dataclass(frozen=True)
class Filled:
    """A form so far: what was typed by field, the files kept with it, and what there was to choose from."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[StoredFile, ...] = ()
    offered: Offered = field(default_factory=Offered)


@dataclass(frozen=True)
class Asked:
    """Who answers which opening row about what."""

    definition: Definition
    action: Action
    variant: str
    role: Role
    person: Person
    enterprise: int
    record: RecordFacts | None


def answers_of(asked: Asked, filled: Filled) -> dict[str, object]:
    """The answers as the opening takes them, without what the other answers leave out."""
    answers: dict[str, object] = {}
    for one in asked_of(asked.action, asked.role):
        if answered_so(one.only, filled.typed.get):
            answers[one.name] = _answer(one, filled)
    return answers


def facts_of(asked: Asked, filled: Filled, world: RuleContext, now: datetime) -> Facts:
    """The opening as the workflow would be shown it now."""
    day = world.jurisdiction.day_of(now)
    snapshot = Snapshot(
        asked.definition.kind, START, asked.variant, filed_on=day, enterprise=asked.enterprise, record=asked.record
    )
    return Facts(
        asked.definition, snapshot, world, asked.action, asked.role, asked.person, answers_of(asked, filled), now, day
    )


def faults_on(step: Step, facts: Facts) -> dict[str, Message]:
    """What a step asks and the form lacks, by field; of the values only once their ground is chosen."""
    names = {one.name for one in step.fields}
    if GROUND in names and not facts.answers.get(GROUND):
        names = {GROUND}
    return {name: fault for name, fault in faults_of(facts).items() if name.partition(".")[0] in names}


def first_unfinished(steps: Sequence[Step], facts: Facts, filled: Filled) -> str:
    """The first step that lacks an answer, or where a value cannot be read; the last where none does."""
    return next((step.name for step in steps if faults_on(step, facts) or _unreadable(step, filled)), CHECK)


def typed_on(step: Step, form: ActForm) -> dict[str, Any]:
    """What was typed on a page, as a saved form keeps it."""
    return {one.name: _typed(one, form) for one in step.fields if one.kind is not FieldKind.FILES}


def left_out(step: Step, form: ActForm) -> list[str]:
    """The fields of a page that the ground chosen on it does not ask: the values, where the display is disputed."""
    grounds = {one.name: form[one.name].data for one in step.fields if one.name == GROUND}
    return [one.name for one in step.fields if one.kind is FieldKind.CLAIMS and disputes_display(grounds)]


def claims_of(typed: Any, offered: Offered) -> dict[str, str]:
    """What the record should say, by field, where it can be read and differs."""
    claims = {}
    for column in offered.columns:
        value = _claimed(typed, column)
        if value and value != offered.record.get(column.key, ""):
            claims[column.key] = value
    return claims


def _answer(asked: Field, filled: Filled) -> object:
    typed = filled.typed.get(asked.name)
    match asked.kind:
        case FieldKind.CLAIMS if asked.display or disputes_display(filled.typed):
            return {DISPLAY: ENDED}
        case FieldKind.CLAIMS:
            return claims_of(typed, filled.offered)
        case FieldKind.FILES:
            return filled.files
        case FieldKind.DATE:
            return _day(typed)
        case FieldKind.COMMITMENT:
            return typed is True
        case FieldKind.NUMBER:
            return int(typed) if isinstance(typed, str) and typed.isdecimal() else None
        case FieldKind.BUREAU:
            return _one_of(filled.offered.bureaus, typed)
        case FieldKind.RECORD:
            return _one_of(filled.offered.records, typed)
        case FieldKind.PERSON:
            return _one_of(filled.offered.people, typed)
    return typed.strip() if isinstance(typed, str) else None


def _one_of(known: Iterable[tuple[int, str]], typed: object) -> int | None:
    return next((id for id, _words in known if str(id) == typed), None)


def _day(typed: object) -> date | None:
    try:
        return date.fromisoformat(typed) if isinstance(typed, str) else None
    except ValueError:
        return None


def _typed(asked: Field, form: ActForm) -> Any:
    one = form[asked.name]
    if asked.kind is FieldKind.CLAIMS:
        keys = {column.key for column in form.offered.columns}
        return {key: claim for key, claim in one.data.items() if key in keys}
    if asked.kind in (FieldKind.DATE, FieldKind.NUMBER):
        return " ".join(one.raw_data or ()).strip()
    return one.data if asked.kind is FieldKind.COMMITMENT else one.data or ""


def _unreadable(step: Step, filled: Filled) -> bool:
    """Whether a field was marked as wrong, or given a value, and what it should say cannot be read."""
    for one in step.fields:
        if one.kind is FieldKind.CLAIMS and not disputes_display(filled.typed):
            typed = filled.typed.get(one.name) or {}
            marked = {key for key, claim in typed.items() if claim.get("wrong")}
            if marked - set(claims_of(typed, filled.offered)):
                return True
    return False


def _claimed(typed: Any, column: Column) -> str:
    claim = (typed or {}).get(column.key, {})
    value = str(claim.get("value") or "").strip() if claim.get("wrong") else ""
    try:
        return clean(column, value) if value else ""
    except Unfit:
        return ""
