"""Filing a case of any kind: a saved form of a few short pages, then the receipt. It decides nothing itself.

The opening action says which pages there are, `cases.model.opening_options` who may fill them. The draft's key is a
one-use token: sent twice, it leads to the one case that it became.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import InputRequired

from cases.engine.advance import file_draft
from cases.model.drafts import begin_draft, begun, find_draft, save_draft
from cases.model.evidence import StoredFile
from cases.model.tables import Case
from cases.model.visibility import OpeningOption, find_case
from extensions import db
from registry.admission import find_enterprise
from web.filing.entries import last_day, way_href, way_label, way_name
from web.filing.page import READ_BY, before_of, begin_words, check_view, claim_rows, question, receipt_of, told
from web.filing.request import Filing, asked_enterprise, enterprise_named, enterprises_like, scene_of, ways_at
from web.filing.steps import CHECK, ELSEWHERE, FIELDS, Step, faults_on, left_out, place_of, step_of, typed_on
from web.site.access import EVERYBODY, identity, law, note_read, now, person, requires, store, world
from web.site.action_form import ActForm, Fault, act_form
from web.site.forms import Form
from web.site.kept_form import keep_files, kept_form, sent_file
from web.site.language import in_words, language
from web.site.record_words import template_words
from workflow.definition import FieldKind
from workflow.refusal import Forbidden, Impossible, Incomplete, Message

MOST: Final = 20
"""Enterprises offered to choose from."""


def beginning(kind: str, record_id: int | None) -> Filing | ResponseReturnValue:
    """The row and the enterprise that the address names; a page to choose where it leaves several, or the one that
    leads to the case that is open already."""
    row, ways = ways_at(kind, record_id)
    asked = request.args.get("way", "")
    chosen = [way for way in ways if not asked or way_name(way) == asked or way.action.name == asked]
    if not chosen:
        abort(404)
    if len(chosen) > 1:
        named = [way_href(way, record_id, named=True, enterprise=asked_enterprise()) for way in chosen]
        links = list(zip(map(way_label, chosen), named, strict=True))
        return render_template("filing/ways.html", links=links, row=row)
    firm = asked_enterprise()
    enterprise = row.enterprise if row else enterprise_named(chosen[0], firm)
    if enterprise is None:
        return _choose_enterprise(kind, asked, chosen[0]) if firm is None else abort(404)
    scene = Filing(chosen[0], row, enterprise)
    return _already(scene) if scene.open_already() else scene


def _choose_enterprise(kind: str, way: str, chosen: OpeningOption) -> ResponseReturnValue:
    """For whom it is filed, where the address does not say it: found by credit code or name."""
    typed = request.args.get("firm", "").strip()
    found = find_enterprise(db.session(), typed) if typed else None
    if found is not None and not isinstance(found, Message):
        return redirect(url_for("filing.begin", kind=kind, way=way or None, enterprise=found.id))
    ours = enterprises_like(typed, kind, MOST)
    firms = [(firm, url_for("filing.begin", kind=kind, way=way or None, enterprise=firm.id)) for firm in ours]
    return render_template("filing/enterprise.html", what=way_label(chosen), way=way, typed=typed, firms=firms)


class DeclarationForm(Form):
    """What is declared before a form is sent."""

    declared = BooleanField(
        _("What I have written and attached is true"), [InputRequired(_("Tick this before you send it."))]
    )


def declaration(scene: Filing) -> Form:
    """The declaration of who files, or of who enters what another has handed in (D17)."""
    form = DeclarationForm()
    if scene.on_paper:
        form.declared.label.text = _("What I have entered is what was handed in")
    return form


pages = Blueprint("filing", __name__)
pages.context_processor(template_words)
pages.context_processor(lambda: {"last_day": last_day})

SENT = "sent"
KEEP = "keep"
"""What a script sends while somebody writes: save it, and say only that."""


@pages.get("/records/<int:record_id>/<kind>")
@pages.get("/file/<kind>")
@requires(roles=EVERYBODY)
def begin(kind: str, record_id: int | None = None) -> ResponseReturnValue:
    """What has to be known before, or the first question; a form that was begun has what was answered to it, so that
    the browser's way back leads to the first question, not on to the next."""
    scene = beginning(kind, record_id)
    if not isinstance(scene, Filing):
        return scene
    if before := before_of(scene):
        template, rules = before
        return render_template(template, scene=scene, rules=rules, above=law().place.above, spoken=language())
    scene, step = scene.with_draft(begun(db.session(), person().id, scene.purpose)), scene.steps[0]
    chosen = {
        field.name: request.args[field.name]
        for field in step.fields
        if field.kind is FieldKind.CHOICE and field.name in request.args
    }
    return _page(scene, step, _form(scene, step, {**scene.filled.typed, **chosen}), 200)


