"""The calendar: a year at a glance for everybody, the calculator with its proof, loading a year by the chief."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import zip_longest
from typing import Final, NamedTuple

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cases.engine.recount import CalendarPreview, load, preview, provisional_deadlines
from cases.kinds import all_kinds
from extensions import db
from registry.in_force import as_file
from web.parts.words import MONTHS, WEEKDAYS
from web.public.front import calculate
from web.site.access import identity, now, person, requires, today, world
from web.site.language import in_words
from workflow.calendar import BadCalendar, Calendar, Unit, Why
from workflow.definition import CHIEF, Party
from workflow.refusal import Message, Refusal, say

ONE_DAY: Final = timedelta(days=1)


class DayCell(NamedTuple):
    """A day: why it is worked or not, whether it is announced, and whether a file would change it."""

    day: date
    why: Why
    worked: bool
    known: bool
    today: bool
    horizon: bool
    changed: bool

    @property
    def classes(self) -> str:
        """How the style sheet knows it."""
        said = [str(self.why).replace("_", "-")]
        said += [name for name in ("today", "horizon", "changed") if getattr(self, name)]
        return " ".join([*said, *([] if self.known else ["unknown"])])


class CalendarMonth(NamedTuple):
    """A month in weeks from Monday; None stands for the days of its neighbours."""

    first: date
    worked: int
    weeks: tuple[tuple[DayCell | None, ...], ...]


class CalendarBreak(NamedTuple):
    """Days off in a row that a notice names, with the names of the holidays among them in each language."""

    first: date
    last: date
    names: tuple[Mapping[str, str], ...]

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


class CalendarYear(NamedTuple):
    """A year at a glance."""

    year: int
    months: tuple[CalendarMonth, ...]
    breaks: tuple[CalendarBreak, ...]
    make_up: tuple[date, ...]
    sources: tuple[str, ...]

    @property
    def worked(self) -> int:
        return sum(month.worked for month in self.months)


def year_of(calendar: Calendar, year: int, today: date) -> CalendarYear:
    """The year by this calendar."""
    off = sorted(day for day in calendar.off if day.year == year)
    make_up = tuple(sorted(day for day in calendar.work if day.year == year))
    months = tuple(_month(calendar, year, month, today, None) for month in range(1, 13))
    sources = tuple(dict.fromkeys(filter(None, (calendar.source(day) for day in (*off, *make_up)))))
    return CalendarYear(year, months, tuple(_breaks(calendar, off)), make_up, sources)


def changed_months(calendar: Calendar, before: Calendar, today: date) -> tuple[CalendarMonth, ...]:
    """The months in which a day is worked by one of the calendars and off by the other."""
    days = {*calendar.off, *calendar.work, *before.off, *before.work}
    changed = {(day.year, day.month) for day in days if calendar.is_worked(day) != before.is_worked(day)}
    return tuple(_month(calendar, year, month, today, before) for year, month in sorted(changed))


def _month(calendar: Calendar, year: int, month: int, today: date, before: Calendar | None) -> CalendarMonth:
    blank, length = monthrange(year, month)
    days = [
        DayCell(
            day=day,
            why=calendar.why(day),
            worked=calendar.is_worked(day),
            known=calendar.is_known(day),
            today=day == today,
            horizon=day == calendar.known_until,
            changed=before is not None and before.is_worked(day) != calendar.is_worked(day),
        )
        for day in (date(year, month, number) for number in range(1, length + 1))
    ]
    cells: list[DayCell | None] = [*[None] * blank, *days]
    cells += [None] * (-len(cells) % 7)
    weeks = tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))
    return CalendarMonth(date(year, month, 1), sum(cell.worked for cell in days), weeks)


def _breaks(calendar: Calendar, off: list[date]) -> Iterator[CalendarBreak]:
    begun: date | None = None
    for day, following in zip_longest(off, off[1:]):
        begun = begun or day
        if following != day + ONE_DAY:
            names = tuple(name for on, name in sorted(calendar.holidays.items()) if begun <= on <= day)
            yield CalendarBreak(begun, day, names)
            begun = None


pages = Blueprint("calendar", __name__, url_prefix="/calendar")

LARGEST = 64 * 1024
"""Bytes of a calendar file; the shipped ones have about one thousand."""
TOO_LARGE = say("This file is too large: a calendar names the days off and worked of a year.")


@pages.get("")
@requires(public=True)
def calendar() -> ResponseReturnValue:
    """A year: days off, make-up days, today, and how far it is announced; the year of `?year=`, else this one."""
    year = request.args.get("year", today().year, type=int)
    if year not in _years() and year != today().year:
        abort(404)
    return _page(year)


@pages.get("/due")
@requires(public=True)
def due() -> ResponseReturnValue:
    """When a limit ends, day by day, with up to three pauses."""
    calculated = calculate(today())
    page = render_template("public/calendar/due.html", calculated=calculated, units=tuple(Unit), pauses=_three_pauses())
    return page, calculated.status


@pages.get("/<name>.toml")
@requires(public=True)
def as_toml(name: str) -> ResponseReturnValue:
    """The calendar in force as a file."""
    ours = world().calendar
    if name != ours.name:
        abort(404)
    headers = {"Content-Disposition": f'attachment; filename="{ours.name}.toml"'}
    return Response(as_file(ours), mimetype="application/toml", headers=headers)


@pages.get("/preview")
@pages.get("/load")
@requires(roles={CHIEF})
def back() -> ResponseReturnValue:
    """A preview is shown once, in answer to a file; its address alone leads back to the calendar."""
    return redirect(url_for("calendar.calendar"))


@pages.post("/preview")
@requires(roles={CHIEF})
def preview_file() -> ResponseReturnValue:
    """What a calendar file would move; nothing is kept."""
    try:
        text = _uploaded()
        found = preview(db.session(), world(), text)
    except BadCalendar as refused:
        return _refused(refused.message)
    return _moves("public/calendar/preview.html", found, world().calendar, text)


@pages.post("/load")
@requires(roles={CHIEF})
def load_file() -> ResponseReturnValue:
    """Loads the file that was previewed and says what moved; a second time it moves nothing."""
    before, text = world().calendar, request.form.get("text", "").replace("\r\n", "\n")
    if len(text) > LARGEST:
        return _refused(TOO_LARGE)
    try:
        found = load(world(), text, now(), person().id)
    except (BadCalendar, Refusal) as refused:
        return _refused(refused.message)
    return _moves("public/calendar/loaded.html", found, before)


def _uploaded() -> str:
    """The text of the file that was sent; raises `BadCalendar` with a sentence."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadCalendar(say("Choose a calendar file first."))
    content = file.stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadCalendar(TOO_LARGE)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadCalendar(say("This is not a text file in UTF-8: save it as one and choose it again.")) from None


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
    labels = {(kind.kind, one.name): one.label for kind in all_kinds().values() for one in kind.deadlines}
    changed = changed_months(found.calendar, before, today())
    return render_template(
        template, found=found, changed_months=changed, labels=labels, text=text, months=MONTHS, weekdays=WEEKDAYS
    )
