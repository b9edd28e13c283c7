"""Tokens by which a body's own system reads and acts here: what each may do, until when, and for whom.

A token belongs to a body and bears a service person, who holds no role and can not sign in. Only the hash of its
secret is kept. A machine acts for a person of the body, whom it names (D63).
"""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Final

from sqlalchemy import JSON, ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.identity import Identity, identity_of, succeeded_by
from registry.organisations import Bureau
from registry.people import User, end_person, find_person, token_hash
from workflow.definition import FILER, OFFICER, REVIEWER, Role
from workflow.refusal import Forbidden, Impossible, Message, refuse_faulty, say

READ_RECORDS: Final = "records:read"
SUPPLY_RECORDS: Final = "records:supply"
READ_CASES: Final = "cases:read"
ACT: Final = "cases:act"
READ_FEED: Final = "feed:read"
READ_FIGURES: Final = "figures:read"
SCOPES: Final = (READ_RECORDS, SUPPLY_RECORDS, READ_CASES, ACT, READ_FEED, READ_FIGURES)
OF_THE_OFFICE: Final = (SUPPLY_RECORDS,)
"""What no other body may do, on a page either."""
PREFIX: Final = "rdr_"
LONGEST: Final = timedelta(days=365)


class OfABody:
    """What belongs to a body and bears a service person, under whose name it reads.

    `bureau_id` or `enterprise_id` is whose it is; neither: the office's.
    """

    person_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))

    @property
    def role(self) -> Role:
        """As what its body reads and acts: nobody who decides."""
        return REVIEWER if self.bureau_id is not None else FILER if self.enterprise_id is not None else OFFICER


class ApiToken(OfABody, Base):
    """What one system of a body may do. `token_hash` is none until its secret was made and shown, once."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    networks: Mapped[list[str]] = mapped_column(JSON, default=list)
    """From where it may be used; none named: from anywhere."""
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    begins: Mapped[str] = mapped_column(String(8), default="")
    """How the secret begins, by which a body knows it again in its own settings."""
    made_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    used_from: Mapped[str] = mapped_column(String(64), default="")
    """The last use that was noted, and the network address that it came from."""

    def opens_from(self, address: str) -> bool:
        """Whether it may be used from that network address."""
        try:
            asked = ip_network(address, strict=False).network_address
        except ValueError:
            return not self.networks
        return not self.networks or any(asked in ip_network(network) for network in self.networks)


@dataclass(frozen=True)
class NewToken:
    """What is asked for: what the system is called, whose it is, what it may do, for how long and from where."""

    name: str
    scopes: Collection[str]
    days: int = 365
    bureau_id: int | None = None
    enterprise_id: int | None = None
    networks: Collection[str] = ()


def add_token(session: Session, new: NewToken, now: datetime, *, demo: bool) -> ApiToken:
    """Keep a token that has no secret yet, with its service person. Raises `Incomplete`, by field."""
    refuse_faulty(_faults(new))
    token = ApiToken(
        person_id=service_person(session, new.name, demo=demo).id,
        bureau_id=new.bureau_id,
        enterprise_id=new.enterprise_id,
        scopes=[scope for scope in SCOPES if scope in new.scopes],
        networks=list(new.networks),
        made_at=now,
        until=now + timedelta(days=new.days),
    )
    session.add(token)
    session.flush()
    return token


def service_person(session: Session, name: str, *, demo: bool) -> User:
    """A person in whose name a system reads, without a role and without a way to sign in."""
    person = User(username=f"api-{secrets.token_hex(6)}", name=name.strip(), demo=demo)
    session.add(person)
    session.flush()
    return person


def issue(session: Session, token: ApiToken) -> str:
    """The secret, handed out this once. Raises Impossible where it has been handed out."""
    if token.token_hash is not None:
        raise Impossible(say("This token has been shown. It is shown once: revoke it and ask for another."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token.token_hash, token.begins = token_hash(secret), secret[:8]
    session.flush()
    return secret


def note_use(session: Session, token_id: int, address: str, now: datetime) -> None:
    """Keep that it is in use, and from where."""
    token = session.get_one(ApiToken, token_id)
    token.used_at, token.used_from = now, address[:64]


def revoke(session: Session, token: ApiToken, now: datetime, *, by: int | None) -> None:
    """It opens nothing any more, and its service person has ended; what was done with it stays."""
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by_id = now, by
        end_person(session, session.get_one(User, token.person_id), now, by=by)
    session.flush()


def token_of(session: Session, secret: str, now: datetime) -> ApiToken | None:
    """The token whose secret that is while it may be used; none once its bureau has become another."""
    found = session.scalar(_OPEN, {"hash": token_hash(secret), "now": now}) if secret.startswith(PREFIX) else None
    bureau = session.get(Bureau, found.bureau_id) if found and found.bureau_id is not None else None
    return None if bureau and bureau.successor_id is not None else found


def tokens_kept(session: Session) -> Sequence[ApiToken]:
    """Every token there is or was, the newest first."""
    return session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).all()


def body_identity(session: Session, owned: OfABody) -> Identity:
    """What the body's system may read, under the name of its service person."""
    person = session.get_one(User, owned.person_id)
    return Identity(
        user_id=person.id,
        name=person.name,
        roles=frozenset({owned.role}),
        bureau_id=owned.bureau_id,
        enterprise_ids=frozenset({owned.enterprise_id}) if owned.enterprise_id is not None else frozenset(),
        language=person.language,
        succeeded=succeeded_by(session, owned.bureau_id) if owned.bureau_id is not None else frozenset(),
    )


def person_named(session: Session, token: ApiToken, username: str) -> Identity:
    """The person of the body for whom its system acts, in the one role in which it may. Raises Forbidden.

    Neither as a deputy nor as an agent: those are lent to people, not to machines.
    """
    user = find_person(session, username)
    found = identity_of(session, user) if user else None
    same = found and (found.bureau_id, token.role in found.roles) == (token.bureau_id, True)
    if found is None or not same or (token.enterprise_id is not None) > (token.enterprise_id in found.enterprise_ids):
        raise Forbidden(say("Redress-Person names nobody of this body who may act here: enter the user name of one."))
    own = body_identity(session, token)
    return replace(own, user_id=found.user_id, name=found.name, language=found.language, through=own.user_id)


_OPEN: Final = select(ApiToken).where(
    ApiToken.token_hash == bindparam("hash"),
    ApiToken.until > bindparam("now", type_=Instant),
    ApiToken.revoked_at.is_(None),
)


def _faults(new: NewToken) -> Iterator[tuple[str, Message]]:
    if not 2 <= len(new.name.strip()) <= 80:
        yield "name", say("Enter what the system is called, in 2 to 80 characters.")
    unknown = [scope for scope in new.scopes if scope not in SCOPES]
    if not new.scopes or unknown:
        yield "scopes", say("Choose at least one of: {known}.", known=", ".join(SCOPES))
    elif (new.bureau_id, new.enterprise_id) != (None, None) and not set(OF_THE_OFFICE).isdisjoint(new.scopes):
        yield "scopes", say("Only the office brings record sheets in: leave {scope} out.", scope=SUPPLY_RECORDS)
    if not 1 <= new.days <= LONGEST.days:
        yield "days", say("Enter a number of days from 1 to {most}.", most=LONGEST.days)
    try:
        list(map(ip_network, new.networks))
    except ValueError:
        yield "networks", say("Enter networks as in 10.20.0.0/16, one a line.")
