"""The words of cases' events, read back: claims, findings and reasons, and which fields are disputed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.tables import Case, Event, EventText
from registry.credit_records import CreditRecord
from workflow.definition import Definition, FieldKind
from workflow.findings import AS_CLAIMED, OTHER, GivenFinding, disputed, fields_of, findings_in_force
from workflow.snapshot import EventFacts

Words = Mapping[int, Mapping[str, str]]
"""Words by event's seq, then by name (`findings.fine.reason`). Disposed words are missing."""


@dataclass(frozen=True)
class Dispute:
    """One disputed field: what the enterprise says it should be, and what was found."""

    field: str
    claim: str
    finding: str = ""
    value: str = ""
    reason: str = ""


_WORDS: Final = (
    select(Event.case_id, Event.seq, EventText.name, EventText.text)
    .join(EventText, and_(EventText.event_id == Event.id, EventText.case_id == Event.case_id))
    .where(EventText.case_id.in_(bindparam("ids", expanding=True)), EventText.text.is_not(None))
)


def words_of(session: Session, case_id: int) -> Words:
    """Every word of a case, by event."""
    return words_of_many(session, [case_id])[case_id]


def words_of_many(session: Session, case_ids: Sequence[int]) -> dict[int, Words]:
    """Every word of each case, by event, in one statement; what names another case than its event is none."""
    found: dict[int, dict[int, dict[str, str]]] = {id: defaultdict(dict) for id in case_ids}
    for case_id, seq, name, text in session.execute(_WORDS, {"ids": case_ids}):
        found[case_id][seq][name] = text or ""
    return {**found}


def disputes(definition: Definition, past: Sequence[EventFacts], words: Words) -> tuple[Dispute, ...]:
    """Each disputed field with its claim and the finding that stands."""
    claims, found = _claims(definition, past, words), findings_in_force(definition, past)
    return tuple(
        Dispute(name, claims.get(name, ""), *(_finding(name, found[name], words) if name in found else ()))
        for name in disputed(definition, past)
    )


def _finding(field: str, found: GivenFinding, words: Words) -> tuple[str, str, str]:
    """The code of a finding, the other value where there is one, and the reason."""
    said = words.get(found.event.seq, {})
    value, reason = (said.get(f"{found.asked}.{field}.{part}", "") for part in ("value", "reason"))
    return found.code, value, reason


def granted_values(disputed_fields: Sequence[Dispute]) -> dict[str, str]:
    """What the record should say, by field: the claim as claimed, or the other value that was found."""
    values = {}
    for dispute in disputed_fields:
        if dispute.finding == AS_CLAIMED:
            values[dispute.field] = dispute.claim
        elif dispute.finding == OTHER:
            values[dispute.field] = dispute.value
    return values


def _claims(definition: Definition, past: Sequence[EventFacts], words: Words) -> dict[str, str]:
    for event in past:
        for field in fields_of(definition, event, FieldKind.CLAIMS):
            prefix = f"{field.name}."
            said = words.get(event.seq, {})
            return {name.removeprefix(prefix): text for name, text in said.items() if name.startswith(prefix)}
    return {}


@dataclass(frozen=True)
class Subject:
    """One disputed field: what the record says now, and what it is said it should say."""

    field: str
    record: str
    claim: str


def subjects_of(session: Session, case_ids: Sequence[int]) -> dict[int, tuple[Subject, ...]]:
    """The disputed fields of each case, in the order in which they were claimed."""
    found: dict[int, tuple[Subject, ...]] = dict.fromkeys(case_ids, ())
    first: dict[int, int] = {}
    prefixes = _prefixes()
    statement = (
        select(Case.id, EventText.event_id, EventText.name, EventText.text, CreditRecord.values)
        .join(Event, Event.case_id == Case.id)
        .join(EventText, EventText.event_id == Event.id)
        .outerjoin(CreditRecord, CreditRecord.id == Case.record_id)
        .where(Case.id.in_(case_ids), Event.seq == 1, or_(*(EventText.name.startswith(prefix) for prefix in prefixes)))
        .order_by(EventText.id)
    )
    for case_id, event_id, name, text, values in session.execute(statement):
        if first.setdefault(case_id, event_id) == event_id:
            field = name.partition(".")[2]
            found[case_id] += (Subject(field, str((values or {}).get(field, "")), text or ""),)
    return found


def is_disputed(field: str) -> ColumnElement[bool]:
    """The condition on `Case` that holds where this field of the record is disputed."""
    names = [f"{prefix}{field}" for prefix in sorted(_prefixes())]
    return exists().where(
        EventText.case_id == Case.id, EventText.name.in_(names), Event.id == EventText.event_id, Event.seq == 1
    )


def fields_disputed(session: Session, *conditions: ColumnElement[bool]) -> tuple[str, ...]:
    """The fields that are disputed in any of these cases."""
    claims = or_(*(EventText.name.startswith(prefix) for prefix in sorted(_prefixes())))
    found = (
        select(EventText.name)
        .distinct()
        .join(Event, and_(Event.id == EventText.event_id, Event.seq == 1))
        .join(Case, Case.id == EventText.case_id)
        .where(claims, *conditions)
    )
    return tuple(sorted({name.partition(".")[2] for name in session.scalars(found)}))


def _prefixes() -> set[str]:
    """How the words of claims are named: `claims.fine`."""
    return {
        f"{field.name}."
        for definition in all_kinds().values()
        for action in definition.actions
        for field in action.asks
        if field.kind is FieldKind.CLAIMS
    }
