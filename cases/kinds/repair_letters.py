"""Letters and papers of a repair, from application to revocation."""

from typing import Final

from workflow.letters import (
    COMMON,
    DUE,
    FILED,
    FREE,
    GIVEN_REASONS,
    LIMIT,
    NEXT,
    NOTHING_TO_DO,
    NUMBERS,
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

RECEIVED = when("received_on", say("The days of {bureau} count from its receipt, {received_on}."))
SHOWN_AGAIN = say(
    "A revoked repair is shown again until its old end, as far as this case had ended it; nothing is added."
)


LETTERS: Final = {
    "repair_entered": wording(
        say("{case}: {bureau} has received your application"),
        say(
            "On {filed_on} {bureau} received your application to repair the record {record}, and has entered it "
            "on the platform."
        ),
        NUMBERS,
        NEXT,
        PROVISIONAL,
        WHOLE,
        NOTHING_TO_DO,
        FREE,
        paper="receipt",
    ),
    "repair_entered_office": wording(
        say("{case}: newly entered by a bureau"),
        say("{bureau} has entered {matter_of}, handed in there."),
        NEXT,
        PROVISIONAL,
    ),
    "forwarded": wording(
        say("{case}: forwarded to {bureau}"),
        say(
            "Your application to repair the record {record} has been forwarded to {bureau}, which made the finding "
            "and decides on its repair."
        ),
        RECEIVED,
        NEXT,
        PROVISIONAL,
        WHOLE,
        NOTHING_TO_DO,
        FREE,
    ),
    "application": wording(
        say("{case}: an application for repair"),
        say(
            "{office} forwards the application of {enterprise} to repair the record {record}, on which {bureau} made "
            "the finding."
        ),
        DUE,
        PROVISIONAL,
        RECEIVED,
        say(
            "If papers are missing, please ask for all of them at once; it can be asked only once. "
            "The applicant pays nothing."
        ),
        RETURNABLE,
        paper="referral",
    ),
    "repair_accepted": wording(
        say("{case}: accepted"),
        say("{bureau} has accepted {matter}."),
        NEXT,
        PROVISIONAL,
        WHOLE,
        NOTHING_TO_DO,
        FREE,
        paper="acceptance",
    ),
    "repair_decided": wording(
        say("{case}: {bureau} has decided"),
        when(
            "decision",
            say(
                "{bureau} grants the repair of the record {record}. It is now carried out; "
                "you will be told of each step."
            ),
            equals="grant",
        ),
        when(
            "decision",
            say("{bureau} does not grant the repair of the record {record}. The record stays as it is."),
            equals="refuse",
        ),
        GIVEN_REASONS,
        NEXT,
        PROVISIONAL,
        when("decision", say("This does not bar a new application once the conditions are met."), equals="refuse"),
        when("decision", REMEDIES, equals="refuse"),
        paper="denial",
    ),
    "repair_confirmed": wording(
        say("{case}: carried out"),
        when("what", say("On {done_on} the display of the record {record} ended."), equals="display_ended"),
        when("what", say("On {done_on} the record {record} left the list."), equals="list_left"),
        when("what", say("On {done_on} the record {record} ceased to be shared and used."), equals="sharing_stopped"),
        when("closed", say("With this the repair is granted and carried out; {case} is closed.")),
        when("closed", say("If the result is wrong, an objection about the record may be filed.")),
        NEXT,
        PROVISIONAL,
        paper="grant",
    ),
    "revocation_opened": wording(
        say("{case}: please state your views by {due}"),
        say(
            "{bureau} considers revoking the repair of the record {record}. You may state your views and give proof, "
            "on the platform, by {due} ({basis})."
        ),
        PROVISIONAL,
        say("Facts: {facts}"),
        say(
            "If nothing comes by then, it is decided on what is there. Your silence counts neither for nor against you."
        ),
        SHOWN_AGAIN,
        paper="revocation_notice",
    ),
    "revocation_opened_office": wording(
        say("{case}: a revocation is considered"),
        say("{bureau} considers revoking the repair in {matter_of}."),
        when("facts", say("Facts: {facts}")),
        NEXT,
        PROVISIONAL,
    ),
    "views_stated": wording(
        say("{case}: views stated"),
        say("{enterprise} has stated its views on the revocation in {matter}. Please weigh them in the proposal."),
        DUE,
        PROVISIONAL,
    ),
    "views_received": wording(
        say("{case}: we have received your views"),
        say("On {today} we received your views on the revocation in {matter}. {bureau} weighs them before it decides."),
        NEXT,
        PROVISIONAL,
        NOTHING_TO_DO,
    ),
    "statement_late": wording(
        say("{case}: no views came"),
        say(
            "The time of {enterprise} to state its views on the revocation in {matter} has ended; nothing came. "
            "Please decide on what is there."
        ),
        DUE,
        PROVISIONAL,
    ),
    "statement_late_filer": wording(
        say("{case}: the time for your views has ended"),
        say(
            "The time to state your views on the revocation in {matter} has ended; nothing came. "
            "It is decided on what is there."
        ),
        say("You may still add papers of your own until the decision is approved; that stops no clock."),
        NEXT,
        PROVISIONAL,
    ),
    "revocation_decided": wording(
        say("{case}: {bureau} has decided on the revocation"),
        when("decision", say("{bureau} revokes the repair of the record {record}."), equals="revoke"),
        when(
            "decision",
            say("The repair of the record {record} stands. Nothing changes, and the case is closed."),
            equals="keep",
        ),
        when("shown_until", say("The record is shown again until {shown_until}; nothing is added to that time.")),
        when("decision", REASONS, equals="revoke"),
        when("decision", REMEDIES, equals="revoke"),
        paper="revocation",
    ),
    "revocation_decided_copy": wording(
        say("{case}: decided on the revocation"),
        when("decision", say("{bureau} has revoked the repair in {matter_of}."), equals="revoke"),
        when("decision", say("The repair in {matter_of} stands."), equals="keep"),
        when("shown_until", say("The record is shown again until {shown_until}; nothing is added to that time.")),
        paper="revocation",
    ),
}

PAPERS: Final = (
    PaperForm(
        "repair_referral",
        say("Letter forwarding an application for repair"),
        "转",
        (*FILED, "bureau", "particulars", *LIMIT),
        to="bureau",
    ),
    PaperForm(
        "grant",
        say("Decision to grant a credit repair"),
        "准",
        (*FILED, "issuer", "granted_on", "reasons", "done"),
        only="closing",
    ),
    PaperForm(
        "denial",
        say("Decision not to grant a credit repair"),
        "不准",
        (*FILED, "issuer", "reasons", "remedies"),
        True,
        only="adverse",
    ),
    PaperForm(
        "revocation_notice",
        say("Notice that the revocation of a credit repair is considered"),
        "撤告",
        (*COMMON, "issuer", "granted_on", "facts", *LIMIT),
    ),
    PaperForm(
        "revocation",
        say("Decision to revoke a credit repair"),
        "撤",
        (*COMMON, "issuer", "granted_on", "reasons", "remedies"),
        True,
        only="adverse",
    ),
)
