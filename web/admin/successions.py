"""What a bureau became (D26): written by the head of the office, looked at with what follows it, then recorded."""

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import select

from cases.engine.succession import following, succeed_bureau
from extensions import db
from registry.organisations import RENAMED, Bureau, bodies
from web.admin.form import HOW_LABELS, SuccessionForm
from web.site.access import identity, now, requires, today, world
from web.site.forms import form_page
from web.site.language import bureau_name, bureau_short
from workflow.definition import CHIEF
from workflow.refusal import Refusal
from workflow.snapshot import Person

pages = Blueprint("successions", __name__, url_prefix="/organisations/<int:id>/succession")


@pages.get("")
@requires(roles=(CHIEF,))
def ask(id: int) -> ResponseReturnValue:
    """Asks what has become of a body; of one that has a successor its own page says so."""
    body = _body(id)
    return redirect(url_for("organisations.show", id=id)) if body.successor_id else _form_page(body, _form(body))


@pages.post("")
@requires(roles=(CHIEF,))
def look(id: int) -> ResponseReturnValue:
    """What would follow, before anything is recorded; or the form again, to change what was written."""
    body = _body(id)
    form = _form(body)
    if "again" not in request.form and form.sent():
        try:
            _, new = bodies(db.session(), form.order(id), today())
        except Refusal as refused:
            form.refuse(refused)
    if "again" in request.form or form.status != 200:
        return _form_page(body, form)
    return form_page(
        "admin/succession_look.html",
        form,
        body=body,
        new=new,
        follows=following(db.session(), id),
        name=bureau_name(body),
        new_name=form.name.data.strip() if new is body else bureau_name(new),
        renamed=new is body,
        how=HOW_LABELS[form.how.data],
        short=bureau_short(body),
    )


@pages.post("/record")
@requires(roles=(CHIEF,))
def record(id: int) -> ResponseReturnValue:
    """Record it: cases, records and people follow in this one act."""
    body = _body(id)
    form, was, who = _form(body), bureau_name(body), identity()
    order = form.order(id)
    if form.sent():
        try:
            person = Person(who.user_id, who.roles, who.name, who.bureau_id, who.acts_for)
            moved = succeed_bureau(world(), order, person, now())
        except Refusal as refused:
            form.refuse(refused)
    if form.status != 200:
        return _form_page(body, form)
    follow = ngettext("%(num)s open case followed.", "%(num)s open cases followed.", moved)
    flash(gettext("Recorded what became of %(name)s. %(follow)s", name=was, follow=follow))
    return redirect(url_for("organisations.show", id=id if order.how == RENAMED else order.new_id))


def _body(id: int) -> Bureau:
    return db.session().get(Bureau, id) or abort(404)


def _form(body: Bureau) -> SuccessionForm:
    others = select(Bureau).where(Bureau.successor_id.is_(None), Bureau.id != body.id).order_by(Bureau.id)
    return SuccessionForm(db.session().scalars(others))


def _form_page(body: Bureau, form: SuccessionForm) -> Response:
    return form_page(
        "admin/succession.html",
        form,
        body=body,
        follows=following(db.session(), body.id),
        name=bureau_name(body),
        short=bureau_short(body),
    )
