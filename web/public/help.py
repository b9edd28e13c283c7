"""Help for everybody: how each kind of case goes, step by step, what is often asked, words, and how pages look.

Days and marks come from the limits in force, never from here.
"""

from typing import Final, NamedTuple

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import AnyOf, Optional

from cases.kinds import all_kinds
from web.public.guides import ROLES, guide_of
from web.public.rules import LimitRow, as_law, rows_of
from web.site.access import law, requires, today, world
from web.site.forms import Form
from web.site.language import language
from web.site.navigation import SIZES, THEMES, remember_look
from web.site.security import safe_next
from workflow.refusal import Message, say

YOU, OFFICE, BUREAU = say("you"), say("the credit office"), say("the bureau responsible")


class HelpStep(NamedTuple):
    """One step of a case: who acts, what happens, what the firm then has in hand; `limits` by their keys."""

    title: Message
    who: Message
    text: Message
    gets: Message | None = None
    limits: tuple[str, ...] = ()


STEPS: Final = {
    "objection": (
        HelpStep(
            say("File the objection"),
            YOU,
            say(
                "Under My records find the record, tick what is wrong, write what it should say, and add what "
                "proves it."
            ),
            say("A case number, a case code and a receipt, at once"),
        ),
        HelpStep(
            say("Acceptance"),
            OFFICE,
            say("The office asks once for everything that is missing; the days until you send it do not count."),
            say("A notice of acceptance; or a refusal with its reasons, and where to go if another body is competent"),
            ("objection.accept", "objection.supplement"),
        ),
        HelpStep(
            say("Comparing and referring"),
            OFFICE,
            say(
                "What the platform copied wrongly the office corrects itself. Anything else goes to the bureau that "
                "supplied the record."
            ),
            say("The case page says which bureau has it"),
            ("objection.refer",),
        ),
        HelpStep(
            say("Verifying and deciding"),
            BUREAU,
            say("Everything you dispute gets a finding of its own. One person proposes, another approves."),
            None,
            ("objection.verify",),
        ),
        HelpStep(
            say("The record, then the answer"),
            OFFICE,
            say("What was found wrong is put right first; then the answer is written, with reasons."),
            say("A written answer that says of each point how it was decided; its number and code can be checked"),
            ("objection.carry_out", "objection.answer"),
        ),
        HelpStep(
            say("If you do not agree"),
            YOU,
            say(
                "Of what was not granted, and of a refusal, you may ask the office for a review, once. Reconsideration "
                "and the court are open beside it; a review stops neither of their limits."
            ),
            say("The answer names the bodies and until when"),
            ("objection.review_ask", "objection.review"),
        ),
    ),
    "correction": (
        HelpStep(
            say("Show what it should say"),
            YOU,
            say("A correction comes with proof: a changed decision, a judgment, a payment slip."),
            say("A case number, a case code and a receipt, at once"),
        ),
        HelpStep(
            say("Acceptance"),
            OFFICE,
            say("The office asks once for everything that is missing; the days until you send it do not count."),
            say("A notice of acceptance; or a refusal with its reasons, and where to go if another body is competent"),
            ("correction.accept", "correction.supplement"),
        ),
        HelpStep(
            say("Verifying and deciding"),
            BUREAU,
            say("The bureau compares your proof with its file. One person proposes, another approves."),
            None,
            ("correction.verify",),
        ),
        HelpStep(
            say("The record, then the answer"),
            OFFICE,
            say("What was found wrong is put right first; then the answer is written, with reasons."),
            say("A written answer that names what is open to you and until when"),
            ("correction.carry_out", "correction.answer"),
        ),
    ),
    "repair": (
        HelpStep(
            say("See from when, and where"),
            YOU,
            say(
                "Each record that can be repaired says from which day you may apply, by its class. By law most repairs "
                "are applied for at Credit China; here you can prepare the application and have it forwarded."
            ),
        ),
        HelpStep(
            say("Forwarding"),
            OFFICE,
            say(
                "The office sends the application to the bureau that made the record. The bureau's days count from "
                "when it has it."
            ),
            say("A letter that says which bureau has it, and what comes next by which day"),
            ("repair.forward",),
        ),
        HelpStep(
            say("Acceptance"),
            BUREAU,
            say("The bureau asks once for everything that is missing; the days until you send it do not count."),
            say("A notice of acceptance; or a refusal with its reasons, and where to go if another body is competent"),
            ("repair.accept", "repair.supplement"),
        ),
        HelpStep(
            say("Decision"),
            BUREAU,
            say(
                "One person proposes, another approves. A repair that was granted can be revoked if what you said was "
                "false; your views are asked first."
            ),
            say("A letter at once; where it is refused, the written decision with reasons and what is open to you"),
            ("repair.decide", "repair.decide.market_regulation"),
        ),
        HelpStep(
            say("Carrying out"),
            OFFICE,
            say(
                "Where it is granted, the office confirms one by one what has ended: display, a place on a list, "
                "sharing."
            ),
            say("A letter for each of these; with the last, the written decision"),
            ("repair.carry_out",),
        ),
    ),
    "complaint": (
        HelpStep(
            say("Say what happened"),
            YOU,
            say(
                "Write in your own words who did what and when. Only you, those who handle it and the auditor can "
                "open it."
            ),
            say("A case number and a receipt, at once"),
        ),
        HelpStep(
            say("Receipt and route"),
            OFFICE,
            say("The office confirms that it has it, and settles which procedure it belongs to."),
            say("A notice of the procedure and the last day; or, where it is not accepted or belongs elsewhere, why"),
            ("complaint.acknowledge", "complaint.route"),
        ),
        HelpStep(
            say("Decision"),
            say("the credit office or another body"),
            say(
                "No body and no person decides on a complaint about themselves. How long it takes depends on the "
                "procedure."
            ),
            say("A written opinion with what was established and the reasons"),
            (
                "complaint.decide.petition",
                "complaint.decide.false_display",
                "complaint.decide.business_env",
                "complaint.decide.enforcement",
            ),
        ),
    ),
}
"""By kind. A kind that says nothing here shows its limits in their order."""

