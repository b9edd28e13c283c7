"""Acting on a case: the form of an action, and what happens when it is sent. It decides nothing itself."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from cases.engine.advance import Command, advance
from cases.letters.own_words import not_own
from cases.model.drafts import FilledForm, discard_act_draft, keep_act_draft
from cases.model.evidence import StoredFile
from extensions import db, transaction
from registry.phrases import count_uses
from web.acts.conflict import merge_view, written_in
from web.acts.page import act_view, template_of
from web.acts.phrases import offers_of, put_in
from web.acts.request import (
    GONE,
    ChosenAct,
    draft_line,
    files_before,
    form_with_draft,
    record_words,
    records_of_firm,
    scene_of,
)
from web.case.choices import who_can
from web.case.claims import heading
from web.case.views import same_work
from web.site.access import EVERYBODY, identity, now, requires, store, world
from web.site.action_form import ActForm, Fault, fields_in
from web.site.errors import set_aside
from web.site.forms import number_in
from web.site.kept_form import keep_files, keep_instead, token_of
from web.site.language import in_words
from web.site.record_words import template_words
from web.site.security import safe_next
from workflow.answers import faults_of
from workflow.definition import Facts, FieldKind
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, Outdated, say

pages = Blueprint("acts", __name__)
pages.context_processor(template_words)

NOBODY = say("Nobody else at this desk can take its next step.")


@dataclass(frozen=True)
class Sent:
    """What the form held: with its files, those kept before and those that have just come."""

    form: ActForm
    files: tuple[StoredFile, ...] = ()


@pages.get("/cases/<number>/<action>")
@requires(roles=EVERYBODY)
def show(number: str, action: str) -> ResponseReturnValue:
    """The form of an action, with what was kept of it, or the reason why it cannot be taken now."""
    scene = scene_of(number, action)
    if scene.chooses_record and scene.open.why_not is None:
        return _records(scene, 200)
    form, files = form_with_draft(scene)
    if scene.open.why_not:
        return _closed(scene, scene.open.why_not, 409, form if scene.draft else None)
    if any(field.kind is FieldKind.PERSON for field in form.asked) and not form.offered.people:
        return _closed(scene, NOBODY, 409)
    return _page(scene, Sent(form, files), 200)


@pages.post("/cases/<number>/<action>")
@requires(roles=EVERYBODY)
def act(number: str, action: str) -> ResponseReturnValue:
    """Take the action: it happens whole, or what was typed comes back with the reason."""
    scene = scene_of(number, action)
    if scene.chooses_record and scene.open.why_not is None:
        return _records(scene, 422)
    form = scene.form()
    files, unfit = keep_files(store(), scene.uploads, files_before(scene, form), form.left_out)
    sent = Sent(form, files)
    form.kept.data = token_of(files)
    keep_instead(kept=form.kept.data)
    if not form.sent() or unfit:
        form.mark({next(iter(scene.file_fields), ""): fault for fault in unfit})
        return _page(scene, sent, 422)
    return _take(scene, sent)


@pages.post("/cases/<number>/<action>/draft")
@requires(roles=EVERYBODY)
def keep(number: str, action: str) -> ResponseReturnValue:
    """Keep what stands in the form, whatever is missing in it; or discard what was kept. Of a form that asks nothing
    there is nothing to keep."""
    scene = scene_of(number, action)
    form = scene.form()
    if form.discard.data:
        discard_act_draft(scene.sheet)
        return redirect(url_for("cases.show", number=number) if scene.open.why_not else _back(scene))
    if scene.chooses_record or not form.asked:
        return redirect(_back(scene))
    files, _unfit = keep_files(store(), scene.uploads, files_before(scene, form), form.left_out)
    typed = {field.name: field.raw_data or [] for field in fields_in(form)}
    typed, field = put_in(scene, form, typed)
    seen = number_in(form.shown.data, scene.reading.file.length)
    if _taken_since(scene, seen):
        return redirect(_back(scene))
    filled = FilledForm({name: said for name, said in typed.items() if any(said)}, files, seen)
    keep_act_draft(scene.sheet, filled, now())
    return redirect(_back(scene, field or "draft-line"))


def _take(scene: ChosenAct, sent: Sent) -> ResponseReturnValue:
    file, form = scene.reading.file, sent.form
    shown = number_in(form.shown.data, file.length)
    asked = Command(file.id, scene.name, form.answers(sent.files), shown)
    not_ours = not_own(db.session(), file, scene.open.action, asked.answers)
    if not_ours:
        form.mark(not_ours)
        return _page(scene, sent, 422)
    try:
        advance(world(), asked, scene.reading.person, now())
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
    _count(form)
    done, onward = in_words(say(scene.open.action.done)), _onward(scene, form.then.data)
    if onward:
        flash(_("%(number)s: %(done)s.", number=scene.number, done=done))
    else:
        flash(_("Done: %(what)s", what=done))
    return redirect(onward or url_for("cases.show", number=scene.number))


def _onward(scene: ChosenAct, then: str | None) -> str:
    """Where it leads on: to the next proposal, the next case of the same work or elsewhere in the house, as the form
    asks; empty: to the case itself."""
    if then == "next":
        return url_for("approvals.following")
    if then == "alike" and (following := same_work(db.session(), scene.reading, identity())):
        return following
    return safe_next(request.args.get("next"), "")


def _count(form: ActForm) -> None:
    """The phrases that were put in: how often, so that the most used stand first. The act is recorded already, so a
    database that is busy now costs the count and no more."""
    if used := form.phrases_used:
        with suppress(DBAPIError), transaction(user_initiated=False) as session:
            count_uses(session, identity(), used)


def _outdated(scene: ChosenAct, sent: Sent, shown: int) -> ResponseReturnValue:
    """Somebody acted while the page was open: what took effect, what was written, and the ways on from there."""
    db.session().expire_all()
    now = scene_of(scene.number, scene.name)
    view = merge_view(now.reading, now.open, sent.form, shown)
    sent.form.shown.data = str(now.reading.file.length)
    return render_template("acts/conflict.html", merge=view, form=sent.form, kept=sent.files), 409


def _page(scene: ChosenAct, sent: Sent, status: int) -> ResponseReturnValue:
    template = template_of(scene.reading, scene.open.action)
    g.under = url_for("approvals.index") if template == "acts/approve.html" else ""  # its word of the navigation
    return render_template(
        template,
        act=act_view(scene.reading, scene.open),
        form=sent.form,
        kept=sent.files,
        draft=draft_line(scene.reading, scene.draft),
        offers=offers_of(scene, sent.form),
        missing=missing_in(scene, sent.form, sent.files),
        alike=_alike(scene),
    ), status


def _alike(scene: ChosenAct) -> str:
    """Where an official goes on to after a step that moves the case, if another case waits for the same; else empty."""
    goes_on = scene.open.action.moves and not scene.reading.mine
    return same_work(db.session(), scene.reading, identity()) if goes_on else ""


def _records(scene: ChosenAct, status: int) -> ResponseReturnValue:
    """The firm's records, to choose the one that the act is about."""
    found = [(record, record_words(record)) for record in records_of_firm(scene.reading)]
    return render_template("acts/record.html", act=act_view(scene.reading, scene.open), records=found), status


