"""Owe every place the newest image of a record that has changed, in the transaction that changed it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from exchange.tables import ENDED, Delivery, DeliveryAct, move
from registry.columns import KINDS
from registry.credit_records import CreditRecord, RecordChange, RecordStatement, flags_of
from registry.organisations import Bureau, Enterprise
from workflow.calendar import due
from workflow.jurisdiction import Jurisdiction, ShowingPlace
from workflow.limits import Rule
from workflow.snapshot import RuleContext

FLAGS: Final = frozenset({"flagged", "unflagged"})
STATEMENTS: Final = frozenset({"statement_kept", "statement_dropped"})
OUTWARD: Final = frozenset(
    {"corrected", "display_ended", "shown_again", "delisted", "listed_again", "sharing_stopped", "shared_again"}
)
"""Changes that other places must show; those of marks and statements where they are able to."""
NEVER: Final = frozenset({"handler", "legal_representative", "remark"})
NOT_PUBLIC: Final = frozenset({"facts", "penalty", "registration_number", "organisation_code", "tax_number"})
"""Columns that leave the house for no place, and for none of a third party."""
REPORTED, DRIFT = "reported", "drift"
"""Causes that are no change: a firm says that a place still shows the old, or somebody saw that it does."""


class Owing(NamedTuple):
    """What one place is to be told of a record: why, after which change of it, and by whom."""

    record: CreditRecord
    place: ShowingPlace
    cause: str
    revision: int
    case_id: int | None
    actor: str


def queue(session: Session, world: RuleContext, changes: Iterable[RecordChange], now: datetime) -> None:
    """Queue what the changes owe: once a record and place, an older image that is still owed being superseded."""
    law = world.jurisdiction
    if not law.places:
        return
    of: defaultdict[int, list[RecordChange]] = defaultdict(list)
    for change in changes:
        of[change.record_id].append(change)
    owed = [
        Owing(record, place, told[-1].what, told[-1].id, told[-1].case_id, told[-1].actor)
        for record_id, own in of.items()
        for record in [session.get_one(CreditRecord, record_id)]
        for place in places_of(session, law, record)
        if (told := [change for change in own if _concerns(place, change)])
    ]
    if owed:
        owe(session, world, owed, now)


def owe(session: Session, world: RuleContext, owed: Sequence[Owing], now: datetime) -> list[Delivery]:
    """Queue one delivery for each, over what is still owed to the same place; the earlier due day stays."""
    due_on = _supersede(session, world, owed, now)
    images, actors = _images(session, owed), {_key(one): one.actor for one in owed}
    rows = [
        {
            "place": one.place.code,
            "record_id": one.record.id,
            "revision": one.revision,
            "image": image,
            "cause": one.cause,
            "case_id": one.case_id,
            "state": "queued" if one.place.connection and one.cause != REPORTED else "by_hand",
            "queued_at": now,
            "next_try_at": now,
            "due_on": due_on[_key(one)],
        }
        for one, image in zip(owed, images, strict=True)
    ]
    made = session.scalars(insert(Delivery).returning(Delivery), rows).all()
    acts = [
        {
            "delivery_id": one.id,
            "at": now,
            "actor": actors[one.place, one.record_id],
            "from_state": one.state,
            "to_state": one.state,
        }
        for one in made
    ]
    session.execute(insert(DeliveryAct), acts)
    return list(made)


def places_of(session: Session, law: Jurisdiction, record: CreditRecord) -> list[ShowingPlace]:
    """The places that show such a record or are told of it."""
    if not law.places:
        return []
    bodies = [session.get_one(Bureau, id) for id in (record.determined_by_id, record.supplied_by_id)]
    return [
        place
        for place in law.places
        if (not place.kinds or record.kind in place.kinds)
        and (place.branch is None or place.branch == bodies[0].branch)
        and (not place.bureau or place.bureau in {body.code for body in bodies})
    ]


def image_of(record: CreditRecord, place: ShowingPlace, flagged: bool, notes: Mapping[str, str]) -> dict[str, Any]:
    """All that a place must show of a record now: no case, no words of the firm, nothing about persons."""
    hidden = NEVER | NOT_PUBLIC if place.sort == "third" else NEVER
    known = {column.key for column in KINDS[record.kind]} - hidden
    gone = place.sort == "third" and not (record.displayed and record.shared)
    return {
        "values": {} if gone else {key: value for key, value in sorted(record.values.items()) if key in known},
        "displayed": record.displayed,
        "listed": record.listed,
        "shared": record.shared,
        "marks": ["objection"] if flagged and "flag" in place.can else [],
        "note": dict(notes) if "statement" in place.can else {},
    }


def envelope(session: Session, delivery: Delivery) -> dict[str, Any]:
    """A delivery as it is sent: whose record it is, the image, and the revision that was sent before it."""
    record = session.get_one(CreditRecord, delivery.record_id)
    same = Delivery.place == delivery.place, Delivery.record_id == record.id, Delivery.sent_at.is_not(None)
    earlier = select(func.max(Delivery.revision)).where(*same, Delivery.revision < delivery.revision)
    return {
        "id": str(delivery.id),
        "place": delivery.place,
        "revision": delivery.revision,
        "previous_revision": session.scalar(earlier) or 0,
        "made_at": delivery.queued_at.isoformat(),
        "cause": delivery.cause,
        "key": {
            "kind": record.kind,
            "uscc": session.get_one(Enterprise, record.enterprise_id).code,
            "document_number": record.known_as,
            "determined_by_code": session.get_one(Bureau, record.determined_by_id).code or "",
        },
        "image": delivery.image,
    }


def _concerns(place: ShowingPlace, change: RecordChange) -> bool:
    if place.sort == "own" or place.via:
        return False
    if change.what in FLAGS:
        return "flag" in place.can
    return change.what in OUTWARD or (change.what in STATEMENTS and "statement" in place.can)


def _key(one: Owing) -> tuple[str, int]:
    return one.place.code, one.record.id


def _supersede(
    session: Session, world: RuleContext, owed: Sequence[Owing], now: datetime
) -> dict[tuple[str, int], date]:
    """End what is still owed to the same places; gives the day by which each is to show the newer image."""
    still = select(Delivery).where(Delivery.record_id.in_({one.record.id for one in owed}))
    still = still.where(Delivery.state.not_in(ENDED)).order_by(Delivery.id).with_for_update()
    older = {(one.place, one.record_id): one for one in session.scalars(still)}
    due_on = {_key(one): _due_on(world, one, world.jurisdiction.day_of(now)) for one in owed}
    for one in owed:
        if before := older.get(_key(one)):
            due_on[_key(one)] = min(due_on[_key(one)], before.due_on)
            move(session, before, "supersede", now, one.actor)
    session.flush()
    return due_on


def _images(session: Session, owed: Sequence[Owing]) -> list[dict[str, Any]]:
    """What each place is to show; flags and notes are asked for where one of the places can show them."""
    ids = {one.record.id for one in owed}
    flags = flags_of(session, ids) if any("flag" in one.place.can for one in owed) else {}
    notes: defaultdict[int, dict[str, str]] = defaultdict(dict)
    if any("statement" in one.place.can for one in owed):
        for row in session.scalars(select(RecordStatement).where(RecordStatement.record_id.in_(ids))):
            notes[row.record_id][row.field] = row.checked_on.isoformat()
    return [image_of(one.record, one.place, bool(flags.get(one.record.id)), notes[one.record.id]) for one in owed]


def newest_of(session: Session, record_id: int) -> Mapping[str, Delivery]:
    """The newest delivery of a record to each place that was owed one."""
    query = select(Delivery).where(Delivery.record_id == record_id).order_by(Delivery.id)
    return {one.place: one for one in session.scalars(query)}


class ToldElsewhere(NamedTuple):
    """The places that are told of a record, third parties left out: how many, how many were seen to agree.

    `due_on` is when the last of the others is to, by `rule`; None where all agree.
    """

    places: int
    agreeing: int
    due_on: date | None
    rule: Rule | None


def told_elsewhere(session: Session, world: RuleContext, record_id: int) -> ToldElsewhere:
    """How far the other places are with the newest image of a record."""
    law = world.jurisdiction
    ours = {place.code: place for place in law.places if place.sort not in ("own", "third")}
    newest = [one for code, one in newest_of(session, record_id).items() if code in ours and one.state != "void"]
    if not (still := [one for one in newest if one.is_open]):
        return ToldElsewhere(len(newest), len(newest), None, None)
    last = max(still, key=lambda one: one.due_on)
    rule = law.limit("delivery.show", _variant(last.cause, ours[last.place]), law.day_of(last.queued_at))
    return ToldElsewhere(len(newest), len(newest) - len(still), last.due_on, rule)


def _variant(cause: str, place: ShowingPlace) -> str:
    return "flag" if cause in FLAGS else REPORTED if cause == REPORTED else place.sort


def _due_on(world: RuleContext, one: Owing, day: date) -> date:
    """The day by which the place is to show what is owed from that day on."""
    rule = world.jurisdiction.limit("delivery.show", _variant(one.cause, one.place), day)
    return due(world.calendar, day, rule.n, rule.unit, rolls=rule.rolls)[0]
