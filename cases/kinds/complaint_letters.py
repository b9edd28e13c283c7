"""Letters and papers of a complaint. None but the complainant's own says who complained or what about (D16).

The body complained of is written to in the office's own words, under the number of a paper and nothing else.
"""

from typing import Final

from workflow.letters import (
    DUE,
    EXTENSION,
    GIVEN_REASONS,
    GIVEN_REMEDIES,
    NEXT,
    NOTHING_TO_DO,
    NUMBERS,
    PROVISIONAL,
    REASONS,
    WHOSE,
    PaperForm,
    when,
    wording,
)
from workflow.refusal import say

ROUTES = (
    when("route", say("It is handled as a petition under the Regulations on Petition Work."), equals="petition"),
    when(
        "route",
        say("It is handled under Art. 49 of the Regulations on Improving the Business Environment."),
        equals="business_env",
    ),
    when(
        "route",
        say(
            "It is handled as a complaint about administrative enforcement, under Art. 53 of the Private "
            "Economy Promotion Law."
        ),
        equals="enforcement",
    ),
    when(
        "route",
        say(
            "It is handled as a report that displayed information is false, under Art. 13 of the Interim "
            "Regulations on the Disclosure of Enterprise Information."
        ),
        equals="false_display",
    ),
)


LETTERS: Final = {
    "complaint_filed": wording(
        say("{case}: we have received it"),
        say("On {filed_on} we received your complaint."),
        NUMBERS,
        NEXT,
        PROVISIONAL,
        NOTHING_TO_DO,
        say(
            "Your complaint is read by the officials who handle it, the head of the office and the auditor. The body "
            "complained of is not given your name, your text or your files."
        ),
        paper="receipt",
    ),
    "complaint_filed_office": wording(
        say("{case}: newly filed"),
        say("{case} has been filed. Who filed it and what about stands in the case alone."),
        DUE,
        PROVISIONAL,
    ),
    "acknowledged": wording(
        say("{case}: registered"),
        say("Your complaint is registered under {number}. Next it is settled how it is handled."),
        NEXT,
        PROVISIONAL,
        NOTHING_TO_DO,
    ),
    "complaint_asked": wording(
        say("{case}: please send papers"),
        say("To go on we need from you: {missing}"),
        say(
            "This is everything; it is asked only once. Please add it to the case as soon as you can: our time runs "
            "on meanwhile, and what is not there when it is decided cannot be weighed."
        ),
        NEXT,
        PROVISIONAL,
    ),
    "routed": wording(
        say("{case}: how it is handled"),
        *ROUTES,
        say("It is decided by {due} ({basis})."),
        PROVISIONAL,
        GIVEN_REASONS,
        NOTHING_TO_DO,
        paper="acceptance",
    ),
    "complaint_forwarded": wording(
        say("{case}: forwarded to {bureau}"),
        say(
            "Your complaint is now with {bureau}, which is not the body complained of. It investigates and answers you "
            "itself."
        ),
        NEXT,
        PROVISIONAL,
        NOTHING_TO_DO,
    ),
    "complaint_task": wording(
        say("{case}: please investigate and answer"),
        say(
            "{office} hands {case} to {bureau} to investigate and to answer in writing. Its text stands in the case on "
            "the platform alone; please pass it to nobody complained of."
        ),
        when("question", say("Question: {question}")),
        DUE,
        PROVISIONAL,
        when("return_due", say("If it is not your matter, object by {return_due}, with reasons.")),
        paper="referral",
    ),
    "complaint_objected": wording(
        say("{case}: objected to as not theirs"),
        say("{bureau} objects that {case} is not its matter. Assign it to another body, or keep it in the office."),
        REASONS,
        WHOSE,
        DUE,
        PROVISIONAL,
    ),
    "statement_asked": wording(
        say("{paper_number}: please state your view"),
        say("Please answer in writing to {office}: {words}"),
        say("Name {paper_number} in your answer; nothing else is needed. Paper code: {paper_code}."),
        closed=True,
        paper="inquiry",
    ),
    "complaint_extended": wording(
        say("{case}: more time"),
        say(
            "The head of {office} has extended “{stage}”: instead of {old_due} it is now due by {new_due}. "
            "It can be extended only once."
        ),
        REASONS,
        paper="extension",
    ),
    "opinion": wording(
        say("{case}: the written opinion"),
        say("{case} is closed. Result: {result}."),
        say("What you asked for: {request}"),
        say("Facts: {facts}"),
        REASONS,
        say("What it rests on: {law}"),
        GIVEN_REMEDIES,
        paper="opinion",
    ),
    "opinion_copy": wording(
        say("{case}: the written opinion has been given"), say("{case} is closed. Result: {result}."), paper="opinion"
    ),
    "complaint_withdrawn": wording(
        say("{case}: withdrawn"),
        say("You have withdrawn {case}. There is nothing left to do."),
        say("You may file again; the time then starts afresh."),
    ),
    "complaint_withdrawn_copy": wording(
        say("{case}: withdrawn"), say("{case} has been withdrawn by whoever filed it. There is nothing left to do.")
    ),
}

OPINION_NEEDS: Final = ("office", "enterprise", "filed_on", "result", "request", "facts", "reasons", "law")

PAPERS: Final = (
    PaperForm(
        "complaint_referral",
        say("Letter forwarding a complaint"),
        "转",
        ("office", "enterprise", "bureau", "filed_on", "facts", "request", "due", "basis"),
        to="bureau",
    ),
    PaperForm("complaint_extension", say("Notice of extension"), "延", ("office", "enterprise", *EXTENSION)),
    PaperForm(
        "inquiry",
        say("Request for a statement"),
        "询",
        ("office", "complained_of", "words"),
        closed=True,
        to="complained_of",
    ),
    PaperForm("opinion", say("Written opinion on a complaint"), "意", OPINION_NEEDS),
    PaperForm("petition_opinion", say("Written opinion on a petition"), "访意", OPINION_NEEDS),
)
