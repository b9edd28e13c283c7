"""Where else records are shown: the places of a record, what the office owes them, one delivery with its acts."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from wtforms import FileField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from cases.lists.records import RecordRow, find_record
from exchange.by_hand import Seen, acts_of, counts, give_up, look, office_turn, place_of, report, send_again, tell, tend
from exchange.queue import places_of
from exchange.tables import OPEN, Delivery, DeliveryAct
from extensions import db, transaction
from registry.columns import column_of
from registry.credit_records import CreditRecord, changes_of
from registry.organisations import Enterprise
from registry.people import names_of
from web.case.places import PlaceShown, name_of_place, places_shown
from web.site.access import EVERYBODY, identity, law, note_read, now, requires, store, today, world
from web.site.forms import DayField, Form, choice, form_page, page_of
from web.site.kept_form import one_file, sent_file
from web.site.language import language
from web.site.record_words import template_words, value_words
from workflow.definition import APPROVER, AUDITOR, CHIEF, FILER, HEAD, OFFICER, REVIEWER
from workflow.jurisdiction import ShowingPlace
from workflow.refusal import Forbidden, Message, say

pages = Blueprint("places", __name__)
pages.context_processor(template_words)

AT_OFFICE: Final = (OFFICER, CHIEF, AUDITOR)
ON_A_PAGE: Final = 50

CAUSES: Final[dict[str, Message]] = {
    "corrected": say("corrected"),
    "display_ended": say("display ended"),
    "shown_again": say("displayed again"),
    "delisted": say("taken off the list"),
    "listed_again": say("put on the list again"),
    "sharing_stopped": say("sharing stopped"),
    "shared_again": say("shared again"),
    "flagged": say("marked as under objection"),
    "unflagged": say("mark of an objection taken away"),
    "statement_kept": say("statement of the enterprise kept"),
    "statement_dropped": say("statement of the enterprise taken off"),
    "reported": say("the enterprise says that it still shows the old"),
    "drift": say("seen to show the old"),
}
STATES: Final[dict[str, tuple[str, Message]]] = {
    "queued": ("busy", say("to be sent")),
    "sent": ("busy", say("sent, no receipt")),
    "acknowledged": ("busy", say("received, to be looked at")),
    "refused": ("soon", say("refused")),
    "by_hand": ("busy", say("by hand")),
    "differs": ("soon", say("still shows the old")),
    "confirmed": ("ok", say("agrees")),
    "superseded": ("off", say("a newer one came")),
    "void": ("off", say("given up")),
}


class ToldForm(Form):
    """How a keeper was told by hand."""

    how = StringField(_("How the keeper was told"))


class SeenForm(Form):
    """What somebody saw at a place, and what proves it."""

    agrees = RadioField(
        _("What it shows"),
        [InputRequired(_("Choose one of the answers offered."))],
        choices=[choice("yes", _("what it should")), choice("no", _("the old"))],
    )
    seen_on = DayField(_("On which day"), [InputRequired(_("Write the day as 2026-11-24."))])  # type: ignore[no-untyped-call]
    proof = TextAreaField(_("The keeper's reference, or what you saw"))
    file = FileField(_("A picture or PDF of it"))
    kept = HiddenField()


class GiveUpForm(Form):
    """Why a place is not told any more."""

    reason = TextAreaField(_("Reasons"))


class PressForm(Form):
    """Nothing but the press of a button."""


FORMS: Final[dict[str, type[Form]]] = {"told": ToldForm, "looked": SeenForm, "again": PressForm, "void": GiveUpForm}


@pages.get("/records/<int:record_id>/places")
@requires(roles=EVERYBODY)
def of_record(record_id: int) -> ResponseReturnValue:
    """The places of one record: what is right where, and who is responsible for the rest."""
    row = _row(record_id)
    shown = _shown(row.record)
    if not shown:
        abort(404)
    here = identity()
    return render_template(
        "records/places.html",
        row=row,
        shown=shown,
        groups={name: [one for one in shown if one.group == name] for name in ("open", "agrees", "theirs")},
        late=sum(one.late for one in shown),
        should=_should(row.record),
        mine=row.record.enterprise_id in here.enterprise_ids,
        opens=[one.place.code for one in shown if one.delivery and _may_open(one.place, row.record)],
        form=PressForm(formdata=None),
    )


@pages.post("/records/<int:record_id>/places/<code>")
@requires(roles={FILER})
def still_shown(record_id: int, code: str) -> ResponseReturnValue:
    """The firm says that a place still shows the old."""
    row = _row(record_id)
    place = next((one for one in places_of(db.session(), law(), row.record) if one.code == code), None)
    if place is None or place.sort == "own" or place.via:
        abort(404)
    with transaction() as session:
        report(session, world(), row.record, place, identity(), now())
    flash(gettext("It is noted: somebody looks there within 2 working days."))
    return redirect(url_for("places.of_record", record_id=record_id))


class OwedRow(NamedTuple):
    """A delivery in the office's list."""

    delivery: Delivery
    record: CreditRecord
    firm: str
    place: str
    late: bool
    state: tuple[str, Message]
    cause: Message


