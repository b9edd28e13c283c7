"""The limits in force, for everybody, as a page and as a sheet; one limit with its versions, and promising another."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from flask import Blueprint, Response, abort, flash, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FileField, HiddenField, IntegerField, StringField
from wtforms.validators import Length, Optional

from cases.figures.promising import Preview, adopt, keeping, preview
from cases.kinds import all_kinds
from cases.kinds.common import OFFICIAL_LADDER
from cases.model.evidence import StoredFile
from extensions import db
from notifications.languages import BASES, UNITS
from registry.in_force import LONGEST_NUMBER, LONGEST_TITLE, NewPromise, Promise, may_be_promised, promises_of
from registry.people import User
from web.parts.bars import BarValue, bars
from web.parts.strip import Strip, strip
from web.public.calculator import AS_A_DAY, read_day
from web.public.house_decisions import HOUSE_DECISIONS
from web.site.access import identity, law, now, person, requires, today, world
from web.site.forms import MOST, DayField, Form
from web.site.kept_form import one_file, sent_file
from web.site.language import in_words, language, month_words
from workflow.calendar import Calendar, count
from workflow.definition import AUDITOR, CHIEF, Definition, Party
from workflow.jurisdiction import Display, Jurisdiction, Remedy
from workflow.limits import Mark, Rule, mark_of
from workflow.refusal import Incomplete, Message, Refusal, say

DELIVERY: Final = "delivery"
"""The limits of other places, which no kind of case has."""
MARKS: tuple[Mark, ...] = ("statute", "statute_unverified", "promise", "proposal", "analogy")


class LimitRow(NamedTuple):
    """One limit with its mark and citation. `where` says for which cases it holds; empty: for all.

    `extension_mark` is the mark of the extension, where it is not that of the limit itself.
    """

    rule: Rule
    mark: Mark
    citation: str
    where: str
    extension_mark: Mark | None


class LimitGroup(NamedTuple):
    """The rows of one kind; `handled` says whether such cases are taken here yet."""

    kind: str
    handled: bool
    rows: tuple[LimitRow, ...]


def limits_on(place: Jurisdiction, day: date, language: str, kinds: Collection[str]) -> tuple[LimitGroup, ...]:
    """Every limit for cases filed on a day, by kind, those of the kinds that are handled first."""
    rows = [row for rule in place.in_force(day) for row in rows_of(rule, language)]
    names = sorted(dict.fromkeys(row.rule.kind for row in rows), key=lambda kind: kind not in kinds)
    of_kind = {kind: tuple(row for row in rows if row.rule.kind == kind) for kind in names}
    return tuple(LimitGroup(kind, kind in kinds, rows) for kind, rows in of_kind.items())


def marked(groups: tuple[LimitGroup, ...], mark: str) -> tuple[LimitGroup, ...]:
    """Only the rows that bear a mark; groups without one are left out."""
    if mark not in MARKS:
        return groups
    kept = (group._replace(rows=tuple(row for row in group.rows if row.mark == mark)) for group in groups)
    return tuple(group for group in kept if group.rows)


def leading(groups: tuple[LimitGroup, ...]) -> tuple[LimitGroup, ...]:
    """The limits to know first: of the first kind its first step, what a text gives and what can become longer; of
    the others what a text binds to or was promised."""
    kept = (group._replace(rows=tuple(row for row in group.rows if _leads(row, group, groups[0]))) for group in groups)
    return tuple(group for group in kept if group.rows)


def _leads(row: LimitRow, group: LimitGroup, first: LimitGroup) -> bool:
    if row.rule.window:
        return False
    if group.kind != first.kind:
        return row.mark not in ("proposal", "analogy")
    return row == group.rows[0] or row.mark != "proposal" or row.rule.extension is not None


def counted(groups: tuple[LimitGroup, ...]) -> dict[Mark, int]:
    """How many rows bear each mark; a mark that none bears counts 0."""
    found = Counter(row.mark for group in groups for row in group.rows)
    return {mark: found[mark] for mark in MARKS}


def as_law(entries: Iterable[Remedy | Display], language: str) -> list[dict[str, object]]:
    """Remedies, or periods of display, as rows like those of limits."""
    return [
        {
            "rule": entry,
            "mark": "statute_unverified" if entry.certainty == "second_hand" else "statute",
            "citation": _citation(entry, language),
        }
        for entry in entries
    ]


def rows_of(rule: Rule, language: str) -> tuple[LimitRow, ...]:
    """The limit, and the same where a text binds only some cases."""
    row = _row(rule, "", language)
    return (row, _row(rule.bound(), rule.binding.where, language)) if rule.binding else (row,)


def _row(rule: Rule, where: str, language: str) -> LimitRow:
    extension_mark = None if rule.of_extension == rule.basis else rule.of_extension
    return LimitRow(rule, mark_of(rule), _citation(rule, language), where, extension_mark)


def _citation(cited: Rule | Remedy | Display, language: str) -> str:
    return cited.citation_en if language == "en" else cited.citation


HEADINGS: Final = (
    say("Matter"),
    say("Step"),
    say("For"),
    say("Limit"),
    say("Unit"),
    say("Longer by"),
    say("Counted"),
    say("Basis"),
    say("Source"),
    say("What to know"),
    say("First filing day"),
    say("Last filing day"),
    say("Key"),
    say("Rule set"),
)


def sheet_of(groups: Iterable[LimitGroup], rule_set: str) -> str:
    """A line a limit under a line of headings."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([in_words(heading) for heading in HEADINGS])
    writer.writerows((*_cells(row), rule_set) for group in groups for row in group.rows)
    return f"\ufeff{target.getvalue()}"


