"""Letters from filing to acceptance or refusal, and of papers that are missing."""

from __future__ import annotations

from notifications.wording.common import (
    DUE,
    FREE,
    NEXT,
    NOTHING_TO_DO,
    NUMBERS,
    PAPER,
    PROVISIONAL,
    REASONS,
    REMEDIES,
    WHERE,
    WHOLE,
)
from notifications.wording.paragraphs import Wording, when, wording
from workflow.refusal import say

INTAKE: dict[str, Wording] = {
    "filed": wording(
        say("{case}: we have received it"),
        say("On {filed_on} we received what you filed about the record {record}."),
        NUMBERS,
        NEXT,
        PROVISIONAL,
        WHOLE,
        say("If papers are missing we will say once everything that is missing. You need do nothing now."),
        FREE,
        PAPER,
    ),
    "filed_office": wording(say("{case}: newly filed"), say("{enterprise} has filed {matter}."), DUE, PROVISIONAL),
    "objection_opened": wording(
        say("{case}: opened by the office"),
        say(
            "{office} has opened {matter_of}. From today the record is marked as under objection, until the case "
            "ends. Nothing need be filed for it."
        ),
        when("words", say("{words}")),
        NEXT,
        PROVISIONAL,
        WHOLE,
    ),
    "papers_asked": wording(
        say("{case}: please send papers"),
        say("To go on we need from you: {missing}"),
        say("Please send them by {due} ({basis}). Until they come, the clock of whoever asked stands still."),
        PROVISIONAL,
        say(
            "It is asked only once. If nothing comes by then, the case goes back to whoever asked. Before it is "
            "accepted it is then taken as it is or closed in writing for want of papers, and you may file it again "
            "at once; after that it is decided on what is there."
        ),
        PAPER,
    ),
    "papers_came": wording(
        say("{case}: the papers have come"),
        say("{enterprise} has sent the papers that were asked for. The clock goes on."),
        DUE,
        PROVISIONAL,
    ),
    "third_asked": wording(
        say("{number}: please state your view"),
        say("Please answer in writing to {office}: {question}"),
        when("due", say("Please answer by {due}.")),
        say("Name {number} in your answer."),
    ),
    "third_asked_filer": wording(
        say("{case}: a third party is asked"),
        say("What you ask for touches the interests of a third party, who is asked for its view."),
    ),
    "third_silent": wording(
        say("{case}: the third party has not answered"),
        say("A third party was asked and its time has ended. The case is before you again: decide on what is there."),
    ),
    "papers_late": wording(
        say("{case}: the papers did not come"),
        say("{enterprise} was asked for papers and the time for them has ended. The case is before you again."),
        say(
            "Before acceptance: take it as it is, or close it in writing for want of papers. "
            "After acceptance: decide on what is there."
        ),
        when("next_due", say("Due: {next_stage}, by {next_due} ({next_basis}).")),
    ),
    "papers_late_filer": wording(
        say("{case}: the time for your papers has ended"),
        say("The time to send the papers has ended and the case goes on without them."),
        say(
            "Before acceptance it is taken as it is, or closed in writing for want of papers; "
            "you may then file it again at once. After acceptance it is decided on what is there."
        ),
        say("You may still add papers of your own until the decision is approved; that stops no clock."),
    ),
    "lapsed": wording(
        say("{case}: closed for want of papers"),
        say("{matter} is closed because the papers that were asked for did not come."),
        REASONS,
        say("The record stays as it is. You may file again at once."),
        REMEDIES,
        PAPER,
    ),
    "accepted": wording(
        say("{case}: accepted"),
        say("{matter} is accepted. From today the record is marked as under objection, until the case ends."),
        NEXT,
        PROVISIONAL,
        WHOLE,
        NOTHING_TO_DO,
        PAPER,
    ),
    "refused": wording(say("{case}: not accepted"), say("{matter} is not accepted."), REASONS, WHERE, REMEDIES, PAPER),
}
INTAKE["not_accepted"] = INTAKE["refused"]
INTAKE["led"] = wording(
    say("{case}: handled elsewhere"),
    say("Where to go: {where}"),
    say("{matter} is handled there and is closed here. Nothing is decided on the matter itself."),
    REASONS,
    PAPER,
)
