"""The assessment of bureaus and office by month: a page, and the same figures as a sheet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any, Final

import xlsxwriter
from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from cases.figures.statistics import (
    THE_OFFICE,
    THE_WHOLE,
    Body,
    Figures,
    Point,
    endings,
    first_month,
    month_figures,
    trend,
)
from cases.model.months import Month
from extensions import db
from registry.organisations import stood_between
from web.oversight.outcomes import EndsOfKind, ends_by_kind
from web.parts.bars import BarValue, bars, dots, share_bars
from web.parts.words import Words, in_a_row, listed
from web.site.access import identity, law, now, requires, today
from web.site.language import Names, body_names, in_words, language, local, month_words
from workflow.definition import AUDITOR, CHIEF, HEAD, OFFICER
from workflow.refusal import Message, say

pages = Blueprint("assessment", __name__)

READERS: Final = (OFFICER, CHIEF, AUDITOR, HEAD)
FALLING: Final = 3
"""Months of which each share is below the one before."""
SHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class BodyFigures:
    """One body of the table: its whole name, its short one, and what was counted."""

    body: Body
    name: Words
    short: Words
    of: Figures

    @property
    def whole(self) -> bool:
        return self.body == THE_WHOLE

    @property
    def gives_back(self) -> bool:
        """Whether it can return a case as not its own: a bureau can."""
        return self.body != THE_OFFICE


@dataclass(frozen=True)
class Assessment:
    """A month: the bodies that had something to do with a case closed or reviewed, the whole first; months before it.

    `first`: the month of the first closing of all. `idle`: how many bureaus of this month had nothing to do with any
    case.
    """

    month: Month
    first: Month | None
    so_far: bool
    rows: Sequence[BodyFigures]
    months: Sequence[Point]
    idle: int
    ends: Sequence[EndsOfKind]

    @property
    def whole(self) -> Figures:
        return next((row.of for row in self.rows if row.whole), Figures())


@pages.get("/assessment")
@requires(roles=READERS)
def show() -> ResponseReturnValue:
    """A month, the last whole one where none is named: all bodies, or the head's own bureau beside the whole."""
    view = _view()
    closing = [row for row in view.rows if row.of.closed and not row.whole]
    shares = [[_share(point, row.body) for point in view.months] for row in view.rows]
    base, months = share_bars(shares)
    return render_template(
        "oversight/assessment.html",
        view=view,
        sentence=_sentence(view, shares),
        closed=dict(zip([row.body for row in closing], bars([_closed(row) for row in closing]), strict=True)),
        shares=dict(zip([row.body for row in view.rows], months, strict=True)),
        base=base,
        days=dots([(row.short, row.of.median or 0, row.of.ninetieth or 0) for row in closing]),
        hands=bars(hands_of(row for row in view.rows if row.of.closed)),
        title=month_words(view.month),
        first=view.first,
        own=bureaus_seen() is not None,
        months=list((view.first or view.month).up_to(Month.of(today()))),
        month_words=month_words,
    )


@pages.get("/assessment.xlsx")
@requires(roles=READERS)
def sheet() -> ResponseReturnValue:
    """The same month as a sheet, with the same rows."""
    view = _view()
    answer = Response(_sheet_of(view), mimetype=SHEET)
    answer.headers["Content-Disposition"] = f'attachment; filename="assessment-{view.month}.xlsx"'
    return answer


def _view() -> Assessment:
    session, this, only = db.session(), Month.of(today()), bureaus_seen()
    first = first_month(session)
    month = _month(this, first)
    figures, names = month_figures(session, month), body_names(session)
    begun = min(first or month, month)
    seen = [body for body in figures if only is None or body == THE_WHOLE or body[1] in only]
    seen.sort(key=lambda body: _order(body, figures))
    named = {body: called(body, names) for body in seen}
    stood = stood_between(session, month.first, month.end)
    return Assessment(
        month,
        first,
        month == this,
        [BodyFigures(body, *called(body, names), figures[body]) for body in seen],
        [point for point in trend(session, month) if point.month >= begun],
        len(stood - {id for _party, id in figures}) if only is None else 0,
        ends_by_kind(endings(session, month), named),
    )