def _cells(row: LimitRow) -> tuple[object, ...]:
    rule, kind = row.rule, all_kinds().get(row.rule.kind)
    return (
        in_words(say(kind.label)) if kind else rule.kind,
        in_words(say(rule.label)),
        _for(row),
        rule.n,
        in_words(UNITS[str(rule.unit)]),
        rule.extension or "",
        in_words(say(rule.counted_from)),
        in_words(BASES[row.mark]),
        row.citation,
        in_words(say(rule.note)) if rule.note else "",
        rule.valid_from,
        rule.valid_until or "",
        rule.key,
    )


def _for(row: LimitRow) -> str:
    """For which cases it holds; empty: for all."""
    if row.where:
        return in_words(say(row.where))
    variant = row.rule.variant
    return str(get_template_attribute("parts/limits.html", "variant_name")(variant)) if variant else ""


pages = Blueprint("rules", __name__)


@pages.get("/rules")
@requires(public=True)
def rules() -> ResponseReturnValue:
    """Every limit for cases filed today, or on the day of `?on=`; `?mark=` shows those of one basis."""
    typed, mark = request.args.get("on", "").strip(), request.args.get("mark", "")
    day, fault = _asked_day(typed)
    groups = limits_on(world().jurisdiction, day, language(), (*all_kinds(), DELIVERY))
    page = render_template(
        "public/rules/all.html",
        groups=marked(groups, mark),
        counts=counted(groups),
        rule_set=world().jurisdiction.rule_set(day),
        mark=mark,
        day=day,
        typed=typed,
        fault=fault,
        displays=as_law((rule for rule in law().displays if rule.holds_on(day)), language()),
        remedies=as_law((one for one in law().remedies if one.after in ("decision", "silence", "review")), language()),
        grounds=law().grounds,
        fees=law().fees,
        ladder=OFFICIAL_LADDER,
        decisions=HOUSE_DECISIONS,
        place=law().place,
        begins=law().begins,
        at_work=identity().parties & {Party.OFFICE, Party.BUREAU},
    )
    return page, 422 if fault else 200


