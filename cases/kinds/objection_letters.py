"""Letters and papers that only an objection has."""

from workflow.letters import *

UNTOUCHED = "A review stops no period of law: the time for administrative reconsideration and for a suit runs on."

ADMITTED = "The refusal does not stand: {case} is accepted and goes on from the comparison of the data."
UPHELD = "The refusal stands. The written answer, with reasons and what you can do, follows."

LETTERS = {
    "objection_opened": wording(
        "{case}: opened by the office",
        "{office} has opened {matter_of}. From today the record is marked as under objection, until the case "
        "ends. Nothing need be filed for it.",
        when("words", "{words}"),
        NEXT,
        WHOLE,
        when(
            "review_waits",
            "While it is open no review of case {review_waits} can be asked. Nothing of that time is lost: "
            "it begins anew when this case has ended, and we will tell you until when.",
        ),
    ),
    "accepted": wording(
        "{case}: accepted",
        "{matter} is accepted. From today the record is marked as under objection, until the case ends.",
        NEXT,
        WHOLE,
        NOTHING_TO_DO,
        paper="acceptance",
    ),
    "referral": wording(
        "{case}: please verify",
        "{office} asks {bureau} to verify the record {record} of {enterprise}.",
        "Question: {question}",
        DUE,
        RETURNABLE,
        paper="referral",
    ),
    "review_receipt": wording(
        "{case}: we have received your request for a review",
        "On {today} we received your request to review {matter}. A review takes place only once.",
        NEXT,
        WHOLE,
        UNTOUCHED,
        paper="review_receipt",
    ),
    "review_asked": wording(
        "{case}: a review is asked for",
        "{enterprise} has asked for a review of {matter}. "
        "Who took part in the first decision takes no part in the review.",
        NEXT,
    ),
    "refusal_decided": wording(
        "{case}: the refusal has been reviewed",
        "The head of {office} has reviewed the refusal of {matter}.",
        when("decision", ADMITTED, equals="admitted"),
        when("decision", UPHELD, equals="upheld"),
        REASONS,
        NEXT,
    ),
    "review_withdrawn": wording(
        "{case}: the request for a review is withdrawn",
        "You have withdrawn the request to review {matter}. The first result stands: {result}.",
        REASONS,
        LAW,
        REMEDIES,
        paper="review_end",
    ),
    "review_withdrawn_copy": wording(
        "{case}: the request for a review is withdrawn by the enterprise",
        "{enterprise} has withdrawn the request to review {matter}. The first result stands: {result}.",
    ),
}

PAPERS = (
    PaperForm(
        "review_receipt",
        "Notice that a review has been taken up",
        "核受",
        (*COMMON, "asked_on", "stage", "due", "basis"),
    ),
    PaperForm(
        "objection_answer",
        "Answer after the review of an objection",
        "核答",
        (*FILED, "result", "reasons", "review_of"),
        unless=("review_of", "answer"),
    ),
    PaperForm("review_end", "Notice that a review has ended", "核终", (*COMMON, "result", "remedies"), True),
)
