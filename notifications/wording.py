"""The words of letters that several kinds send, and of those about no case; a kind brings the others itself.

What is said of the law's remedies for silence follows D3: from which day they open, never earlier (行政诉讼法 Art. 47);
of a case that nobody asked for, nothing. A complaint's letters name nobody: its number is enough (D16).
"""

from dataclasses import replace
from typing import Final

from workflow.letters import (
    DUE,
    FREE,
    GIVEN_REASONS,
    GIVEN_REMEDIES,
    NEXT,
    NOTHING_TO_DO,
    NUMBERS,
    PAPER,
    PROVISIONAL,
    REASONS,
    REMEDIES,
    WHERE,
    WHOLE,
    WHOSE,
    Paragraph,
    Wording,
    unless,
    when,
    wording,
)
from workflow.refusal import say

MOVED = say("{stage}: {old_due} becomes {new_due}")
"""One line of `moves` in a `recounted` letter; the caller gives the values."""
RUNS, STANDS_STILL = say("{stage}: by {due}"), say("{stage}: stands still")
"""The lines of `runs` in a `mapped` letter."""

LATE = say("“{stage}” should have been done by {due} ({basis}). It has not been done.")
LATE_BY = when("days_late", say("Late by {late_by}."))
ABOUT = when("record", say("The case: {matter_of}."))

REFUSED: Final = wording(
    say("{case}: not accepted"), say("{matter} is not accepted."), REASONS, WHERE, REMEDIES, paper="refusal"
)

GENERAL: Final = wording(
    say("{case}: {what}"),
    say("{what}. {matter}."),
    when("ended", say("Result: {ended}")),
    when("words", say("{words}")),
    when("missing", say("What is missing: {missing}")),
    when("question", say("Question: {question}")),
    GIVEN_REASONS,
    WHERE,
    when("new_due", say("More time: instead of {old_due} it is now due by {new_due}.")),
    DUE,
    PROVISIONAL,
    GIVEN_REMEDIES,
    PAPER,
)
"""A letter without words of its own: what happened, and all that it came with."""
GENERAL_TO_FILER: Final = replace(GENERAL, body=(*GENERAL.body[:-1], Paragraph(NUMBERS), PAPER))
"""The same to who filed, with the number and the case code."""

WORDINGS: Final[dict[str, Wording]] = {
    "filed": wording(
        say("{case}: we have received it"),
        say("On {filed_on} we received what you filed about the record {record}."),
        NUMBERS,
        NEXT,
        PROVISIONAL,
        WHOLE,
        say("If papers are missing we will say once everything that is missing. You need do nothing now."),
        FREE,
        paper="receipt",
    ),
    "filed_office": wording(say("{case}: newly filed"), say("{enterprise} has filed {matter}."), DUE, PROVISIONAL),
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
        paper="papers_request",
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
        paper="lapse",
    ),
    "refused": REFUSED,
    "not_accepted": REFUSED,
    "led": wording(
        say("{case}: handled elsewhere"),
        say("Where to go: {where}"),
        say("{matter} is handled there and is closed here. Nothing is decided on the matter itself."),
        REASONS,
        paper="redirection",
    ),
    "assigned": wording(
        say("{case}: assigned to you"),
        say("The head of {office} has assigned {matter_of} to {bureau}. It cannot be returned."),
        GIVEN_REASONS,
        when("question", say("Question: {question}")),
        DUE,
        PROVISIONAL,
        paper="referral",
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
        paper="transfer",
    ),
    "extended": wording(
        say("{case}: more time"),
        say(
            "The head of {bureau} has extended “{stage}”: instead of {old_due} it is now due by {new_due}. "
            "It can be extended only once."
        ),
        REASONS,
        when("whole_due", say("The whole case is now to be answered by {whole_due} ({whole_basis}).")),
        paper="extension",
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
    "joined": wording(
        say("{case}: more was found"),
        say("More findings were added to {matter_of}, which was open already. They are dealt with in the same case."),
        when("words", say("{words}")),
        when("from_case", say("They come from {from_case}.")),
        DUE,
        PROVISIONAL,
    ),
    "answered": wording(
        say("{case}: the written answer"),
        say("{matter} is closed. Result: {result}."),
        when("letter", say("{letter}")),
        GIVEN_REASONS,
        GIVEN_REMEDIES,
        paper="answer",
    ),
    "answered_copy": wording(
        say("{case}: answered"), say("{matter_of} has been answered. Result: {result}."), paper="answer"
    ),
    "withdrawn": wording(
        say("{case}: withdrawn"),
        say("You have withdrawn {matter}."),
        when("record", say("The record stays as it is.")),
        when("unflagged", say("Its mark “under objection” is taken off.")),
        say("You may file again; the time then starts afresh."),
    ),
    "withdrawn_copy": wording(
        say("{case}: withdrawn by the enterprise"),
        say("{enterprise} has withdrawn {matter}. There is nothing left to do."),
    ),
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
        paper="supervision",
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
    "application_refused": wording(
        say("Application {number}: no account could be opened"),
        say(
            "{person}, you asked for an account for {enterprise}. The office could not open it on the paper that it "
            "has."
        ),
        REASONS,
        say(
            "You may apply again at any time. It costs nothing. What your firm has to say about its records can be "
            "handed in on paper meanwhile; the office enters it on the day it comes."
        ),
    ),
    "digest": wording(
        say("{today}: {sums}"),
        when("late", say("Late:\n{late}")),
        when("today_due", say("Due today:\n{today_due}")),
        when("soon", say("Due within 3 working days:\n{soon}")),
        when("approval", say("Waiting for your approval:\n{approval}")),
        when("new", say("Newly come to you:\n{new}")),
        when("unread", say("Unread letters in your inbox: {unread}")),
        when("inbox", say("Your inbox: {inbox}")),
        when("account", say("How your mail comes is for you to choose: {account}")),
    ),
}
