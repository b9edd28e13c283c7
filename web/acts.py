"""Acting on a case: the form of an action, and what happens when it is sent. It decides nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from cases.advance import Request, advance
from cases.evidence import StoredFile
from cases.own_words import not_own
from cases.reading import CaseFile, read_cases
from cases.visibility import find_case
from extensions import db
from registry.credit_records import CreditRecord
from web.act_form import ActForm, act_form
from web.act_offered import asks_of_a_record, left_to_answer, offered, record_words, records_of_firm
from web.act_view import act_view, template_of
from web.bounds import number_in
from web.case_acts import open_to
from web.case_claims import heading
from web.case_reading import Reading, reading_of
from web.doors import EVERYBODY, door, moment, standing
from web.evidence import keep_files, kept_files, token_of
from web.kept import keep_instead
from web.language import in_words
from web.merge import merge_view, written_in
from web.record_words import template_words
from web.seen import seen
from web.set_aside import set_aside
from web.world import store, world
from workflow.answers import asked_of
from workflow.decide import Open
from workflow.definition import DESKS, FieldKind
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, Outdated, say

pages = Blueprint("acts", __name__)
pages.context_processor(template_words)

NOBODY = say("Nobody else at this desk can take its next step.")
GONE = say("The case has moved on: this cannot be done now.")


@dataclass(frozen=True)
class Scene:
    """A case as the reader may read it, and the act they have chosen; `record`: the one that it is about."""

    reading: Reading
    open: Open
    record: CreditRecord | None

    @property
    def name(self) -> str:
        return self.open.action.name

    @property
    def chooses_record(self) -> bool:
        """Whether a record is to be chosen before there is a form."""
        return self.record is None and asks_of_a_record(self.open.action)


@dataclass(frozen=True)
class Sent:
    """What the form held: with its files, those kept before and those that have just come."""

    form: ActForm
    files: tuple[StoredFile, ...] = ()


@pages.get("/cases/<number>/<action>")
@door(roles=EVERYBODY)
def show(number: str, action: str) -> ResponseReturnValue:
    """The form of an action, or the reason why it cannot be taken now."""
    scene = _scene(number, action)
    if scene.open.why_not:
        return _closed(scene, scene.open.why_not, 409)
    if scene.chooses_record:
        return _records(scene, 200)
    form = _form(scene)
    if any(field.kind is FieldKind.PERSON for field in form.asked) and not form.offered.people:
        return _closed(scene, NOBODY, 409)
    form.shown.data = str(scene.reading.file.length)
    return _page(scene, Sent(form), 200)


@pages.post("/cases/<number>/<action>")
@door(roles=EVERYBODY)
def act(number: str, action: str) -> ResponseReturnValue:
    """Take the action: it happens whole, or what was typed comes back with the reason."""
    scene = _scene(number, action)
    if scene.chooses_record and scene.open.why_not is None:
        return _records(scene, 422)
    form = _form(scene)
    files, unfit = keep_files(store(), _uploads(scene), kept_files(form.kept.data), _left_out(scene))
    sent = Sent(form, files)
    form.kept.data = token_of(files)
    keep_instead(kept=form.kept.data)
    if not form.sent() or unfit:
        form.mark({_files_name(scene): fault for fault in unfit})
        return _page(scene, sent, 422)
    return _take(scene, sent)


def _take(scene: Scene, sent: Sent) -> ResponseReturnValue:
    file, form = scene.reading.file, sent.form
    shown = number_in(form.shown.data, file.length)
    asked = Request(file.id, scene.name, form.answers(sent.files), shown)
    not_ours = not_own(db.session(), file, scene.open.action, asked.answers)
    if not_ours:
        form.mark(not_ours)
        return _page(scene, sent, 422)
    try:
        advance(world(), asked, scene.reading.person, moment())
    except Incomplete as refusal:
        form.mark(refusal.fields)
        return _page(scene, sent, 422)
    except Outdated:
        return _outdated(scene, sent, shown)
    except (Impossible, Forbidden) as refusal:
        return _closed(scene, refusal.message, 403 if isinstance(refusal, Forbidden) else 409, form)
    except Exception as error:  # the edge: whatever it is, what was written must not be lost
        stuck = set_aside(file.id, file.number, scene.name, error)
        return _closed(scene, stuck.why, 503, form, stuck=stuck)
    flash(_("Done: %(what)s", what=in_words(say(scene.open.action.done))))
    return redirect(url_for("cases.show", number=file.number, _anchor="whose-turn"))


def _outdated(scene: Scene, sent: Sent, shown: int) -> ResponseReturnValue:
    """Somebody acted while the page was open: what took effect, what was written, and the ways on from there."""
    db.session().expire_all()
    now = _scene(scene.reading.file.number, scene.name)
    view = merge_view(now.reading, now.open, sent.form, shown)
    sent.form.shown.data = str(now.reading.file.length)
    return render_template("merge.html", merge=view, form=sent.form, kept=sent.files), 409


def _scene(number: str, name: str) -> Scene:
    """The case and the act, where the person may read the case and the act belongs to one of their roles in it."""
    case = find_case(db.session(), standing(), number) or abort(404)
    seen("case", number, case.id)
    reading = reading_of(db.session(), world(), _file(case.id), standing(), moment())
    for found in open_to(reading):
        if found.action.name == name:
            return Scene(reading, found, _record(reading, found))
    roles = reading.person.roles
    for row in reading.definition.actions_named(name):
        role = next((role for role in row.by if role in roles), None)
        if role and role.party in DESKS and row.offered:
            return Scene(reading, Open(row, role, GONE), reading.record)
    return abort(404)


def _record(reading: Reading, found: Open) -> CreditRecord | None:
    """The record that the act is about: the case's own, or one of the firm's that was chosen."""
    if not asks_of_a_record(found.action):
        return reading.record
    wanted = number_in(request.values.get("record"), 0)
    return next((record for record in records_of_firm(reading) if record.id == wanted), None)


def _file(case_id: int) -> CaseFile:
    return read_cases(db.session(), [case_id])[0]


def _form(scene: Scene) -> ActForm:
    reading, action = scene.reading, scene.open.action
    asked = [left_to_answer(reading, action, field) for field in asked_of(action, scene.open.role)]
    return act_form(asked, offered(reading, action, scene.record))


def _uploads(scene: Scene) -> list[FileStorage]:
    return [upload for name in _file_fields(scene) for upload in request.files.getlist(name)]


def _left_out(scene: Scene) -> list[str]:
    return [digest for name in _file_fields(scene) for digest in request.form.getlist(f"{name}_out")]


def _file_fields(scene: Scene) -> list[str]:
    return [field.name for field in scene.open.action.asks if field.kind is FieldKind.FILES]


def _files_name(scene: Scene) -> str:
    return next(iter(_file_fields(scene)), "")


def _page(scene: Scene, sent: Sent, status: int) -> ResponseReturnValue:
    view = act_view(scene.reading, scene.open)
    template = template_of(scene.reading, scene.open.action)
    return render_template(template, act=view, form=sent.form, kept=sent.files), status


def _records(scene: Scene, status: int) -> ResponseReturnValue:
    """The firm's records, to choose the one that the act is about."""
    found = [(record, record_words(record)) for record in records_of_firm(scene.reading)]
    return render_template("act_record.html", act=act_view(scene.reading, scene.open), records=found), status


def _closed(
    scene: Scene, why: Message, status: int, form: ActForm | None = None, **more: object
) -> ResponseReturnValue:
    """Why the act cannot be taken, without a form that would only be refused; what was written is not lost."""
    written = list(written_in(scene.reading, form)) if form else []
    return render_template(
        "act_closed.html", reading=scene.reading, label=say(scene.open.action.label), heading=heading(scene.reading),
        name=scene.name, why=why, written=written, **more,
    ), status  # fmt: skip
