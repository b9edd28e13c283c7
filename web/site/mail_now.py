"""Mails that somebody waits for: a code, a sign-in link. Whether the server took it is said on the page.

Where none is set up, or it takes nothing, the page that asked says what to do instead.
"""

from flask import request
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from notifications.channels import NoMail, channel_for
from notifications.mail import send_at_once
from registry.people import User
from registry.sign_in import count_mailed_link
from web.site.access import now, settings
from web.site.context import whole_address
from web.site.language import LOCALES


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
        count_mailed_link(session, user.email, request.remote_addr or "", now())


def mail_link(user: User, token: str) -> bool:
    """Send a person the link with which they choose a password, in their language."""
    if not user.email or not mail_is_set_up():
        return False
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
