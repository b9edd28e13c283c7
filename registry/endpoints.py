"""Where a body wants to be told what happens: an address of its own system, and the secret shared with it.

An endpoint belongs to a body as a token does, and tells what the body's people may read. Nothing leaves before its
secret was shown, once. The operator says which hosts may be called: nobody reaches another machine through us.
"""

import base64
import secrets
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import CompoundSelect, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.factors import Vault
from registry.organisations import Bureau
from registry.people import User, end_person
from registry.tokens import ApiToken, OfABody, service_person
from workflow.refusal import Impossible, Message, refuse_faulty, say

PREFIX: Final = "whsec_"
BOTH: Final = timedelta(days=7)
"""How long a secret that was exchanged signs beside the new one."""
BY_HAND: Final = "by_hand"
SILENT: Final = "silent"
GONE: Final = "gone"
"""Why nothing is sent: somebody stopped it, nothing was taken for days, or the other side said that it is gone."""


class WebhookEndpoint(OfABody, Base):
    """An address that is told; `secret` is under key, empty until it was made and shown.

    `after` is the last entry of the feed that was taken up. It tells nothing while it is suspended, and what came
    meanwhile when it goes on.
    """

    __tablename__ = "webhook_endpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(400), default="")
    secret_before: Mapped[str] = mapped_column(String(400), default="")
    before_until: Mapped[datetime | None] = mapped_column(Instant)
    """Until when the secret before signs too."""
    made_at: Mapped[datetime] = mapped_column(Instant)
    suspended_at: Mapped[datetime | None] = mapped_column(Instant)
    suspended_why: Mapped[str] = mapped_column(String(10), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    after: Mapped[int]
    tries: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    next_try_at: Mapped[datetime] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def tells(self) -> bool:
        """Whether anything is sent to it."""
        return bool(self.secret) and self.suspended_at is None and self.ended_at is None


class NotAllowed(Exception):
    """The address may not be called."""


class Hosts(NamedTuple):
    """Which hosts may be called: their names, and the networks beside the public ones in which they may lie.

    `plain` allows http and this machine itself: in a demo and in tests alone.
    """

    listed: tuple[str, ...] = ()
    plain: bool = False

    @property
    def names(self) -> frozenset[str]:
        return frozenset(one.lower() for one in self.listed if "/" not in one)

    def fault(self, address: str) -> Message | None:
        """Why it can be no endpoint's address."""
        parts = _parts(address)
        if parts is None or parts.scheme not in (("https", "http") if self.plain else ("https",)):
            return say("Enter an address as in https://system.example.cn/redress, in at most 500 characters.")
        if parts.hostname not in self.names:
            return say("Whoever runs the platform has to allow this host first: ask them to add it to WEBHOOK_HOSTS.")
        return None

    def looked_up(self, address: str) -> str:
        """The network address behind it, at which alone it is called. Raises NotAllowed, and OSError for none."""
        parts = _parts(address)
        if parts is None or self.fault(address):
            raise NotAllowed
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        first = str(found[0][4][0])
        if not all(self._allows(ip_address(str(one[4][0]).partition("%")[0])) for one in found):
            raise NotAllowed
        return first

    def _allows(self, found: IPv4Address | IPv6Address) -> bool:
        seen = getattr(found, "ipv4_mapped", None) or found
        if seen.is_loopback:
            return self.plain
        if seen.is_link_local or seen.is_multicast or seen.is_unspecified:
            return False
        named = (ip_network(one) for one in self.listed if "/" in one)
        return seen.is_global or any(seen in network for network in named)


@dataclass(frozen=True)
class NewEndpoint:
    """What is asked for: what the system is called, its address and whose it is."""

    name: str
    address: str
    bureau_id: int | None = None
    enterprise_id: int | None = None


def add_endpoint(
    session: Session, new: NewEndpoint, hosts: Hosts, after: int, now: datetime, *, demo: bool
) -> WebhookEndpoint:
    """Keep an endpoint that has no secret yet: it is told what comes `after` that entry of the feed. Raises
    `Incomplete`, by field."""
    refuse_faulty(_faults(new, hosts))
    endpoint = WebhookEndpoint(
        person_id=service_person(session, new.name, demo=demo).id,
        bureau_id=new.bureau_id,
        enterprise_id=new.enterprise_id,
        address=new.address.strip(),
        made_at=now,
        after=after,
        next_try_at=now,
    )
    session.add(endpoint)
    session.flush()
    return endpoint


def exchange_secret(session: Session, endpoint: WebhookEndpoint, vault: Vault, now: datetime) -> str:
    """A new secret, handed out this once; the one before signs beside it for a week. Raises Impossible."""
    _refuse_ended(endpoint)
    made = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    endpoint.secret_before, endpoint.before_until = endpoint.secret, now + BOTH if endpoint.secret else None
    endpoint.secret = vault.seal(made)
    session.flush()
    return made


def secrets_in_force(endpoint: WebhookEndpoint, vault: Vault, now: datetime) -> tuple[str, ...]:
    """What signs now, the newest first; none where no key opens it any more."""
    kept = [endpoint.secret]
    if endpoint.secret_before and endpoint.before_until and now < endpoint.before_until:
        kept.append(endpoint.secret_before)
    return tuple(filter(None, map(vault.opened, kept)))


def suspend(endpoint: WebhookEndpoint, why: str, now: datetime) -> None:
    """Nothing is sent any more until somebody lets it go on."""
    _refuse_ended(endpoint)
    if endpoint.suspended_at is None:
        endpoint.suspended_at, endpoint.suspended_why = now, why


def go_on(endpoint: WebhookEndpoint, now: datetime) -> None:
    """What waits is sent at once, and then what came meanwhile, the oldest first."""
    _refuse_ended(endpoint)
    endpoint.suspended_at, endpoint.suspended_why = None, ""
    endpoint.failing_since, endpoint.tries, endpoint.next_try_at = None, 0, now


def end_endpoint(session: Session, endpoint: WebhookEndpoint, now: datetime, *, by: int | None) -> None:
    """It is told nothing any more, and its secrets are gone."""
    if endpoint.ended_at is None:
        endpoint.ended_at, endpoint.ended_by_id = now, by
        endpoint.secret = endpoint.secret_before = ""
        end_person(session, session.get_one(User, endpoint.person_id), now, by=by)
    session.flush()


def endpoints_kept(session: Session) -> Sequence[WebhookEndpoint]:
    """Every endpoint there is or was, the newest first."""
    return session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id.desc())).all()


