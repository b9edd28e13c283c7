"""By which rows a person may open a case on a record, or on none. It reads no database and opens nothing."""

from __future__ import annotations

from dataclasses import dataclass

from cases.kinds import all_kinds
from cases.model.visibility import person_opening
from registry.credit_records import CreditRecord
from registry.identity import Identity
from workflow.definition import START, Action, Definition, Role


@dataclass(frozen=True)
class Way:
    """One way in: the kind, its row, the variant where several rows share the name, and as whom."""

    kind: str
    action: Action
    variant: str
    role: Role


def ways_to_open(identity: Identity, record: CreditRecord | None) -> tuple[Way, ...]:
    """The opening rows of every kind that fit the record and belong to the person; without one, of those about none."""
    return tuple(
        way
        for definition in all_kinds().values()
        if _fits(definition, record)
        for way in _ways(definition, identity, record)
    )


def _fits(definition: Definition, record: CreditRecord | None) -> bool:
    if record is None or definition.without_record:
        return record is None and definition.without_record
    return not definition.records or record.kind in definition.records


def _ways(definition: Definition, identity: Identity, record: CreditRecord | None) -> list[Way]:
    firms = [record.enterprise_id] if record else sorted(identity.enterprise_ids)
    theirs = [id for id in firms if identity.acts_in(id, definition.kind)]
    person = person_opening(identity, record, theirs[0] if theirs else 0)
    rows = [row for row in definition.actions if START in row.source]
    named = [row.name for row in rows]
    return [
        Way(definition.kind, row, row.variants[0] if named.count(row.name) > 1 and row.variants else "", role)
        for row in rows
        if (role := next((role for role in row.by if role in person.roles), None))
    ]