def _month(this: Month, first: Month | None) -> Month:
    """The month of the address; one that is none, or is to come, is not there. Named none: the last whole one, or this
    one where nothing was closed before it."""
    if request.args.get("month"):
        asked = Month.read(request.args["month"])
        return asked if asked and asked <= this else abort(404)
    return this.on(-1) if first and first < this else this


def bureaus_seen() -> set[int] | None:
    """The bureaus whose rows the reader sees; None for the office and the auditor, who see all."""
    who = identity()
    return None if who.holds(OFFICER, CHIEF, AUDITOR) else set(who.bureau_ids)


def hands_of(rows: Iterable[BodyFigures]) -> list[BarValue]:
    """In whose hands the cases of each body were, working days a case."""
    amounts = []
    for row in rows:
        office, firm, n = row.of.office_days, row.of.firm_days, row.of.closed
        bureaus = row.of.days - office if row.whole else 0 if row.body == THE_OFFICE else row.of.days
        parts = (("office", office / n), ("bureau", bureaus / n), ("enterprise", firm / n))
        amounts.append(BarValue(row.short, parts, say("{days} d", days=f"{sum(days for _, days in parts):.1f}")))
    return amounts


def called(body: Body, names: Names) -> tuple[Words, Words]:
    """What a body is called, whole and short."""
    if body == THE_WHOLE:
        return say("All cases"), say("All cases")
    if body == THE_OFFICE:
        return say("{office} (our office)", office=names.office), names.office
    return names.whole[body[1] or 0], names.short[body[1] or 0]


def _order(body: Body, found: Mapping[Body, Figures]) -> tuple[bool, bool, int, int]:
    """The whole first, our own office last; between them the best share first, and those without one after them."""
    of = found[body]
    return body != THE_WHOLE, body == THE_OFFICE, -1 if of.share is None else -of.share - 2, -of.closed


def _closed(row: BodyFigures) -> BarValue:
    parts = (("bureau", float(row.of.on_time)), ("late", float(row.of.late)))
    return BarValue(row.short, parts, say("{n} closed", n=row.of.closed))


def _share(point: Point, body: Body) -> int | None:
    return point.bodies[body].share if body in point.bodies else None


def _sentence(view: Assessment, shares: Sequence[Sequence[int | None]]) -> Words:
    """What was closed, how much of it on time, who was late with what was its own, and whose share falls."""
    of = view.whole
    share = say("{share}% on time", share=of.share) if of.share is not None else say("too few for a share")
    late = [say("{body} {n}", body=row.short, n=row.of.late) for row in view.rows if row.of.late and not row.whole]
    said = [say("{n} closed, {share}, {late} late.", n=of.closed, share=share, late=of.late)]
    if late:
        said.append(say("Late with a deadline of its own: {bodies}.", bodies=listed(late)))
    falling = [row.short for row, own in zip(view.rows, shares, strict=True) if not row.whole and _falls(own)]
    if falling:
        said.append(say("The share on time has fallen two months in a row: {bodies}.", bodies=listed(falling)))
    return in_a_row(said)


def _falls(shares: Sequence[int | None]) -> bool:
    last = [share for share in shares[-FALLING:] if share is not None]
    return len(last) == FALLING and all(before > after for before, after in pairwise(last))


@dataclass(frozen=True)
class SheetColumn:
    """A heading, how its value is read from a row, and how it is written: a share, a number of one decimal, plain."""

    heading: Message
    read: Callable[[Any], float | str | None]
    form: str = ""
    width: int = 12


