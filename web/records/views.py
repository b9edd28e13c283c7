"""Records: an enterprise's own with what it can do about each, a list to search for who works with them, and one
record whole with its history."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import true
from wtforms import RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cases.engine.handlers import choose_handlers, decide_handlers, may_be_handlers, waiting_change
from cases.kinds import all_kinds
from cases.lists.published import record_at
from cases.lists.records import (
    RecordRow,
    cases_about,
    class_to_state,
    count_records,
    find_record,
    handlers_unclear,
    records_of,
    search_records,
)
from cases.model.tables import Case
from extensions import db
from registry.columns import ADVERSE, KINDS, column_of
from registry.credit_records import (
    CreditRecord,
    RecordChange,
    RecordStatement,
    changes_of,
    flags_of,
    state_class,
    statements_of,
)
from registry.display import advice, barred, eligibility
from registry.organisations import Enterprise
from registry.people import names_of
from web.case.places import places_shown, said_in_short
from web.filing.entries import forms_begun
from web.parts.display_facts import display_facts
from web.parts.words import Words, listed
from web.records.cards import may_begin, record_cards
from web.site.access import EVERYBODY, identity, law, note_read, now, person, requires, today, world
from web.site.forms import Form, number_in, page_of
from web.site.language import body_names, language
from web.site.record_words import handler_names, in_this_language, template_words, value_words
from workflow.definition import APPROVER, CHIEF, FILER, HEAD, OFFICER, REVIEWER
from workflow.past import DISPLAY
from workflow.refusal import Incomplete, Message, say

pages = Blueprint("records", __name__)

PAGE_OF_MINE = 20
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


class HandlersForm(Form):
    """Which accounts handled the decision at the bureau."""

    handlers = SelectMultipleField(_("Handlers"), coerce=int, validate_choice=False)


DONE: Final[Mapping[str, Message]] = {
    "imported": say("Taken in from a record sheet"),
    "entered": say("Entered by hand"),
    "updated": say("Changed by a new record sheet"),
    "corrected": say("Corrected"),
    "sheet_refused": say("What a sheet said was not upheld; the decided value stays"),
    "handlers_named": say("The handlers were entered"),
    "class_stated": say("The bureau stated the class"),
    "flagged": say("Marked as under objection"),
    "unflagged": say("The mark of an objection was taken away"),
    "display_ended": say("Display ended"),
    "shown_again": say("Displayed again"),
    "delisted": say("Taken off the list"),
    "listed_again": say("Put on the list again"),
    "sharing_stopped": say("Sharing and use stopped"),
    "shared_again": say("Shared and used again"),
    "statement_kept": say("The statement of the enterprise is kept beside the field"),
    "statement_dropped": say("The statement of the enterprise beside the field was taken off"),
    "succeeded": say("Passed to the successor of the bureau"),
}


@pages.get("/records")
@requires(roles=EVERYBODY)
def records() -> ResponseReturnValue:
    """The records that are the reader's business."""
    return _mine() if identity().holds(FILER) else _list()


def _mine() -> ResponseReturnValue:
    session = db.session()
    begun, text = forms_begun(), request.args.get("q", "").strip()
    cards = record_cards(records_of(session, identity(), text), bool(begun))
    firms = [session.get_one(Enterprise, id) for id in sorted(identity().enterprise_ids)]
    return render_template(
        "records/mine.html",
        cards=cards,
        firms=firms,
        earlier="earlier" in request.args,
        tour="tour" in request.args,
        begun=begun,
        q=text,
        many=bool(text) or count_records(session, identity(), true())[0] > PAGE_OF_MINE,
        going=page_of(cards["going"], PAGE_OF_MINE),
        quiet=page_of(cards["quiet"], PAGE_OF_MINE),
        good=page_of(cards["good"], PAGE_OF_MINE),
        before=page_of(cards["earlier"], PAGE_OF_MINE),
    )


def _list() -> ResponseReturnValue:
    session, text = db.session(), request.args.get("q", "").strip()
    number = number_in(request.args.get("page"), 1)
    to_settle = {("class", "none"): class_to_state(identity()), ("handlers", "unclear"): handlers_unclear(identity())}
    only = next((one for one in to_settle if request.args.get(one[0]) == one[1]), None)
    page = search_records(session, identity(), text, number, *([to_settle[only]] if only else []))
    everything, *each = count_records(session, identity(), true(), *to_settle.values())
    return render_template(
        "records/list.html",
        page=page,
        q=text,
        only=dict([only] if only else ()),
        counts={name: n for (name, _said), n in zip(to_settle, each, strict=True)},
        all=everything,
        may_import=identity().holds(OFFICER, CHIEF),
        may_enter=identity().holds(OFFICER, REVIEWER),
    )


