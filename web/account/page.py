"""What pages about accounts show and mail: what was done to an account, sign-in links and codes.

Somebody waits for such a mail: the page says whether the server took it, and what to do instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Response, make_response, render_template, url_for
from flask_babel import force_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db, transaction
from notifications.channels import NoMail, channel_for
from notifications.deliver import send_at_once
from registry.people import (
    ENDED,
    FACTOR_ENDED,
    FACTOR_SET,
    LINK_MADE,
    LINK_SHOWN,
    LINK_USED,
    NEW_CODES,
    User,
    account_acts,
    forget_links,
    note_act,
)
from registry.sign_in import LINK_LASTS
from registry.tries import count_mailed_link
from web.site.access import client_address, identity, note_security, now, settings, whole_address
from web.site.language import LOCALES
from workflow.definition import FILER
from workflow.refusal import Message, say

DONE: Final[Mapping[str, Message]] = {
    LINK_MADE: say("made a sign-in link"),
    LINK_SHOWN: say("was shown the link, since no mail could bring it"),
    LINK_USED: say("chose a password with the link"),
    ENDED: say("ended the account"),
    FACTOR_SET: say("set up a second step"),
    FACTOR_ENDED: say("ended a second step"),
    NEW_CODES: say("was given ten new recovery codes"),
}


@dataclass(frozen=True)
class AccountChange:
    """One act: when, by whom, on whose account (name and user name), what."""

    at: datetime
    by: Message | str
    whose: str
    username: str
    what: Message


def done_to_accounts(user_id: int | None, most: int) -> list[AccountChange]:
    """What was done to one account, or to any, the newest first."""
    acts = account_acts(db.session(), user_id, most)
    ids = {id for act in acts for id in (act.user_id, act.by_id) if id is not None}
    people = {user.id: user for user in db.session().scalars(select(User).where(User.id.in_(ids)))}
    return [
        AccountChange(
            act.at,
            people[act.by_id].name if act.by_id is not None else say("the server's command line"),
            people[act.user_id].name,
            people[act.user_id].username,
            DONE[act.what],
        )
        for act in acts
    ]


def link_made(user: User, token: str, title: str, back: str, back_words: str, *, half: bool | None = None) -> Response:
    """The page that says where the link went. A password that the person has holds until the link is used.

    The link stands on this page alone: no store keeps it, and the page is kept nowhere either. Of an official's, which
    nobody hands over alone, it may be `half`: another has the code; one that is whole and was not mailed ends.
    """
    why = ""
    if not mail_is_set_up():
        why = gettext("This platform sends no mail yet.")
    elif not user.email:
        why = gettext("No mail address of %(name)s is known.", name=user.name)
    elif not _mail_link(user, token):
        why = gettext("The mail server did not take the mail to %(mail)s.", mail=user.email)
    ends = bool(why) and half is False
    if ends:
        with transaction() as session:
            forget_links(session, user)
    elif why:
        with transaction() as session:
            note_act(session, user.id, LINK_SHOWN, identity().user_id, now())
    note_security("link_made", whose=user.id, shown=bool(why) and not ends)
    page = make_response(
        render_template(
            "account/link_made.html",
            user=user,
            token=token if why and not ends else "",
            ends=ends,
            half=half,
            why=why,
            until=now() + LINK_LASTS,
            title=title,
            back=url_for(back),
            back_words=back_words,
            work=not identity().holds(FILER),
            earlier=bool(user.password_hash),
        )
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def mail_is_set_up() -> bool:
    """Whether this platform sends mail at all."""
    return not isinstance(channel_for(settings().smtp_url), NoMail)


def mail_now(to: str, language: str, subject: str, body: str) -> bool:
    """Whether the server took it."""
    return send_at_once(channel_for(settings().smtp_url), to, language, subject, body, now())


def count_link(session: Session, user: User) -> None:
    """Count the link that is to be sent to a person, in the transaction that makes it: whoever may let people in must
    not fill anybody's mailbox. Raises `TooManyTries`."""
    if user.email and mail_is_set_up():
        count_mailed_link(session, user.email, client_address(), now())


def _mail_link(user: User, token: str) -> bool:
    """Send a person the link with which they choose a password, in their language."""
    with force_locale(LOCALES[user.language]):
        body = gettext(
            "%(name)s,\n\nyou can sign in to the credit platform. Choose a password here:\n\n%(link)s\n\n"
            "The link works once, within 24 hours. Your user name is %(username)s.\n"
            "If you have not asked for it, leave it: nothing happens.",
            name=user.name,
            username=user.username,
            link=whole_address("sign_in.link", token=token),
        )
        subject = gettext("Your sign-in link")
    return mail_now(user.email, user.language, subject, body + "\n")
