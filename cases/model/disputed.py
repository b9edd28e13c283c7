"""What cases dispute of a record: each field with its claim and its finding, in one case or in many. Writes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from cases.kinds import all_kinds, digests
from cases.model.reading import Words
from cases.model.tables import Case, Event, EventText
from registry.credit_records import CreditRecord
from workflow.definition import CASE, FILER, START, Action, Definition, FieldKind
from workflow.past import AS_CLAIMED, OTHER, claims_of, disputed, findings_in_force
from workflow.snapshot import EventFacts


@dataclass(frozen=True)
class Dispute:
    """One disputed field: what the enterprise says it should be, and what was found."""

    field: str
    claim: str
    finding: str = ""
    value: str = ""
    reason: str = ""
    joined: bool = False
    """Whether another case claims it, and not the enterprise itself."""


def disputes(definition: Definition, past: Sequence[EventFacts], words: Words) -> tuple[Dispute, ...]:
    """Each disputed field with its claim and the finding that stands."""
    claims, findings, found = _claims(definition, past, words), findings_in_force(definition, past), []
    own = disputed(definition, [event for event in past if event.role != CASE.name])
    for name in disputed(definition, past):
        dispute = Dispute(name, claims.get(name, ""), joined=name not in own)
        if given := findings.get(name):
            value = words.get(given.event.seq, {}).get(f"{given.asked}.{name}.value", "")
            why = given.reasoned
            reason = words.get(why.event.seq, {}).get(f"{why.asked}.{name}.reason", "")
            dispute = replace(dispute, finding=given.code, value=value, reason=reason)
        found.append(dispute)
    return tuple(found)


def granted_values(disputed_fields: Sequence[Dispute]) -> dict[str, str]:
    """What the record should say, by field: the claim as claimed, or the other value that was found."""
    found = {one.field: {AS_CLAIMED: one.claim, OTHER: one.value}.get(one.finding) for one in disputed_fields}
    return {name: value for name, value in found.items() if value is not None}


def _claims(definition: Definition, past: Sequence[EventFacts], words: Words) -> dict[str, str]:
    """What each disputed field should say. What was claimed first stays the claim."""
    claims: dict[str, str] = {}
    for event, field in claims_of(definition, past):
        claims = {**said_of_fields(words.get(event.seq, {}), field.name), **claims}
    return claims


def said_of_fields(words: Mapping[str, str], name: str) -> dict[str, str]:
    """The words of an event on each field of the record, under the name of what was asked."""
    return {key.removeprefix(f"{name}."): text for key, text in words.items() if key.startswith(f"{name}.")}


def claims_said(action: Action, words: Mapping[str, str]) -> dict[str, str]:
    """What an act says the record should say, by field."""
    asked = (field.name for field in action.asks if field.kind is FieldKind.CLAIMS)
    return {key: value for name in asked for key, value in said_of_fields(words, name).items()}


@dataclass(frozen=True)
class Subject:
    """One disputed field: what the record says now, and what it is said it should say."""

    field: str
    record: str
    claim: str


def subjects_of(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[Subject, ...]]:
    """The disputed fields of each case, in the order in which they were claimed."""
    return subjects_in(case_ids, session.execute(subjects(digests()), {"ids": case_ids}))


def subjects_in(case_ids: Sequence[int], rows: Iterable[Any]) -> dict[int, tuple[Subject, ...]]:
    """The same by what `subjects` has given, asked together with something else."""
    found: dict[int, tuple[Subject, ...]] = dict.fromkeys(case_ids, ())
    for case_id, name, text, values in rows:
        field = name.partition(".")[2]
        if field not in {one.field for one in found[case_id]}:
            found[case_id] += (Subject(field, str((values or {}).get(field, "")), text or ""),)
    return found


@cache
def subjects(kinds: tuple[str, ...]) -> Select[int, str, str | None, dict[str, str]]:
    return (
        select(Case.id, EventText.name, EventText.text, CreditRecord.values)
        .join(Event, Event.case_id == Case.id)
        .join(EventText, EventText.event_id == Event.id)
        .outerjoin(CreditRecord, CreditRecord.id == Case.record_id)
        .where(Case.id.in_(bindparam("ids", expanding=True)), _claims_here(kinds), _is_claim(kinds))
        .order_by(EventText.id)
    )


@cache
def _claims_here(_kinds: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether an event claims something to be found in its case: its opening or how the firm has changed it since, and
    what another case has added."""
    rows = [row for definition in all_kinds().values() for row in definition.actions]
    asking = [row for row in rows if any(field.kind is FieldKind.CLAIMS for field in row.asks)]
    filed = {row.name for row in asking if row.by == (FILER,) and START not in row.source}
    added = {row.name for row in asking if CASE in row.by and START not in row.source}
    later = aliased(Event)
    changed = exists().where(later.case_id == Event.case_id, later.seq > Event.seq, later.action.in_(filed))
    holds = and_(or_(Event.seq == 1, Event.action.in_(filed)), ~changed.correlate(Event))
    return or_(holds, Event.action.in_(added))


def is_disputed(field: str) -> ColumnElement[bool]:
    """The condition on `Case` that holds where this field of the record is disputed."""
    names = [f"{prefix}{field}" for prefix in sorted(_prefixes())]
    return exists().where(
        EventText.case_id == Case.id, EventText.name.in_(names), Event.id == EventText.event_id, _claims_here(digests())
    )


def fields_disputed(_kinds: tuple[str, ...], *conditions: ColumnElement[bool]) -> Select[str]:
    """The question for the fields that are disputed in any of these cases: of each that was ever claimed, whether one
    is found."""
    names, said = select(EventText.name).distinct().where(_is_claim(digests())).subquery(), aliased(EventText)
    claimed = select(said.id).join(Event, Event.id == said.event_id).join(Case, Case.id == said.case_id)
    claimed = claimed.where(said.name == names.c.name, _claims_here(digests()), *conditions).correlate(names)
    return select(names.c.name).where(claimed.exists())


def fields_in(rows: Iterable[Any]) -> tuple[str, ...]:
    """These fields, by what the question has given."""
    return tuple(sorted({row.name.partition(".")[2] for row in rows}))


@cache
def _is_claim(_kinds: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(*(EventText.name.startswith(prefix) for prefix in sorted(_prefixes())))


def _prefixes() -> set[str]:
    """How the words of claims are named: `claims.fine`."""
    return {
        f"{field.name}."
        for definition in all_kinds().values()
        for action in definition.actions
        for field in action.asks
        if field.kind is FieldKind.CLAIMS and not field.waits
    }