@pages.get("/places")
@requires(roles=AT_OFFICE)
def owed() -> ResponseReturnValue:
    """What other places are owed: whose turn it is and what is late; of all places or of one."""
    session, only, turn = db.session(), request.args.get("place", ""), request.args.get("turn", "")
    wanted = select(Delivery.id).where(Delivery.state.in_(OPEN)).order_by(Delivery.due_on, Delivery.id)
    wanted = wanted.where(Delivery.place == only) if only else wanted
    page = page_of(session.scalars(wanted.where(office_turn()) if turn == "office" else wanted).all(), ON_A_PAGE)
    query = select(Delivery, CreditRecord, Enterprise.name).join(CreditRecord, CreditRecord.id == Delivery.record_id)
    query = query.join(Enterprise, Enterprise.id == CreditRecord.enterprise_id).where(Delivery.id.in_(page.rows))
    rows = [_owed_row(*row) for row in session.execute(query.order_by(Delivery.due_on, Delivery.id)).all()]
    return render_template(
        "records/owed.html",
        page=page,
        rows=rows,
        counts=counts(session, today()),
        places={one.code: one.label[language()] for one in law().places if one.sort != "own" and not one.via},
        only=only,
        turn=turn,
    )


@pages.get("/deliveries/<int:id>")
@requires(roles={*AT_OFFICE, REVIEWER, APPROVER, HEAD})
def delivery(id: int) -> ResponseReturnValue:
    """One delivery: what the place should show, what was done about it, what can be done."""
    return _delivery_page(_found(id))


@pages.post("/deliveries/<int:id>/<any(told, looked, again, void):deed>")
@requires(roles={*AT_OFFICE, REVIEWER, APPROVER, HEAD})
def act(id: int, deed: str) -> ResponseReturnValue:
    """Tell the keeper by hand, say what was seen there, send it again, or give it up."""
    one, form = _found(id), FORMS[deed]()
    record = db.session().get_one(CreditRecord, one.record_id)
    if not (identity().holds(CHIEF) if deed == "void" else tend(identity(), place_of(law(), one), record)):
        raise Forbidden(
            say("The credit office records what was done about a place; a bureau records it of its own system alone.")
        )
    if form.sent():
        _carry_out(one, form)
    if form.status != 200:
        return _delivery_page(one, form)
    flash(gettext("It is recorded."))
    return redirect(url_for("places.of_record", record_id=record.id))


@pages.get("/deliveries/<int:id>/proof/<sha256>")
@requires(roles={*AT_OFFICE, REVIEWER, APPROVER, HEAD})
def proof(id: int, sha256: str) -> Response:
    """The picture or file with which somebody proved what they saw."""
    one = _found(id)
    if sha256 not in {said.sha256 for said in acts_of(db.session(), one.id) if said.actor.startswith("user:")}:
        abort(404)
    return sent_file(sha256, sha256[:12], store().media_type(sha256))


