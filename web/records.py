"""Records: an enterprise's own with what it can do about each, a list to search for who works with them, and one
record whole with everything that befell it."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from cases.drafts import unfinished
from cases.records import cases_about, class_to_state, count_records, find_record, records_of, search_records
from extensions import db
from registry.organisations import Enterprise
from web.doors import EVERYBODY, door, person, standing
from web.filing_steps import KIND
from web.record_cards import record_cards
from web.record_words import template_words
from web.world import law, today
from workflow.definition import CHIEF, FILER, OFFICER

pages = Blueprint("records", __name__)
pages.context_processor(template_words)


@pages.get("/records")
@door(roles=EVERYBODY)
def records() -> ResponseReturnValue:
    """The records that are the reader's business."""
    return _mine() if standing().holds(FILER) else _list()


def _mine() -> ResponseReturnValue:
    session = db.session()
    rows = records_of(session, standing())
    ids = [row.record.id for row in rows]
    cards = record_cards(
        rows,
        cases_about(session, standing(), ids),
        unfinished(session, person().id, KIND, ids),
        law().displays,
        today(),
    )
    firms = [session.get_one(Enterprise, id) for id in sorted(standing().enterprise_ids)]
    return render_template("records/mine.html", cards=cards, firms=firms, earlier="earlier" in request.args)


def _list() -> ResponseReturnValue:
    session, text = db.session(), request.args.get("q", "").strip()
    class_missing = request.args.get("class") == "none"
    number = request.args.get("page", "1")
    page = search_records(session, standing(), text, int(number) if number.isdecimal() else 1, class_missing)
    return render_template(
        "records/list.html", page=page, q=text, class_missing=class_missing,
        to_state=count_records(session, standing(), class_to_state(standing())),
        all=count_records(session, standing()), may_import=standing().holds(OFFICER, CHIEF),
    )  # fmt: skip


@pages.get("/records/<int:record_id>")
@door(roles=EVERYBODY)
def record(record_id: int) -> ResponseReturnValue:
    """One record whole."""
    row = find_record(db.session(), standing(), record_id) or abort(404)
    return render_template("records/record.html", row=row)
