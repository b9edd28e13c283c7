"""Other cases on the record of a case, or on the same document: what is the same, what differs, how they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from cases.kinds import all_kinds
from cases.model.tables import Case
from cases.model.visibility import visible_to
from cases.model.words import Subject, subjects_of
from registry.credit_records import CreditRecord
from registry.organisations import Enterprise
from web.case.consequences import in_a_list
from web.case.reading import Reading
from web.parts.words import Words
from web.site.record_words import column_in, field_label, value_in_a_sentence
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Similar:
    """Another case beside the one at hand; `due_on` is its next day while it is open, `closed_on` else."""

    number: str
    kind: Message
    same: Words
    differs: Words | None
    state: Message
    due_on: date | None
    closed_on: date | None


def similar(reading: Reading) -> tuple[Similar, ...]:
    """The cases on the same record or document that the reader may read, open ones first."""
    record = reading.record
    if record is None:
        return ()
    found = reading.session.execute(
        select(Case, CreditRecord, Enterprise.name)
        .join(CreditRecord, CreditRecord.id == Case.record_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .where(
            visible_to(reading.identity),
            Case.id != reading.file.id,
            CreditRecord.document_number == record.document_number,
            CreditRecord.determined_by_id == record.determined_by_id,
        )
        .order_by(Case.closed_at.is_not(None), Case.id.desc())
    ).all()
    claimed = subjects_of(reading.session, [reading.file.id, *(case.id for case, _record, _firm in found)])
    return tuple(_similar(reading, case, of, firm, claimed) for case, of, firm in found)


def _similar(
    reading: Reading, case: Case, record: CreditRecord, firm: str, claimed: dict[int, tuple[Subject, ...]]
) -> Similar:
    definition = all_kinds()[case.kind]
    here, there = claimed[reading.file.id], claimed[case.id]
    differs = list(_differs(reading, case, firm, here, there))
    closed_on = reading.world.jurisdiction.day_of(case.closed_at) if case.closed_at else None
    return Similar(
        number=case.number,
        kind=say(definition.label),
        same=in_a_list(list(_same(reading, record, here, there))),
        differs=in_a_list(differs) if differs else None,
        state=say(definition.state(case.state).label),
        due_on=None if closed_on else case.due_on,
        closed_on=closed_on,
    )


def _same(
    reading: Reading, record: CreditRecord, here: Sequence[Subject], there: Sequence[Subject]
) -> Iterator[Message]:
    yield say("the same record") if record.id == reading.file.record_id else say("the same document")
    values = {one.field: one.claim for one in there}
    for one in here:
        if one.field in values:
            label = field_label(reading.record, one.field)
            alike = one.claim and values[one.field] == one.claim
            yield say("{field}, the same new value", field=label) if alike else label


def _differs(
    reading: Reading, case: Case, firm: str, here: Sequence[Subject], there: Sequence[Subject]
) -> Iterator[Message]:
    if case.kind != reading.file.kind:
        yield say("another kind: {kind}", kind=say(all_kinds()[case.kind].label))
    if case.enterprise_id != reading.file.enterprise_id:
        yield say("filed by {firm}", firm=firm)
    ours = {one.field: one.claim for one in here}
    for one in there:
        label = field_label(reading.record, one.field)
        if one.field not in ours:
            yield say("disputes {field}", field=label)
        elif one.claim != ours[one.field]:
            value = value_in_a_sentence(column_in(reading.record, one.field), one.claim)
            yield say("{field} should be {value}", field=label, value=value)