BODIES: Final = (
    SheetColumn(say("Body"), lambda row: _in_sheet(row.name), width=38),
    SheetColumn(say("Closed"), lambda row: row.of.closed),
    SheetColumn(say("On time"), lambda row: row.of.on_time),
    SheetColumn(say("On time, share"), lambda row: row.of.share and row.of.share / 100, "share"),
    SheetColumn(say("Late"), lambda row: row.of.late),
    SheetColumn(say("Median, working days"), lambda row: row.of.median, "days", 20),
    SheetColumn(say("9 of 10 within, working days"), lambda row: row.of.ninetieth, width=24),
    SheetColumn(say("Reviewed"), lambda row: row.of.reviewed),
    SheetColumn(say("Changed on review"), lambda row: row.of.overturned, width=18),
    SheetColumn(say("Returned"), lambda row: row.of.returned if row.gives_back else None),
    SheetColumn(say("Extended"), lambda row: row.of.extended),
    SheetColumn(say("Working days with the office"), lambda row: row.of.office_days, width=26),
    SheetColumn(say("Working days of its own"), lambda row: row.of.days, width=24),
    SheetColumn(say("Working days with the firm"), lambda row: row.of.firm_days, width=26),
)
OF_A_MONTH: Final = BODIES[1:7]
OUTCOMES: Final = (
    SheetColumn(say("Body"), lambda line: _in_sheet(line[0]), width=38),
    SheetColumn(say("Kind"), lambda line: in_words(line[1]), width=18),
    SheetColumn(say("Outcome"), lambda line: in_words(line[2]), width=30),
    SheetColumn(say("Closed"), lambda line: line[3]),
    SheetColumn(say("Closed again"), lambda line: line[4], width=14),
)


def _in_sheet(name: Words) -> str:
    return name if isinstance(name, str) else in_words(name)


def _share_in(point: Point) -> SheetColumn:
    def read(row: BodyFigures) -> float | None:
        share = _share(point, row.body)
        return None if share is None else share / 100

    return SheetColumn(month_words(point.month), read, "share")


def _sheet_of(view: Assessment) -> bytes:
    """The month by body, and the months before: numbers as numbers, and nothing that a reader's program computes."""
    at, month = local(now()), month_words(view.month)
    title = in_words(say("{place}: assessment, {month}", place=law().place.name[language()], month=month))
    note = say(
        "Counted from the events of the cases; days are working days of a body's own, time waiting for the firm"
        " not counted; a share from 5 cases on."
    )
    if view.so_far:
        note = say("{first} {rest}", first=say("So far; the month is not over."), rest=note)
    said = [title, in_words(note), in_words(say("Made on {day}.", day=at.date()))]
    heads = (SheetColumn(say("Month"), lambda point: str(point.month)), *OF_A_MONTH)
    months = in_words(say("Month by month"))
    outcomes = in_words(say("Outcomes"))
    each = say("Each closing stands with the body that decided; closed again is after a review or a reopening.")
    ends = [
        (row.name, kind.label, end, n - again, again)
        for kind in view.ends
        for row in kind.rows
        for (end, _class), (n, again) in zip(kind.ends, row.counts, strict=True)
        if n
    ]
    return workbook(
        title,
        (str(view.month), said, BODIES, view.rows),
        (outcomes, [title, in_words(each)], OUTCOMES, ends),
        (months, said[:1], heads, view.months),
        (in_words(say("Share on time")), said[:1], [BODIES[0], *map(_share_in, view.months)], view.rows),
    )


def workbook(title: str, *tables: tuple[str, Sequence[str], Sequence[SheetColumn], Sequence[Any]]) -> bytes:
    """A workbook with a table a sheet: the name of the sheet, the words above, headings and rows."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": local(now()).replace(tzinfo=None), "title": title})
    forms = {
        "": book.add_format({"num_format": "0"}),
        "share": book.add_format({"num_format": "0%"}),
        "days": book.add_format({"num_format": "0.0"}),
        "bold": book.add_format({"bold": True}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
    }
    for name, said, columns, rows in tables:
        _write(book.add_worksheet(name), forms, said, columns, rows)
    book.close()
    return file.getvalue()


def _write(
    sheet: Any, forms: Mapping[str, Any], said: Sequence[str], columns: Sequence[SheetColumn], rows: Sequence[Any]
) -> None:
    """Words above, then the headings, frozen, then the rows. Words are written as words, whatever they begin with."""
    head = len(said) + 1
    for place, words in enumerate(said):
        sheet.write_string(place, 0, words, forms["bold"] if place == 0 else None)
    for across, column in enumerate(columns):
        sheet.set_column(across, across, column.width)
        sheet.write_string(head, across, in_words(column.heading), forms["head"])
        for down, row in enumerate(rows, start=head + 1):
            value = column.read(row)
            if isinstance(value, str):
                sheet.write_string(down, across, value)
            elif value is not None:
                sheet.write_number(down, across, value, forms[column.form])
    sheet.freeze_panes(head + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
