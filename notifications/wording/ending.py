"""Letters of the answer, the review and withdrawal."""

from __future__ import annotations

from notifications.wording.common import (
    GIVEN_REASONS,
    GIVEN_REMEDIES,
    NEXT,
    PAPER,
    PROVISIONAL,
    REASONS,
    REMEDIES,
    WHOLE,
)
from notifications.wording.paragraphs import Wording, when, wording
from workflow.refusal import say

UNTOUCHED = say("A review stops no period of law: the time for administrative reconsideration and for a suit runs on.")

ADMITTED = say("The refusal does not stand: {case} is accepted and goes on from the comparison of the data.")
UPHELD = say("The refusal stands. The written answer, with reasons and what you can do, follows.")

ANSWER: dict[str, Wording] = {
    "answered": wording(
        say("{case}: the written answer"),
        say("{matter} is closed. Result: {result}."),
        when("letter", say("{letter}")),
        GIVEN_REASONS,
        GIVEN_REMEDIES,
        PAPER,
    ),
    "answered_copy": wording(say("{case}: answered"), say("{matter_of} has been answered. Result: {result}."), PAPER),
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
}

REVIEW: dict[str, Wording] = {
    "review_receipt": wording(
        say("{case}: we have received your request for a review"),
        say("On {today} we received your request to review {matter}. A review takes place only once."),
        NEXT,
        PROVISIONAL,
        WHOLE,
        UNTOUCHED,
        PAPER,
    ),
    "review_asked": wording(
        say("{case}: a review is asked for"),
        say(
            "{enterprise} has asked for a review of {matter}. "
            "Who took part in the first decision takes no part in the review."
        ),
        NEXT,
        PROVISIONAL,
    ),
    "refusal_decided": wording(
        say("{case}: the refusal has been reviewed"),
        say("The head of {office} has reviewed the refusal of {matter}."),
        when("decision", ADMITTED, equals="admitted"),
        when("decision", UPHELD, equals="upheld"),
        REASONS,
        NEXT,
        PROVISIONAL,
    ),
    "review_withdrawn": wording(
        say("{case}: the request for a review is withdrawn"),
        say("You have withdrawn the request to review {matter}. The first result stands: {result}."),
        REASONS,
        REMEDIES,
        PAPER,
    ),
    "review_withdrawn_copy": wording(
        say("{case}: the request for a review is withdrawn by the enterprise"),
        say("{enterprise} has withdrawn the request to review {matter}. The first result stands: {result}."),
    ),
}
