"""Send what is owed and take in what keepers' machines answer: claimed, tried again after longer waits, never given up.

Whatever ends in the middle is done again: a file may come twice, with the same delivery and revision in it.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from exchange.connections import Connection, file_of, put, put_aside, receipt_files, receipts_in
from exchange.queue import envelope
from exchange.service import NotReached, post
from exchange.tables import Delivery, DeliveryAct, may, move, note
from extensions import transaction
from notifications.deliver import wait_after
from workflow.jurisdiction import Jurisdiction, ShowingPlace

CLAIM: Final = timedelta(minutes=2)
AT_ONCE: Final = 500
MESSAGES_AT_ONCE: Final = 10
"""So that the longest wait for each ends within the claim."""
log = logging.getLogger("redress.scheduler")


class Ways(NamedTuple):
    """The connections by name, and what services need: shared secrets, and an authority of their own."""

    connections: Mapping[str, Connection] = MappingProxyType({})
    secrets: Mapping[str, str] = MappingProxyType({})
    ca_file: Path | None = None


NOWHERE: Final = Ways()
"""Where nothing is exchanged."""


def deliver(law: Jurisdiction, ways: Ways, now: datetime) -> list[str]:
    """Take in receipts, then send what is owed, place by place; gives a line for each that something was done about."""
    lines: list[str] = []
    for place in law.places:
        connection = ways.connections.get(place.connection)
        if connection is not None and connection.on and connection.direction == "out":
            taken, sent = take_receipts(place, connection, now), send(law, place, ways, now)
            lines += [f"place {place.code} sent {sent} receipts {taken}"] if sent or taken else []
        elif place.connection and (handed := _to_hand(place, now)):
            lines.append(f"place {place.code} by hand {handed}")
    return lines


def send(law: Jurisdiction, place: ShowingPlace, ways: Ways, now: datetime) -> int:
    """Send what is owed to one place, in one file or a message each; gives how many deliveries."""
    connection = ways.connections[place.connection]
    by_file = connection.rung == "folder"
    owed = _claim(place, now, AT_ONCE if by_file else MESSAGES_AT_ONCE)
    if not owed:
        return 0
    return _put_file(law, place, connection, owed, now) if by_file else _post_each(place, connection, ways, owed, now)


def _put_file(
    law: Jurisdiction, place: ShowingPlace, connection: Connection, owed: Sequence[Mapping[str, Any]], now: datetime
) -> int:
    name = f"{place.code}_{now.astimezone(law.zone):%Y%m%d%H%M%S}_{owed[0]['id']}.ndjson"
    ids = [int(one["id"]) for one in owed]
    try:
        sha256 = put(connection, "out", name, file_of(owed))
    except OSError as error:
        _failed(place, ids, now, error.strerror or type(error).__name__)
        return 0
    with transaction() as session:
        for one in _locked(session, ids):
            _sent(session, one, now, name, sha256)
    return len(ids)


def _post_each(
    place: ShowingPlace, connection: Connection, ways: Ways, owed: Sequence[Mapping[str, Any]], now: datetime
) -> int:
    """Post them one by one; where one is not taken the rest waits with it, so that a dead service is asked once."""
    for at, message in enumerate(owed):
        try:
            receipt = post(connection, message, ways.secrets, ways.ca_file)
        except NotReached as failure:
            _failed(place, [int(one["id"]) for one in owed[at:]], now, str(failure))
            return at
        with transaction() as session:
            for one in _locked(session, [int(message["id"])]):
                _sent(session, one, now, connection.name)
                if receipt:
                    _receive(session, place, one, receipt.taken, receipt.reason, receipt.sha256, now)
    return len(owed)


def _sent(session: Session, one: Delivery, now: datetime, how: str, sha256: str = "") -> None:
    if one.state == "queued":  # else a newer image has come meanwhile: what was sent of this one is ignored
        one.claimed_until, one.last_error = None, ""
        move(session, one, "send", now, "clock", how, sha256)


def take_receipts(place: ShowingPlace, connection: Connection, now: datetime) -> int:
    """Read the receipts that a place has given; gives how many. One of what is no longer open moves nothing."""
    read = 0
    for file in receipt_files(connection) if connection.rung == "folder" else ():
        with transaction() as session:
            for receipt in receipts_in(file):
                query = select(Delivery).where(Delivery.id == receipt.id, Delivery.place == place.code)
                one = session.scalars(query.with_for_update()).first()
                if one and not _known(session, one, receipt.sha256):
                    _receive(session, place, one, receipt.taken, receipt.reason, receipt.sha256, now)
                    session.flush()
                    read += 1
        put_aside(file)
    return read


def _receive(
    session: Session, place: ShowingPlace, one: Delivery, taken: bool, reason: str, sha256: str, now: datetime
) -> None:
    actor = f"place:{place.code}"
    if not may(one, "acknowledge"):
        note(session, one, now, actor, reason=reason, sha256=sha256)
    elif not taken:
        move(session, one, "refuse", now, actor, reason, sha256)
    else:
        move(session, one, "acknowledge", now, actor, reason, sha256)
        if place.receipt_suffices:
            move(session, one, "confirm", now, actor, reason, sha256)


def _known(session: Session, one: Delivery, sha256: str) -> bool:
    """Whether this file has said it of the delivery already: the process ended before the file was put aside."""
    said = select(DeliveryAct.id).where(DeliveryAct.delivery_id == one.id, DeliveryAct.sha256 == sha256)
    return session.scalar(said.limit(1)) is not None


def _claim(place: ShowingPlace, now: datetime, most: int) -> list[dict[str, Any]]:
    """What is owed and nobody else is sending, as it is sent."""
    with transaction() as session:
        free = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= now)
        query = select(Delivery).where(Delivery.place == place.code, Delivery.state == "queued", free)
        query = query.where(Delivery.next_try_at <= now).order_by(Delivery.id).limit(most)
        found = session.scalars(query.with_for_update(skip_locked=True)).all()
        for one in found:
            one.claimed_until, one.tries = now + CLAIM, one.tries + 1
        return [envelope(session, one) for one in found]


def _failed(place: ShowingPlace, ids: Sequence[int], now: datetime, why: str) -> None:
    log.error("place %s cannot be reached: %s", place.code, why)
    with transaction() as session:
        for one in _locked(session, ids):
            one.claimed_until, one.next_try_at, one.last_error = None, now + wait_after(one.tries), why


def _locked(session: Session, ids: Sequence[int]) -> list[Delivery]:
    query = select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id)
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _to_hand(place: ShowingPlace, now: datetime) -> int:
    """What is owed to a place whose connection is off is told by hand."""
    with transaction() as session:
        query = select(Delivery).where(Delivery.place == place.code, Delivery.state == "queued")
        found = session.scalars(query.with_for_update(skip_locked=True)).all()
        for one in found:
            move(session, one, "hand", now, "clock")
        return len(found)
