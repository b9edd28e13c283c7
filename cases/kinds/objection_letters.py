"""Letters and papers that only an objection has."""

from typing import Final

from workflow.letters import (
    COMMON,
    DUE,
    NEXT,
    NOTHING_TO_DO,
    PROVISIONAL,
    REASONS,
    REMEDIES,
    RETURNABLE,
    WHOLE,
    PaperForm,
    when,
    wording,
)
from workflow.refusal import say

UNTOUCHED = say("A review stops no period of law: the time for administrative reconsideration and for a suit runs on.")

ADMITTED = say("The refusal does not stand: {case} is accepted and goes on from the comparison of the data.")
UPHELD = say("The refusal stands. The written answer, with reasons and what you can do, follows.")


LETTERS: Final = {
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
    "accepted": wording(
        say("{case}: accepted"),
        say("{matter} is accepted. From today the record is marked as under objection, until the case ends."),
        NEXT,
        PROVISIONAL,
        WHOLE,
        NOTHING_TO_DO,
        paper="acceptance",
    ),
    "referral": wording(
        say("{case}: please verify"),
        say("{office} asks {bureau} to verify the record {record} of {enterprise}."),
        say("Question: {question}"),
        DUE,
        PROVISIONAL,
        RETURNABLE,
        paper="referral",
    ),
    "review_receipt": wording(
        say("{case}: we have received your request for a review"),
        say("On {today} we received your request to review {matter}. A review takes place only once."),
        NEXT,
        PROVISIONAL,
        WHOLE,
        UNTOUCHED,
        paper="review_receipt",
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
        paper="review_end",
    ),
    "review_withdrawn_copy": wording(
        say("{case}: the request for a review is withdrawn by the enterprise"),
        say("{enterprise} has withdrawn the request to review {matter}. The first result stands: {result}."),
    ),
}

PAPERS: Final = (
    PaperForm(
        "review_receipt",
        say("Notice that a review has been taken up"),
        "核受",
        (*COMMON, "asked_on", "stage", "due", "basis"),
    ),
    PaperForm("review_end", say("Notice that a review has ended"), "核终", (*COMMON, "result", "remedies"), True),
)
