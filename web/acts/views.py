"""Acting on a case: the form of an action, and what happens when it is sent. It decides nothing itself."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from cases.engine.advance import Command, advance
from cases.model.drafts import ActDraft, discard_act_draft, keep_act_draft
from cases.model.evidence import StoredFile
from cases.model.visibility import find_case
from extensions import db, transaction
from registry.phrases import count_uses
from web.acts.conflict import merge_view, superseded_view, written_in
from web.acts.page import act_view, template_of
from web.acts.phrases import offers_of, put_in
from web.acts.request import (
    ChosenAct,
    draft_line,
    files_before,
    form_with_draft,
    record_words,
    records_of_firm,
    scene_of,
)
from web.case.choices import choices_of, who_else
from web.case.claims import heading
from web.case.deadlines import clocks, still_open
from web.case.page import same_work
from web.case.path import milestones
from web.case.turn import turn
from web.site.access import EVERYBODY, first_page, identity, now, requires, store, world
from web.site.action_form import ActForm, Fault, typed_in
from web.site.errors import set_aside
from web.site.forms import number_in
from web.site.kept_form import keep_files, keep_instead, token_of
from web.site.language import in_a_row, in_words
from web.site.record_words import template_words
from web.site.security import safe_next
from workflow.answers import faults_of
from workflow.definition import Facts, FieldKind
from workflow.refusal import Forbidden, Impossible, Incomplete, Outdated, Refusal, say

pages = Blueprint("acts", __name__)
pages.context_processor(template_words)

NOBODY = say(
    "Nobody else at this desk can take the next step, so there is nobody to hand it to: its head can name a deputy."
)


@pages.get("/cases/<number>/<action>")
@requires(roles=EVERYBODY)
def show(number: str, action: str) -> ResponseReturnValue:
    """The form of an action, with what was kept of it, or the reason why it cannot be taken now."""
    scene = scene_of(number, action)
    if scene.chooses_record and scene.open.why_not is None:
        return _records(scene, 200)
    if scene.open.refusal:
        return _closed(scene, scene.open.refusal, form_with_draft(scene)[0] if scene.draft else None)
    form, files = form_with_draft(scene)
    if any(field.kind is FieldKind.PERSON for field in form.asked) and not form.offered.people:
        return _closed(scene, Impossible(NOBODY))
    return _page(scene, form, files, 200)


@pages.post("/cases/<number>/<action>")
@requires(roles=EVERYBODY)
def act(number: str, action: str) -> ResponseReturnValue:
    """Take the action: it happens whole, or what was typed comes back with the reason."""
    scene = scene_of(number, action)
    if scene.chooses_record and scene.open.why_not is None:
        return _records(scene, 422)
    form = scene.form()
    if scene.forbidden and scene.open.refusal:
        return _closed(scene, scene.open.refusal, form)
    uploads = [upload for name in scene.file_fields for upload in request.files.getlist(name)]
    files, unfit = keep_files(store(), uploads, files_before(scene, form), form.left_out, scene.firm)
    form.kept.data = token_of(files)
    keep_instead(kept=form.kept.data)
    if not form.sent() or unfit:
        if scene.open.refusal:
            return _closed(scene, scene.open.refusal, form)
        form.mark({next(iter(scene.file_fields), ""): fault for fault in unfit})
        return _page(scene, form, files, 422)
    return _take(scene, form, files)


@pages.post("/cases/<number>/<action>/draft")
@requires(roles=EVERYBODY)
def keep(number: str, action: str) -> ResponseReturnValue:
    """Keep what stands in the form, whatever is missing in it; or discard what was kept. Of a form that asks nothing
    there is nothing to keep."""
    scene = scene_of(number, action)
    form = scene.form()
    if form.discard.data:
        discard_act_draft(*scene.draft_key)
        return redirect(url_for("cases.show", number=number) if scene.open.why_not else _back(scene))
    if scene.forbidden and scene.open.refusal and scene.draft is None:
        return _closed(scene, scene.open.refusal)
    if scene.chooses_record or not form.asked:
        return redirect(_back(scene))
    uploads = [upload for name in scene.file_fields for upload in request.files.getlist(name)]
    files, _unfit = keep_files(store(), uploads, files_before(scene, form), form.left_out, scene.firm)
    typed, field = put_in(scene, form, typed_in(form))
    seen, me = number_in(form.shown.data, scene.reading.file.length), scene.reading.identity.user_id
    since = [event for event in scene.reading.events if event.seq > seen and event.person == me]
    if any(event.action.name == scene.name for event in since):  # what is kept as it goes arrived after the act
        return redirect(_back(scene))
    _keep(scene, typed, files, seen)
    return redirect(_back(scene, field or "draft-line"))


def _keep(scene: ChosenAct, typed: Mapping[str, Sequence[str]], files: Sequence[StoredFile], seen: int) -> None:
    user_id, case_id, name = scene.draft_key
    draft = ActDraft(user_id=user_id, case_id=case_id, action=name, seen=seen, saved_at=now())
    draft.typed = {name: list(said) for name, said in typed.items() if any(said)}
    draft.files = [asdict(file) for file in files]
    keep_act_draft(draft)


def _take(scene: ChosenAct, form: ActForm, files: Sequence[StoredFile]) -> ResponseReturnValue:
    file = scene.reading.file
    shown, proposal = number_in(form.shown.data, 0), number_in(form.proposal.data, 0)
    asked = Command(file.id, scene.name, form.answers(files), shown, proposal)
    try:
        advance(world(), asked, scene.reading.person, now())
    except Incomplete as refusal:
        form.mark(refusal.fields)
        return _page(scene, form, files, 422)
    except Outdated:
        return _outdated(scene, form, files, shown, proposal)
    except (Impossible, Forbidden) as refusal:
        return _closed(scene, refusal, form)
    except Exception as error:  # the edge: whatever it is, what was written must not be lost
        stuck = set_aside(file.id, file.number, scene.name, error)
        return _closed(scene, Impossible(stuck.why), form, stuck=stuck)[0], 503
    if used := form.phrases_used:  # the act is recorded already: a database that is busy now costs the count alone
        with suppress(DBAPIError), transaction(user_initiated=False) as session:
            count_uses(session, identity(), used)
    done, onward = in_words(say(scene.open.action.done)), _onward(scene, form.then.data)
    if onward:
        flash(_("%(number)s: %(done)s.", number=scene.number, done=done))
    elif find_case(db.session(), identity(), scene.number) is None:  # D16, D25: not theirs to read any more
        left = _("It has left your desk, and you cannot read it any more.")
        flash(in_a_row(_("%(number)s: %(done)s.", number=scene.number, done=done), left))
        onward = first_page()
    else:
        flash(_("Done: %(what)s", what=done))
    return redirect(onward or url_for("cases.show", number=scene.number))


def _onward(scene: ChosenAct, then: str | None) -> str:
    """Where it leads on: to the next proposal, the next case of the same work or elsewhere in the house, as the form
    asks; empty: to the case itself."""
    if then == "next":
        return url_for("approvals.following")
    if then == "alike" and (following := same_work(scene.reading)):
        return following
    return safe_next(request.args.get("next"), "")


def _outdated(
    scene: ChosenAct, form: ActForm, files: Sequence[StoredFile], shown: int, proposal: int
) -> ResponseReturnValue:
    """Somebody acted while the page was open: what took effect, what was written, and the ways on from there.

    An act that decides on what another wrote goes on from a fresh page alone; what was typed waits there (D37).
    """
    db.session().expire_all()
    now = scene_of(scene.number, scene.name)
    view = merge_view(now.reading, now.open, form, shown)
    typed = typed_in(form)
    if view["fresh"] and (files or any(map(any, typed.values()))):
        _keep(now, typed, files, shown)
    if now.open.action.judges and (waiting := now.reading.proposal):
        view |= superseded_view(now.reading, now.open.action, waiting, proposal)
        g.under = url_for("approvals.index") if view["queue"] else ""
        return render_template("acts/superseded.html", merge=view), 409
    form.shown.data = str(now.reading.file.length)
    return render_template("acts/conflict.html", merge=view, form=form, kept=files), 409


def _page(scene: ChosenAct, form: ActForm, files: Sequence[StoredFile], status: int) -> ResponseReturnValue:
    template = template_of(scene.reading, scene.open.action)
    goes_on = scene.open.action.moves and not scene.reading.mine  # to another case that waits for the same
    g.under = url_for("approvals.index") if template == "acts/approve.html" else ""  # its word of the navigation
    return render_template(
        template,
        act=act_view(scene.reading, scene.open),
        form=form,
        kept=files,
        draft=draft_line(scene.reading, scene.draft),
        offers=offers_of(scene, form),
        missing=missing_in(scene, form, files),
        alike=same_work(scene.reading) if goes_on else "",
    ), status


def _records(scene: ChosenAct, status: int) -> ResponseReturnValue:
    """The firm's records, to choose the one that the act is about."""
    found = [(record, record_words(record)) for record in records_of_firm(scene.reading)]
    return render_template("acts/record.html", act=act_view(scene.reading, scene.open), records=found), status


