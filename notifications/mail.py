"""Mails as they go out: a letter in its addressee's language, and a code or sign-in link that somebody waits for.

The second kind is sent while they wait and kept nowhere, since it holds a secret.
"""

import logging
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from notifications.channels import Channel, NoMail, Refused
from notifications.languages import catalog
from notifications.letters import APPLICANT, DIGEST, Letter
from workflow.refusal import say

log = logging.getLogger("redress.mail")

SIGN_OFF = say(
    "This letter is in your inbox on the platform, where its document is too. It was sent by the system; "
    "answers to this address are not read."
)
FROM_A_MACHINE = say("It was sent by the system; answers to this address are not read.")
"""To an applicant, who has no inbox."""
CHOSEN = say(
    "It was sent by the system, since you have one letter a working day; answers to this address are not read."
)
"""Under a digest, which is in no inbox and says nothing official."""
OFFICIAL = say("The Chinese text of this letter is the official one.")


def as_mail(letter: Letter, sender: str) -> EmailMessage:
    """The mail of a letter; its Message-ID is the same at every try. Raises Refused for a bad address."""
    id = f"<letter-{letter.id}-{letter.written_at:%Y%m%d%H%M%S%f}@{sender.partition('@')[2]}>"
    language = letter.language
    return _mail(sender, letter.mail, language, letter.subject(language), _text(letter), letter.written_at, id)


def send_at_once(channel: Channel, mail: str, language: str, subject: str, body: str, now: datetime) -> bool:
    """Whether the server took it. A failure is logged without the address; nothing is tried again."""
    if isinstance(channel, NoMail) or not mail:
        return False
    try:
        id = make_msgid(domain=channel.sender.partition("@")[2] or None)
        message = _mail(channel.sender, mail, language, subject, body, now, id)
        with channel.open() as send:
            send(message)
    except Refused as failure:
        log.warning("a mail that somebody waits for was not taken: %s", failure.code)
        return False
    return True


def _mail(sender: str, to: str, language: str, subject: str, body: str, at: datetime, id: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = MailAddress(addr_spec=sender)
        mail["To"] = MailAddress(addr_spec=to)
    except (ValueError, LookupError, AttributeError, MessageError):  # all that its parser raises
        raise Refused("bad_address") from None
    mail["Subject"] = " ".join(subject.splitlines())  # a header holds no line break
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body)
    mail["Content-Language"] = language  # set last: set_content removes every header of another content
    return mail


def _text(letter: Letter) -> str:
    words = catalog(letter.language)
    last = [] if letter.language == "zh" or letter.name == DIGEST else [words.gettext(OFFICIAL.id)]
    sign_off = CHOSEN if letter.name == DIGEST else FROM_A_MACHINE if letter.to_party == APPLICANT else SIGN_OFF
    return "\n\n".join([letter.body(letter.language), "--", *last, words.gettext(sign_off.id)]) + "\n"
