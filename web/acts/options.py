"""What the form of an act may offer: bureaus, deadlines, records, colleagues, and the record that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import select

from cases.model.visibility import colleagues_in
from cases.model.words import disputes
from registry.columns import disputable
from registry.credit_records import CreditRecord
from web.acts.form import Offered
from web.case.reading import Reading
from web.parts.words import Words
from web.site.bodies import bureau_name
from web.site.record_words import in_this_language, record_title
from workflow.definition import OFFICIALS, Action, Field, FieldKind
from workflow.findings import to_find
from workflow.guards import Once
from workflow.refusal import say
from workflow.timing import due_of


def offered(reading: Reading, action: Action, record: CreditRecord | None) -> Offered:
    """What may be chosen; `record`: the one whose values the form names."""
    asked = {field.kind: field for field in action.asks}
    findings, snapshot = asked.get(FieldKind.FINDINGS), reading.file.snapshot
    people = colleagues_in(reading.session, snapshot) if FieldKind.PERSON in asked else []
    return Offered(
        bureaus=list(_bureaus(reading)) if FieldKind.BUREAU in asked else (),
        deadlines=list(_deadlines(reading)) if FieldKind.DEADLINE in asked else (),
        columns=disputable(record.kind) if record else (),
        record=record.values if record else {},
        record_kind=record.kind if record else "",
        records=[(one.id, in_this_language(record_words(one))) for one in _records(reading, action, record)],
        people=[(id, name) for id, name in people if id != reading.person.id],
        to_find=to_find(reading.definition, findings, reading.file.snapshot.past) if findings else (),
        claims={one.field: one.claim for one in disputes(reading.definition, reading.past, reading.words)},
    )


def left_to_answer(reading: Reading, action: Action, field: Field) -> Field:
    """A choice of which each answer can be given once, without those that were given."""
    if not any(isinstance(guard, Once) and guard.per == field.name for guard in action.guard):
        return field
    given = {past.codes.get(field.name) for past in reading.past if past.action == action.name}
    return replace(field, choices=tuple(choice for choice in field.choices if choice.code not in given))


def asks_of_a_record(action: Action) -> bool:
    """Whether the form is about a record that is chosen first."""
    kinds = {field.kind for field in action.asks}
    return {FieldKind.RECORD, FieldKind.CLAIMS} <= kinds


def records_of_firm(reading: Reading) -> list[CreditRecord]:
    """The records of the case's firm, the newest first."""
    found = select(CreditRecord).where(CreditRecord.enterprise_id == reading.file.enterprise_id)
    return list(reading.session.scalars(found.order_by(CreditRecord.decided_on.desc(), CreditRecord.id)))


def record_words(record: CreditRecord) -> Words:
    """A record in one line: its number and what it is."""
    return say("{number}: {title}", number=record.document_number, title=record_title(record))


def _records(reading: Reading, action: Action, record: CreditRecord | None) -> list[CreditRecord]:
    if not any(field.kind is FieldKind.RECORD for field in action.asks):
        return []
    return [record] if record and asks_of_a_record(action) else records_of_firm(reading)


def _bureaus(reading: Reading) -> Iterator[tuple[int, str]]:
    """Every bureau that stands, but for the one that the case is kept from (D16)."""
    for bureau in reading.bureaus.values():
        if bureau.successor_id is None and bureau.id != reading.file.snapshot.complained_bureau:
            yield bureau.id, bureau_name(bureau)


def _deadlines(reading: Reading) -> Iterator[tuple[str, str]]:
    for timer in reading.file.snapshot.timers:
        running = timer.stopped is None and due_of(timer, reading.world.calendar).day
        if running and timer.owner in OFFICIALS:
            yield timer.deadline, _(reading.definition.deadline(timer.deadline, reading.file.snapshot.variant).label)
