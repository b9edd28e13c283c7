"""A letter as a mail: plain text in the addressee's language, marked as sent by a machine."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from notifications.channels import Refused
from notifications.languages import catalog
from notifications.letters import APPLICANT, DIGEST, Letter
from workflow.refusal import say

SIGN_OFF = say(
    "This letter is in your inbox on the platform, where its document is too. It was sent by the system; "
    "answers to this address are not read."
)
FROM_A_MACHINE = say("It was sent by the system; answers to this address are not read.")
"""To who has no account, and so no inbox."""
CHOSEN = say(
    "It was sent by the system, since you have one letter a working day; answers to this address are not read."
)
"""Under a digest, which is in no inbox and says nothing official."""
OFFICIAL = say("The Chinese text of this letter is the official one.")


def as_mail(letter: Letter, sender: str) -> EmailMessage:
    """The mail. Its Message-ID is the same at every try, so that a repeated one can be recognised.

    Raises Refused for an address that is none.
    """
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = MailAddress(addr_spec=sender)
        mail["To"] = MailAddress(addr_spec=letter.mail)
    except (ValueError, LookupError, AttributeError, MessageError):  # all that its parser raises
        raise Refused("bad_address") from None
    mail["Subject"] = " ".join(letter.subject(letter.language).splitlines())  # a header holds no line break
    mail["Date"] = format_datetime(letter.written_at)
    mail["Message-ID"] = f"<letter-{letter.id}-{letter.written_at:%Y%m%d%H%M%S%f}@{sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_text(letter))
    mail["Content-Language"] = letter.language  # after the text, which takes every header of another away
    return mail


def _text(letter: Letter) -> str:
    words = catalog(letter.language)
    last = [] if letter.language == "zh" or letter.name == DIGEST else [words.gettext(OFFICIAL.id)]
    sign_off = CHOSEN if letter.name == DIGEST else FROM_A_MACHINE if letter.to_party == APPLICANT else SIGN_OFF
    return "\n\n".join([letter.body(letter.language), "--", *last, words.gettext(sign_off.id)]) + "\n"
