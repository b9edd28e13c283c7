"""Forms that the reader has begun and not sent: what each is about, until when it is kept, and the way on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for
from sqlalchemy import select

from cases.engine.drafts import unsent
from cases.kinds import all_kinds
from cases.model.form_tables import Draft
from cases.scheduler.dead_drafts import dies_on
from extensions import db
from registry.credit_records import CreditRecord
from registry.organisations import Enterprise
from web.site.access import identity, person
from web.site.context import law
from workflow.definition import FILER, START
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Begun:
    """One form: what it files, about what, when it was saved, and the last day on which it is there."""

    label: Message
    about: str
    saved_at: datetime
    until: date
    href: str


def forms_begun() -> list[Begun]:
    """The reader's own, the newest first; of a firm for which they act no more, none."""
    session = db.session()
    drafts = unsent(session, person().id)
    about = select(CreditRecord).where(CreditRecord.id.in_({draft.record_id for draft in drafts}))
    records = {record.id: record for record in session.scalars(about)}
    return [begun for draft in drafts if (begun := _begun(draft, records.get(draft.record_id or 0)))]


def last_day(saved_at: datetime) -> date:
    """The last whole day on which a form is there that was last saved then."""
    return law().day_of(dies_on(saved_at)) - timedelta(days=1)


def _begun(draft: Draft, record: CreditRecord | None) -> Begun | None:
    definition = all_kinds().get(draft.kind)
    rows = definition.actions_named(draft.action) if definition else ()
    row = next((one for one in rows if START in one.source), None)
    firm = record.enterprise_id if record else draft.enterprise_id
    if row is None or firm is None or (identity().holds(FILER) and not identity().acts_in(firm, draft.kind)):
        return None
    about = record.document_number if record else db.session().get_one(Enterprise, firm).name
    href = url_for("filing.show", kind=draft.kind, record_id=draft.record_id, step="check", draft=draft.key)
    return Begun(say(row.label), about, draft.saved_at, last_day(draft.saved_at), href)
