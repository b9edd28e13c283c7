"""The forms of official papers as data: what each is called, what it must say, and whether it goes against the reader.

The fields are those of law.md 6. A form knows no template language and no case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflow.refusal import Message, say


@dataclass(frozen=True)
class Form:
    """A form; `needs` are values without which it is not issued, `to` is the one that names whom it is sent to.

    A `closed` one goes to somebody who may not know of the case: it keeps what it needs and nothing else (D16).
    """

    name: str
    title: Message
    needs: tuple[str, ...]
    adverse: bool = False
    closed: bool = False
    to: str = "enterprise"


COMMON: Final = ("office", "enterprise", "record")
FILED: Final = (*COMMON, "filed_on")
LIMIT: Final = ("due", "days", "unit", "basis")
OPINION: Final = ("office", "enterprise", "filed_on", "result", "request", "facts", "reasons", "law")
EXTENSION: Final = ("stage", "old_due", "new_due", "basis", "reasons", "approved_by")

WITHOUT_RECORD: Final = ("complaint",)
"""Kinds whose papers are about no record, whatever their form needs."""

SHARED: Final = (
    Form("receipt", say("Receipt"), (*FILED, "case_code")),
    Form("acceptance", say("Notice of acceptance"), (*FILED, "stage", "due", "basis")),
    Form("papers_request", say("Request for missing papers"), (*COMMON, "missing", *LIMIT)),
    Form("refusal", say("Notice of non-acceptance"), (*FILED, "reasons", "remedies"), True),
    Form("redirection", say("Notice of where the matter is handled"), (*FILED, "where", "reasons")),
    Form("referral", say("Letter of referral for verification"), (*COMMON, "bureau", "question", *LIMIT), to="bureau"),
    Form("extension", say("Notice of extension"), (*COMMON, "bureau", *EXTENSION)),
    Form("lapse", say("Notice of closing for want of papers"), (*FILED, "reasons", "remedies"), True),
    Form(
        "transfer",
        say("Notice that the matter is not handled on this platform"),
        (*FILED, "reasons", "where", "remedies"),
        True,
    ),
    Form(
        "supervision",
        say("Supervision sheet"),
        (*COMMON, "addressee", "stage", "due", "basis", "days_late", "responsible"),
        to="addressee",
    ),
)

OBJECTION: Final = (
    Form("answer", say("Answer to an objection to credit information"), (*FILED, "result", "findings", "done")),
    Form(
        "review_receipt", say("Notice that a review has been taken up"), (*COMMON, "asked_on", "stage", "due", "basis")
    ),
    Form("review_end", say("Notice that a review has ended"), (*COMMON, "result", "remedies"), True),
)

CORRECTION: Final = (
    Form(
        "correction_referral",
        say("Letter of referral for verification"),
        (*COMMON, "bureau", "claims", *LIMIT),
        to="bureau",
    ),
    Form(
        "correction_answer",
        say("Answer on the correction of credit information"),
        (*FILED, "result", "findings", "done"),
    ),
    Form(
        "confirmation_request",
        say("Request to confirm a correction"),
        (*COMMON, "bureau", "changes", *LIMIT),
        to="bureau",
    ),
)

REPAIR: Final = (
    Form(
        "repair_referral",
        say("Letter forwarding an application for repair"),
        (*FILED, "bureau", "particulars", *LIMIT),
        to="bureau",
    ),
    Form("grant", say("Decision to grant a credit repair"), (*FILED, "issuer", "granted_on", "reasons", "done")),
    Form("denial", say("Decision not to grant a credit repair"), (*FILED, "issuer", "reasons", "remedies"), True),
    Form(
        "revocation_notice",
        say("Notice that the revocation of a credit repair is considered"),
        (*COMMON, "issuer", "granted_on", "facts", *LIMIT),
    ),
    Form(
        "revocation",
        say("Decision to revoke a credit repair"),
        (*COMMON, "issuer", "granted_on", "reasons", "remedies"),
        True,
    ),
)

COMPLAINT: Final = (
    Form(
        "complaint_referral",
        say("Letter forwarding a complaint"),
        ("office", "enterprise", "bureau", "filed_on", "facts", "request", "due", "basis"),
        to="bureau",
    ),
    Form("complaint_extension", say("Notice of extension"), ("office", "enterprise", *EXTENSION)),
    Form(
        "inquiry", say("Request for a statement"), ("office", "complained_of", "words"), closed=True, to="complained_of"
    ),
    Form("opinion", say("Written opinion on a complaint"), OPINION),
    Form("petition_opinion", say("Written opinion on a petition"), OPINION),
)

FORMS: Final[dict[str, Form]] = {form.name: form for form in (*SHARED, *OBJECTION, *CORRECTION, *REPAIR, *COMPLAINT)}


def form_for(form: str, *of: str) -> str:
    """The name of a form in the version of a variant or kind, where one has its own: the first that has."""
    return next((own for one in of if (own := f"{one}_{form}") in FORMS), form)
