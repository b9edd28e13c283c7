"""Where a filing begins or goes on: links to the forms open to the reader, and the forms begun but not sent."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask import url_for
from sqlalchemy import select

from cases.kinds import all_kinds
from cases.model.drafts import Draft, dies_on, unsent
from cases.model.visibility import OpeningOption, ways_to_open
from extensions import db
from registry.credit_records import CreditRecord
from registry.identity import Identity
from registry.organisations import Enterprise
from web.site.access import identity, law, person
from workflow.definition import FILER, START
from workflow.guards import OwnRecord
from workflow.refusal import Message, say


class WayIn(NamedTuple):
    """A link to a form: what it says, where it leads, which kind of case it begins."""

    label: Message
    href: str
    kind: str


def ways_of(identity: Identity, record: CreditRecord | None) -> list[WayIn]:
    """The forms that the reader may fill about a record, or about none; first what marks the record meanwhile."""
    marking = {name for name, kind in all_kinds().items() if kind.doing(("flag",))}
    ways = sorted(open_ways(identity, record), key=lambda way: way.kind not in marking)
    several = Counter(way.kind for way in ways)
    return [
        WayIn(way_label(way), way_href(way, record.id if record else None, named=several[way.kind] > 1), way.kind)
        for way in ways
    ]


def open_ways(identity: Identity, record: CreditRecord | None) -> tuple[OpeningOption, ...]:
    """The opening rows of the reader, without those that belong to another bureau's record."""
    return tuple(way for way in ways_to_open(identity, record) if _theirs(way, identity, record))


def way_label(way: OpeningOption) -> Message:
    """What is done that way; said so where somebody enters for the firm what it may file itself (D17)."""
    label = say(way.action.label)
    return label if way.role == FILER or FILER not in way.action.by else say("From paper: {what}", what=label)


def way_href(way: OpeningOption, record_id: int | None, *, named: bool, enterprise: int | None = None) -> str:
    """The address of its form; `named` where the reader has several ways to open the kind."""
    return url_for(
        "filing.begin", kind=way.kind, record_id=record_id, way=way_name(way) if named else None, enterprise=enterprise
    )


def way_name(way: OpeningOption) -> str:
    """How an address names the row: its action, and the variant where several rows share the name."""
    return f"{way.action.name}:{way.variant}" if way.variant else way.action.name


def _theirs(way: OpeningOption, identity: Identity, record: CreditRecord | None) -> bool:
    """Whether the reader's own bureau stands in the column of the record that a guard names."""
    if way.role == FILER or record is None:
        return True
    columns = [guard.column for guard in way.action.guard if isinstance(guard, OwnRecord)]
    return all(getattr(record, f"{column}_id") == identity.bureau_id for column in columns)


class Begun(NamedTuple):
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
