"""Letters and papers of a correction: asked for, reported by a bureau, or following a granted objection."""

from workflow.letters import *

WHY_OPENED = (
    when(
        "variant",
        "{bureau} reports that the decision behind the record {record} was changed, revoked or found unlawful or "
        "void on {changed_on} ({document}). The display is to be ended.",
        equals="decision_changed",
    ),
    when("variant", "{bureau} has found that the record {record} may be wrong, and verifies it.", equals="self_found"),
    when(
        "variant",
        "An objection about the record {record} was granted, and this platform has acted on it. {bureau} is now asked "
        "to put its own system right and to confirm it.",
        equals="from_objection",
    ),
    when(
        "variant",
        "A sheet of {bureau} contradicts what was decided on {fixed_on} about the record {record}:\n{added}",
        equals="sheet_conflict",
    ),
    when("from_case", "It follows from {from_case}."),
)

CONFIRMED = (
    when(
        "result",
        "{bureau} confirms: since {done_on} its own system says of the record {record} what this platform says.",
        equals="system_right",
    ),
    when("result", "{bureau} states that it keeps no copy of the record {record}.", equals="no_copy"),
    when("reference", "Its reference: {reference}"),
    "With this {case} is closed.",
)

LETTERS = {
    "correction_accepted": wording(
        "{case}: accepted",
        "{matter} is accepted and referred to {bureau}, which supplied the record.",
        NEXT,
        WHOLE,
        NOTHING_TO_DO,
        "Until it is decided the record stays as it is; a correction puts no mark on it.",
        paper="acceptance",
    ),
    "correction_referral": wording(
        "{case}: please verify",
        "{office} asks {bureau} to verify the record {record} of {enterprise}, which asks for its correction.",
        "What stands in each field and what should stand there is in the document; the proof is in the case.",
        DUE,
        RETURNABLE,
        paper="referral",
    ),
    "correction_opened": wording(
        "{case}: your record is looked into",
        *WHY_OPENED,
        NEXT,
        NOTHING_TO_DO,
        "You will be told in writing how it ends.",
    ),
    "correction_opened_office": wording("{case}: newly opened", "{matter_of} has been opened.", *WHY_OPENED, DUE),
    "sheet_conflict": wording(
        "{case}: a new sheet contradicts what was decided",
        "A sheet of {bureau} says of your record {record} otherwise than was decided on {fixed_on}:\n{added}",
        "The value that was decided stays until {bureau} has found, by two people who did not decide before, whether "
        "the sheet is right. You will be told in writing how it ends.",
        when("decided_in", "The value was decided in {decided_in}."),
        NEXT,
        "You don't need to do anything now. You may add papers until it is decided.",
    ),
    "sheet_conflict_bureau": wording(
        "{case}: your sheet contradicts a decision: please verify",
        "Your sheet says of the record {record} of {enterprise} otherwise than was decided on {fixed_on}:\n{added}",
        "The value that was decided stays on the platform until you have found which is right. Who proposed or "
        "approved it then does not find on it now.",
        "Where the decision is right, please put your own system right, so that the next sheet says the same.",
        when("decided_in", "The value was decided in {decided_in}."),
        DUE,
        paper="correction_referral",
    ),
    "confirm_asked": wording(
        "{case}: please put your own system right and confirm it",
        "An objection about the record {record} of {enterprise} was granted, and this platform has acted on it. "
        "Please make {bureau}'s own system say the same, and confirm it on the platform with day and reference; "
        "where no copy is kept, please say so.",
        when("from_case", "It follows from {from_case}."),
        "Which fields, before and after, is in the document.",
        DUE,
        paper="confirmation_request",
    ),
    "confirmed": wording("{case}: the bureau has confirmed", *CONFIRMED, NOTHING_TO_DO),
    "confirmed_office": wording("{case}: the bureau has confirmed", *CONFIRMED),
}

PAPERS = (
    PaperForm(
        "correction_referral",
        "Letter of referral for verification",
        "协",
        (*COMMON, "bureau", "claims", *LIMIT),
        to="bureau",
    ),
    PaperForm(
        "correction_answer",
        "Answer on the correction of credit information",
        "答",
        (*FILED, "result", "findings", "done"),
        unless=("findings", "refusal"),
    ),
    PaperForm(
        "confirmation_request",
        "Request to confirm a correction",
        "确",
        (*COMMON, "bureau", "changes", *LIMIT),
        to="bureau",
    ),
)
