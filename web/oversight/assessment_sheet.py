"""A month's figures as a workbook: numbers as numbers, headings that stay, nothing that a reader's program computes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from cases.figures.statistics import Point
from web.oversight.assessment_view import Assessment, BodyFigures
from web.parts.words import Words
from web.site.language import in_words, language, local, month_words
from workflow.jurisdiction import PlaceEntry
from workflow.refusal import Message, say

Value = float | int | str | None
Cell = tuple[Value, str]
"""A value and how it is written."""


@dataclass(frozen=True)
class SheetColumn:
    """A heading, how its value is read from a row, and how it is written: a share, a number of one decimal, plain."""

    heading: Message
    read: Callable[[Any], Value]
    form: str = ""
    width: int = 12


def _share(row: BodyFigures | Point) -> Value:
    return None if row.of.share is None else row.of.share / 100


BODIES: Final = (
    SheetColumn(say("Body"), lambda row: _said(row.name), width=38),
    SheetColumn(say("Closed"), lambda row: row.of.closed),
    SheetColumn(say("On time"), lambda row: row.of.on_time),
    SheetColumn(say("On time, share"), _share, "share"),
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


def sheet_of(view: Assessment, place: PlaceEntry, now: datetime) -> bytes:
    """The workbook: the month by body, and the months before. `now` is when it was made."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": local(now).replace(tzinfo=None), "title": _title(view, place)})
    forms = {
        "": book.add_format({"num_format": "0"}),
        "share": book.add_format({"num_format": "0%"}),
        "days": book.add_format({"num_format": "0.0"}),
        "bold": book.add_format({"bold": True}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
    }
    said = [_title(view, place), in_words(_note(view)), in_words(say("Made on {day}.", day=local(now).date()))]
    table: list[list[Cell]] = [[(column.read(row), column.form) for column in BODIES] for row in view.rows]
    _write(book.add_worksheet(str(view.month)), forms, said, BODIES, table)
    heads = (SheetColumn(say("Month"), lambda point: str(point.month)), *OF_A_MONTH)
    months = [[(column.read(point), column.form) for column in heads] for point in view.months]
    _write(book.add_worksheet(in_words(say("Month by month"))), forms, said[:1], heads, months)
    book.close()
    return file.getvalue()


def _write(
    sheet: Any,
    forms: dict[str, Any],
    said: Sequence[str],
    columns: Sequence[SheetColumn],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """Words above, then the headings, frozen, then the rows. Words are written as words, whatever they begin with."""
    head = len(said) + 1
    for place, words in enumerate(said):
        sheet.write_string(place, 0, words, forms["bold"] if place == 0 else None)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(head, place, in_words(column.heading), forms["head"])
    for down, row in enumerate(rows, start=head + 1):
        for across, (value, form) in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(down, across, value)
            elif value is not None:
                sheet.write_number(down, across, value, forms[form])
    sheet.freeze_panes(head + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)


def _title(view: Assessment, place: PlaceEntry) -> str:
    return in_words(say("{place}: assessment, {month}", place=place.name[language()], month=month_words(view.month)))


def _note(view: Assessment) -> Message:
    note = say(
        "Counted from the events of the cases; days are working days of a body's own, time waiting for the firm"
        " not counted; a share from 5 cases on."
    )
    return say("{first} {rest}", first=say("So far; the month is not over."), rest=note) if view.so_far else note


def _said(words: Words) -> str:
    return words if isinstance(words, str) else in_words(words)
