"""Deputies (D18), kept by the head of the office for its people and by a bureau's head for theirs."""

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from extensions import db
from registry.identity import end_deputy, name_deputy, named_by, roles_lent, who_may_stand_in
from registry.people import User
from web.account.sign_in import ROLE_NAMES
from web.admin.form import DeputyForm
from web.site.access import SENT, identity, note_security, now, requires, today
from web.site.forms import form_page
from workflow.definition import CHIEF, HEAD

pages = Blueprint("deputies", __name__, url_prefix="/people/deputies")


@pages.route("", methods=["GET", "POST"])
@requires(roles=(CHIEF, HEAD), fresh=SENT)
def index() -> ResponseReturnValue:
    """The deputies of the reader's people, and the form to name another."""
    form = DeputyForm(who_may_stand_in(db.session(), identity()))
    if request.method != "POST":
        form.from_day.data = today()
        return _page(form)
    if form.sent():
        with form.writing() as session:
            row = name_deputy(session, form.asked(), identity(), today(), now())
    if form.status != 200:
        return _page(form)
    deputy, person = (db.session().get_one(User, id).name for id in (row.deputy_id, row.person_id))
    note_security("deputy_named", whose=row.deputy_id, for_id=row.person_id)
    flash(gettext("%(deputy)s stands in for %(person)s in these days.", deputy=deputy, person=person))
    return redirect(url_for("deputies.index"))


@pages.post("/<int:id>/end")
@requires(roles=(CHIEF, HEAD), fresh=SENT)
def end(id: int) -> ResponseReturnValue:
    """End a deputy before the last day; whose row is not the reader's to keep is not there for them."""
    if not any(row.id == id for row in named_by(db.session(), identity())):
        abort(404)
    form = DeputyForm(who_may_stand_in(db.session(), identity()))
    form.from_day.data = today()
    with form.writing() as session:
        row = end_deputy(session, id, identity(), now())
    if form.status != 200:
        return _page(form)
    note_security("deputy_ended", whose=row.deputy_id, for_id=row.person_id)
    flash(gettext("%(deputy)s no longer stands in.", deputy=db.session().get_one(User, row.deputy_id).name))
    return redirect(url_for("deputies.index"))


def _page(form: DeputyForm) -> Response:
    session = db.session()
    rows = named_by(session, identity())
    ids = {id for row in rows for id in (row.person_id, row.deputy_id, row.named_by_id)}
    return form_page(
        "admin/deputies.html",
        form,
        rows=rows,
        users={user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))},
        lent=roles_lent(session, [row.person_id for row in rows]),
        day=today(),
        roles=ROLE_NAMES,
        at_office=identity().holds(CHIEF),
    )
