"""The inbox: letters served to the addresses that the reader reads; for the office also the mail that was given up.

A letter about a case that its reader may not read bears neither link nor number (D16).
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cases.model.visibility import addresses_of, find_case, letters_readable_by
from extensions import db, transaction
from notifications.deliver import delayed, send_again
from notifications.languages import LANGUAGES
from notifications.letters import PAGE, Letter, find_letter, inbox, mark_read
from notifications.papers import Paper
from web.account.form import SendAgainForm
from web.account.queries import fresh_letters, lost_letters, may_see, readable
from web.site.access import EVERYBODY, identity, note_read, now, requires
from web.site.forms import number_in
from web.site.language import language
from web.site.record_words import template_words
from web.site.security import safe_next
from workflow.definition import CHIEF, OFFICER

pages = Blueprint("inbox", __name__, url_prefix="/inbox")
pages.context_processor(template_words)
OFFICIAL = LANGUAGES[0]


@pages.get("")
@requires(roles=EVERYBODY)
def letters() -> ResponseReturnValue:
    """The reader's letters, newest first."""
    return _list_page(SendAgainForm(formdata=None), 200)


@pages.get("/<int:letter_id>")
@requires(roles=EVERYBODY)
def letter(letter_id: int) -> ResponseReturnValue:
    """A letter as it was sent, in the page's language; to open it is to have read it."""
    readable = letters_readable_by(identity())
    found = find_letter(db.session(), addresses_of(identity()), letter_id, now(), readable) or abort(404)
    if found.read_at is None:
        with transaction() as session:
            mark_read(session, session.get_one(Letter, found.id, populate_existing=True), now())
    spoken = OFFICIAL if "official" in request.args else language()
    case = find_case(db.session(), identity(), found.case_number)
    note_read("letter", letter_id, case.id if case else None)
    paper = db.session().get(Paper, found.paper_id) if found.paper_id else None
    return render_template(
        "account/inbox/letter.html",
        letter=found,
        spoken=spoken,
        official=OFFICIAL,
        case=case,
        paper=paper,
        subject=found.subject(spoken),
        paragraphs=[part for part in found.body(spoken).split("\n") if part.strip()],
    )


@pages.post("/<int:letter_id>/send-again")
@requires(roles={OFFICER, CHIEF})
def again(letter_id: int) -> ResponseReturnValue:
    """Lets a mail that was given up go out again."""
    form = SendAgainForm()
    asked = db.session().get(Letter, letter_id)
    if asked is None or not may_see(asked):
        abort(404)
    if not form.sent():
        return _list_page(form, 422, letter_id)
    with transaction() as session:
        done = send_again(session, letter_id, now(), (form.mail.data or "").strip())
    flash(gettext("The mail goes out again.") if done else gettext("This mail is no longer given up: nothing to do."))
    return redirect(safe_next(request.form.get("next"), url_for("inbox.letters")))


def _list_page(form: SendAgainForm, status: int, about: int = 0) -> ResponseReturnValue:
    session, before = db.session(), number_in(request.args.get("before"), 0)
    scope = letters_readable_by(identity())
    found = inbox(session, addresses_of(identity()), now(), before or None, PAGE + 1, scope)
    at_office = identity().holds(OFFICER, CHIEF)
    return render_template(
        "account/inbox/list.html",
        letters=found[:PAGE],
        fresh=fresh_letters(found),
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        readable=readable({one.case_number for one in found}),
        lost=lost_letters() if at_office else (),
        delay=delayed(session) if at_office else None,
        form=form,
        about=about,
    ), status
