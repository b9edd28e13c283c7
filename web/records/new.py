"""A record entered by hand: which kind, then one form of its columns. Whoever enters it does not decide on it (D10)."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import or_, select

from extensions import db
from registry.columns import KINDS
from registry.organisations import Bureau
from registry.record_entry import enter_record
from web.records.form import RecordForm, record_form
from web.site.access import identity, moment, person, requires
from web.site.context import law, today
from web.site.language import in_words
from web.site.record_words import template_words
from workflow.definition import OFFICER, REVIEWER
from workflow.refusal import Impossible, Incomplete, Message

pages = Blueprint("record_new", __name__)
pages.context_processor(template_words)


@pages.get("/records/new")
@requires(roles={OFFICER, REVIEWER})
def new() -> ResponseReturnValue:
    """Asks for the kind; then the empty form of it."""
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        return render_template("records/new_kind.html", kinds=tuple(KINDS), may_import=identity().holds(OFFICER))
    return _page(_form(kind), 200)


@pages.post("/records/new")
@requires(roles={OFFICER, REVIEWER})
def enter() -> ResponseReturnValue:
    """Takes the record in, or shows the form again with what is wrong beside the fields and nothing lost."""
    kind = request.args.get("kind", "")
    if kind not in KINDS:
        return redirect(url_for("record_new.new"))
    form = _form(kind)
    if not form.sent():
        return _page(form, 422)
    own = form.own.id if form.own else None
    try:
        record_id = enter_record(form.entry(), law(), moment(), person().id, own)
    except Incomplete as refusal:
        form.mark(refusal.fields)
        return _page(form, 422)
    except Impossible as refusal:
        return _page(form, 409, refusal.message)
    flash(gettext("The record is entered."))
    return redirect(url_for("records.record", record_id=record_id))


def _form(kind: str) -> RecordForm:
    """A person of a bureau enters what that bureau decided; the office may name any that stands today."""
    bureau_id = identity().bureau_id
    standing_today = select(Bureau).where(
        Bureau.successor_id.is_(None),
        or_(Bureau.valid_from.is_(None), Bureau.valid_from <= today()),
        or_(Bureau.valid_until.is_(None), Bureau.valid_until >= today()),
    )
    session = db.session()
    bureaus = session.scalars(standing_today.order_by(Bureau.id)).all()
    return record_form(kind, bureaus, session.get_one(Bureau, bureau_id) if bureau_id is not None else None)


def _page(form: RecordForm, status: int, refused: Message | None = None) -> ResponseReturnValue:
    return render_template("records/new.html", form=form, refusal=in_words(refused) if refused else ""), status
