"""Letters and papers of a repair, from application to revocation."""

from workflow.letters import *

RECEIVED = when("received_on", "The days of {bureau} count from its receipt, {received_on}.")
SHOWN_AGAIN = "A revoked repair is shown again until its old end, as far as this case had ended it; nothing is added."

LETTERS = {
    "repair_entered": wording(
        "{case}: {bureau} has received your application",
        "On {filed_on} {bureau} received your application to repair the record {record}, and has entered it "
        "on the platform.",
        NUMBERS,
        NEXT,
        WHOLE,
        NOTHING_TO_DO,
        FREE,
        paper="receipt",
    ),
    "repair_entered_office": wording(
        "{case}: newly entered by a bureau", "{bureau} has entered {matter_of}, handed in there.", NEXT
    ),
    "forwarded": wording(
        "{case}: forwarded to {bureau}",
        "Your application to repair the record {record} has been forwarded to {bureau}, which made the finding "
        "and decides on its repair.",
        RECEIVED,
        NEXT,
        WHOLE,
        NOTHING_TO_DO,
        FREE,
    ),
    "application": wording(
        "{case}: an application for repair",
        "{office} forwards the application of {enterprise} to repair the record {record}, on which {bureau} made "
        "the finding.",
        DUE,
        RECEIVED,
        "If papers are missing, please ask for all of them at once; it can be asked only once. "
        "The applicant pays nothing.",
        RETURNABLE,
        paper="referral",
    ),
    "repair_accepted": wording(
        "{case}: accepted", "{bureau} has accepted {matter}.", NEXT, WHOLE, NOTHING_TO_DO, FREE, paper="acceptance"
    ),
    "repair_decided": wording(
        "{case}: {bureau} has decided",
        when(
            "decision",
            "{bureau} grants the repair of the record {record}. It is now carried out; you will be told of each step.",
            equals="grant",
        ),
        when(
            "decision",
            "{bureau} does not grant the repair of the record {record}. The record stays as it is.",
            equals="refuse",
        ),
        GIVEN_REASONS,
        LAW,
        NEXT,
        when("decision", "This does not bar a new application once the conditions are met.", equals="refuse"),
        REFILE,
        when("decision", REMEDIES, equals="refuse"),
        paper="denial",
    ),
    "repair_confirmed": wording(
        "{case}: carried out",
        when("what", "On {done_on} the display of the record {record} ended.", equals="display_ended"),
        when("what", "On {done_on} the record {record} left the list.", equals="list_left"),
        when("what", "On {done_on} the record {record} ceased to be shared and used.", equals="sharing_stopped"),
        when("elsewhere", "{elsewhere}"),
        when("closed", "With this the repair is granted and carried out; {case} is closed."),
        when("closed", "If the result is wrong, an objection about the record may be filed."),
        NEXT,
        paper="grant",
    ),
    "revocation_opened": wording(
        "{case}: please state your views by {due}",
        "{bureau} considers revoking the repair of the record {record}. You may state your views and give proof, "
        "on the platform, by {due} ({basis}).",
        "Facts: {facts}",
        "If nothing comes by then, it is decided on what is there. Your silence counts neither for nor against you.",
        SHOWN_AGAIN,
        paper="revocation_notice",
    ),
    "revocation_opened_office": wording(
        "{case}: a revocation is considered",
        "{bureau} considers revoking the repair in {matter_of}.",
        when("facts", "Facts: {facts}"),
        NEXT,
    ),
    "views_stated": wording(
        "{case}: views stated",
        "{enterprise} has stated its views on the revocation in {matter}. Please weigh them in the proposal.",
        DUE,
    ),
    "views_received": wording(
        "{case}: we have received your views",
        "On {today} we received your views on the revocation in {matter}. {bureau} weighs them before it decides.",
        NEXT,
        NOTHING_TO_DO,
    ),
    "statement_late": wording(
        "{case}: no views came",
        "The time of {enterprise} to state its views on the revocation in {matter} has ended; nothing came. "
        "Please decide on what is there.",
        DUE,
    ),
    "statement_late_filer": wording(
        "{case}: the time for your views has ended",
        "The time to state your views on the revocation in {matter} has ended; nothing came. "
        "It is decided on what is there.",
        "You may still add papers of your own until the decision is approved; that stops no clock.",
        NEXT,
    ),
    "revocation_decided": wording(
        "{case}: {bureau} has decided on the revocation",
        when("decision", "{bureau} revokes the repair of the record {record}.", equals="revoke"),
        when(
            "decision",
            "The repair of the record {record} stands. Nothing changes, and the case is closed.",
            equals="keep",
        ),
        when("shown_until", "The record is shown again until {shown_until}; nothing is added to that time."),
        when("facts", "Facts: {facts}"),
        when("views", "What you said to it: {views}"),
        when("decision", REASONS, equals="revoke"),
        LAW,
        when("decision", REMEDIES, equals="revoke"),
        REFILE,
        paper="revocation",
    ),
    "revocation_decided_copy": wording(
        "{case}: decided on the revocation",
        when("decision", "{bureau} has revoked the repair in {matter_of}.", equals="revoke"),
        when("decision", "The repair in {matter_of} stands.", equals="keep"),
        when("shown_until", "The record is shown again until {shown_until}; nothing is added to that time."),
        paper="revocation",
    ),
}

PAPERS = (
    PaperForm(
        "repair_referral",
        "Letter forwarding an application for repair",
        "转",
        (*FILED, "bureau", "particulars", *LIMIT),
        to="bureau",
    ),
    PaperForm(
        "grant",
        "Decision to grant a credit repair",
        "准",
        (*FILED, "issuer", "granted_on", "reasons", "done"),
        only="closing",
    ),
    PaperForm(
        "denial",
        "Decision not to grant a credit repair",
        "不准",
        (*FILED, "issuer", "reasons", "remedies"),
        True,
        only="adverse",
    ),
    PaperForm(
        "revocation_notice",
        "Notice that the revocation of a credit repair is considered",
        "撤告",
        (*COMMON, "issuer", "granted_on", "facts", *LIMIT),
    ),
    PaperForm(
        "revocation",
        "Decision to revoke a credit repair",
        "撤",
        (*COMMON, "issuer", "granted_on", "reasons", "remedies"),
        True,
        only="adverse",
    ),
)