def _carry_out(one: Delivery, form: Form) -> None:
    here, at = identity(), now()
    seen = None
    if isinstance(form, SeenForm):
        file, unfit = one_file(form.kept, request.files.getlist("file"))
        if unfit:
            form.mark({"file": unfit})
            return
        day = form.seen_on.data or today()
        seen = Seen(form.agrees.data == "yes", day, form.proof.data or "", file.sha256 if file else "")
    with form.writing() as session:
        locked = session.get_one(Delivery, one.id, with_for_update=True, populate_existing=True)
        if seen is not None:
            look(session, law(), locked, seen, here, at)
        elif isinstance(form, ToldForm):
            tell(session, law(), locked, form.how.data or "", here, at)
        elif isinstance(form, GiveUpForm):
            give_up(session, locked, form.reason.data or "", here, at)
        else:
            send_again(session, world(), locked, here, at)


def _delivery_page(one: Delivery, sent: Form | None = None) -> Response:
    session = db.session()
    record, place = session.get_one(CreditRecord, one.record_id), place_of(law(), one)
    acts = acts_of(session, one.id)
    may, here = tend(identity(), place, record), identity()
    offered: dict[str, Form] = {}
    if may and one.is_open:
        offered["looked"] = SeenForm(formdata=None, seen_on=today())
        if one.state in ("refused", "differs"):
            offered["again"] = PressForm(formdata=None)
        if one.state != "differs":
            offered["told"] = ToldForm(formdata=None)
    if one.state == "refused" and here.holds(CHIEF):
        offered["void"] = GiveUpForm(formdata=None)
    offered |= {name: sent for name, kind in FORMS.items() if type(sent) is kind and sent is not None}
    return form_page(
        "records/delivery.html",
        sent or PressForm(formdata=None),
        one=one,
        row=_owed_row(one, record, session.get_one(Enterprise, record.enterprise_id).name),
        values=_values(record, one),
        acts=[(said, _who(said, names_of(session, _ids(acts)))) for said in acts],
        holds=store().holds,
        forms=offered,
        is_late=one.is_late(today()),
        states=STATES,
        causes=CAUSES,
    )


def _values(record: CreditRecord, one: Delivery) -> list[tuple[str, str]]:
    """What the place should show, in words."""
    found = []
    for key, value in one.image["values"].items():
        column = column_of(record.kind, key)
        if column:
            found.append((gettext(column.label), value_words(column, value)))
    return found


def _ids(acts: Sequence[DeliveryAct]) -> list[int]:
    return [int(said.actor.removeprefix("user:")) for said in acts if said.actor.startswith("user:")]


def _who(said: DeliveryAct, names: dict[int, str]) -> str:
    kind, _colon, rest = said.actor.partition(":")
    if kind == "user":
        return names.get(int(rest), "")
    return gettext("the keeper's machine") if kind == "place" else gettext("the platform")


def _owed_row(one: Delivery, record: CreditRecord, firm: str) -> OwedRow:
    place = place_of(law(), one)
    name = name_of_place(db.session(), place, record) if place else one.place
    return OwedRow(one, record, firm, name, one.is_late(today()), STATES[one.state], CAUSES[one.cause])


def _should(record: CreditRecord) -> list[tuple[str, str, str]]:
    """The fields that decisions have changed: what they said first, and what every place should say now."""
    first: dict[str, str] = {}
    for change in changes_of(db.session(), record):
        if change.what == "corrected" and column_of(record.kind, change.field):
            first.setdefault(change.field, change.before)
    columns = [column for key in first if (column := column_of(record.kind, key))]
    return [
        (gettext(one.label), value_words(one, first[one.key]), value_words(one, record.values.get(one.key, "")))
        for one in columns
    ]


def _may_open(place: ShowingPlace, record: CreditRecord) -> bool:
    here = identity()
    return here.holds(*AT_OFFICE) or (place.sort == "bureau" and record.determined_by_id in here.bureau_ids)


def _found(id: int) -> Delivery:
    one = db.session().get(Delivery, id) or abort(404)
    place, record = place_of(law(), one), db.session().get_one(CreditRecord, one.record_id)
    if not (identity().holds(*AT_OFFICE) or (place is not None and _may_open(place, record))):
        abort(404)
    note_read("record", record.id, record_id=record.id)
    return one


def _row(record_id: int) -> RecordRow:
    note_read("record", record_id, record_id=record_id)
    return find_record(db.session(), identity(), record_id) or abort(404)


def _shown(record: CreditRecord) -> list[PlaceShown]:
    return places_shown(db.session(), world(), record, identity(), today())
