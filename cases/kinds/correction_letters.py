"""Letters and papers of a correction: asked for, reported by a bureau, or following a granted objection."""

from typing import Final

from workflow.letters import (
    COMMON,
    DUE,
    FILED,
    LIMIT,
    NEXT,
    NOTHING_TO_DO,
    PROVISIONAL,
    RETURNABLE,
    WHOLE,
    PaperForm,
    when,
    wording,
)
from workflow.refusal import say

WHY_OPENED = (
    when(
        "variant",
        say(
            "{bureau} reports that the decision behind the record {record} was changed, revoked or found unlawful or "
            "void on {changed_on} ({document}). The display is to be ended."
        ),
        equals="decision_changed",
    ),
    when(
        "variant",
        say("{bureau} has found that the record {record} may be wrong, and verifies it."),
        equals="self_found",
    ),
    when(
        "variant",
        say(
            "This platform's copy of the record {record} was put right. {bureau} is now asked to put its own system "
            "right and to confirm it."
        ),
        equals="from_objection",
    ),
    when("from_case", say("It follows from {from_case}.")),
)

CONFIRMED = (
    when(
        "result",
        say("{bureau} confirms: since {done_on} its own system says of the record {record} what this platform says."),
        equals="system_right",
    ),
    when("result", say("{bureau} states that it keeps no copy of the record {record}."), equals="no_copy"),
    when("reference", say("Its reference: {reference}")),
    say("With this {case} is closed."),
)

LETTERS: Final = {
    "correction_accepted": wording(
        say("{case}: accepted"),
        say("{matter} is accepted and referred to {bureau}, which supplied the record."),
        NEXT,
        PROVISIONAL,
        WHOLE,
        NOTHING_TO_DO,
        say("Until it is decided the record stays as it is; a correction puts no mark on it."),
        paper="acceptance",
    ),
    "correction_referral": wording(
        say("{case}: please verify"),
        say("{office} asks {bureau} to verify the record {record} of {enterprise}, which asks for its correction."),
        say("What stands in each field and what should stand there is in the document; the proof is in the case."),
        DUE,
        PROVISIONAL,
        RETURNABLE,
        paper="referral",
    ),
    "correction_opened": wording(
        say("{case}: your record is looked into"),
        *WHY_OPENED,
        NEXT,
        PROVISIONAL,
        NOTHING_TO_DO,
        say("You will be told in writing how it ends."),
    ),
    "correction_opened_office": wording(
        say("{case}: newly opened"), say("{matter_of} has been opened."), *WHY_OPENED, DUE, PROVISIONAL
    ),
    "confirm_asked": wording(
        say("{case}: please put your own system right and confirm it"),
        say(
            "An objection about the record {record} of {enterprise} was granted and this platform's copy put right. "
            "Please make {bureau}'s own system say the same, and confirm it on the platform with day and reference; "
            "where no copy is kept, please say so."
        ),
        when("from_case", say("It follows from {from_case}.")),
        say("Which fields, before and after, is in the document."),
        DUE,
        PROVISIONAL,
        paper="confirmation_request",
    ),
    "confirmed": wording(say("{case}: the bureau has confirmed"), *CONFIRMED, NOTHING_TO_DO),
    "confirmed_office": wording(say("{case}: the bureau has confirmed"), *CONFIRMED),
}

PAPERS: Final = (
    PaperForm(
        "correction_referral",
        say("Letter of referral for verification"),
        "协",
        (*COMMON, "bureau", "claims", *LIMIT),
        to="bureau",
    ),
    PaperForm(
        "correction_answer",
        say("Answer on the correction of credit information"),
        "答",
        (*FILED, "result", "findings", "done"),
        unless=("findings", "refusal"),
    ),
    PaperForm(
        "confirmation_request",
        say("Request to confirm a correction"),
        "确",
        (*COMMON, "bureau", "changes", *LIMIT),
        to="bureau",
    ),
)
