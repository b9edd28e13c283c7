"""Admissions: the office lets the first person of an enterprise in, with the sealed paper in its hand."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cases.model.evidence import StoredFile
from extensions import db
from registry.admission import (
    Application,
    SealedPaper,
    admit_first,
    colleagues,
    decided_lately,
    find_application,
    firm_known,
    new_link,
    refuse,
    waiting_applications,
)
from registry.people import User
from web.account.page import link_made
from web.admin.form import AdmissionRefusalForm, SealedPaperForm
from web.site.access import SENT, identity, note_security, now, requires, settings, today
from web.site.forms import Form, form_page, page_of
from web.site.kept_form import one_file, sent_file
from workflow.definition import AUDITOR, CHIEF, FILER, OFFICER

pages = Blueprint("admissions", __name__, url_prefix="/admissions")
OFFICIALS = (OFFICER, CHIEF)
PAGE = 50


@pages.get("")
@requires(roles=OFFICIALS)
def index() -> ResponseReturnValue:
    """Who waits to be let in, and what was decided lately."""
    session = db.session()
    return render_template(
        "admin/admissions/list.html",
        waiting=page_of(waiting_applications(session), PAGE),
        decided=decided_lately(session, 30),
    )


@pages.get("/<number>")
@requires(roles=OFFICIALS)
def show(number: str) -> ResponseReturnValue:
    """An application beside what is known of the firm, and the two ways to decide."""
    return _page(_found(number), Form())


@pages.post("/<number>/admit")
@requires(roles=OFFICIALS, fresh=SENT)
def admit(number: str) -> ResponseReturnValue:
    """Let the person in: an account, and a link by mail, or shown this once."""
    row, form = _found(number), SealedPaperForm()
    form.sent()
    came, unfit = one_file(form.kept, request.files.getlist("scan"))
    if unfit:
        form.mark({"scan": unfit})
    if form.status == 200:
        paper = SealedPaper(form.dated.data, form.signed_by.data or "", form.filed_at.data or "", came)
        name, by = form.username.data or row.mail, identity().user_id
        with form.writing() as session:
            user, token = admit_first(session, row.id, paper, name, by, today(), now(), demo=settings().demo)
    if form.status != 200:
        return _page(row, form, came)
    note_security("account_added", whose=user.id, roles=[FILER.name])
    return _handed_over(row, user, token)


@pages.post("/<number>/refuse")
@requires(roles=OFFICIALS)
def refuse_now(number: str) -> ResponseReturnValue:
    """Refuse with reasons, which go to the person's mailbox as a letter."""
    row, form = _found(number), AdmissionRefusalForm()
    if form.sent():
        with form.writing() as session:
            refuse(session, row.id, form.reasons.data or "", identity().user_id, now())
    if form.status != 200:
        return _page(row, form)
    flash(gettext("Refused. The reasons go to %(mail)s.", mail=row.mail))
    return redirect(url_for("admissions.index"))


@pages.post("/<number>/link")
@requires(roles=OFFICIALS, fresh=SENT)
def link(number: str) -> ResponseReturnValue:
    """Another link for who was admitted and has not chosen a password yet."""
    row, form = _found(number), Form()
    with form.writing() as session:
        token = new_link(session, row, identity().user_id, now())
    if form.status != 200:
        return _page(row, form)
    return _handed_over(row, db.session().get_one(User, row.user_id), token)


@pages.get("/<number>/scan")
@requires(roles=(*OFFICIALS, AUDITOR))
def scan(number: str) -> ResponseReturnValue:
    """The scan of the sealed paper."""
    row = _found(number)
    return sent_file(row.sha256, row.name, row.media_type)


def _found(number: str) -> Application:
    return find_application(db.session(), number) or abort(404)


def _page(row: Application, asked: Form, file: StoredFile | None = None) -> Response:
    """An application with both its forms. `asked`: the one that was sent, which says why it was refused."""
    session = db.session()
    firm = firm_known(session, row)
    paper = SealedPaperForm(formdata=None, username=row.mail) if row.decided_at is None else None
    return form_page(
        "admin/admissions/one.html",
        asked,
        row=row,
        firm=firm,
        there=colleagues(session, firm.id) if firm else [],
        paper=asked if isinstance(asked, SealedPaperForm) else paper,
        refusing=asked if isinstance(asked, AdmissionRefusalForm) else AdmissionRefusalForm(formdata=None),
        users={id: session.get_one(User, id) for id in (row.decided_by_id, row.user_id) if id is not None},
        file=file,
    )


def _handed_over(row: Application, user: User, token: str) -> Response:
    title = gettext("%(name)s is let in for %(firm)s", name=user.name, firm=row.firm)
    return link_made(user, token, title, "admissions.index", gettext("Back to admissions"))