@pages.get("/rules.csv")
@requires(public=True)
def sheet() -> ResponseReturnValue:
    """The same limits as a sheet, in the language of the page."""
    day, _fault = _asked_day(request.args.get("on", "").strip())
    groups = limits_on(world().jurisdiction, day, language(), (*all_kinds(), DELIVERY))
    headers = {"Content-Disposition": f'attachment; filename="rules-{day}.csv"'}
    rule_set = world().jurisdiction.rule_set(day).id
    return Response(sheet_of(groups, rule_set), mimetype="text/csv", headers=headers)


def _asked_day(typed: str) -> tuple[date, str]:
    """The day asked for, and what is wrong with it: then it is today."""
    day = read_day(typed)
    return day or today(), in_words(AS_A_DAY) if typed and not day else ""


class WholeNumber(IntegerField):
    """A whole number; what is none is said in words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[no-untyped-call]
        except ValueError:
            raise ValueError(_("Write a whole number.")) from None


class PromiseForm(Form):
    """What the document says. `seen` is what was recorded of the limit when the page was shown."""

    title = StringField(_("Document that was published"), [Length(max=LONGEST_TITLE)])
    number = StringField(_("Number of the document"), [Length(max=LONGEST_NUMBER)])
    dated = DayField(_("Published on"), [Optional()])  # type: ignore[no-untyped-call]
    n = WholeNumber(_("Limit in the document"), [Optional()])  # type: ignore[no-untyped-call]
    extension = WholeNumber(_("Extension in the document"), [Optional()])  # type: ignore[no-untyped-call]
    first_day = DayField(_("From which filing day"), [Optional()])  # type: ignore[no-untyped-call]
    title_en = StringField(_("Its title in English"), [Length(max=LONGEST_TITLE)])
    file = FileField(_("The document itself"))
    kept = HiddenField()
    seen = HiddenField()

    def new(self, file: StoredFile | None) -> NewPromise:
        """What was written."""
        return NewPromise(
            title=self.title.data or "",
            number=self.number.data or "",
            dated=self.dated.data,
            n=self.n.data,
            first_day=self.first_day.data,
            file=file,
            extension=self.extension.data,
            title_en=self.title_en.data or "",
        )


class RuleVersion(NamedTuple):
    """The limit over some filing days, and the document that promised it."""

    row: LimitRow
    promise: Promise | None


def _known_rule(key: str) -> Rule:
    """The limit of that key: as it holds today, else the version nearest to it."""
    versions = [rule for rule in world().jurisdiction.rules if rule.key == key]
    held = (rule for rule in versions if rule.holds_on(today()))
    return next(held, max(versions, key=lambda rule: rule.valid_from, default=None)) or abort(404)


def _versions_of(rule: Rule, promises: Sequence[Promise]) -> Iterator[RuleVersion]:
    """The latest first. `promises` are those of the rule, the latest first."""
    for one in sorted(world().jurisdiction.rules, key=lambda one: one.valid_from, reverse=True):
        if one.key == rule.key:
            document = next((p for p in promises if one.basis == "promise" and p.first_day <= one.valid_from), None)
            yield RuleVersion(rows_of(one, language())[0], document)


def _runs_by(definition: Definition | None, rule: Rule) -> list[tuple[Message, str, list[Message]]]:
    """The deadlines that count by the limit: each with its owner and the states over which it runs."""
    if definition is None:
        return []
    deadlines = [one for one in definition.deadlines if one.rule == rule.name]
    apart = [one for one in deadlines if rule.variant in one.variants] if rule.variant else []
    return [
        (say(one.label), str(one.owner), [say(definition.state(name).label) for name in one.over])
        for one in dict.fromkeys(apart or deadlines)
    ]


class LimitSide(NamedTuple):
    """The limit on one side of the day that parts them, counted from the first day of the new one."""

    row: LimitRow
    strip: Strip
    due: date


def _side(rule: Rule, start: date, calendar: Calendar) -> LimitSide:
    counted = count(calendar, start, rule.n, rule.unit, rolls=rule.rolls)
    return LimitSide(rows_of(rule, language())[0], strip(counted, today(), n=rule.n, unit=rule.unit), counted.due)


def _tried_rows(preview: Preview) -> list[dict[str, object]]:
    """Each month with its bar: what stays in time, what turns, what is late either way."""
    steps = say("Steps that ended")
    kept = ("kept", "saved", "turned", "late")
    amounts = [
        tuple(zip(kept, (one.in_time, one.would_be_saved, one.would_be_late, one.late), strict=True))
        for one in preview.months
    ]
    drawn = bars([BarValue("", parts, steps) for parts in amounts])
    months = zip(preview.months, drawn, strict=True)
    return [{"name": month_words(one.month), "tried": one, "bar": bar} for one, bar in months]


rule_pages = Blueprint("rule", __name__, url_prefix="/rules/<key>")


@rule_pages.get("")
@requires(public=True)
def show(key: str) -> ResponseReturnValue:
    """A limit: what it is today, where it runs, its versions, each with what it rests on."""
    return _page(_known_rule(key))


@rule_pages.get(f"/document/<int(max={MOST}):promise_id>")
@requires(public=True)
def document(key: str, promise_id: int) -> ResponseReturnValue:
    """The document in which a limit was published."""
    found = db.session().get(Promise, promise_id)
    if found is None or found not in promises_of(db.session(), _known_rule(key)):
        abort(404)
    return sent_file(found.sha256, found.name, found.media_type)


@rule_pages.get("/preview")
@rule_pages.get("/adopt")
@requires(roles={CHIEF})
def back(key: str) -> ResponseReturnValue:
    """A preview is shown once, in answer to the form; its address alone leads back to the limit."""
    return redirect(url_for("rule.show", key=_known_rule(key).key))


@rule_pages.post("/preview")
@requires(roles={CHIEF})
def look(key: str) -> ResponseReturnValue:
    """What recording it would come to; nothing is recorded."""
    rule, form = _known_rule(key), PromiseForm()
    sent = form.sent()
    file, unfit = one_file(form.kept, request.files.getlist("file"))
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
    planned = found.planned
    sides = [_side(one, planned.first_day, world().calendar) for one in (planned.before, planned.after)]
    shown = {"rule": rule, "form": form, "file": file, "found": found, "months": _tried_rows(found), "sides": sides}
    return render_template("public/rules/preview.html", **shown)


@rule_pages.post("/adopt")
@requires(roles={CHIEF})
def record(key: str) -> ResponseReturnValue:
    """Record the promise that was looked at; a second time it is found as it is."""
    rule, form = _known_rule(key), PromiseForm()
    sent = form.sent()
    file, unfit = one_file(form.kept, request.files.getlist("file"))
    if not sent or unfit:
        return _page(rule, form, file, status=422)
    try:
        adopt(world(), rule.key, form.new(file), form.seen.data or "", person().id, now())
    except Refusal as refusal:
        return _refused(rule, form, file, refusal)
    flash(gettext("Recorded. Cases filed from the first day on have this limit; no other case is moved."))
    return redirect(url_for("rule.show", key=rule.key))


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
    versions = list(_versions_of(rule, promises))
    in_force = {version.promise.id for version in versions if version.promise}
    shown: dict[str, Any] = {
        "rule": rule,
        "rows": rows_of(rule, language()),
        "versions": versions,
        "promises": promises,
        "aside": [promise for promise in promises if promise.id not in in_force],
        "refusal": refusal,
        "file": file,
        "runs": _runs_by(all_kinds().get(rule.kind), rule),
        "status": status,
        "first": world().jurisdiction.begins,
        "at_work": here.parties & {Party.OFFICE, Party.BUREAU} or here.holds(AUDITOR),
    }
    if shown["at_work"]:
        users = {promise.recorded_by_id for promise in promises}
        shown["recorders"] = {id: session.get_one(User, id).name for id in users}
    if here.holds(CHIEF) and may_be_promised(rule):
        if form is None:
            form = PromiseForm(formdata=None)
            form.seen.data = promises[0].seal if promises else ""
        shown |= {"form": form, "keep": keeping(session, world(), rule, today())}
    return render_template("public/rules/one.html", **shown), status
