"""What a bureau became (D26): written by the head of the office, looked at with what follows it, then recorded."""

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import select

from cases.engine.succession import following, succeed_bureau
from extensions import db
from registry.organisations import Bureau
from registry.successions import RENAMED, bodies
from web.admin.form import HOW_LABELS, SuccessionForm
from web.site.access import identity, now, requires, today, world
from web.site.language import bureau_name, bureau_short, in_words
from workflow.definition import CHIEF
from workflow.refusal import Incomplete, Refusal
from workflow.snapshot import Person

pages = Blueprint("successions", __name__, url_prefix="/organisations/<int:id>/succession")


@pages.get("")
@requires(roles=(CHIEF,))
def ask(id: int) -> ResponseReturnValue:
    """Asks what has become of a body; of one that has a successor its own page says so."""
    body = _body(id)
    return redirect(url_for("organisations.show", id=id)) if body.successor_id else _form_page(body, _form(body), 200)


@pages.post("")
@requires(roles=(CHIEF,))
def look(id: int) -> ResponseReturnValue:
    """What would follow, before anything is recorded; or the form again, to change what was written."""
    body = _body(id)
    form = _form(body)
    if "again" in request.form:
        return _form_page(body, form, 200)
    if not form.sent():
        return _form_page(body, form, 422)
    try:
        _, new = bodies(db.session(), form.order(id), today())
    except Refusal as refused:
        return _refused(body, form, refused)
    follows = following(db.session(), id)
    return make_response(
        render_template(
            "admin/succession_look.html",
            body=body,
            new=new,
            form=form,
            follows=follows,
            name=bureau_name(body),
            new_name=form.name.data.strip() if new is body else bureau_name(new),
            renamed=new is body,
            how=HOW_LABELS[form.how.data],
            short=bureau_short(body),
        )
    )


@pages.post("/record")
@requires(roles=(CHIEF,))
def record(id: int) -> ResponseReturnValue:
    """Record it: cases, records and people follow in this one act."""
    body = _body(id)
    form = _form(body)
    if not form.sent():
        return _form_page(body, form, 422)
    order, was = form.order(id), bureau_name(body)
    try:
        moved = succeed_bureau(world(), order, _person(), now())
    except Refusal as refused:
        return _refused(body, form, refused)
    follow = ngettext("%(num)s open case followed.", "%(num)s open cases followed.", moved)
    flash(gettext("Recorded what became of %(name)s. %(follow)s", name=was, follow=follow))
    return redirect(url_for("organisations.show", id=id if order.how == RENAMED else order.new_id))


def _person() -> Person:
    """The reader, as what they are in every case: the office's."""
    who = identity()
    return Person(who.user_id, who.roles, who.name, who.bureau_id, who.acts_for)


def _body(id: int) -> Bureau:
    return db.session().get(Bureau, id) or abort(404)


def _form(body: Bureau) -> SuccessionForm:
    form = SuccessionForm()
    others = select(Bureau).where(Bureau.successor_id.is_(None), Bureau.id != body.id).order_by(Bureau.id)
    form.offer(list(db.session().scalars(others)))
    return form


def _refused(body: Bureau, form: SuccessionForm, refused: Refusal) -> Response:
    """What is wrong beside its field; what is wrong with none of them, above the form."""
    if not isinstance(refused, Incomplete):
        return _form_page(body, form, 409, in_words(refused.message))
    beside_none = next((message for name, message in refused.fields.items() if name not in form), None)
    if beside_none:
        return _form_page(body, form, 409, in_words(beside_none))
    form.mark(refused.fields)
    return _form_page(body, form, 422)


def _form_page(body: Bureau, form: SuccessionForm, status: int, refusal: str = "") -> Response:
    page = render_template(
        "admin/succession.html",
        body=body,
        form=form,
        refusal=refusal,
        follows=following(db.session(), body.id),
        name=bureau_name(body),
        short=bureau_short(body),
    )
    return make_response(page, status)