@pages.get("/records/<int:record_id>")
@requires(roles=EVERYBODY)
def record(record_id: int) -> ResponseReturnValue:
    """One record whole: what it says, its history, what the reader may do about it."""
    return _record_page(_row(record_id))


@pages.post("/records/<int:record_id>/class")
@requires(roles={REVIEWER, HEAD})
def state(record_id: int) -> ResponseReturnValue:
    """The deciding bureau states the record's class (D13)."""
    row, form = _row(record_id), ClassForm()
    if not _may_state(row):
        abort(404)
    if not form.sent():
        return _record_page(row, class_form=form), 422
    changes = state_class(record_id, identity().bureau_id, form.severity.data, now(), person().id)
    return _changed(row, gettext("The class is stated.") if changes else "")


@pages.post("/records/<int:record_id>/handler")
@requires(roles={OFFICER, CHIEF, REVIEWER})
def handler(record_id: int) -> ResponseReturnValue:
    """Choose who handled the decision (D41); with an open case a reviewer proposes the change."""
    row, form = _row(record_id), HandlersForm()
    if not _may_choose(row):
        abort(404)
    if not form.sent():
        return _record_page(row, handlers_form=form), 422
    try:
        at_once = choose_handlers(record_id, form.handlers.data or [], identity(), now())
    except Incomplete as refusal:
        form.mark(refusal.fields)
        return _record_page(row, handlers_form=form), 422
    done = (
        gettext("The handlers are entered.") if at_once else gettext("The change waits for an approver of your bureau.")
    )
    return _changed(row, done)


@pages.post("/records/<int:record_id>/handler/decide")
@requires(roles={APPROVER})
def handler_decide(record_id: int) -> ResponseReturnValue:
    """An approver of the same bureau confirms a change of handlers, or refuses it."""
    row, confirmed = _row(record_id), request.form.get("decision") == "confirm"
    if not _may_choose(row):
        abort(404)
    decide_handlers(record_id, number_in(request.form.get("act"), 0), confirmed, identity(), now())
    done = gettext("The handlers are changed.") if confirmed else gettext("The change is refused; nothing was changed.")
    return _changed(row, done)


def _may_choose(row: RecordRow) -> bool:
    """The office, and the bureaus that decided or supplied it."""
    here = identity()
    ours = not here.bureau_ids.isdisjoint((row.record.determined_by_id, row.record.supplied_by_id))
    return here.holds(OFFICER, CHIEF) or (ours and here.holds(REVIEWER, APPROVER))


def _changed(row: RecordRow, done: str) -> ResponseReturnValue:
    flash(done or gettext("The record said so already; nothing was changed."))
    return redirect(url_for("records.record", record_id=row.record.id))


def _row(record_id: int) -> RecordRow:
    note_read("record", record_id, record_id=record_id)
    return find_record(db.session(), identity(), record_id) or abort(404)


def _may_state(row: RecordRow) -> bool:
    ours = identity().bureau_id == row.record.determined_by_id
    return identity().holds(REVIEWER, HEAD) and ours and row.record.kind in ADVERSE


def _record_page(row: RecordRow, class_form: ClassForm | None = None, handlers_form: HandlersForm | None = None) -> str:
    session, here, it = db.session(), identity(), row.record
    cases = cases_about(session, here, [it.id])[it.id]
    changes, statements = changes_of(session, it), statements_of(session, it)
    flags = set(flags_of(session, [it.id]).get(it.id, ()))
    # off the list by a case, else by the day that the sheet gives
    removed_on = it.delisted_on or (date.fromisoformat(said) if (said := it.values.get("removed_on")) else None)
    revoked_on, bars = barred(law(), changes, today())
    repair, mine = eligibility(it, row.determined_by, law(), today()), it.enterprise_id in here.enterprise_ids
    return render_template(
        "records/record.html",
        row=row,
        cells=_cells(it, statements),
        others=[(key, value) for key, value in it.values.items() if not column_of(it.kind, key)],
        cases=cases,
        statements=[statement for statement in statements if statement.field == DISPLAY],
        flagged=flags,
        flag_numbers=[case.number for case in cases if case.id in flags],
        display=display_facts(row, law().displays, today()),
        kinds=all_kinds(),
        history=_history(it, changes, cases),
        may_state=_may_state(row),
        repair=repair,
        barred=bars,
        barred_from=revoked_on,
        advice=advice(repair, today()),
        left_list_on=removed_on if it.delisted_on or (removed_on and removed_on <= today()) else None,
        mine=mine,
        acts=may_begin(it, cases),
        mine_open=[case for case in cases if mine and case.closed_at is None],
        class_form=class_form or ClassForm(formdata=None, severity=it.severity),
        may_choose=_may_choose(row),
        people=may_be_handlers(session, it) if _may_choose(row) else (),
        handlers=handler_names(it),
        waiting=waiting_change(session, it.id) if _may_choose(row) else None,
        name_of_person=lambda ids: listed(list(names_of(session, ids).values())) if ids else say("nobody"),
        any_open=any(case.closed_at is None for case in cases),
        is_reviewer=here.holds(REVIEWER),
        is_approver=here.holds(APPROVER),
        places=(shown := places_shown(session, world(), it, here, today())),
        places_said=said_in_short(shown),
        publishes=bool(law().published),
        public=record_at(session, law(), it.key, today()),
        at_office=here.holds(OFFICER, CHIEF),
        handlers_form=handlers_form or HandlersForm(formdata=None, handlers=it.handlers or []),
    )


