"""The draft of an act's form: kept as it goes and by a button, put back on opening, discarded.

A phrase that is put in without script is a draft too: the form is kept with it, and shown again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from cases.model.act_drafts import Filled, discard_act_draft, files_of, keep_act_draft
from cases.model.evidence import StoredFile
from cases.model.form_tables import ActDraft
from cases.scheduler.dead_drafts import dies_on
from web.acts.form import ActForm, fields_in
from web.acts.phrases import PUT, put_in
from web.acts.request import Scene, scene_of
from web.acts.sent_back import proposed_before
from web.case.reading import CaseEvent, Reading
from web.site.access import EVERYBODY, moment, requires
from web.site.context import store
from web.site.request_limits import number_in
from web.site.uploads import keep_files, kept_files, token_of
from workflow.refusal import Message, say

pages = Blueprint("act_draft", __name__)


@dataclass(frozen=True)
class DraftLine:
    """What the page says of a draft: when it was kept and until when, and what has happened in the case since."""

    at: datetime
    until: datetime
    since: tuple[Message, ...]


@pages.post("/cases/<number>/<action>/draft")
@requires(roles=EVERYBODY)
def keep(number: str, action: str) -> ResponseReturnValue:
    """Keep what stands in the form, whatever is missing in it; or discard what was kept. Of a form that asks nothing
    there is nothing to keep."""
    scene = scene_of(number, action)
    if "discard" in request.form:
        discard_act_draft(scene.sheet)
        return redirect(url_for("cases.show", number=number) if scene.open.why_not else _back(scene))
    form = scene.form()
    if scene.chooses_record or not form.asked:
        return redirect(_back(scene))
    files, _unfit = keep_files(store(), scene.uploads, files_before(scene, form), scene.left_out)
    typed = {field.name: request.form.getlist(field.name) for field in fields_in(form)}
    typed, field = put_in(scene, form, typed, request.form.get(PUT, ""))
    seen = number_in(form.shown.data, scene.reading.file.length)
    if _taken_since(scene, seen):
        return redirect(_back(scene))
    filled = Filled({name: said for name, said in typed.items() if any(said)}, files, seen)
    keep_act_draft(scene.sheet, filled, moment())
    return redirect(_back(scene, field or "draft-line"))


def form_with_draft(scene: Scene) -> tuple[ActForm, tuple[StoredFile, ...]]:
    """The form of the act as the reader left it, with the files kept so far; what was sent back stands in it to be
    mended. It shows the case as it is now."""
    draft = scene.draft
    form = scene.form(draft.typed if draft else proposed_before(scene.reading, scene.open.action))
    files = files_of(draft) if draft else ()
    form.shown.data, form.kept.data = str(scene.reading.file.length), token_of(files)
    return form, files


def files_before(scene: Scene, form: ActForm) -> tuple[StoredFile, ...]:
    """The files that came before this request: those that the form names; where it names them too late, the draft's."""
    named = kept_files(form.kept.data)
    return files_of(scene.draft) if form.kept.data and not named and scene.draft else named


def draft_line(reading: Reading, draft: ActDraft | None) -> DraftLine | None:
    """What the page says of the reader's draft."""
    if draft is None:
        return None
    return DraftLine(draft.saved_at, dies_on(draft.saved_at), tuple(_since(reading, draft.seen)))


def _taken_since(scene: Scene, seen: int) -> bool:
    """Whether the reader has taken the act from that very page: what is kept as it goes may arrive after it."""
    me = scene.reading.identity.user_id
    return any(
        event.seq > seen and event.person == me and event.action.name == scene.name for event in scene.reading.events
    )


def _since(reading: Reading, seen: int) -> list[Message]:
    happened: list[CaseEvent] = [event for event in reading.events if event.seq > seen and event.person is not None]
    return [say(event.action.done) for event in happened]


def _back(scene: Scene, anchor: str = "") -> str:
    record = request.values.get("record") if scene.record else None
    address = url_for("acts.show", number=scene.number, action=scene.name, record=record)
    return f"{address}#{anchor}" if anchor else address
