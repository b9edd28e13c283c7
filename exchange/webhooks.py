"""Webhooks: what an endpoint is told, a message each, sent in order until it is taken, by whichever scheduler.

A message says that something happened and where to read it: no names, no content. It may come twice, with the same
`webhook-id`; it is never left out. Where one is not taken the rest waits with it, for 1, 2, 4 … at most 120 minutes,
and after three days of that the endpoint is suspended.
"""

import json
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import ForeignKey, String, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from exchange.sending import CLAIM, MESSAGES_AT_ONCE
from exchange.service import NotReached, post_signed
from extensions import Base, Instant, partial_index, transaction
from notifications.deliver import wait_after
from notifications.letters import OFFICE_ID, Address
from notifications.post import NewLetter, post
from registry.endpoints import GONE, SILENT, Hosts, NotAllowed, WebhookEndpoint, secrets_in_force, suspend
from registry.factors import Vault
from registry.organisations import Bureau, Enterprise, Office
from workflow.definition import CHIEF, FILER, HEAD, Party
from workflow.refusal import Impossible, say

PING: Final = "ping"
WAITING: Final = "waiting"
TAKEN: Final = "taken"
PATIENCE: Final = timedelta(days=3)
KEPT: Final = timedelta(days=30)
"""How long one that was taken is shown."""
NOT_ALLOWED, UNREACHABLE, NO_SECRET = "not_allowed", "unreachable", "no_secret"
log = logging.getLogger("redress.scheduler")


class WebhookMessage(Base):
    """One thing that an endpoint is told. `key` is its `webhook-id`, the same however often it is sent.

    `said` is the status of the last answer, or a word for none: never the other side's own words.
    """

    __tablename__ = "webhook_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoint.id"), index=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    type: Mapped[str] = mapped_column(String(20))
    ref: Mapped[str] = mapped_column(String(30), default="")
    version: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(8), default=WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None] = mapped_column(Instant)
    said: Mapped[str] = mapped_column(String(12), default="")

    __table_args__ = (partial_index("ix_webhook_message_waiting", "endpoint_id", "id", where="state = 'waiting'"),)


class Line(NamedTuple):
    """What is needed to call out: which hosts may be called, what opens secrets, and an authority of our own."""

    hosts: Hosts
    vault: Vault
    ca_file: Path | None = None


def write_message(
    session: Session, endpoint: WebhookEndpoint, type: str, at: datetime, ref: str = "", version: int | None = None
) -> None:
    """Let it wait, after what waits already."""
    key = "msg_" + secrets.token_hex(16)  # no number: nobody counts along how much others are told
    session.add(WebhookMessage(endpoint_id=endpoint.id, key=key, type=type, ref=ref, version=version, at=at))


def send_test(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Let a message that says nothing go out, after what waits. Raises Impossible where nothing is sent."""
    if not endpoint.tells:
        raise Impossible(say("Nothing is sent to this endpoint now: let it go on first."))
    write_message(session, endpoint, PING, now)
    endpoint.next_try_at = now


def send_again(session: Session, message: WebhookMessage, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Let a message go out once more, with the same id. Raises Impossible where nothing is sent."""
    if not endpoint.tells:
        raise Impossible(say("Nothing is sent to this endpoint now: let it go on first."))
    message.state, endpoint.next_try_at = WAITING, now


def last_messages(session: Session, endpoint: WebhookEndpoint, most: int) -> Sequence[WebhookMessage]:
    """The newest messages of an endpoint, those that wait among them."""
    found = select(WebhookMessage).where(WebhookMessage.endpoint_id == endpoint.id)
    return session.scalars(found.order_by(WebhookMessage.id.desc()).limit(most)).all()


def send_waiting(endpoint_id: int, line: Line, now: datetime) -> tuple[int, bool]:
    """Send what waits for one endpoint, in order; gives how many were taken, and whether it was suspended now."""
    taken = 0
    for message_id in _claim(endpoint_id, now):
        said = _said_to(message_id, line, now)
        if not _note(endpoint_id, message_id, said, now):
            return taken, _failed(endpoint_id, said, now)
        taken += 1
    if taken:
        _release(endpoint_id)
    return taken, False


def forget_taken(now: datetime) -> None:
    """Remove what was taken long ago: the feed has it still."""
    with transaction() as session:
        old = WebhookMessage.tried_at < now - KEPT
        session.execute(delete(WebhookMessage).where(WebhookMessage.state == TAKEN, old))


def _claim(endpoint_id: int, now: datetime) -> Sequence[int]:
    """What waits for it, where it is time and nobody else sends to it."""
    with transaction() as session:
        free = or_(WebhookEndpoint.claimed_until.is_(None), WebhookEndpoint.claimed_until <= now)
        query = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id, free)
        query = query.where(WebhookEndpoint.next_try_at <= now).with_for_update(skip_locked=True)
        endpoint = session.scalars(query.execution_options(populate_existing=True)).first()
        if endpoint is None or not endpoint.tells:
            return ()
        waiting = WebhookMessage.endpoint_id == endpoint_id, WebhookMessage.state == WAITING
        oldest = select(WebhookMessage.id).where(*waiting).order_by(WebhookMessage.id).limit(MESSAGES_AT_ONCE)
        ids = session.scalars(oldest).all()
        if ids:
            endpoint.claimed_until = now + CLAIM
        return ids


