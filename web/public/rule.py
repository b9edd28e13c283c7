"""One limit for everybody; and for the head of the office the way by which a proposal becomes a promise: form, preview,
record. Nothing is written before the last."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cases.figures.promising import adopt, keeping, preview
from cases.kinds import all_kinds
from cases.model.evidence import StoredFile
from extensions import db
from registry.people import User
from registry.promises import Promise, may_be_promised, promises_of
from web.public.limit_rows import rows_of
from web.public.rule_form import PromiseForm
from web.public.rule_view import known_rule, runs_by, set_aside, sides, tried_rows, versions_of
from web.site.access import identity, moment, person, requires
from web.site.context import today, world
from web.site.language import in_words, language
from web.site.request_limits import MOST
from web.site.send_file import sent_file
from workflow.definition import AUDITOR, CHIEF, Party
from workflow.limits import Rule
from workflow.refusal import Incomplete, Refusal

pages = Blueprint("rule", __name__)


@pages.get("/rules/<key>")
@requires(public=True)
def show(key: str) -> ResponseReturnValue:
    """A limit: what it is today, where it runs, its versions, each with what it rests on."""
    return _page(_found(key))


@pages.get(f"/rules/<key>/document/<int(max={MOST}):promise_id>")
@requires(public=True)
def document(key: str, promise_id: int) -> ResponseReturnValue:
    """The document in which a limit was published."""
    found = db.session().get(Promise, promise_id)
    if found is None or found not in promises_of(db.session(), _found(key)):
        abort(404)
    return sent_file(found.sha256, found.name, found.media_type)


@pages.get("/rules/<key>/preview")
@pages.get("/rules/<key>/adopt")
@requires(roles={CHIEF})
def back(key: str) -> ResponseReturnValue:
    """A preview is shown once, in answer to the form; whoever comes by the address begins again."""
    return redirect(url_for("rule.show", key=_found(key).key))


@pages.post("/rules/<key>/preview")
@requires(roles={CHIEF})
def look(key: str) -> ResponseReturnValue:
    """What recording it would come to; nothing is recorded."""
    rule, form = _found(key), PromiseForm()
    sent = form.sent()
    file, unfit = form.take_file()
    if unfit:
        form.blame({"file": unfit})
    if not sent or unfit:
        return _page(rule, form, file, status=422)
    if "edit" in request.form:
        return _page(rule, form, file)
    try:
        found = preview(db.session(), world(), rule, form.new(file), today())
    except Refusal as refusal:
        return _refused(rule, form, file, refusal)
    assert file
    shown = {
        "rule": rule,
        "form": form,
        "file": file,
        "found": found,
        "months": tried_rows(found),
        "sides": sides(found, world().calendar, today(), language()),
    }
    return render_template("public/rules/preview.html", **shown)


@pages.post("/rules/<key>/adopt")
@requires(roles={CHIEF})
def record(key: str) -> ResponseReturnValue:
    """Record the promise that was looked at; a second time it is found as it is."""
    rule, form = _found(key), PromiseForm()
    sent = form.sent()
    file, unfit = form.take_file()
    if not sent or unfit:
        return _page(rule, form, file, status=422)
    try:
        adopt(world(), rule.key, form.new(file), form.seen.data or "", person().id, moment())
    except Refusal as refusal:
        return _refused(rule, form, file, refusal)
    flash(gettext("Recorded. Cases filed from the first day on have this limit; no other case is moved."))
    return redirect(url_for("rule.show", key=rule.key))


def _found(key: str) -> Rule:
    return known_rule(world().jurisdiction, key, today()) or abort(404)


def _refused(rule: Rule, form: PromiseForm, file: StoredFile | None, refusal: Refusal) -> ResponseReturnValue:
    """The form again, with what is wrong beside each field, or over it where no field is."""
    if isinstance(refusal, Incomplete):
        form.blame(refusal.fields)
        return _page(rule, form, file, status=422)
    return _page(rule, form, file, in_words(refusal.message), 409)


def _page(
    rule: Rule, form: PromiseForm | None = None, file: StoredFile | None = None, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    session, here = db.session(), identity()
    promises = promises_of(session, rule)
    versions = versions_of(world().jurisdiction, rule, promises, today(), language())
    shown: dict[str, Any] = {
        "rule": rule,
        "rows": rows_of(rule, language()),
        "versions": versions,
        "promises": promises,
        "aside": set_aside(versions, promises),
        "refusal": refusal,
        "file": file,
        "runs": runs_by(all_kinds().get(rule.kind), rule),
        "status": status,
        "first": world().jurisdiction.begins,
        "at_work": here.parties & {Party.OFFICE, Party.BUREAU} or here.holds(AUDITOR),
    }
    if shown["at_work"]:
        users = {promise.recorded_by_id for promise in promises}
        shown["recorders"] = {id: session.get_one(User, id).name for id in users}
    if here.holds(CHIEF) and may_be_promised(rule):
        shown["form"] = form or _fresh(promises)
        shown["keep"] = keeping(session, world(), rule, today())
    return render_template("public/rules/one.html", **shown), status


def _fresh(promises: Any) -> PromiseForm:
    form = PromiseForm(formdata=None)
    form.seen.data = promises[0].seal if promises else ""
    return form
