"""Lines of the security log in words, for its page and for what a person sees of their own account."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from extensions import db
from registry.factors import CODE, PASSKEY, TOTP
from registry.people import PASSWORD, User
from registry.security_log import KEPT, SecurityLog
from web.account.sign_in import ROLE_NAMES
from web.site.access import now
from workflow.refusal import Message, say

EVENTS: Final[Mapping[str, Message]] = {
    "sign_in": say("signed in"),
    "half": say("password right, second step to come"),
    "password": say("wrong password"),
    "step": say("second step not right"),
    "wait": say("too many tries: has to wait"),
    "sign_out": say("signed out"),
    "session_ended": say("ended one session"),
    "sessions_ended": say("ended all other sessions"),
    "signed_out": say("signed the person out"),
    "proof": say("showed again who they are"),
    "new_password": say("changed the password"),
    "link_made": say("made a sign-in link"),
    "link_used": say("chose a password with the link"),
    "account_added": say("added an account"),
    "account_ended": say("ended the account"),
    "proposed": say("proposed a change of an account or a token"),
    "confirmed": say("confirmed a change of an account or a token"),
    "unconfirmed": say("refused a change of an account or a token"),
    "factor_set": say("set up a second step"),
    "factor_ended": say("ended a second step"),
    "new_codes": say("made new recovery codes"),
    "feed_made": say("made a calendar address"),
    "deputy_named": say("named a deputy"),
    "deputy_ended": say("ended a deputy"),
    "agent_named": say("let an agent act"),
    "agent_ended": say("ended an agent's letter"),
    "token_made": say("made a token for a body's system"),
    "token_revoked": say("revoked a token"),
    "token_refused": say("a token that does not open"),
    "endpoint_made": say("made an endpoint that a body's system is told at"),
    "endpoint_rotated": say("exchanged the secret of an endpoint"),
    "endpoint_suspended": say("stopped messages to an endpoint"),
    "endpoint_resumed": say("let messages to an endpoint go on"),
    "endpoint_ended": say("ended an endpoint"),
    "export": say("exported a file"),
    "refused": say("was refused"),
}
WAYS: Final = {
    PASSWORD: _("with the password"),
    TOTP: _("with password and authenticator"),
    PASSKEY: _("with password and passkey"),
    CODE: _("with password and recovery code"),
}
"""With what somebody signed in."""
SORTS: Final = {PASSWORD: _("Password"), TOTP: _("Authenticator"), PASSKEY: _("Passkey"), CODE: _("Recovery code")}
"""What somebody set up, ended or showed."""
UNKNOWN: Final = say("an act without words here")
NOT_OWN: Final = ("refused", "export")
NOTABLE: Final = ("password", "step", "wait", "refused", "token_refused")
"""What did not succeed."""


@dataclass(frozen=True)
class SecurityLine:
    """A line in words; `whose`: the account it is about, where it is another's."""

    at: datetime
    ok: bool
    what: Message
    who: str
    whose: str
    detail: str
    address: str
    request: str


def own_lines(user_id: int, most: int) -> list[SecurityLine]:
    """The latest of what was done with one's own account, without refusals and files."""
    seen = security_lines(user_id, False, timedelta(days=30))
    return in_words_of(list(islice((line for line in seen if line["what"] not in NOT_OWN), most)))


def security_lines(user_id: int | None, bad: bool, back: timedelta = KEPT) -> Iterator[Mapping[str, Any]]:
    security_log: SecurityLog = current_app.extensions["security_log"]
    for line in security_log.lines((now() - back).date(), user_id):
        if not bad or line["what"] in NOTABLE:
            yield line


def in_words_of(rows: list[Mapping[str, Any]]) -> list[SecurityLine]:
    """The lines, with the names of those who stand in them by number."""
    ids = {line.get(name) for line in rows for name in ("by", "whose")} - {None}
    names: dict[Any, str] = {user.id: user.name for user in db.session().scalars(select(User).where(User.id.in_(ids)))}
    return [
        SecurityLine(
            at=datetime.fromisoformat(line["at"]),
            ok=bool(line.get("ok", True)),
            what=EVENTS.get(line["what"], UNKNOWN),
            who=names.get(line.get("by"), ""),
            whose=names.get(line.get("whose"), "") if line.get("whose") != line.get("by") else "",
            detail=str(line.get("at_page") or _how(line) or _roles(line)),
            address=str(line.get("address", "")),
            request=str(line.get("request", "")),
        )
        for line in rows
    ]


def _how(line: Mapping[str, Any]) -> str:
    names = WAYS if line["what"] == "sign_in" else SORTS
    return str(names.get(line.get("how", ""), ""))


def _roles(line: Mapping[str, Any]) -> str:
    return gettext(", ").join(str(ROLE_NAMES.get(role, role)) for role in line.get("roles") or ())
