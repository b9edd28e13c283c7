"""What scenes speak of by its state, found in the demo as it stands: no number is known beforehand."""

import re
from typing import Any

from flask import current_app
from sqlalchemy import Select, String, cast, select

from cases.model.tables import Attachment, Case
from cases.model.visibility import addresses_of, records_visible_to, visible_to
from exchange.tables import Delivery
from extensions import db
from notifications.letters import Letter
from notifications.papers import Paper
from registry.credit_records import CreditRecord, RecordFlag
from registry.identity import Identity, identity_of
from registry.organisations import Bureau, Enterprise
from registry.people import User, find_person
from registry.publication import is_public
from workflow.definition import Party
from workflow.jurisdiction import Jurisdiction

PLACE = re.compile(r"\{([^{}]+)\}")


class NotThere(LookupError):
    """Nothing of the demo is what a scene wants to show."""


def found_in(address: str, who: str) -> str:
    """The address with what it names put in, as this person may see it; NotThere where there is no such thing."""
    reader = find_person(db.session(), who) if who else None
    identity = identity_of(db.session(), reader) if reader else None
    return PLACE.sub(lambda place: str(_find(place[1], identity)), address)


def letters_of(who: str) -> list[str]:
    """An address for each sort of letter that this person has."""
    reader = find_person(db.session(), who) if who else None
    if reader is None:
        return []
    theirs = _letter("", identity_of(db.session(), reader)).order_by(None).with_only_columns(Letter.name).distinct()
    return [f"/inbox/{{letter.{name}}}" for name in db.session.scalars(theirs)]


def unfound(address: str) -> str:
    """The address with something in each of its places, to be matched with the map of addresses."""
    return PLACE.sub("1", address)


def _find(what: str, reader: Identity | None) -> object:
    sort, _, rest = what.partition(".")
    query = _QUERIES.get(sort)
    asked = query(rest, reader) if query else _case(what, reader)
    found = db.session.scalars(asked).first()
    if found is None:
        raise NotThere(what)
    return found


def _case(what: str, reader: Identity | None) -> Select[Any]:
    """`objection.with_bureau`, `repair.general.deciding`, `objection.*`: those on the reader's own desk first."""
    kind, *variant, state = what.split(".")
    asked = select(Case.number).where(Case.kind == kind)
    if state != "*":
        asked = asked.where(Case.state == state)
    if variant:
        asked = asked.where(Case.variant == variant[0])
    if reader is not None:
        asked = asked.where(visible_to(reader))
        if Party.BUREAU in reader.parties:
            asked = asked.order_by(Case.bureau_id != reader.bureau_id)
    return asked.order_by(Case.id)


def _newest(what: str, reader: Identity | None) -> Select[Any]:
    """`newest.objection.with_bureau`: the last of them to arrive, in which most can still be done."""
    own = [Case.bureau_id != reader.bureau_id] if reader and reader.bureau_id else []
    return _case(what, reader).order_by(None).order_by(*own, Case.id.desc())


def _record(which: str, reader: Identity | None) -> Select[Any]:
    """`record.free`: a penalty with no open case, its own bureau's where a bureau asks; else any record, the first."""
    asked = select(CreditRecord.id)
    if reader is not None:
        asked = asked.where(records_visible_to(reader))
        if Party.BUREAU in reader.parties:
            asked = asked.where(CreditRecord.supplied_by_id == reader.bureau_id)
    if which == "free":
        busy = select(Case.record_id).where(Case.record_id.is_not(None))
        asked = asked.where(CreditRecord.id.not_in(busy), CreditRecord.kind == "penalty", CreditRecord.displayed)
    if which == "owed":
        owed = select(Delivery.record_id).where(Delivery.cause == "corrected", Delivery.state != "superseded")
        asked = asked.where(CreditRecord.id.in_(owed))
    return asked.order_by(CreditRecord.decided_on.desc(), CreditRecord.id)


def _key(which: str, _reader: Identity | None) -> Select[Any]:
    """`key.flagged`: the address of a public penalty under objection; else of any."""
    asked = select(CreditRecord.key).join(Enterprise, Enterprise.id == CreditRecord.enterprise_id)
    law: Jurisdiction = current_app.extensions["law"]
    clock = current_app.config["SETTINGS"].clock
    asked = asked.where(is_public(law, law.day_of(clock.now())), CreditRecord.kind == "penalty")
    if which == "flagged":
        asked = asked.where(CreditRecord.id.in_(select(RecordFlag.record_id)))
    return asked.order_by(CreditRecord.decided_on.desc(), CreditRecord.id)


def _delivery(state: str, _reader: Identity | None) -> Select[Any]:
    """`delivery.refused`, `delivery.by_hand`: the one that is due first."""
    return select(Delivery.id).where(Delivery.state == state).order_by(Delivery.due_on, Delivery.id)


def _letter(which: str, reader: Identity | None) -> Select[Any]:
    addresses = addresses_of(reader) if reader else []
    asked = select(Letter.id).where(
        Letter.to_party.in_([one.party for one in addresses]), Letter.to_role.in_([one.role for one in addresses])
    )
    ids = {one.id for one in addresses if one.id is not None}
    if ids:
        asked = asked.where(Letter.to_id.in_(ids))
    if which == "paper":
        asked = asked.where(Letter.paper_id.is_not(None))
    elif which:
        asked = asked.where(Letter.name == which)
    return asked.order_by(Letter.id.desc())


def _paper(form: str, reader: Identity | None) -> Select[Any]:
    asked = select(Paper.id).where(Paper.form == form)
    if reader is not None:
        asked = asked.join(Case, Case.number == Paper.case_number).where(visible_to(reader))
    return asked.order_by(Paper.id.desc())


def _square(form: str, _reader: Identity | None) -> Select[Any]:
    """What the square of dots on a paper of that form fills in."""
    number = Paper.series + cast(Paper.year, String) + "-" + cast(Paper.n, String)
    asked = select("n=" + number + "&c=" + Paper.check_code).where(Paper.form == form)
    return asked.order_by(Paper.id.desc())


_QUERIES = {
    "newest": _newest,
    "record": _record,
    "key": _key,
    "delivery": _delivery,
    "letter": _letter,
    "paper": _paper,
    "square": _square,
    "file": lambda _rest, _reader: select(Attachment.id),
    "bureau": lambda _rest, _reader: select(Bureau.id).where(Bureau.successor_id.is_(None)),
    "person": lambda name, _reader: select(User.id).where(User.username == (name or "reviewer")),
}
