"""A sign-in link that has just been made for somebody: mailed to them, or shown this once to who made it.

Shown only where no mail can bring it: who sees it could sign in as that person. So it is kept that they saw it, for the
person (on the page of their account) and for the auditor.
"""

from __future__ import annotations

from flask import Response, make_response, render_template
from flask_babel import gettext

from extensions import transaction
from registry.people import LINK_SHOWN, User, note_act
from registry.sign_in import LINK_LASTS
from web.site.access import identity, moment
from web.site.mail_now import mail_is_set_up, mail_link


def link_made(
    user: User, token: str, title: str, back: str, back_words: str, *, work: bool, earlier: bool = False
) -> Response:
    """The page that says where the link went. `earlier`: the person has a password, which holds until the link is used.

    The link stands on this page alone: no store keeps it, and the page is kept nowhere either.
    """
    why = "" if mail_link(user, token) else _why_shown(user)
    if why:
        with transaction() as session:
            note_act(session, user.id, LINK_SHOWN, identity().user_id, moment())
    page = make_response(
        render_template(
            "account/link_made.html",
            user=user,
            token=token if why else "",
            why=why,
            until=moment() + LINK_LASTS,
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
