"""What a request knows: who may open its address, who reads, the time, the law; and who was shown what.

Every view has a door; a test walks the address map. A door knows roles only: which case or record a person sees is for
the scope that every read goes through. The read log decides nothing, and no answer fails for it.
"""

import secrets
from collections.abc import Callable, Collection
from datetime import date, datetime
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final, cast
from urllib.parse import urlsplit

from flask import Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from cases.ledger.witness import Witness
from cases.model.evidence import Store
from cases.model.readings import NewReading, ReadingSpool, keep
from config import Settings
from database import ask_together, trouble_of
from extensions import db, login, transaction
from registry.identity import Identity, identity_by, of_a_person
from registry.in_force import RECORDED, world_by, world_in_force
from registry.people import PASSWORD, OpenSession, User
from registry.security_log import SecurityLog
from registry.sessions import FRESH, NOTED_EVERY, note_seen, session_of
from workflow.definition import AUDITOR, FILER, ROLES, Party, Role
from workflow.jurisdiction import Jurisdiction
from workflow.snapshot import RuleContext

EVERYBODY = frozenset(ROLES.values())
"""Whoever has signed in."""
NOBODY = Identity(user_id=0, name="", roles=frozenset())

ASKED_AND_SENT: Final = ("GET", "POST")
SENT: Final = ("POST",)
"""For `requires(fresh=…)`: before the page of a form, or where that shows other things too, before what it sends."""

View = Callable[..., Any]


class Unproven(Exception):
    """A form of ours came that changes who may do what, and its sender signed in too long ago for that."""


class SignedOut(Exception):
    """A form of ours came, and nobody is signed in any more: it is asked for again, with all that was typed."""


def requires(
    *, public: bool = False, roles: Collection[Role] = (), fresh: Collection[str] = (), without_step: bool = False
) -> Callable[[View], View]:
    """Put a door before a view, under the route: `@pages.get("/desk")`, then `@requires(roles={REVIEWER})`.

    Nobody signed in: to the sign-in page and back. Another role: 404, as if the page were not there. `fresh`: to
    these methods who signed in longer ago than `FRESH` shows anew who they are. `without_step`: also open to who
    has yet to set up the second step, whom every other door leads there.
    """
    if public is bool(roles):
        raise ValueError("a door is public, or it names roles")

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            if public:
                return view(*arguments, **named)
            if reader() is None:
                if request.method == "POST" and from_here():
                    raise SignedOut
                return redirect(url_for("sign_in.sign_in", next=own_address()))
            if not identity().holds(*roles):
                abort(404)
            if must_set_step() and not without_step:
                return redirect(url_for("factor.index"))
            if request.method in fresh and now() - open_session().proven_at > FRESH:
                if request.method == "POST" and from_here():
                    raise Unproven
                return redirect(url_for("factor.proof", next=own_address() if request.method == "GET" else None))
            return view(*arguments, **named)

        guarded._public = public  # type: ignore[attr-defined]
        return guarded

    return guard


def must_set_step() -> bool:
    """Whether the reader, of a bureau or the office, has yet to set up the second step that this platform requires."""
    official = any(role is not FILER for role in identity().roles)
    return settings().second_factor and official and open_session().how == PASSWORD


def is_public(view: View) -> bool | None:
    """Whether the door before a view opens to all; None where there is no door."""
    return getattr(view, "_public", None)


def person() -> User:
    """The person who has signed in; only behind a door with roles."""
    user = reader()
    if user is None:
        raise LookupError("nobody has signed in")
    return user


def reader() -> User | None:
    """The person who has signed in, or None; also None once the page does without the database."""
    if "without_database" in g:
        return None
    user = current_user._get_current_object()
    return user if isinstance(user, User) else None


def do_without_database() -> None:
    """For the rest of this request nobody is known and nothing is counted: the page that says that the database is
    away is made without it."""
    g.without_database = True
    g._login_user = login.anonymous_user()  # else a template that is rendered has the person read


def unnamed() -> bool:
    """Whether somebody has signed in whose name cannot be read now."""
    return "without_database" in g and "_user_id" in session


def identity() -> Identity:
    """What the reader may be: roles and places, read once a request. Nobody signed in: no role."""
    if "without_database" in g:
        return NOBODY
    if "identity" not in g:
        user = reader()
        g.identity = _asked_of(user) if user else NOBODY
    return cast(Identity, g.identity)


def _asked_of(user: User) -> Identity:
    """What they may be, asked together with the law in force, which nearly every page needs."""
    asked, values = (*of_a_person(), RECORDED), {"user": user.id, "day": today()}
    *found, [g.recorded] = ask_together(db.session().connection(), asked, values)
    return identity_by(user, found)


def first_page() -> str:
    """Where the reader's work lies; nobody's is the public page."""
    if reader() is None:
        return url_for("front.front")
    if identity().holds(FILER):
        return url_for("records.records")
    return url_for("all_cases.index" if identity().holds(AUDITOR) else "desk.desk")


def now() -> datetime:
    """The time of this request, read once."""
    if "now" not in g:
        g.now = settings().clock.now()
    return cast(datetime, g.now)