def _closed(scene: ChosenAct, refusal: Refusal, form: ActForm | None = None, **more: object) -> tuple[str, int]:
    """Why the act cannot be taken and who can, without a form that would only be refused; what was written is kept."""
    reading, forbidden = scene.reading, isinstance(refusal, Forbidden)
    staff = forbidden and not reading.mine and not reading.lost
    offered = choices_of(reading, reading.open_acts)
    told = [refusal.message, *who_else(reading, scene.open.action)] if staff else [refusal.message]
    proposed = scene.open.action.judges and reading.proposal and not reading.mine
    return render_template(
        "acts/closed.html",
        reading=reading,
        label=say(scene.open.action.label),
        heading=heading(reading),
        name=scene.name,
        told=told,
        forbidden=forbidden,
        act=act_view(reading, scene.open) if proposed else None,
        turn=turn(reading, clocks(reading), milestones(reading), reading.open_acts),
        possible=[*offered.steps, *(offered.others if reading.mine else ())],
        still_open=list(still_open(reading)),
        written=list(written_in(reading, form)) if form else [],
        draft=draft_line(reading, scene.draft),
        **more,
    ), 403 if forbidden else 409


def missing_in(scene: ChosenAct, form: ActForm, files: Sequence[StoredFile]) -> list[Fault]:
    """What would be refused if the form were sent as it stands, each with the field it is about."""
    reading, chosen = scene.reading, scene.open
    case = (reading.definition, reading.file.snapshot, reading.world)
    act = (chosen.action, chosen.role, reading.person)
    return form.lines(faults_of(Facts(*case, *act, form.answers(files), reading.now, reading.today)))


def _back(scene: ChosenAct, anchor: str = "") -> str:
    record = request.values.get("record") if scene.record else None
    address = url_for("acts.show", number=scene.number, action=scene.name, record=record)
    return f"{address}#{anchor}" if anchor else address
