"""Acting on a case: the form of an action, and what happens when it is sent. It decides nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from cases.advance import Request, advance
from cases.evidence import StoredFile
from cases.reading import CaseFile, read_cases
from cases.visibility import find_case
from cases.words import disputes
from extensions import db
from registry.columns import disputable
from web.act_form import ActForm, Offered, act_form
from web.act_view import act_view
from web.bodies import bureau_name
from web.bounds import number_in
from web.case_acts import open_to
from web.case_reading import Reading, reading_of
from web.doors import EVERYBODY, door, moment, standing
from web.evidence import keep_files, kept_files, token_of
from web.language import in_words
from web.merge import merge_view
from web.world import store, world
from workflow.decide import Open, asked_of
from workflow.definition import FieldKind, Party
from workflow.findings import to_find
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, Outdated, say
from workflow.timing import due_of

pages = Blueprint("acts", __name__)

GONE = say("The case has moved on: this cannot be done now.")
OWN_PAGES = {"propose": "propose.html", "propose_review": "propose.html", "correct_own": "propose.html",
             "approve": "approve.html", "approve_review": "approve.html", "confirm_own": "approve.html"}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """A case as the reader may read it, and the act they have chosen; `why_not` where it cannot be taken now."""

    reading: Reading
    open: Open

    @property
    def name(self) -> str:
        return self.open.action.name


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
    form = _form(scene)
    form.shown.data = str(scene.reading.file.length)
    return _page(scene, Sent(form), 409 if scene.open.why_not else 200, scene.open.why_not)


@pages.post("/cases/<number>/<action>")
@door(roles=EVERYBODY)
def act(number: str, action: str) -> ResponseReturnValue:
    """Take the action: it happens whole, or what was typed comes back with the reason."""
    scene = _scene(number, action)
    form = _form(scene)
    files, unfit = keep_files(store(), _uploads(scene), kept_files(form.kept.data), _left_out(scene))
    sent = Sent(form, files)
    form.kept.data = token_of(files)
    if not form.sent() or unfit:
        form.mark({_files_name(scene): fault for fault in unfit})
        return _page(scene, sent, 422)
    return _take(scene, sent)


def _take(scene: Scene, sent: Sent) -> ResponseReturnValue:
    file, form = scene.reading.file, sent.form
    shown = number_in(form.shown.data, file.length)
    asked = Request(file.id, scene.name, form.answers(sent.files), shown)
    try:
        advance(world(), asked, scene.reading.person, moment())
    except Incomplete as refusal:
        form.mark(refusal.fields)
        return _page(scene, sent, 422)
    except Outdated:
        return _outdated(scene, sent, shown)
    except (Impossible, Forbidden) as refusal:
        return _page(scene, sent, 403 if isinstance(refusal, Forbidden) else 409, refusal.message)
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
    reading = reading_of(db.session(), world(), _file(case.id), standing(), moment())
    for found in open_to(reading):
        if found.action.name == name:
            return Scene(reading, found)
    roles = reading.person.roles
    for row in reading.definition.actions_named(name):
        role = next((role for role in row.by if role in roles), None)
        if role and role.party in (Party.ENTERPRISE, Party.BUREAU, Party.OFFICE):
            return Scene(reading, Open(row, role, GONE))
    return abort(404)


def _file(case_id: int) -> CaseFile:
    return read_cases(db.session(), [case_id])[0]


def _form(scene: Scene) -> ActForm:
    return act_form(asked_of(scene.open.action, scene.open.role), _offered(scene))


def _offered(scene: Scene) -> Offered:
    reading, action = scene.reading, scene.open.action
    record = reading.record
    findings = next((field for field in action.asks if field.kind is FieldKind.FINDINGS), None)
    return Offered(
        bureaus=[(bureau.id, bureau_name(bureau)) for bureau in reading.bureaus.values()
                 if bureau.successor_id is None],
        deadlines=[(timer.deadline, _(reading.definition.deadline(timer.deadline).label))
                   for timer in reading.file.snapshot.timers
                   if timer.stopped is None and timer.owner != Party.ENTERPRISE
                   and due_of(timer, reading.world.calendar).day],
        columns=disputable(record.kind) if record else (),
        record=record.values if record else {},
        to_find=to_find(reading.definition, findings, reading.file.snapshot.past) if findings else (),
        claims={one.field: one.claim for one in disputes(reading.definition, reading.past, reading.words)},
    )  # fmt: skip


def _uploads(scene: Scene) -> list[FileStorage]:
    return [upload for name in _file_fields(scene) for upload in request.files.getlist(name)]


def _left_out(scene: Scene) -> list[str]:
    return [digest for name in _file_fields(scene) for digest in request.form.getlist(f"{name}_out")]


def _file_fields(scene: Scene) -> list[str]:
    return [field.name for field in scene.open.action.asks if field.kind is FieldKind.FILES]


def _files_name(scene: Scene) -> str:
    return next(iter(_file_fields(scene)), "")


def _page(scene: Scene, sent: Sent, status: int, refused: Message | None = None) -> ResponseReturnValue:
    view = act_view(scene.reading, scene.open)
    template = OWN_PAGES.get(scene.name, "act.html")
    return render_template(template, act=view, form=sent.form, kept=sent.files, refused=refused), status