QUESTIONS: Final = (
    (
        say("What does it cost? Do I need an agent?"),
        say("Nothing, and no. If anybody offers to delete a record for money, tell the 12345 hotline."),
    ),
    (
        say("I have no account. What now?"),
        say(
            "Choose Sign in, then Apply for an account: print the application, have it sealed, bring or send it. "
            "On paper the office takes the case itself; it counts from the day on which it came."
        ),
    ),
    (
        say("I have waited long and heard nothing."),
        say(
            "The first sentence of the case says who must act, and by when. When that day is over you get a letter; "
            "the head of that body and the office are told too. No case is decided by delay alone."
        ),
    ),
    (
        say("I made a mistake. Can I take it back?"),
        say(
            "An objection, and a correction that you asked for, you can change until it is accepted. Until the "
            "decision "
            "is approved you can add papers to any case that you filed, or withdraw it."
        ),
    ),
    (
        say("Is the record still displayed meanwhile?"),
        say(
            "Yes, until its last day of display. From acceptance of an objection it bears the words “under objection” "
            "until the case ends."
        ),
    ),
    (
        say("How are days counted?"),
        say(
            "The first day does not count; the last one counts until midnight. Working days leave out weekends and "
            "public holidays, and include the weekend days that are worked instead."
        ),
    ),
)

WORDS: Final = (
    (say("Objection"), say("The record is wrong, or should not be displayed: put it right or stop displaying it.")),
    (say("Correction"), say("You or the bureau prove what the record should say.")),
    (say("Credit repair"), say("The record is right, and you have put things right: end the display early.")),
    (say("Complaint"), say("A body or an official acted wrongly, or an enterprise displays false data.")),
    (say("Review"), say("The office looks once more at its answer to an objection, on what was not granted.")),
    (
        say("Administrative reconsideration"),
        say("A higher body examines the decision. The answer names the body and the last day."),
    ),
    (say("Supplying bureau"), say("The bureau that sent the record to the platform; it verifies objections.")),
    (say("Finding"), say("What was established on one field, with its reason.")),
    (say("Last day of display"), say("On this day the record is displayed for the last time; nobody has to ask.")),
    (say("Working day"), say("Neither weekend nor public holiday, or a weekend day worked instead.")),
    (say("Proposed limit"), say("Not published yet, so no promise; it is what we work by.")),
    (
        say("Supervision sheet"),
        say("Sent to whoever is late and to their head, with a copy to the head of the office."),
    ),
)

pages = Blueprint("help", __name__)


class LookForm(Form):
    """How pages look on this device."""

    size = StringField(_("Text size"), [Optional(), AnyOf(tuple(SIZES))])
    theme = StringField(_("Background"), [Optional(), AnyOf(tuple(THEMES))])
    next = StringField()


@pages.get("/help")
@requires(public=True)
def show() -> ResponseReturnValue:
    """How a case of `?kind=` goes; an objection without one."""
    here = all_kinds()
    kinds = {name: here[name] for name in dict.fromkeys((*STEPS, *here)) if name in here}
    kind = request.args.get("kind", "")
    kind = kind if kind in kinds else next(iter(kinds))
    rows: dict[str, list[LimitRow]] = {}
    for rule in world().jurisdiction.in_force(today()):
        if rule.kind == kind:
            rows.setdefault(rule.key, []).extend(rows_of(rule, language()))
    return render_template(
        "public/help.html",
        kinds=kinds,
        kind=kind,
        steps=STEPS.get(kind, ()),
        rows=rows,
        remedies=as_law((one for one in law().remedies if one.after == "decision"), language()),
        questions=QUESTIONS,
        words=WORDS,
        office=law().office,
        guides=[guide_of(role, language()) for role in ROLES],
        form=LookForm(formdata=None),
        sizes=SIZES,
        themes=THEMES,
    )


@pages.post("/help/look")
@requires(public=True)
def look() -> ResponseReturnValue:
    """Keeps how this browser shows pages, and leads back."""
    form = LookForm()
    response = redirect(safe_next(form.next.data, "/help"))
    if form.sent():
        remember_look(response, form.size.data or "", form.theme.data or "")
    return response