@pages.post("/records/<int:record_id>/<kind>")
@pages.post("/file/<kind>")
@requires(roles=EVERYBODY)
def begin_now(kind: str, record_id: int | None = None) -> ResponseReturnValue:
    """Begins the saved form, with the answer to the first question where that has just been asked."""
    scene = beginning(kind, record_id)
    if not isinstance(scene, Filing):
        return scene
    if before_of(scene):
        scene = scene.with_draft(begin_draft(person().id, scene.purpose, now()))
        return redirect(scene.address(scene.unfinished))
    return _save(scene, scene.steps[0])


@pages.get("/records/<int:record_id>/<kind>/<step>")
@pages.get("/file/<kind>/<step>")
@requires(roles=EVERYBODY)
def show(kind: str, step: str, record_id: int | None = None) -> ResponseReturnValue:
    """One page of the form, with what was answered before."""
    scene = scene_of(kind, record_id)
    if elsewhere := _elsewhere(scene, step):
        return elsewhere
    if step == CHECK:
        unanswered = scene.unfinished
        if unanswered != CHECK:
            return redirect(scene.address(unanswered))
        return _check_page(scene, declaration(scene), 200)
    here = place_of(scene.steps, step).step
    form = _form(scene, here, scene.filled.typed)
    begin_words(scene, here, form)
    return _page(scene, here, form, 200)


@pages.post("/records/<int:record_id>/<kind>/<step>")
@pages.post("/file/<kind>/<step>")
@requires(roles=EVERYBODY)
def save(kind: str, step: str, record_id: int | None = None) -> ResponseReturnValue:
    """Keeps the answers and goes on; on the last page sends the form."""
    scene = scene_of(kind, record_id)
    if elsewhere := _elsewhere(scene, step):
        return elsewhere
    return _send(scene) if step == CHECK else _save(scene, place_of(scene.steps, step).step)


@pages.get("/forms/<key>/files/<sha256>")
@requires(roles=EVERYBODY)
def file_of_draft(key: str, sha256: str) -> ResponseReturnValue:
    """A file that is kept with a form of the reader's own."""
    draft = find_draft(db.session(), person().id, key) or abort(404)
    file = next((one for one in draft.stored_files if one.sha256 == sha256), None) or abort(404)
    return sent_file(file.sha256, file.name, file.media_type)


@pages.get("/cases/<number>/receipt")
@requires(roles=set(READ_BY))
def receipt(number: str) -> ResponseReturnValue:
    """That it has been received: number and case code, what comes and when, by the rules of the filing day."""
    case = find_case(db.session(), identity(), number) or abort(404)
    note_read("receipt", number, case.id)
    return render_template("filing/receipt.html", receipt=receipt_of(case))


def _elsewhere(scene: Filing, step: str) -> ResponseReturnValue | None:
    """Where a page of the form is not to be shown: sent already, open already, or not asked at all."""
    if scene.draft and scene.draft.case_id is not None:
        if step != SENT:
            return redirect(_after_sending(scene))
        case = db.session().get_one(Case, scene.draft.case_id)
        return render_template("filing/sent.html", receipt=receipt_of(case), scene=scene)
    if scene.open_already():
        return _already(scene)
    if step == ELSEWHERE and scene.draft and scene.elsewhere:
        return render_template("filing/elsewhere.html", scene=scene, back=scene.address(scene.unfinished))
    if step in (SENT, ELSEWHERE):
        return redirect(scene.address(scene.unfinished))
    return None if step in (one.name for one in scene.steps) else abort(404)


def _after_sending(scene: Filing) -> str:
    """The receipt; for who has entered it and may not read the receipt, the page that confirms it (D16)."""
    assert scene.draft
    case = db.session().get_one(Case, scene.draft.case_id)
    if identity().holds(*READ_BY) and find_case(db.session(), identity(), case.number):
        return url_for("filing.receipt", number=case.number)
    return scene.address(SENT)


def _form(scene: Filing, step: Step, answers: Mapping[str, object] | None = None) -> ActForm:
    """The form of a step: as it was sent, or filled with what was answered before."""
    form = act_form(step.fields, scene.offered)
    if answers is not None:
        form.process(formdata=None, data=dict(answers))  # type: ignore[no-untyped-call]
    return form


