"""One limit: what holds today, where it runs, every version; and promising another, by the head of the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cases.figures.promising import Preview, Tried, adopt, keeping, preview
from cases.kinds import all_kinds
from cases.model.evidence import StoredFile
from extensions import db
from registry.in_force import Promise, may_be_promised, promises_of
from registry.people import User
from web.parts.bars import BarValue, ValueBar, bars
from web.parts.strip import Strip, strip
from web.public.form import PromiseForm
from web.public.rules import LimitRow, rows_of
from web.site.access import identity, now, person, requires, today, world
from web.site.forms import MOST
from web.site.kept_form import sent_file
from web.site.language import in_words, language, month_words
from workflow.calendar import Calendar, count
from workflow.definition import AUDITOR, CHIEF, Definition, Party
from workflow.jurisdiction import Jurisdiction
from workflow.limits import Rule
from workflow.refusal import Incomplete, Message, Refusal, say


@dataclass(frozen=True)
class RuleVersion:
    """The limit over some filing days: up to `until`, open where nothing is to follow. `promise`: its document."""

    rule: Rule
    row: LimitRow
    since: date
    until: date | None
    promise: Promise | None
    now: bool


@dataclass(frozen=True)
class RuleDeadline:
    """A deadline that counts by the limit, and over which states of the case it runs."""

    label: Message
    owner: str
    states: tuple[Message, ...]


def known_rule(law: Jurisdiction, key: str, day: date) -> Rule | None:
    """The limit of that key: as it holds on a day, else the version nearest to it."""
    versions = [rule for rule in law.rules if rule.key == key]
    held = (rule for rule in versions if rule.holds_on(day))
    return next(held, max(versions, key=lambda rule: rule.valid_from, default=None))


def versions_of(
    law: Jurisdiction, rule: Rule, promises: Sequence[Promise], day: date, language: str
) -> tuple[RuleVersion, ...]:
    """The latest first. `promises` are those of the rule, the latest first."""
    found = []
    for one in sorted(law.rules, key=lambda one: one.valid_from, reverse=True):
        if one.key == rule.key:
            document = next((p for p in promises if one.basis == "promise" and p.first_day <= one.valid_from), None)
            row = rows_of(one, language)[0]
            found.append(RuleVersion(one, row, one.valid_from, one.valid_until, document, one.holds_on(day)))
    return tuple(found)


def set_aside(versions: Sequence[RuleVersion], promises: Sequence[Promise]) -> tuple[Promise, ...]:
    """Promises that never hold: another document begins on the same day or instead of them."""
    identity = {version.promise.id for version in versions if version.promise}
    return tuple(promise for promise in promises if promise.id not in identity)


def runs_by(definition: Definition | None, rule: Rule) -> tuple[RuleDeadline, ...]:
    """The deadlines that count by the limit."""
    deadlines = [one for one in definition.deadlines if one.rule == rule.name] if definition else []
    apart = [one for one in deadlines if rule.variant in one.variants] if rule.variant else []
    return tuple(
        RuleDeadline(say(one.label), str(one.owner), tuple(say(definition.state(name).label) for name in one.over))
        for one in dict.fromkeys(apart or deadlines)
        if definition
    )


@dataclass(frozen=True)
class LimitSide:
    """The limit on one side of the day that parts them, counted from the same day."""

    row: LimitRow
    strip: Strip
    due: date


@dataclass(frozen=True)
class TriedRow:
    """A month of the preview."""

    name: Message
    tried: Tried
    bar: ValueBar


def sides(preview: Preview, calendar: Calendar, today: date, language: str) -> tuple[LimitSide, LimitSide]:
    """Old and new, both counted from the first day of the new one."""
    planned = preview.planned
    old, new = (_side(rule, planned.first_day, calendar, today, language) for rule in (planned.before, planned.after))
    return old, new


def _side(rule: Rule, start: date, calendar: Calendar, today: date, language: str) -> LimitSide:
    counted = count(calendar, start, rule.n, rule.unit, rolls=rule.rolls)
    return LimitSide(rows_of(rule, language)[0], strip(counted, today, n=rule.n, unit=rule.unit), counted.due)


def tried_rows(preview: Preview) -> tuple[TriedRow, ...]:
    """Each month with its bar: what stays in time, what turns, what is late either way."""
    amounts = [
        BarValue(
            "",
            (("kept", one.in_time), ("saved", one.would_be_saved), ("turned", one.would_be_late), ("late", one.late)),
            say("Steps that ended"),
        )
        for one in preview.months
    ]
    drawn = bars(amounts)
    return tuple(TriedRow(month_words(one.month), one, bar) for one, bar in zip(preview.months, drawn, strict=True))


pages = Blueprint("rule", __name__, url_prefix="/rules/<key>")


@pages.get("")
@requires(public=True)
def show(key: str) -> ResponseReturnValue:
    """A limit: what it is today, where it runs, its versions, each with what it rests on."""
    return _page(_found(key))


@pages.get(f"/document/<int(max={MOST}):promise_id>")
@requires(public=True)
def document(key: str, promise_id: int) -> ResponseReturnValue:
    """The document in which a limit was published."""
    found = db.session().get(Promise, promise_id)
    if found is None or found not in promises_of(db.session(), _found(key)):
        abort(404)
    return sent_file(found.sha256, found.name, found.media_type)


@pages.get("/preview")
@pages.get("/adopt")
@requires(roles={CHIEF})
def back(key: str) -> ResponseReturnValue:
    """A preview is shown once, in answer to the form; whoever comes by the address begins again."""
    return redirect(url_for("rule.show", key=_found(key).key))


@pages.post("/preview")
@requires(roles={CHIEF})
def look(key: str) -> ResponseReturnValue:
    """What recording it would come to; nothing is recorded."""
    rule, form = _found(key), PromiseForm()
    sent = form.sent()
    file, unfit = form.take_file()
    if unfit:
        form.mark({"file": unfit})
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


@pages.post("/adopt")
@requires(roles={CHIEF})
def record(key: str) -> ResponseReturnValue:
    """Record the promise that was looked at; a second time it is found as it is."""
    rule, form = _found(key), PromiseForm()
    sent = form.sent()
    file, unfit = form.take_file()
    if not sent or unfit:
        return _page(rule, form, file, status=422)
    try:
        adopt(world(), rule.key, form.new(file), form.seen.data or "", person().id, now())
    except Refusal as refusal:
        return _refused(rule, form, file, refusal)
    flash(gettext("Recorded. Cases filed from the first day on have this limit; no other case is moved."))
    return redirect(url_for("rule.show", key=rule.key))


def _found(key: str) -> Rule:
    return known_rule(world().jurisdiction, key, today()) or abort(404)


def _refused(rule: Rule, form: PromiseForm, file: StoredFile | None, refusal: Refusal) -> ResponseReturnValue:
    """The form again, with what is wrong beside each field, or over it where no field is."""
    if isinstance(refusal, Incomplete):
        form.mark(refusal.fields)
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
