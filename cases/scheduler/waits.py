"""Tells people that somebody has tried passwords for their name so often that sign-ins wait, and how to end the wait.

By the scheduler, not by the request that made the wait: how long a page takes must not tell which names there are.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import select

from extensions import transaction
from notifications.channels import Channel
from notifications.deliver import send_at_once
from notifications.languages import put
from registry.people import FailedSignIn, User
from registry.sign_in import wait_link
from workflow.refusal import Message, say

SUBJECT: Final = say("Wrong passwords for your account")
BODY: Final = (
    "{name},\n\nsomebody has typed five or more wrong passwords for your user name {username}. Until the right one is "
    "typed, or none for 24 hours, every try has to wait: nobody gets in by guessing.\n\n"
)
WITH_LINK: Final = (
    "You want to sign in now? Open this link and type your password: you do not have to wait, whatever others type.\n\n"
    "{link}\n\nIt works for 24 hours and lets nobody in without your password.\n\n"
)
WITHOUT: Final = (
    "You want to sign in now and cannot? Ask the head of the office or of your bureau: one person proposes that the "
    "wait ends, another confirms it. Whoever lets people in at a firm can make a new sign-in link for its people.\n\n"
)
LAST: Final = "Your password is unchanged. If you mistyped it yourself, you don't need to do anything."


def tell_waits(channel: Channel, site: str, now: datetime) -> int:
    """Tell each owner of a series of wrong passwords, and again when the link ran out; gives how many were told."""
    with transaction() as session:
        rows = session.scalars(select(FailedSignIn).where(FailedSignIn.user_id.is_not(None)).with_for_update()).all()
        told = [(session.get_one(User, row.user_id), row) for row in rows]
        tokens = {user.id: wait_link(session, user, now) for user, _row in told if user.email}
        for _user, row in told:
            row.user_id = None
    sent = 0
    for user, _row in told:
        link = f"{site}/sign-in/wait/{tokens[user.id]}" if site and user.id in tokens else ""
        parts = (
            Message(BODY, {"name": user.name, "username": user.username}),
            Message(WITH_LINK, {"link": link}) if link else say(WITHOUT),
            say(LAST),
        )
        body = "".join(put(part, user.language, now.date()) for part in parts)
        sent += send_at_once(channel, user.email, user.language, put(SUBJECT, user.language, now.date()), body, now)
    return sent
