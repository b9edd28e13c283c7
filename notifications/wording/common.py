"""Paragraphs that several letters share."""

from __future__ import annotations

from notifications.wording.paragraphs import when
from workflow.refusal import say

NEXT = when("due", say("Next: {stage}, by {due} ({basis})."))
WHOLE = when("whole_due", say("The whole case is to be answered by {whole_due} ({whole_basis})."))
DUE = when("due", say("Due: {stage}, by {due} ({basis})."))
PROVISIONAL = when(
    "provisional",
    say(
        "The date is provisional: it will be recounted when the holidays of that year are announced; "
        "we will tell you if it moves."
    ),
)
NOTHING_TO_DO = say("You need do nothing now.")
NUMBERS = say("Number {number}, case code {check_code}. Name them whenever you ask about this case.")
REASONS = say("Reasons: {reasons}")
GIVEN_REASONS = when("reasons", REASONS)
WHERE = when("where", say("Where to go instead: {where}"))
WHOSE = when("whose", say("Whose it is, in its view: {whose}"))
RETURNABLE = when(
    "return_due",
    say("If it is not your matter, return it by {return_due}, with reasons; it can be returned only once."),
)
FREE = when("free", say("Repair is free of charge: nobody may ask you for a fee ({free})."))
REMEDIES = say("If you do not agree:\n{remedies}")
GIVEN_REMEDIES = when("remedies", REMEDIES)
PAPER = when("paper_number", say("The document belonging to this letter: {paper_number}, paper code {paper_code}."))
