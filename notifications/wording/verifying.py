"""Letters of referring, returning, assigning and verifying, and of a body that has become another."""

from __future__ import annotations

from notifications.wording.common import (
    DUE,
    GIVEN_REASONS,
    NOTHING_TO_DO,
    PAPER,
    PROVISIONAL,
    REASONS,
    REMEDIES,
    RETURNABLE,
    WHERE,
    WHOSE,
)
from notifications.wording.paragraphs import Wording, unless, when, wording
from workflow.refusal import say

VERIFYING: dict[str, Wording] = {
    "referral": wording(
        say("{case}: please verify"),
        say("{office} asks {bureau} to verify the record {record} of {enterprise}."),
        say("Question: {question}"),
        DUE,
        PROVISIONAL,
        RETURNABLE,
        PAPER,
    ),
    "assigned": wording(
        say("{case}: assigned to you"),
        say("The head of {office} has assigned {matter_of} to {bureau}. It cannot be returned."),
        GIVEN_REASONS,
        when("question", say("Question: {question}")),
        DUE,
        PROVISIONAL,
        PAPER,
    ),
    "returned": wording(
        say("{case}: returned as not theirs"),
        say("{bureau} has returned {matter}: it is not its matter."),
        REASONS,
        WHOSE,
        say("Assign it to a bureau, or tell the enterprise where to go. An assigned case cannot be returned again."),
        DUE,
        PROVISIONAL,
    ),
    "transferred": wording(
        say("{case}: not a matter for us"),
        say("{matter} cannot be handled on this platform and is closed here."),
        REASONS,
        WHERE,
        REMEDIES,
        PAPER,
    ),
    "extended": wording(
        say("{case}: more time"),
        say(
            "The head of {bureau} has extended “{stage}”: instead of {old_due} it is now due by {new_due}. "
            "It can be extended only once."
        ),
        REASONS,
        when("whole_due", say("The whole case is now to be answered by {whole_due} ({whole_basis}).")),
        PAPER,
    ),
    "approved": wording(
        say("{case}: approved"), say("What was proposed on {matter_of} is approved."), DUE, PROVISIONAL
    ),
    "added": wording(
        say("{case}: papers added"),
        when("record", say("{enterprise} has added papers of its own to {case}. That stops no clock.")),
        unless("record", say("Whoever filed {case} has added papers to it. That stops no clock.")),
        when("words", say("What comes with them: {words}")),
    ),
    "succeeded": wording(
        say("{case}: {old_bureau} is now {new_bureau}"),
        say("Since {on_day} {old_bureau} is {new_bureau} ({document}). In law it is the same body."),
        when("goes_on_there", say("{case} goes on there, and its time runs on.")),
        when("taken_back", say("{case} goes on at {office} and not there; its time runs on.")),
        NOTHING_TO_DO,
    ),
}
