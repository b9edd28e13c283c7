"""The calendar: a year at a glance for everybody, the calculator with its proof, and loading a year by the chief."""

from __future__ import annotations

from itertools import zip_longest

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases.engine.recount import CalendarPreview, load, preview, provisional_deadlines
from cases.kinds import all_kinds
from extensions import db
from registry.in_force import as_file
from web.parts.words import MONTHS, WEEKDAYS
from web.public.front import calculate
from web.public.year import changed_months, year_of
from web.site.access import identity, moment, person, requires
from web.site.context import today, world
from web.site.language import in_words
from workflow.calendar import BadCalendar, Calendar, Unit
from workflow.definition import CHIEF, Party
from workflow.refusal import Incomplete, Message, Refusal, say

pages = Blueprint("calendar", __name__)

LARGEST = 64 * 1024
"""Bytes of a calendar file; the shipped ones have about one thousand."""


@pages.get("/calendar")
@requires(public=True)
def calendar() -> ResponseReturnValue:
    """A year: days off, make-up days, today, and how far it is announced; the year of `?year=`, else this one."""
    year = request.args.get("year", today().year, type=int)
    if year not in _years() and year != today().year:
        abort(404)
    return _page(year)


@pages.get("/calendar/due")
@requires(public=True)
def due() -> ResponseReturnValue:
    """When a limit ends, day by day, with up to three pauses."""
    calculated = calculate(today())
    page = render_template("public/calendar/due.html", calculated=calculated, units=tuple(Unit), pauses=_three_pauses())
    return page, calculated.status


@pages.get("/calendar/<name>.toml")
@requires(public=True)
def as_toml(name: str) -> ResponseReturnValue:
    """The calendar in force as a file."""
    ours = world().calendar
    if name != ours.name:
        abort(404)
    headers = {"Content-Disposition": f'attachment; filename="{ours.name}.toml"'}
    return Response(as_file(ours), mimetype="application/toml", headers=headers)


@pages.get("/calendar/preview")
@pages.get("/calendar/load")
@requires(roles={CHIEF})
def back() -> ResponseReturnValue:
    """A preview is shown once, in answer to a file; whoever comes by the address begins again."""
    return redirect(url_for("calendar.calendar"))


@pages.post("/calendar/preview")
@requires(roles={CHIEF})
def preview_file() -> ResponseReturnValue:
    """What a calendar file would move; nothing is kept."""
    try:
        text = _uploaded()
        found = preview(db.session(), world(), text)
    except BadCalendar as refused:
        return _refused(refused.message)
    except Incomplete as refused:
        return _refused(refused.fields["file"])
    return _moves("public/calendar/preview.html", found, world().calendar, text)


@pages.post("/calendar/load")
@requires(roles={CHIEF})
def load_file() -> ResponseReturnValue:
    """Loads the file that was previewed and says what moved; a second time it moves nothing."""
    before = world().calendar
    try:
        found = load(world(), _previewed(), moment(), person().id)
    except BadCalendar as refused:
        return _refused(refused.message)
    except Incomplete as refused:
        return _refused(refused.fields["file"])
    except Refusal as refused:
        return _refused(refused.message)
    return _moves("public/calendar/loaded.html", found, before)


def _uploaded() -> str:
    """The text of the file that was sent; raises `Incomplete` with a sentence."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Incomplete({"file": say("Choose a calendar file first.")})
    content = file.stream.read(LARGEST + 1)
    _require_small(len(content))
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Incomplete(
            {"file": say("This is not a text file in UTF-8: save it as one and choose it again.")}
        ) from None


def _previewed() -> str:
    """The text that the preview's form carries; raises `Incomplete` for more than a file may hold."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    _require_small(len(text))
    return text


def _require_small(size: int) -> None:
    if size > LARGEST:
        raise Incomplete({"file": say("This file is too large: a calendar names the days off and worked of a year.")})


def _three_pauses() -> list[tuple[str, str]]:
    """The pauses as typed, filled up to three."""
    begins, ends = request.args.getlist("pause_from"), request.args.getlist("pause_to")
    typed = [(begin, end) for begin, end in zip_longest(begins, ends, fillvalue="") if begin or end]
    return [*typed, *[("", "")] * 3][:3]


def _refused(sentence: Message) -> ResponseReturnValue:
    return _page(today().year, fault=in_words(sentence)), 422


def _page(year: int, fault: str = "") -> str:
    ours, here = world().calendar, identity()
    return render_template(
        "public/calendar/year.html",
        calendar=ours,
        year=year_of(ours, year, today()),
        years=_years(),
        provisional=provisional_deadlines(db.session()) if Party.OFFICE in here.parties else None,
        may_load=here.holds(CHIEF),
        at_work=here.parties & {Party.OFFICE, Party.BUREAU},
        fault=fault,
        months=MONTHS,
        weekdays=WEEKDAYS,
    )


def _years() -> range:
    """The years announced, and the one after them."""
    ours = world().calendar
    return range(ours.known_from.year, ours.known_until.year + 2)


def _moves(template: str, found: CalendarPreview, before: Calendar, text: str = "") -> str:
    labels = {
        (kind.kind, deadline.name): deadline.label for kind in all_kinds().values() for deadline in kind.deadlines
    }
    changed = changed_months(found.calendar, before, today())
    return render_template(
        template, found=found, changed_months=changed, labels=labels, text=text, months=MONTHS, weekdays=WEEKDAYS
    )
