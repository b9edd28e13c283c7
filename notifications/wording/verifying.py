"""Letters of referring, returning, assigning and verifying."""

from __future__ import annotations

from notifications.wording.common import (
    DUE,
    GIVEN_REASONS,
    PAPER,
    PROVISIONAL,
    REASONS,
    REMEDIES,
    WHERE,
)
from notifications.wording.paragraphs import when, wording
from workflow.refusal import say

VERIFYING = {
    "referral": wording(
        say("{case}: please verify"),
        say("{office} asks {bureau} to verify the record {record} of {enterprise}."),
        say("Question: {question}"),
        DUE, PROVISIONAL,
        when("return_due", say("If it is not your matter, return it by {return_due}, with reasons; "
                               "it can be returned only once.")),
        PAPER,
    ),
    "assigned": wording(
        say("{case}: assigned to you"),
        say("The head of {office} has assigned {case} about the record {record} of {enterprise} to {bureau}. "
            "It cannot be returned."),
        GIVEN_REASONS,
        when("question", say("Question: {question}")),
        DUE, PROVISIONAL, PAPER,
    ),
    "returned": wording(
        say("{case}: returned as not theirs"),
        say("{bureau} has returned {case} about the record {record}: it is not its matter."),
        REASONS,
        when("whose", say("Whose it is, in its view: {whose}")),
        say("Assign it to a bureau, or tell the enterprise where to go. An assigned case cannot be returned again."),
        DUE, PROVISIONAL,
    ),
    "transferred": wording(
        say("{case}: not a matter for us"),
        say("{case} about the record {record} cannot be handled on this platform and is closed here."),
        REASONS, WHERE, REMEDIES, PAPER,
    ),
    "extended": wording(
        say("{case}: more time to verify"),
        say("The head of {bureau} has extended “{stage}”: instead of {old_due} it is now due by {new_due}. "
            "It can be extended only once."),
        REASONS,
        when("whole_due", say("The whole case is now to be answered by {whole_due} ({whole_basis}).")),
        PAPER,
    ),
    "approved": wording(
        say("{case}: the findings are approved"),
        say("The findings on {case}, about the record {record} of {enterprise}, are approved."),
        DUE, PROVISIONAL,
    ),
    "added": wording(
        say("{case}: papers added"),
        say("{enterprise} has added papers of its own to {case}. That stops no clock."),
        when("words", say("It writes: {words}")),
    ),
}  # fmt: skip