def _closed(
    scene: ChosenAct, why: Message, status: int, form: ActForm | None = None, **more: object
) -> ResponseReturnValue:
    """Why the act cannot be taken, without a form that would only be refused; what was written is not lost."""
    written = list(written_in(scene.reading, form)) if form else []
    return render_template(
        "acts/closed.html",
        reading=scene.reading,
        label=say(scene.open.action.label),
        heading=heading(scene.reading),
        name=scene.name,
        why=why,
        written=written,
        draft=draft_line(scene.reading, scene.draft),
        others=_others(scene, why),
        **more,
    ), status


def _others(scene: ChosenAct, why: Message) -> tuple[str, ...]:
    """Who else of the desk can take today what is barred to this reader."""
    staff = not scene.reading.mine and why is not GONE
    return who_can(scene.reading, scene.open.action) if staff else ()


def missing_in(scene: ChosenAct, form: ActForm, files: Sequence[StoredFile]) -> list[Fault]:
    """What would be refused if the form were sent as it stands, each with the field it is about."""
    reading, chosen = scene.reading, scene.open
    facts = Facts(
        reading.definition,
        reading.file.snapshot,
        reading.world,
        chosen.action,
        chosen.role,
        reading.person,
        form.answers(files),
        reading.now,
        reading.today,
    )
    return form.lines(faults_of(facts))


def _taken_since(scene: ChosenAct, seen: int) -> bool:
    """Whether the reader has taken the act from that very page: what is kept as it goes may arrive after it."""
    me = scene.reading.identity.user_id
    return any(
        event.seq > seen and event.person == me and event.action.name == scene.name for event in scene.reading.events
    )


def _back(scene: ChosenAct, anchor: str = "") -> str:
    record = request.values.get("record") if scene.record else None
    address = url_for("acts.show", number=scene.number, action=scene.name, record=record)
    return f"{address}#{anchor}" if anchor else address
