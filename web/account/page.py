"""What pages about accounts show: what was done to them, and where a new sign-in link went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Response, make_response, render_template
from flask_babel import gettext
from sqlalchemy import select

from extensions import db, transaction
from registry.people import ENDED, LINK_MADE, LINK_SHOWN, LINK_USED, User, account_acts, note_act
from registry.sign_in import LINK_LASTS
from web.site.access import identity, now
from web.site.mail_now import mail_is_set_up, mail_link
from workflow.refusal import Message, say

DONE: Final[Mapping[str, Message]] = {
    LINK_MADE: say("made a sign-in link"),
    LINK_SHOWN: say("was shown the link, since no mail could bring it"),
    LINK_USED: say("chose a password with the link"),
    ENDED: say("ended the account"),
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


def link_made(
    user: User, token: str, title: str, back: str, back_words: str, *, work: bool, earlier: bool = False
) -> Response:
    """The page that says where the link went. `earlier`: the person has a password, which holds until the link is used.

    The link stands on this page alone: no store keeps it, and the page is kept nowhere either.
    """
    why = "" if mail_link(user, token) else _why_shown(user)
    if why:
        with transaction() as session:
            note_act(session, user.id, LINK_SHOWN, identity().user_id, now())
    page = make_response(
        render_template(
            "account/link_made.html",
            user=user,
            token=token if why else "",
            why=why,
            until=now() + LINK_LASTS,
            title=title,
            back=back,
            back_words=back_words,
            work=work,
            earlier=earlier,
        )
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _why_shown(user: User) -> str:
    if not mail_is_set_up():
        return gettext("This platform sends no mail yet.")
    if not user.email:
        return gettext("No mail address of %(name)s is known.", name=user.name)
    return gettext("The mail server did not take the mail to %(mail)s.", mail=user.email)
