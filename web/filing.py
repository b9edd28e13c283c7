"""Filing an objection: a saved form of a few short pages, then the receipt. It decides nothing itself.

The draft's key is the one-use token: sent twice, it leads to the one case that it became.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import InputRequired

from cases.drafts import begin_draft, file_draft, files_of, find_draft, save_draft, unfinished
from cases.evidence import StoredFile
from cases.opening import Opening
from cases.records import RecordRow, find_record
from cases.tables import Case, Draft
from cases.visibility import find_case, person_in
from cases.worklists import is_open, rows
from extensions import db
from registry.columns import disputable
from web.act_form import ActForm, Fault, Offered, act_form
from web.doors import door, moment, person, standing
from web.evidence import keep_files
from web.filing_check import check_view
from web.filing_steps import (
    ACTION,
    KIND,
    STEPS,
    asked_on,
    claims_of,
    first_unfinished,
    ground_of,
    missing,
    place_of,
    step_of,
    steps_for,
)
from web.forms import Form
from web.language import in_words, language
from web.receipt import receipt_of
from web.record_words import template_words
from web.world import law, store, world
from workflow.definition import CHIEF, FILER, OFFICER
from workflow.refusal import Forbidden, Impossible, Incomplete, Message

pages = Blueprint("filing", __name__)
pages.context_processor(template_words)


class DeclarationForm(Form):
    """The last page: nothing is sent before this is ticked."""

    declared = BooleanField(
        _("What I have written and attached is true"), [InputRequired(_("Tick this before you send the objection."))]
    )


@dataclass(frozen=True)
class Scene:
    """A record, the person's draft about it, and the case that is open already, if any (D19)."""

    row: RecordRow
    draft: Draft | None
    open_number: str


@pages.get("/records/<int:record_id>/objection")
@door(roles={FILER})
def begin(record_id: int) -> ResponseReturnValue:
    """The first question; or, where the form was begun, the first that has no answer yet."""
    scene = _scene(record_id)
    if scene.open_number:
        return _already(scene)
    begun = unfinished(db.session(), person().id, KIND, [record_id]).get(record_id)
    if begun:
        return redirect(_address(scene, first_unfinished(begun, scene.row.record), begun))
    form = _form(scene, "ground", {"ground": request.args.get("ground", "")})
    return _page(scene, "ground", form, 200)


@pages.post("/records/<int:record_id>/objection")
@door(roles={FILER})
def begin_now(record_id: int) -> ResponseReturnValue:
    """Begins the saved form with the answer to the first question."""
    return _save(_scene(record_id), "ground")


@pages.get("/records/<int:record_id>/objection/<step>")
@door(roles={FILER})
def show(record_id: int, step: str) -> ResponseReturnValue:
    """One question of the form, with what was answered before."""
    scene = _begun(record_id, step)
    if not isinstance(scene, Scene):
        return scene
    assert scene.draft
    if step == "check":
        unanswered = first_unfinished(scene.draft, scene.row.record)
        if unanswered != "check":
            return redirect(_address(scene, unanswered))
        return _check_page(scene, DeclarationForm(), 200)
    form = _form(scene, step, scene.draft.answers)
    return _page(scene, step, form, 200)


@pages.post("/records/<int:record_id>/objection/<step>")
@door(roles={FILER})
def save(record_id: int, step: str) -> ResponseReturnValue:
    """Keeps the answer and goes on; on the last page sends the objection."""
    scene = _begun(record_id, step)
    if not isinstance(scene, Scene):
        return scene
    return _send(scene) if step == "check" else _save(scene, step)


@pages.get("/cases/<number>/receipt")
@door(roles={FILER, OFFICER, CHIEF})
def receipt(number: str) -> ResponseReturnValue:
    """That it has been received: number and check code, what comes and when, by the rules of the filing day."""
    case = find_case(db.session(), standing(), number) or abort(404)
    view = receipt_of(db.session(), standing(), case, world(), moment())
    return render_template("filing/receipt.html", receipt=view)


def _scene(record_id: int, key: str = "") -> Scene:
    """The record, if it is one of the person's own firm, and the draft of that key, if it is theirs."""
    row = find_record(db.session(), standing(), record_id)
    if row is None or row.record.enterprise_id not in standing().enterprise_ids:
        abort(404)
    here = (Case.record_id == record_id, Case.kind == KIND, Case.enterprise_id == row.record.enterprise_id)
    found = rows(db.session(), standing(), is_open(), *here, most=1)
    return Scene(row, find_draft(db.session(), person().id, record_id, key), found[0].number if found else "")


def _begun(record_id: int, step: str) -> Scene | ResponseReturnValue:
    """The scene of a step of a draft; elsewhere where the form was sent already or this ground has no such step."""
    scene = _scene(record_id, request.values.get("draft", ""))
    if step not in STEPS or scene.draft is None:
        abort(404)
    if scene.draft.case_id is not None:
        return redirect(_receipt_address(scene.draft))
    if scene.open_number:
        return _already(scene)
    if step not in steps_for(ground_of(scene.draft)):
        return redirect(_address(scene, first_unfinished(scene.draft, scene.row.record)))
    return scene


def _receipt_address(draft: Draft) -> str:
    return url_for("filing.receipt", number=db.session().get_one(Case, draft.case_id).number)


