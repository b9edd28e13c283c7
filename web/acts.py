"""Acting on a case: the form of an action, and what happens when it is sent. It decides nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from cases.advance import Request, advance
from cases.kinds import all_kinds
from cases.reading import CaseFile, read_cases
from cases.tables import Case
from cases.visibility import find_case, person_in
from cases.words import words_of
from extensions import db
from registry.columns import disputable
from registry.credit_records import CreditRecord
from registry.organisations import Bureau
from web.act_form import ActForm, Offered, act_form
from web.case_view import case_view, deadline_words
from web.doors import EVERYBODY, door, moment, standing
from web.evidence import evidence_of, kept_files, keep_files
from web.merge import merge_page
from web.world import store, world
from workflow.decide import Open, asked_of, choices
from workflow.definition import FieldKind
from workflow.findings import to_find
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, Outdated
from workflow.snapshot import Person

pages = Blueprint("acts", __name__)


@dataclass(frozen=True)
class Scene:
    """A case, the person in it, and the act they have chosen."""

    case: Case
    file: CaseFile
    person: Person
    open: Open


@pages.get("/cases/<number>/<action>")
@door(roles=EVERYBODY)
def show(number: str, action: str) -> ResponseReturnValue:
    """The form of an action, or the reason why it cannot be taken now."""
    scene = _scene(number, action)
    if scene.open.why_not:
        return _page(scene, _form(scene), 409, refused=scene.open.why_not)
    return _page(scene, _form(scene), 200)


@pages.post("/cases/<number>/<action>")
@door(roles=EVERYBODY)
def act(number: str, action: str) -> ResponseReturnValue:
    """Take the action: it happens whole, or what was typed comes back with the reason."""
    scene = _scene(number, action)
    form = _form(scene)
    files, file_faults = keep_files(store(), request.files.getlist("files"), kept_files(form.kept.data))
    if not form.validate_on_submit() or file_faults:
        form.mark({"files": fault for fault in file_faults})
        return _page(scene, form, 422, files=files)
    try:
        shown = int(form.shown.data) if (form.shown.data or "").isdecimal() else scene.file.length
        advance(world(), Request(scene.case.id, action, form.answers(files), shown), scene.person, moment())
    except Incomplete as refusal:
        form.mark(refusal.fields)
        return _page(scene, form, 422, files=files)
    except Outdated as refusal:
        return merge_page(scene.case.id, form, files, refusal, action)
    except (Impossible, Forbidden) as refusal:
        status = 403 if isinstance(refusal, Forbidden) else 409
        return _page(scene, form, status, files=files, refused=refusal.message)
    return redirect(url_for("cases.show", number=number, _anchor="whose-turn"))


def _scene(number: str, action: str) -> Scene:
    """The case and the act, where this person may read the case and the act belongs to one of their roles."""
    case = find_case(db.session(), standing(), number) or abort(404)
    file = read_cases(db.session(), [case.id])[0]
    person = person_in(standing(), case.enterprise_id, case.bureau_id)
    definition = all_kinds()[case.kind]
    for found in choices(definition, file.snapshot, world(), person, moment()):
        if found.action.name == action:
            return Scene(case, file, person, found)
    if any(role in person.roles for row in definition.actions_named(action) for role in row.by):
        return Scene(case, file, person, _gone(definition.actions_named(action), person))
    abort(404)


def _gone(rows: Sequence[object], person: Person) -> Open:
    """An act of this person's that the case has moved past."""
    from workflow.refusal import say

    row = next(row for row in rows if any(role in person.roles for role in row.by))  # type: ignore[attr-defined]
    role = next(role for role in row.by if role in person.roles)  # type: ignore[attr-defined]
    return Open(row, role, say("The case has moved on: this cannot be done now."))  # type: ignore[arg-type]


def _form(scene: Scene) -> ActForm:
    form = act_form(asked_of(scene.open.action, scene.open.role), _offered(scene))
    if request.method == "GET":
        form.shown.data = str(scene.file.length)
    return form


def _offered(scene: Scene) -> Offered:
    record = db.session().get(CreditRecord, scene.case.record_id) if scene.case.record_id else None
    definition = all_kinds()[scene.case.kind]
    findings = next((field for field in scene.open.action.asks if field.kind is FieldKind.FINDINGS), None)
    return Offered(
        bureaus=[(bureau.id, bureau.name) for bureau in db.session().scalars(select(Bureau).order_by(Bureau.id))
                 if bureau.successor_id is None],
        deadlines=[(timer.deadline, deadline_words(definition, timer)) for timer in scene.file.snapshot.timers
                   if timer.stopped is None and timer.owner != "enterprise"],
        columns=disputable(record.kind) if record else (),
        record=record.values if record else {},
        to_find=to_find(definition, findings, scene.file.snapshot.past) if findings else (),
    )  # fmt: skip


def _page(
    scene: Scene, form: ActForm, status: int, files: Sequence[object] = (), refused: Message | None = None
) -> ResponseReturnValue:
    view = case_view(db.session(), world(), scene.file, standing(), moment())
    return render_template(
        "act.html", case=view, form=form, act=scene.open.action, refused=refused, files=files,
        kept=evidence_of(files), status=status,
    ), status  # fmt: skip
