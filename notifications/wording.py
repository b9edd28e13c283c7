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
    LAW,
    NEXT,
    NOTHING_TO_DO,
    NOWHERE,
    NUMBERS,
    PAPER,
    REASONS,
    REFILE,
    REMEDIES,
    REVIEW_AGAIN,
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

ADDED = say("{what}: {before}, should be {after}")
ADDED_DISPLAY = say("{what}: should not be shown")
"""Lines of `added` in letters of what another case adds; the caller gives the values."""
MOVED = say("{stage}: {old_due} becomes {new_due}")
"""One line of `moves` in a `recounted` letter; the caller gives the values."""
CHANGED = say("{what}: {before} became {after}")
SAYS = say("{what}: decided {before}, the sheet says {after}")
"""Lines in letters about a sheet: of what it changed, and of what it says against a decision."""
RUNS, STANDS_STILL = say("{stage}: by {due}"), say("{stage}: stands still")
"""The lines of `runs` in a `mapped` letter."""

LATE = "“{stage}” should have been done by {due} ({basis}). It has not been done."
LATE_BY = when("days_late", "Late by {late_by}.")
ABOUT = when("record", "The case: {matter_of}.")
ALSO = when("also_due", "{also_due}")
ALSO_DUE = say("Also due that day: {stage} ({basis}).")
MEANWHILE = when("meanwhile", "What fell due before, and is told only now:\n{meanwhile}")
FELL_DUE = say("{day}: {what}")

REFUSED: Final = wording(
    "{case}: not accepted", "{matter} is not accepted.", REASONS, LAW, WHERE, NOWHERE, REFILE, REMEDIES, paper="refusal"
)

GENERAL: Final = wording(
    "{case}: {what}",
    "{what}. {matter}.",
    when("ended", "Result: {ended}"),
    when("words", "{words}"),
    when("missing", "What is missing: {missing}"),
    when("question", "Question: {question}"),
    GIVEN_REASONS,
    LAW,
    WHERE,
    when("new_due", "More time: instead of {old_due} it is now due by {new_due}."),
    DUE,
    GIVEN_REMEDIES,
    PAPER,
)
"""A letter without words of its own: what happened, and all that it came with."""
GENERAL_TO_FILER: Final = replace(GENERAL, body=(*GENERAL.body[:-1], Paragraph(say(NUMBERS)), PAPER))
"""The same to who filed, with the number and the case code."""
RECORD_CHANGED: Final = replace(GENERAL, body=(GENERAL.body[0], when("changed", "{changed}"), *GENERAL.body[1:]))
"""The same of what a sheet has changed in the record, value by value."""