def _address(scene: Scene, step: str, draft: Draft | None = None) -> str:
    key = draft or scene.draft
    return url_for("filing.show", record_id=scene.row.record.id, step=step, draft=key.key if key else None)


def _form(scene: Scene, step: str, answers: Mapping[str, object] | None = None) -> ActForm:
    """The form of a step: as it was sent, or filled with what was answered before."""
    record = scene.row.record
    form = act_form(asked_on(step), Offered(columns=disputable(record.kind), record=record.values))
    if answers is not None:
        form.process(formdata=None, data=dict(answers))  # type: ignore[no-untyped-call]
    return form


def _save(scene: Scene, step: str) -> ResponseReturnValue:
    if scene.open_number:
        return _already(scene)
    form = _form(scene, step)
    fits = bool(form.validate_on_submit())  # type: ignore[no-untyped-call]
    draft = scene.draft or begin_draft(person().id, scene.row.record.id, KIND, ACTION, moment())
    files: Sequence[StoredFile] | None = None
    faults: list[Message] = []
    if step == "evidence":
        files, faults = keep_files(
            store(), request.files.getlist("files"), files_of(draft), request.form.getlist("files_out")
        )
    try:
        draft = save_draft(draft.key, _answered(form, step), files, moment())
    except Impossible:
        return redirect(_receipt_address(draft))
    scene = Scene(scene.row, draft, "")
    if request.form.get("then") == "later":
        flash(gettext("Your objection is saved, not sent. You can go on with it from here, on any device."))
        return redirect(url_for("records.records"))
    form.mark({"files": faults[0]} if faults else {})
    if fits:
        form.mark(missing(step, draft, scene.row.record))
    if form.errors:
        return _page(scene, step, form, 422, faults[1:])
    return redirect(_address(scene, place_of(step, ground_of(draft)).after))


def _answered(form: ActForm, step: str) -> dict[str, object]:
    """What was typed, fit or not: nothing that was written is lost."""
    if step == "fields":
        keys = {column.key for column in form.offered.columns}
        return {"claims": {key: claim for key, claim in form["claims"].data.items() if key in keys}}
    name = "ground" if step == "ground" else "words"
    return {name: form[name].data or ""}


def _send(scene: Scene) -> ResponseReturnValue:
    """File the objection: it becomes one case, or everything stays as it was with the reason."""
    draft, record = scene.draft, scene.row.record
    assert draft
    if first_unfinished(draft, record) != "check":
        return redirect(_address(scene, first_unfinished(draft, record)))
    form = DeclarationForm()
    if not form.sent():
        return _check_page(scene, form, 422)
    answers: Mapping[str, object] = {
        "claims": claims_of(draft, record), "ground": ground_of(draft), "words": str(draft.answers["words"]).strip(),
        "files": files_of(draft),
    }  # fmt: skip
    try:
        opening = Opening(KIND, ACTION, record.id, answers, draft=draft.key)
        written = file_draft(world(), opening, person_in(standing(), record.enterprise_id, None), moment())
    except Incomplete as refusal:
        links = [(_address(scene, step_of(name)), in_words(message)) for name, message in refusal.fields.items()]
        return _check_page(scene, form, 422, links=links)
    except (Impossible, Forbidden) as refusal:
        return _check_page(scene, form, 403 if isinstance(refusal, Forbidden) else 409, refused=refusal.message)
    return redirect(url_for("filing.receipt", number=written.number))


def _page(
    scene: Scene, step: str, form: ActForm, status: int, more_files: Sequence[Message] = ()
) -> ResponseReturnValue:
    draft, record = scene.draft, scene.row.record
    faults = [*form.faults(), *(Fault(form["files"].id, gettext("Evidence"), in_words(fault)) for fault in more_files)]
    place = place_of(step, ground_of(draft))
    return render_template(
        f"filing/{step}.html", form=form, faults=faults, place=place, row=scene.row, draft=draft,
        back=_address(scene, place.before) if place.before and draft else url_for("records.records"),
        to=_address(scene, step) if draft else url_for("filing.begin_now", record_id=record.id),
        grounds=law().grounds, spoken=language(), columns=disputable(record.kind),
        echoes=check_view(scene.row, draft, law(), world(), moment()).echoes if draft else {},
        kept=files_of(draft) if draft else (),
    ), status  # fmt: skip


def _check_page(
    scene: Scene,
    form: DeclarationForm,
    status: int,
    links: Sequence[tuple[str, str]] = (),
    refused: Message | None = None,
) -> ResponseReturnValue:
    assert scene.draft
    place = place_of("check", ground_of(scene.draft))
    return render_template(
        "filing/check.html", form=form, place=place, row=scene.row, draft=scene.draft, links=links, refused=refused,
        view=check_view(scene.row, scene.draft, law(), world(), moment()), back=_address(scene, place.before),
        steps={step: _address(scene, step) for step in steps_for(ground_of(scene.draft))},
        to=_address(scene, "check"),
    ), status  # fmt: skip


def _already(scene: Scene) -> ResponseReturnValue:
    """One case at a time on a record (D19): the page leads to the one that is open."""
    return render_template("filing/already.html", row=scene.row, number=scene.open_number), 409