def _said_to(message_id: int, line: Line, now: datetime) -> str:
    """Send it, with no transaction open; gives the status of the answer, or a word for none."""
    with transaction() as session:
        message = session.get_one(WebhookMessage, message_id)
        endpoint = session.get_one(WebhookEndpoint, message.endpoint_id)
        address, signs = endpoint.address, secrets_in_force(endpoint, line.vault, now)
        key, body = message.key, _body(message)
    if not signs:
        return NO_SECRET
    try:
        only_at = line.hosts.looked_up(address)
        post_signed(address, "application/json", body, key, signs, line.ca_file, most=0, only_at=only_at)
    except NotAllowed:
        return NOT_ALLOWED
    except NotReached as failure:
        return str(failure.status or UNREACHABLE)
    except OSError:
        return UNREACHABLE
    return "200"


def _body(message: WebhookMessage) -> bytes:
    said = {
        "specversion": "1.0",
        "id": message.key,
        "source": "/api/v1/feed",
        "type": message.type,
        "time": message.at.isoformat(),
        "data": {"ref": message.ref, "version": message.version, "at": message.at.isoformat()},
    }
    return json.dumps(said, ensure_ascii=False).encode()


def _note(endpoint_id: int, message_id: int, said: str, now: datetime) -> bool:
    """Write down what became of a try; gives whether the message was taken."""
    with transaction() as session:
        message = session.get_one(WebhookMessage, message_id, with_for_update=True, populate_existing=True)
        message.tries, message.tried_at, message.said = message.tries + 1, now, said
        if said != "200":
            return False
        message.state = TAKEN
        endpoint = session.get_one(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
        endpoint.tries, endpoint.failing_since = 0, None
        return True


def _failed(endpoint_id: int, said: str, now: datetime) -> bool:
    """Let the rest wait; gives whether the endpoint was suspended: for days nothing was taken, or it is gone."""
    with transaction() as session:
        endpoint = session.get_one(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
        endpoint.tries, endpoint.failing_since = endpoint.tries + 1, endpoint.failing_since or now
        endpoint.claimed_until, endpoint.next_try_at = None, now + wait_after(endpoint.tries)
        log.warning("endpoint %s did not take a message: %s", endpoint_id, said)
        if not endpoint.tells or (said != "410" and now - endpoint.failing_since < PATIENCE):
            return False
        suspend(endpoint, GONE if said == "410" else SILENT, now)
        values = {"address": endpoint.address, "gone": said == "410"}
        to = _people_of(session, endpoint)
        post(session, [NewLetter(one, "webhook_suspended", "", values, shared=True) for one in to], now)
        return True


def _people_of(session: Session, endpoint: WebhookEndpoint) -> list[Address]:
    """Who has to hear that nothing is sent: who answers for the body, and the head of the office."""
    office = Address(str(Party.OFFICE), OFFICE_ID, str(CHIEF), session.get_one(Office, OFFICE_ID).email)
    if endpoint.enterprise_id is not None:
        firm = session.get_one(Enterprise, endpoint.enterprise_id)
        return [Address(str(Party.ENTERPRISE), firm.id, str(FILER), firm.email), office]
    if endpoint.bureau_id is not None:
        bureau = session.get_one(Bureau, endpoint.bureau_id)
        return [Address(str(Party.BUREAU), bureau.id, str(HEAD), bureau.email), office]
    return [office]


def _release(endpoint_id: int) -> None:
    with transaction() as session:
        endpoint = session.get_one(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
        endpoint.claimed_until = None