def service_people() -> CompoundSelect[int]:
    """The service persons of all systems, as a statement: they hold no role and are nobody whom the office keeps."""
    return select(ApiToken.person_id).union_all(select(WebhookEndpoint.person_id))


def endpoints_that_tell(session: Session) -> Sequence[WebhookEndpoint]:
    """Those that are told what happens; none of a bureau that has become another."""
    told = WebhookEndpoint.suspended_at.is_(None), WebhookEndpoint.ended_at.is_(None), WebhookEndpoint.secret != ""
    found = select(WebhookEndpoint).outerjoin(Bureau, Bureau.id == WebhookEndpoint.bureau_id)
    return session.scalars(found.where(*told, Bureau.successor_id.is_(None)).order_by(WebhookEndpoint.id)).all()


def _refuse_ended(endpoint: WebhookEndpoint) -> None:
    if endpoint.ended_at is not None:
        raise Impossible(say("This endpoint has ended: make another."))


def _parts(address: str) -> SplitResult | None:
    """An address that can be called: a host, nothing of a user in it, nothing that hides."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    plain = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
    fits = parts.hostname and "@" not in parts.netloc and not parts.fragment and port != 0
    return parts if plain and fits and len(address) <= 500 else None


def _faults(new: NewEndpoint, hosts: Hosts) -> Iterator[tuple[str, Message]]:
    if not 2 <= len(new.name.strip()) <= 80:
        yield "name", say("Enter what the system is called, in 2 to 80 characters.")
    if fault := hosts.fault(new.address.strip()):
        yield "address", fault
