"""Letters of the clock: reminder, overdue, supervision, leading group, recounted dates; a changed procedure;
and the general note.

What is said of the law's remedies for silence follows D3: from which day they open, never earlier (行政诉讼法 Art. 47);
of a case that nobody asked for, nothing. A complaint's letters name nobody: its number is enough (D16).
"""

from __future__ import annotations

from notifications.wording.common import DUE, GIVEN_REASONS, GIVEN_REMEDIES, PAPER, PROVISIONAL, WHERE
from notifications.wording.paragraphs import Wording, when, wording
from workflow.refusal import say

MOVED = say("{stage}: {old_due} becomes {new_due}")
"""One line of `moves` in a `recounted` letter; the caller gives the values."""
RUNS, STANDS_STILL = say("{stage}: by {due}"), say("{stage}: stands still")
"""The lines of `runs` in a `mapped` letter."""

LATE = say("“{stage}” should have been done by {due} ({basis}). It has not been done.")
LATE_BY = when("days_late", say("Late by {late_by}."))
ABOUT = when("record", say("The case: {matter_of}."))

LADDER: dict[str, Wording] = {
    "remind": wording(
        say("{case}: due by {due}"),
        say("“{stage}” is due by {due} ({basis})."),
        when("days_left", say("Left: {left_for}.")),
        PROVISIONAL,
        ABOUT,
    ),
    "overdue": wording(
        say("{case}: overdue"),
        LATE,
        LATE_BY,
        ABOUT,
        say("Responsible now: {responsible}."),
        when("supervise_on", say("If it is still not done on {supervise_on}, a supervision sheet goes out.")),
    ),
    "overdue_filer": wording(
        say("{case}: a deadline has passed"),
        say("In your case {number} “{stage}” should have been done by {due} ({basis}). It has not been done."),
        say(
            "Responsible now: {responsible}. Nothing is decided by the silence, neither for you nor against you; "
            "the case goes on, and whoever is late is pressed."
        ),
        when("remedy_from", say("The law's remedies for failure to act open on {remedy_from}, not earlier.")),
        when("remedies", say("From that day:\n{remedies}")),
        say("You need do nothing now."),
    ),
    "supervise": wording(
        say("{case}: supervision sheet"),
        say("“{stage}” is to be done by {due} ({basis}). It is not done yet."),
        LATE_BY,
        ABOUT,
        say("Responsible: {responsible}. Deal with it at once; a copy of this sheet goes to the head of {office}."),
        when("words", say("The head of the office writes: {words}")),
        when("leading_group_on", say("If it is still not done on {leading_group_on}, the leading group is told.")),
        PAPER,
    ),
    "leading_group": wording(
        say("{case}: long overdue"),
        LATE,
        LATE_BY,
        ABOUT,
        say("Responsible: {responsible}. A reminder, a notice and a supervision sheet have gone out before."),
    ),
    "recounted": wording(
        say("{case}: dates have moved"),
        say("A newly announced calendar changes which days are worked. The dates of {case} move with it:\n{moves}"),
    ),
    "mapped": wording(
        say("{case}: the procedure has changed"),
        say(
            "The procedure by which {case} is dealt with has changed. What has been done stays done; nothing has been "
            "decided by the change. The case stands here now: {stands}."
        ),
        when("runs", say("These deadlines run:\n{runs}")),
    ),
    "note": wording(
        say("{case}: {what}"),
        say("{what}. {matter}."),
        when("words", say("{words}")),
        when("missing", say("What is missing: {missing}")),
        when("question", say("Question: {question}")),
        GIVEN_REASONS,
        WHERE,
        DUE,
        PROVISIONAL,
        GIVEN_REMEDIES,
        PAPER,
    ),
}
