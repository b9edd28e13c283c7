"""Letters of a correction: asked for, reported by a bureau, or the rest of an objection that was granted."""

from __future__ import annotations

from notifications.wording.common import DUE, NEXT, NOTHING_TO_DO, PAPER, PROVISIONAL, RETURNABLE, WHOLE
from notifications.wording.paragraphs import Wording, when, wording
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

CORRECTING: dict[str, Wording] = {
    "correction_accepted": wording(
        say("{case}: accepted"),
        say("{matter} is accepted and referred to {bureau}, which supplied the record."),
        NEXT,
        PROVISIONAL,
        WHOLE,
        NOTHING_TO_DO,
        say("Until it is decided the record stays as it is; a correction puts no mark on it."),
        PAPER,
    ),
    "correction_referral": wording(
        say("{case}: please verify"),
        say("{office} asks {bureau} to verify the record {record} of {enterprise}, which asks for its correction."),
        say("What stands in each field and what should stand there is in the document; the proof is in the case."),
        DUE,
        PROVISIONAL,
        RETURNABLE,
        PAPER,
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
        PAPER,
    ),
    "joined": wording(
        say("{case}: more was found"),
        say("More findings were added to {matter_of}, which was open already. They are dealt with in the same case."),
        when("words", say("{words}")),
        when("from_case", say("They come from {from_case}.")),
        DUE,
        PROVISIONAL,
    ),
    "confirmed": wording(say("{case}: the bureau has confirmed"), *CONFIRMED, NOTHING_TO_DO),
    "confirmed_office": wording(say("{case}: the bureau has confirmed"), *CONFIRMED),
}
