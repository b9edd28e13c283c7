"""Records: an enterprise's own with what it can do about each, a list to search for who works with them, and one
record whole with everything that befell it."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cases.kinds import all_kinds
from cases.lists.records import (
    RecordRow,
    cases_about,
    class_to_state,
    count_records,
    find_record,
    records_of,
    search_records,
)
from extensions import db
from registry.columns import ADVERSE, LONGEST
from registry.credit_records import RecordChange, changes_of, flags_of, name_handler, state_class, statements_of
from registry.display import advice, eligibility
from registry.organisations import Bureau, Enterprise, directory
from registry.people import User
from web.case.display_facts import display_facts
from web.filing.entries import forms_begun, ways_of
from web.records.cards import Known, not_open, record_cards
from web.records.page import cells, history, left_list_on, other_columns
from web.site.access import EVERYBODY, identity, law, note_read, now, person, requires, today, world
from web.site.forms import Form, number_in, page_of
from web.site.language import bureau_name
from web.site.record_words import template_words
from workflow.definition import CHIEF, FILER, HEAD, OFFICER, REVIEWER
from workflow.findings import DISPLAY

pages = Blueprint("records", __name__)

PAGE_OF_MINE = 50
"""Records of a firm on a page, of those with which nothing is under way."""
pages.context_processor(template_words)


class ClassForm(Form):
    """Which class the deciding bureau says the record has."""

    severity = RadioField(
        _("Class of the record"),
        [InputRequired(_("Choose one of the answers offered."))],
        choices=[
            SelectChoice("minor", _("minor")),  # type: ignore[arg-type]
            SelectChoice("general", _("general")),  # type: ignore[arg-type]
            SelectChoice("serious", _("serious")),  # type: ignore[arg-type]
        ],
    )


class HandlerForm(Form):
    """Who handled the penalty at the bureau."""

    handler = StringField(_("Handler"), [Length(max=LONGEST, message=_("Too long: at most 200 characters."))])


@pages.get("/records")
@requires(roles=EVERYBODY)
def records() -> ResponseReturnValue:
    """The records that are the reader's business."""
    return _mine() if identity().holds(FILER) else _list()


def _mine() -> ResponseReturnValue:
    session = db.session()
    rows = records_of(session, identity())
    ids = [row.record.id for row in rows]
    acts = {row.record.id: ways_of(identity(), row.record) for row in rows}
    begun = forms_begun()
    known = Known(
        about=cases_about(session, identity(), ids),
        acts=acts,
        bureaus=directory(session).bureaus,
        calendar=world().calendar,
        begun=bool(begun),
    )
    cards = record_cards(rows, known, law(), today())
    firms = [session.get_one(Enterprise, id) for id in sorted(identity().enterprise_ids)]
    return render_template(
        "records/mine.html",
        cards=cards,
        firms=firms,
        earlier="earlier" in request.args,
        begun=begun,
        quiet=page_of(cards.quiet, PAGE_OF_MINE),
        before=page_of(cards.earlier, PAGE_OF_MINE),
    )


def _list() -> ResponseReturnValue:
    session, text = db.session(), request.args.get("q", "").strip()
    class_missing = request.args.get("class") == "none"
    number = number_in(request.args.get("page"), 1)
    page = search_records(session, identity(), text, number, class_missing)
    return render_template(
        "records/list.html",
        page=page,
        q=text,
        class_missing=class_missing,
        to_state=count_records(session, identity(), class_to_state(identity())),
        all=count_records(session, identity()),
        may_import=identity().holds(OFFICER, CHIEF),
        may_enter=identity().holds(OFFICER, REVIEWER),
    )


@pages.get("/records/<int:record_id>")
@requires(roles=EVERYBODY)
def record(record_id: int) -> ResponseReturnValue:
    """One record whole: what it says, what befell it, what the reader may do about it."""
    return _record_page(_row(record_id), 200)


@pages.post("/records/<int:record_id>/class")
@requires(roles={REVIEWER, HEAD})
def state(record_id: int) -> ResponseReturnValue:
    """The deciding bureau states the record's class (D13)."""
    row, form = _row(record_id), ClassForm()
    if not _may_state(row):
        abort(404)
    if not form.sent():
        return _record_page(row, 422, class_form=form)
    changes = state_class(record_id, identity().bureau_id, form.severity.data, now(), person().id)
    flash(gettext("The class is stated.") if changes else gettext("The record said so already; nothing was changed."))
    return redirect(url_for("records.record", record_id=record_id))


@pages.post("/records/<int:record_id>/handler")
@requires(roles={OFFICER, CHIEF})
def handler(record_id: int) -> ResponseReturnValue:
    """The office enters who handled the penalty (D27)."""
    row, form = _row(record_id), HandlerForm()
    if not form.sent():
        return _record_page(row, 422, handler_form=form)
    changes = name_handler(record_id, form.handler.data or "", now(), person().id)
    flash(
        gettext("The handler is entered.") if changes else gettext("The record said so already; nothing was changed.")
    )
    return redirect(url_for("records.record", record_id=record_id))


def _row(record_id: int) -> RecordRow:
    note_read("record", record_id, record_id=record_id)
    return find_record(db.session(), identity(), record_id) or abort(404)


def _may_state(row: RecordRow) -> bool:
    ours = identity().bureau_id == row.record.determined_by_id
    return identity().holds(REVIEWER, HEAD) and ours and row.record.kind in ADVERSE


def _record_page(
    row: RecordRow, status: int, class_form: ClassForm | None = None, handler_form: HandlerForm | None = None
) -> ResponseReturnValue:
    session, here, it = db.session(), identity(), row.record
    cases = cases_about(session, here, [it.id])[it.id]
    changes, statements = changes_of(session, it), statements_of(session, it)
    flags = set(flags_of(session, [it.id]).get(it.id, ()))
    repair, mine = eligibility(it, row.determined_by, law(), today()), it.enterprise_id in here.enterprise_ids
    return render_template(
        "records/record.html",
        row=row,
        cells=cells(it, statements),
        others=other_columns(it),
        cases=cases,
        statements=[statement for statement in statements if statement.field == DISPLAY],
        flagged=flags,
        flag_numbers=[case.number for case in cases if case.id in flags],
        display=display_facts(row, law().displays, today()),
        kinds=all_kinds(),
        history=history(it, changes, cases, _people(changes), _bureaus(changes)),
        may_state=_may_state(row),
        repair=repair,
        advice=advice(repair, today()),
        left_list_on=left_list_on(it, today()),
        mine=mine,
        acts=not_open(ways_of(here, it), cases),
        mine_open=[case for case in cases if mine and case.closed_at is None],
        class_form=class_form or ClassForm(formdata=None, severity=it.severity),
        may_name=here.holds(OFFICER, CHIEF),
        handler_form=handler_form or HandlerForm(formdata=None, handler=it.handler),
    ), status


def _people(changes: Sequence[RecordChange]) -> dict[int, str]:
    """The names of who changed it, for those who work here; the enterprise reads desks, not persons."""
    if identity().holds(FILER):
        return {}
    ids = {int(change.actor.removeprefix("user:")) for change in changes if change.actor.startswith("user:")}
    return {user.id: user.name for user in db.session().scalars(db.select(User).where(User.id.in_(ids)))}


def _bureaus(changes: Sequence[RecordChange]) -> dict[int, str]:
    if not any(change.what == "succeeded" for change in changes):
        return {}
    return {bureau.id: bureau_name(bureau) for bureau in db.session().scalars(db.select(Bureau))}