def _cells(record: CreditRecord, statements: Sequence[RecordStatement]) -> list[dict[str, Any]]:
    """Every column of the sheet with its value, and the statements kept beside it (D8); those that say nothing too."""
    found = []
    for column in KINDS[record.kind]:
        value = value_words(column, record.values.get(column.key, ""))
        beside = [statement for statement in statements if statement.field == column.key]
        found.append({"column": column, "value": value, "beside": beside, "says": bool(value or beside)})
    return found


def _history(record: CreditRecord, changes: Sequence[RecordChange], cases: Sequence[Case]) -> list[dict[str, Any]]:
    """The record's changes, the newest first. A case that the reader may not see is not named.

    Who changed it is named to those who work here; the enterprise reads desks, not persons.
    """
    session, numbers = db.session(), {case.id: case.number for case in cases}
    ids = [int(change.actor.removeprefix("user:")) for change in changes if change.actor.startswith("user:")]
    people = {} if identity().holds(FILER) else names_of(session, ids)
    bureaus = body_names(session).whole if any(change.what == "succeeded" for change in changes) else {}
    found: list[dict[str, Any]] = []
    sheet = None
    for change in changes:
        if change.what == "imported" or (change.what == "updated" and change.field == "display_until"):
            sheet = change
        column = column_of(record.kind, change.field.removesuffix("_id"))
        before, after = _values(record, change, bureaus)
        what = DONE.get(change.what, say("Changed"))
        if change.what == "conflict":
            says = value_words(column, change.after) if column else change.after
            what = say("A sheet says {value}, against what was decided; the decided value stays", value=says)
        found.append(
            {
                "at": change.at,
                "what": what,
                "field": say(column.label) if column else "" if change.what == "handlers_named" else change.field,
                "before": before,
                "after": after,
                "case": numbers.get(change.case_id or 0, ""),
                "who": _who(change, people, sheet),
            }
        )
    return found[::-1]


def _values(record: CreditRecord, change: RecordChange, bureaus: Mapping[int, str]) -> tuple[str, str]:
    """The value before and after; a first import is not written out."""
    if change.what in ("imported", "entered", "flagged", "unflagged"):
        return "", ""
    if change.what in ("statement_kept", "statement_dropped"):
        before, after = (str(json.loads(said)["statement"]) if said else "" for said in (change.before, change.after))
        return before, after
    if change.what == "handlers_named":
        named = (names_of(db.session(), json.loads(said)).values() for said in (change.before, change.after))
        before, after = (in_this_language(listed(list(names))) if names else "" for names in named)
        return before, after
    if change.what == "succeeded":
        return bureaus.get(int(change.before), ""), bureaus.get(int(change.after), "")
    stays = change.before if change.what == "conflict" else change.after
    column = column_of(record.kind, change.field)
    return (value_words(column, change.before), value_words(column, stays)) if column else (change.before, stays)


def _who(change: RecordChange, people: Mapping[int, str], sheet: RecordChange | None) -> Words:
    """Who or what changed it: a person, a sheet with its day, or what gave the last day of display: a rule, a sheet."""
    kind, _colon, rest = change.actor.partition(":")
    if kind == "user":
        return people.get(int(rest), "")
    if kind == "import":
        return say("the sheet {name} of {day}", name=rest, day=law().day_of(change.at))
    if change.due_on is None:
        return say("the clock")
    if rule := next((one for one in law().displays if one.name == change.rule), None):
        citation = rule.citation_en if language() == "en" else rule.citation
        return say("by rule ({citation}): the last day was {day}", citation=citation, day=change.due_on)
    if change.rule:
        return say("by a rule that is no longer in force: the last day was {day}", day=change.due_on)
    if sheet is None or not sheet.actor.startswith("import:"):
        return say("by the record itself: the last day was {day}", day=change.due_on)
    name, came = sheet.actor.partition(":")[2], law().day_of(sheet.at)
    return say("by the sheet {name} of {came}: the last day was {day}", name=name, came=came, day=change.due_on)
