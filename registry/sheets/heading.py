"""The heading row: which cell of a row is which column. Tolerant of width, spaces and left-out brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from decimal import Decimal

from registry.amounts import WAN
from registry.cleaning import LONGEST, clean_text, unit_of
from registry.columns import KINDS, Column, Type
from registry.sheets.reading import BadSheet, Row
from workflow.refusal import say

REPORTED = ("行号", "栏目", "原因")
"""Headings of the columns that a sheet of rejected rows has in front: such a sheet, mended, can be imported."""


@dataclass(frozen=True)
class Place:
    """Where a column stands in the rows, and what a bare number in it counts."""

    index: int
    column: Column
    unit: Decimal = WAN


@dataclass(frozen=True)
class Layout:
    """The columns of one sheet. Columns beside the national ones are kept under their own headings."""

    places: tuple[Place, ...]
    keys: frozenset[str]


def is_heading(kind: str, row: Row) -> bool:
    """Whether the row heads a sheet of this kind: at least half of the needed columns stand in it."""
    keys = _keys(kind, row)
    needed = [column.key for column in KINDS[kind] if column.needed]
    return 2 * sum(key in keys for key in needed) >= len(needed)


def layout(kind: str, row: Row) -> Layout:
    """The places of the columns; raises `BadSheet` where one is missing, doubled or without its unit."""
    places: dict[str, Place] = {}
    for index, cell in enumerate(row):
        heading = clean_text(cell)[:LONGEST]
        if not heading or heading in REPORTED:
            continue
        column, unit = _column(kind, heading) or (Column(heading, heading, heading, disputable=False), WAN)
        if column.key in places:
            raise BadSheet(say("The column {column} stands twice: leave one.", column=heading))
        places[column.key] = Place(index, column, unit)
    _complete(kind, row, places.keys())
    return Layout(tuple(places.values()), frozenset(places))


def _complete(kind: str, row: Row, present: Set[str]) -> None:
    missing = _missing(kind, present)
    if missing and any(not _missing(other, _keys(other, row)) for other in KINDS if other != kind):
        raise BadSheet(say("This sheet has the columns of another kind of record: choose that kind."))
    if missing:
        raise BadSheet(say("These columns are missing: {columns}.", columns="、".join(missing)))


def _missing(kind: str, present: Set[str]) -> list[str]:
    """The headings without which a sheet is none of this kind; of a bureau, name or code is enough."""
    needed = [column for column in KINDS[kind] if column.needed and column.key not in present]
    bureaus = [column for column in KINDS[kind] if column.type is Type.BUREAU]
    return [column.heading for column in needed] + [
        column.heading for column in bureaus if not {column.key, f"{column.key}_code"} & present
    ]


def _keys(kind: str, row: Row) -> set[str]:
    return {found[0].key for cell in row if (found := _column(kind, str(cell or "")))}


def _column(kind: str, heading: str) -> tuple[Column, Decimal] | None:
    name = _folded(heading)
    for column in KINDS[kind]:
        whole = _folded(column.heading)
        short = _BRACKETS.sub("", whole)
        if column.type is Type.AMOUNT:
            match = _BRACKETS.search(name)
            if _BRACKETS.sub("", name) == short:
                unit = unit_of(match[1]) if match else None
                if unit is None:
                    raise BadSheet(
                        say("The column {column} does not say its unit: head it (万元) or (元).", column=heading)
                    )
                return column, unit
        elif name in (whole, short):
            return column, WAN
    return None


def _folded(heading: str) -> str:
    return re.sub(r"[\s_*:]+", "", unicodedata.normalize("NFKC", heading)).casefold()


_BRACKETS = re.compile(r"\(([^()]*)\)$")
