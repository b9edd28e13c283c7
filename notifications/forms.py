"""The forms of official papers that several kinds have; a kind brings its own (law.md 6)."""

from __future__ import annotations

from typing import Final

from workflow.letters import COMMON, EXTENSION, FILED, LIMIT, PaperForm
from workflow.refusal import say

SHARED_FORMS: Final = {
    form.name: form
    for form in (
        PaperForm("receipt", say("Receipt"), "收", (*FILED, "case_code")),
        PaperForm("acceptance", say("Notice of acceptance"), "受", (*FILED, "stage", "due", "basis")),
        PaperForm("papers_request", say("Request for missing papers"), "补", (*COMMON, "missing", *LIMIT)),
        PaperForm("refusal", say("Notice of non-acceptance"), "不受", (*FILED, "reasons", "remedies"), True),
        PaperForm("redirection", say("Notice of where the matter is handled"), "引", (*FILED, "where", "reasons")),
        PaperForm(
            "referral",
            say("Letter of referral for verification"),
            "协",
            (*COMMON, "bureau", "question", *LIMIT),
            to="bureau",
        ),
        PaperForm(
            "answer",
            say("Answer to an objection to credit information"),
            "答",
            (*FILED, "result", "findings", "done"),
            unless=("findings", "refusal"),
        ),
        PaperForm("extension", say("Notice of extension"), "延", (*COMMON, "bureau", *EXTENSION)),
        PaperForm("lapse", say("Notice of closing for want of papers"), "终", (*FILED, "reasons", "remedies"), True),
        PaperForm(
            "transfer",
            say("Notice that the matter is not handled on this platform"),
            "移",
            (*FILED, "reasons", "where", "remedies"),
            True,
        ),
        PaperForm(
            "supervision",
            say("Supervision sheet"),
            "督",
            (*COMMON, "addressee", "stage", "due", "basis", "days_late", "responsible"),
            to="addressee",
        ),
    )
}
