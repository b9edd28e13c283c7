"""The forms of official papers as data: what each is called, what it must say, and whether it goes against the reader.

The fields are those of law.md 6. A form knows no template language and no case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflow.refusal import Message, say


@dataclass(frozen=True)
class Form:
    """A form; `needs` are values without which it is not issued."""

    name: str
    title: Message
    needs: tuple[str, ...]
    adverse: bool = False


COMMON: Final = ("office", "enterprise", "record")

FORMS: Final[dict[str, Form]] = {
    form.name: form
    for form in (
        Form("receipt", say("Receipt"), (*COMMON, "filed_on", "case_code")),
        Form("acceptance", say("Notice of acceptance"), (*COMMON, "filed_on", "stage", "due", "basis")),
        Form("papers_request", say("Request for missing papers"),
             (*COMMON, "missing", "due", "days", "unit", "basis")),
        Form("refusal", say("Notice of non-acceptance"), (*COMMON, "filed_on", "reasons", "remedies"), True),
        Form("referral", say("Letter of referral for verification"),
             (*COMMON, "bureau", "question", "due", "days", "unit", "basis")),
        Form("extension", say("Notice of extension"),
             (*COMMON, "bureau", "stage", "old_due", "new_due", "basis", "reasons", "approved_by")),
        Form("answer", say("Answer to an objection to credit information"),
             (*COMMON, "filed_on", "result", "findings", "done", "grounds")),
        Form("lapse", say("Notice of closing for want of papers"),
             (*COMMON, "filed_on", "reasons", "remedies"), True),
        Form("transfer", say("Notice that the matter is not handled on this platform"),
             (*COMMON, "filed_on", "reasons", "where", "remedies"), True),
        Form("review_receipt", say("Notice that a review has been taken up"),
             (*COMMON, "asked_on", "stage", "due", "basis")),
        Form("review_end", say("Notice that a review has ended"), (*COMMON, "result", "remedies"), True),
        Form("supervision", say("Supervision sheet"),
             (*COMMON, "addressee", "stage", "due", "basis", "days_late", "responsible")),
    )
}  # fmt: skip
