"""Letters and papers of a complaint. None but the complainant's own says who complained or what about (D16).

The body complained of is written to in the office's own words, under the number of a paper and nothing else.
"""

from workflow.letters import *

ROUTES = (
    when("route", "It is handled as a petition under the Regulations on Petition Work.", equals="petition"),
    when(
        "route",
        "It is handled under Art. 49 of the Regulations on Improving the Business Environment.",
        equals="business_env",
    ),
    when(
        "route",
        "It is handled as a complaint about administrative enforcement, under Art. 53 of the Private "
        "Economy Promotion Law.",
        equals="enforcement",
    ),
    when(
        "route",
        "It is handled as a report that displayed information is false, under Art. 13 of the Interim "
        "Regulations on the Disclosure of Enterprise Information.",
        equals="false_display",
    ),
)

LETTERS = {
    "complaint_filed": wording(
        "{case}: we have received it",
        "On {filed_on} we received your complaint.",
        "Number {number}. Name it whenever you ask about this case. It is not shown by number and code: "
        "sign in to read it, or ask the office.",
        NEXT,
        NOTHING_TO_DO,
        "Your complaint is read by the officials who handle it, the head of the office and the auditor. The body "
        "complained of is not given your name, your text or your files.",
        paper="receipt",
    ),
    "complaint_filed_office": wording(
        "{case}: newly filed", "{case} has been filed. Who filed it and what about stands in the case alone.", DUE
    ),
    "acknowledged": wording(
        "{case}: registered",
        "Your complaint is registered under {number}. Next it is settled how it is handled.",
        NEXT,
        NOTHING_TO_DO,
    ),
    "complaint_asked": wording(
        "{case}: please send papers",
        "What is needed from you to go on: {missing}",
        "This is everything; it is asked only once. Please add it to the case as soon as you can: our time runs "
        "on meanwhile, and what is not there when it is decided cannot be weighed.",
        NEXT,
    ),
    "routed": wording(
        "{case}: how it is handled",
        *ROUTES,
        "It is decided by {due} ({basis}).",
        GIVEN_REASONS,
        NOTHING_TO_DO,
        paper="acceptance",
    ),
    "complaint_forwarded": wording(
        "{case}: forwarded to {bureau}",
        "Your complaint is now with {bureau}, which is not the body complained of. It investigates and answers you "
        "itself.",
        NEXT,
        NOTHING_TO_DO,
    ),
    "complaint_task": wording(
        "{case}: please investigate and answer",
        "{office} hands {case} to {bureau} to investigate and to answer in writing. Its text stands in the case on "
        "the platform alone; please pass it to nobody complained of.",
        when("question", "Question: {question}"),
        DUE,
        when("return_due", "If it is not your matter, object by {return_due} ({return_basis}), with reasons."),
        paper="referral",
    ),
    "complaint_objected": wording(
        "{case}: objected to as not theirs",
        "{bureau} objects that {case} is not its matter. Assign it to another body, or keep it in the office.",
        REASONS,
        WHOSE,
        DUE,
    ),
    "statement_asked": wording(
        "{paper_number}: please state your view",
        "Please answer in writing to {office}: {words}",
        "Name {paper_number} in your answer; nothing else is needed. Paper code: {paper_code}.",
        closed=True,
        paper="inquiry",
    ),
    "complaint_extended": wording(
        "{case}: more time",
        "The head of {office} has extended “{stage}”: instead of {old_due} it is now due by {new_due}. "
        "It can be extended only once.",
        REASONS,
        paper="extension",
    ),
    "opinion": wording(
        "{case}: the written opinion",
        "{case} is closed. Result: {result}.",
        "What you asked for: {request}",
        "Facts: {facts}",
        REASONS,
        LAW,
        GIVEN_REMEDIES,
        paper="opinion",
    ),
    "opinion_copy": wording(
        "{case}: the written opinion has been given", "{case} is closed. Result: {result}.", paper="opinion"
    ),
    "complaint_withdrawn": wording(
        "{case}: withdrawn",
        "You have withdrawn {case}. There is nothing left to do.",
        "You may file again; the time then starts afresh.",
    ),
    "complaint_withdrawn_copy": wording(
        "{case}: withdrawn", "{case} has been withdrawn by whoever filed it. There is nothing left to do."
    ),
}

OPINION_NEEDS = ("office", "enterprise", "filed_on", "result", "request", "facts", "reasons", "law")

PAPERS = (
    PaperForm(
        "complaint_referral",
        "Letter forwarding a complaint",
        "转",
        ("office", "enterprise", "bureau", "filed_on", "facts", "request", "due", "basis"),
        to="bureau",
    ),
    PaperForm("complaint_extension", "Notice of extension", "延", ("office", "enterprise", *EXTENSION)),
    PaperForm(
        "inquiry",
        "Request for a statement",
        "询",
        ("office", "complained_of", "words"),
        closed=True,
        to="complained_of",
    ),
    PaperForm("opinion", "Written opinion on a complaint", "意", OPINION_NEEDS),
    PaperForm("petition_opinion", "Written opinion on a petition", "访意", OPINION_NEEDS),
)