def client_address() -> str:
    """The network address that asks: behind proxies of ours, the one that the outermost of them was asked by.

    Of IPv6 the network, of which one customer has all addresses.
    """
    asked_by = request.headers.get("X-Forwarded-For", "").replace(",", " ").split()
    found = request.remote_addr or ""
    while asked_by and _is_proxy(found):
        found = asked_by.pop()
    try:
        address = ip_address(found.removeprefix("[").partition("]")[0])
    except ValueError:
        return found[:64]
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else str(address)


def _is_proxy(address: str) -> bool:
    try:
        return any(ip_address(address) in network for network in settings().proxies)
    except ValueError:
        return False


def settings() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])


@login.user_loader  # type: ignore[untyped-decorator]
def _person_of(token: str) -> User | None:
    """Whose session it is, while it is open."""
    found = session_of(db.session(), token, now())
    if found is None:
        return None
    g.open_session, user = found
    return user


def open_session() -> OpenSession:
    """The session of this request; only behind a door with roles."""
    person()
    return cast(OpenSession, g.open_session)


def own_address() -> str:
    """The address of this request, with its query."""
    return request.full_path if request.query_string else request.path


def from_here() -> bool:
    """Whether our own page sent the form: only then may it be offered again with one button."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.host


def whole_address(endpoint: str, **values: Any) -> str:
    """The address of a page, with the host before it."""
    site = settings().site_url
    return site + url_for(endpoint, **values) if site else url_for(endpoint, **values, _external=True)


def law() -> Jurisdiction:
    """The place as its files say it: names, zone, grounds, displays; no database is asked. Its limits are asked of
    `world()`, which knows what was promised since."""
    return cast(Jurisdiction, current_app.extensions["law"])


def store() -> Store:
    return cast(Store, current_app.extensions["store"])


def witness() -> Witness:
    """What is known of the ledger outside the database."""
    return cast(Witness, current_app.extensions["witness"])


def world() -> RuleContext:
    """The law of the place with what it has promised, and the calendar, as they are in force."""
    if "world" not in g:
        known, session = "recorded" in g, db.session()
        g.world = world_by(session, law(), g.recorded) if known else world_in_force(session, law())
    return cast(RuleContext, g.world)


def today() -> date:
    """The day it is in the jurisdiction."""
    return law().day_of(now())


REFUSED = (403, 404, 413, 429)
"""Answers that keep somebody out who has signed in."""
SHOWN = (304, 403, 409, 422)
"""Answers beside those that went well that show the thing all the same."""


def note_read(what: str, ref: object, case_id: int | None = None, record_id: int | None = None) -> None:
    """Log that this page shows that thing, of this case or record. The last call counts; a redirect shows nothing."""
    g.seen = {"what": what, "ref": str(ref), "case_id": case_id, "record_id": record_id}


def waiting() -> ReadingSpool:
    """Readings that the database has not taken yet."""
    return ReadingSpool(settings().data_dir)


def request_id() -> str:
    """The name of this request in the security log and in its answer."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return cast(str, g.request_id)


def note_security(what: str, *, ok: bool = True, whose: int | None = None, **more: Any) -> None:
    """Write into the security log what this request does, by whom, from where; `whose`: the account it is about."""
    security_log: SecurityLog = current_app.extensions["security_log"]
    by = identity().user_id or None
    known = {"request": request_id(), "ok": ok, "by": by, "whose": whose if whose is not None else by}
    security_log.write(now(), what, **known, address=client_address(), **more)


def log_refusal(response: Response) -> Response:
    """Write down who was refused what, and what was taken along as a file."""
    response.headers["X-Request-Id"] = request_id()
    if request.endpoint in (None, "static") or reader() is None:
        return response
    shown: dict[str, Any] = {"page": request.endpoint, "at_page": request.path}
    if response.status_code in REFUSED:
        note_security("refused", ok=False, status=response.status_code, method=request.method, **shown)
    elif response.status_code == 200 and response.headers.get("Content-Disposition", "").startswith("attachment"):
        note_security("export", **shown)
    return response


def note_use(response: Response) -> Response:
    """Write down, now and then, that the session is in use; no answer fails for it."""
    row: OpenSession | None = g.get("open_session")
    if row is None or "without_database" in g or now() - row.seen_at < NOTED_EVERY:
        return response
    try:
        with transaction(user_initiated=False) as writing:
            note_seen(writing, row.id, now())
    except DBAPIError as error:
        current_app.logger.warning("the use of a session could not be written (%s)", trouble_of(error))
    return response


def log_reading(response: Response) -> Response:
    """Write down what the page has shown: into the database, else into a file, else into the log."""
    thing: dict[str, Any] | None = g.pop("seen", None)
    if thing is None or identity() is NOBODY or request.method == "HEAD":
        return response
    if response.status_code >= 300 and response.status_code not in SHOWN:
        return response
    who = identity()
    party = next(iter(sorted(who.parties)), "")
    place = min(who.enterprise_ids, default=None) if party is Party.ENTERPRISE else who.bureau_id
    lender = min(who.acts_for.values(), default=None)
    new = NewReading(
        user_id=who.through or who.user_id, at=now(), party=str(party), place_id=place, for_id=lender, **thing
    )
    try:
        keep(db.engine, new)
    except Exception as error:
        if trouble_of(error) is None:
            current_app.logger.exception("a reading could not be written")
        try:
            waiting().put(new)
        except OSError as failure:
            current_app.logger.error("a reading is in this log alone (%s): %s", type(failure).__name__, new)
    return response
