"""A mail that somebody waits for: sent while they wait, and kept nowhere, since it holds a secret.

It is the one mail that is no letter: a code or a sign-in link must not stand in the outbox.
"""

from __future__ import annotations

import logging
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from notifications.channels import Channel, NoMail, Refused

log = logging.getLogger("redress.mail")


def send_at_once(channel: Channel, mail: str, language: str, subject: str, body: str, now: datetime) -> bool:
    """Whether the server took it. A failure is in the log without the address; nothing is tried again."""
    if isinstance(channel, NoMail) or not mail:
        return False
    try:
        message = _message(channel.sender, mail, language, subject, body, now)
        with channel.open() as send:
            send(message)
    except Refused as failure:
        log.warning("a mail that somebody waits for was not taken: %s", failure.code)
        return False
    return True


def _message(sender: str, mail: str, language: str, subject: str, body: str, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = MailAddress(addr_spec=sender)
        message["To"] = MailAddress(addr_spec=mail)
    except (ValueError, LookupError, AttributeError, MessageError):
        raise Refused("bad_address") from None
    message["Subject"] = " ".join(subject.splitlines())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2] or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    message["Content-Language"] = language  # after the text, which takes every header of another away
    return message