def _save(scene: Filing, step: Step) -> ResponseReturnValue:
    form = _form(scene, step)
    form.sent()
    form.forgive(left_out(step, form))
    scene = scene if scene.draft else scene.with_draft(begin_draft(person().id, scene.purpose, now()))
    assert scene.draft
    files, unfit = _files(scene, step, form)
    typed = typed_on(step, form)
    try:
        scene = scene.with_draft(save_draft(scene.draft.key, typed, files, now()))
    except Impossible:  # sent meanwhile, or its time has ended
        there = find_draft(db.session(), person().id, request.values.get("draft", ""))
        return redirect(_after_sending(scene.with_draft(there)) if there else scene.beginning())
    if form.then.data == KEEP:  # no word of what is still missing: the person is still writing
        form = _form(scene, step, scene.filled.typed)
        return _page(scene, step, form, 200, _mark_unfit(step, form, unfit))
    if form.then.data == "later":
        flash(gettext("It is saved, not sent. You can go on with it from here, on any device."))
        return redirect(scene.home)
    if scene.elsewhere:
        return redirect(scene.address(ELSEWHERE))
    readable = not form.errors
    more = _mark_unfit(step, form, unfit)
    if readable:
        form.mark(faults_on(step, scene.facts))
    if form.errors:
        return _page(scene, step, form, 422, more)
    return redirect(scene.address(place_of(scene.steps, step.name).after))


def _mark_unfit(step: Step, form: ActForm, unfit: Sequence[Message]) -> list[Fault]:
    """Mark the field of the files with the first that is unfit, and give the faults of the others."""
    names = [field.name for field in step.fields if field.kind is FieldKind.FILES]
    form.mark({name: fault for name in names for fault in unfit[:1]})
    files = [form[name] for name in names]
    return [Fault(file.id, str(file.label.text), in_words(fault)) for file in files for fault in unfit[1:]]


def _files(scene: Filing, step: Step, form: ActForm) -> tuple[tuple[StoredFile, ...] | None, list[Message]]:
    """All files that stay with the form, where the step asks for files, and what is unfit of those that came."""
    name = next((field.name for field in step.fields if field.kind is FieldKind.FILES), None)
    if name is None:
        return None, []
    firm = scene.enterprise.id if scene.mine else None
    return keep_files(store(), request.files.getlist(name), scene.filled.files, form.left_out, firm)


def _send(scene: Filing) -> ResponseReturnValue:
    """File it: it becomes one case, or everything stays as it was with the reason."""
    if scene.unfinished != CHECK:
        return redirect(scene.address(scene.unfinished))
    form = declaration(scene)
    if not form.sent():
        return _check_page(scene, form, 422)
    try:
        file_draft(world(), scene.opening(scene.answers), scene.opener, now())
    except Incomplete as refusal:
        pages = [(step_of(scene.steps, name), in_words(message)) for name, message in refusal.fields.items()]
        return _check_page(scene, form, 422, links=[(scene.address(step), fault) for step, fault in pages])
    except (Impossible, Forbidden) as refusal:
        return _check_page(scene, form, 403 if isinstance(refusal, Forbidden) else 409, refused=refusal.message)
    db.session().expire_all()
    return redirect(_after_sending(scene_of(scene.way.kind, scene.record_id)))


def _page(scene: Filing, step: Step, form: ActForm, status: int, more: Sequence[Fault] = ()) -> ResponseReturnValue:
    place = place_of(scene.steps, step.name)
    claims = any(field.kind is FieldKind.CLAIMS for field in step.fields)
    return render_template(
        "filing/step.html",
        scene=scene,
        form=form,
        faults=[*form.faults(), *more],
        place=place,
        question=question(scene, step),
        told=told(scene, step),
        told_fields=told(scene, Step(FIELDS)),
        grounds=law().grounds,
        spoken=language(),
        back=scene.address(place.before) if place.before and scene.draft else scene.home,
        to=scene.address(step.name) if scene.draft else scene.beginning(),
        echoes={row.field: row for row in claim_rows(scene)} if claims and scene.draft else {},
    ), status


def _check_page(
    scene: Filing, form: Form, status: int, links: Sequence[tuple[str, str]] = (), refused: Message | None = None
) -> ResponseReturnValue:
    place = place_of(scene.steps, CHECK)
    return render_template(
        "filing/check.html",
        scene=scene,
        form=form,
        place=place,
        links=links,
        refused=refused,
        view=check_view(scene),
        back=scene.address(place.before),
        to=scene.address(CHECK),
    ), status


def _already(scene: Filing) -> ResponseReturnValue:
    """One case at a time on a record (D19): the page leads to the one that is open. What was written is not lost."""
    sent, kept = kept_form(), scene.draft.answers if scene.draft else {}
    texts = [kept.get(field.name) for field in scene.way.action.asks if field.kind is FieldKind.TEXT]
    written = dict.fromkeys(
        [*(text for text in texts if isinstance(text, str) and text), *(sent.words if sent else ())]
    )
    return render_template("filing/already.html", scene=scene, open=scene.open_already(), written=list(written)), 409