WORDINGS: Final[dict[str, Wording]] = {
    "filed": wording(
        "{case}: we have received it",
        "On {filed_on} we received what you filed about the record {record}.",
        NUMBERS,
        NEXT,
        WHOLE,
        "If papers are missing we will say once everything that is missing. You don't need to do anything now.",
        FREE,
        paper="receipt",
    ),
    "filed_office": wording("{case}: newly filed", "{enterprise} has filed {matter}.", DUE),
    "papers_asked": wording(
        "{case}: please send papers",
        when("asked_by", "{asked_by} asks you for papers."),
        "What is needed from you to go on: {missing}",
        "Please send them by {due} ({basis}). Until they come, the clock of whoever asked stands still.",
        "It is asked only once. If nothing comes by then, the case goes back to whoever asked. Before it is "
        "accepted it is then taken as it is or closed in writing because papers are missing, and you may file it again "
        "at once; after that it is decided on what is there.",
        paper="papers_request",
    ),
    "papers_came": wording(
        "{case}: the papers have come", "{enterprise} has sent the papers that were asked for. The clock goes on.", DUE
    ),
    "third_asked": wording(
        "{number}: please state your view",
        "Please answer in writing to {office}: {question}",
        when("due", "Please answer by {due}."),
        "Name {number} in your answer.",
    ),
    "third_asked_filer": wording(
        "{case}: a third party is asked",
        "What you ask for touches the interests of a third party, who is asked for its view.",
    ),
    "third_silent": wording(
        "{case}: the third party has not answered",
        "A third party was asked and its time has ended. The case is before you again: decide on what is there.",
    ),
    "papers_late": wording(
        "{case}: the papers did not come",
        "{enterprise} was asked for papers and the time for them has ended. The case is before you again.",
        "Before acceptance: take it as it is, or close it in writing because papers are missing. "
        "After acceptance: decide on what is there.",
        when("next_due", "Due: {next_stage}, by {next_due} ({next_basis})."),
    ),
    "papers_late_filer": wording(
        "{case}: the time for your papers has ended",
        "The time to send the papers has ended and the case goes on without them.",
        "Before acceptance it is taken as it is, or closed in writing because papers are missing; "
        "you may then file it again at once. After acceptance it is decided on what is there.",
        "You may still add papers of your own until the decision is approved; that stops no clock.",
    ),
    "lapsed": wording(
        "{case}: closed, papers missing",
        "{matter} is closed because the papers that were asked for did not come.",
        REASONS,
        LAW,
        when("record", "The record stays as it is."),
        REFILE,
        REMEDIES,
        paper="lapse",
    ),
    "refused": REFUSED,
    "not_accepted": REFUSED,
    "led": wording(
        "{case}: handled elsewhere",
        "Where to go: {where}",
        "{matter} is handled there and is closed here. Nothing is decided on the matter itself.",
        REASONS,
        paper="redirection",
    ),
    "assigned": wording(
        "{case}: assigned to you",
        "The head of {office} has assigned {matter_of} to {bureau}. It cannot be returned.",
        GIVEN_REASONS,
        when("question", "Question: {question}"),
        DUE,
        paper="referral",
    ),
    "returned": wording(
        "{case}: returned as not theirs",
        "{bureau} has returned {matter}: it is not its matter.",
        REASONS,
        WHOSE,
        "Assign it to a bureau, or tell the enterprise where to go. An assigned case cannot be returned again.",
        DUE,
    ),
    "transferred": wording(
        "{case}: not a matter for us",
        "{matter} cannot be handled on this platform and is closed here.",
        REASONS,
        LAW,
        WHERE,
        NOWHERE,
        REMEDIES,
        REVIEW_AGAIN,
        paper="transfer",
    ),
    "extended": wording(
        "{case}: more time",
        "The head of {bureau} has extended “{stage}”: instead of {old_due} it is now due by {new_due}. "
        "It can be extended only once.",
        REASONS,
        when("whole_due", "The whole case is now to be answered by {whole_due} ({whole_basis})."),
        paper="extension",
    ),
    "approved": wording("{case}: approved", "What was proposed on {matter_of} is approved.", DUE),
    "added": wording(
        "{case}: papers added",
        when("record", "{enterprise} has added papers of its own to {case}. That stops no clock."),
        unless("record", "Whoever filed {case} has added papers to it. That stops no clock."),
        when("words", "What comes with them: {words}"),
    ),
    "amended": wording(
        "{case}: changed by the firm",
        "{enterprise} has changed what it filed in {matter_of}, before it was accepted. What it says now is what "
        "counts; what it said first is kept. No time limit starts again.",
        DUE,
    ),
    "succeeded": wording(
        "{case}: {old_bureau} is now {new_bureau}",
        "Since {on_day} {old_bureau} is {new_bureau} ({document}). In law it is the same body.",
        when("goes_on_there", "{case} goes on there, and its time runs on."),
        when("taken_back", "{case} goes on at {office} and not there; its time runs on."),
        NOTHING_TO_DO,
    ),
    "joined": wording(
        "{case}: more is disputed",
        "More of the record is now disputed in {matter_of}, which was open already. It is dealt with in the same "
        "case:\n{added}",
        when("taken_back", "The proposal that was waiting for approval has gone back to {goes_back_to}."),
        when("words", "{words}"),
        when("from_case", "It comes from {from_case}."),
        when("decided_in", "A new sheet contradicts what was decided in {decided_in}."),
        DUE,
    ),
    "joined_later": wording(
        "{case}: more is disputed; a case of its own follows",
        "More of the record is disputed, but {matter_of} has been decided already and cannot take it in. It waits, and "
        "gets a case of its own when this one closes; its time counts from {today}:\n{added}",
        when("words", "{words}"),
        when("from_case", "It comes from {from_case}."),
        when("decided_in", "A new sheet contradicts what was decided in {decided_in}."),
    ),
    "error_repeated": wording(
        "{case}: your sheet repeats an error",
        "A new sheet of {bureau} says of the record {record} again what was found wrong, and the platform has kept the "
        "right value:\n{changed}",
        "On {confirmed_on} {bureau} confirmed that its own system was right. Please put it right there, so that the "
        "next sheet says the same.",
    ),
    "answered": wording(
        "{case}: {answer}",
        "{matter} is closed. Result: {result}.",
        when("elsewhere", "{elsewhere}"),
        when("review_of", "You asked for a review on {review_of}. This answer takes the place of the first one."),
        when("letter", "{letter}"),
        GIVEN_REASONS,
        LAW,
        GIVEN_REMEDIES,
        REVIEW_AGAIN,
        paper="answer",
    ),
    "answered_copy": wording(
        "{case}: {answer}",
        "{matter_of} has been answered. Result: {result}.",
        when("review_of", "A review was asked for on {review_of}. This answer takes the place of the first one."),
        paper="answer",
    ),
    "withdrawn": wording(
        "{case}: withdrawn",
        "You have withdrawn {matter}.",
        when("record", "The record stays as it is."),
        when("unflagged", "Its mark “under objection” is taken off."),
        "You may file again; the time then starts afresh.",
        REVIEW_AGAIN,
    ),
    "withdrawn_copy": wording(
        "{case}: withdrawn by the enterprise", "{enterprise} has withdrawn {matter}. There is nothing left to do."
    ),
    "remind": wording(
        "{case}: due by {due}",
        "“{stage}” is due by {due} ({basis}).",
        when("days_left", "Left: {left_for}."),
        ALSO,
        ABOUT,
        MEANWHILE,
    ),
    "overdue": wording(
        "{case}: overdue",
        LATE,
        LATE_BY,
        ALSO,
        ABOUT,
        "Responsible now: {responsible}.",
        MEANWHILE,
        when("supervise_on", "If it is still not done on {supervise_on}, a supervision sheet goes out."),
    ),
    "overdue_filer": wording(
        "{case}: a deadline has passed",
        "In your case {number} “{stage}” should have been done by {due} ({basis}). It has not been done.",
        ALSO,
        "Responsible now: {responsible}. Nothing is decided by the silence, neither for you nor against you; "
        "the case goes on, and whoever is late is pressed.",
        when("remedy_from", "The law's remedies for failure to act open on {remedy_from}, not earlier."),
        when("remedy_since", "The law's remedies for failure to act have been open since {remedy_since}."),
        when("remedies", "From that day:\n{remedies}"),
        "You don't need to do anything now.",
    ),
    "supervise": wording(
        "{case}: supervision sheet",
        "“{stage}” is to be done by {due} ({basis}). It is not done yet.",
        LATE_BY,
        ALSO,
        ABOUT,
        "Responsible: {responsible}. Deal with it at once.",
        when("copied", "A copy of this sheet goes to the head of {office}."),
        MEANWHILE,
        when("words", "The head of the office writes: {words}"),
        when("leading_group_on", "If it is still not done on {leading_group_on}, the leading group is told."),
        paper="supervision",
    ),
    "leading_group": wording(
        "{case}: long overdue",
        LATE,
        LATE_BY,
        ALSO,
        ABOUT,
        "Responsible: {responsible}.",
        unless("meanwhile", "A notice and a supervision sheet have gone out before."),
        MEANWHILE,
    ),
    "recounted": wording(
        "{case}: dates have moved",
        "A holiday notice changes which days are worked: {notice}. The dates of {case} move with it:\n{moves}",
    ),
    "mapped": wording(
        "{case}: the procedure has changed",
        "The procedure by which {case} is dealt with has changed. What has been done stays done; nothing has been "
        "decided by the change. The case stands here now: {stands}.",
        when("runs", "These deadlines run:\n{runs}"),
    ),
    "application_refused": wording(
        "Application {number}: no account could be opened",
        "{person}, you asked for an account for {enterprise}. The office could not open it on the paper that it has.",
        REASONS,
        "You may apply again at any time. It costs nothing. What your firm has to say about its records can be "
        "handed in on paper meanwhile; the office enters it on the day it comes.",
    ),
    "webhook_suspended": wording(
        "Messages to {address} have stopped",
        unless("gone", "For three days the system at {address} has taken no message from this platform."),
        when("gone", "The system at {address} has answered that it takes no messages any more."),
        "Nothing is lost: the feed of the API has everything, and deadlines run on.",
        "See to the system, then the head of the bureau or of the office lets the messages go on: what came meanwhile "
        "follows.",
    ),
    "digest": wording(
        "{today}: {sums}",
        when("late", "Late:\n{late}"),
        when("today_due", "Due today:\n{today_due}"),
        when("soon", "Due within 3 working days:\n{soon}"),
        when("approval", "Waiting for your approval:\n{approval}"),
        when("new", "Newly come to you:\n{new}"),
        when("through", "Done in your name by a system:\n{through}"),
        when("unread", "Unread letters in your inbox: {unread}"),
        when("inbox", "Your inbox: {inbox}"),
        when("account", "How your mail comes is for you to choose: {account}"),
    ),
}
