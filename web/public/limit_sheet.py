"""The limits of a day as a sheet: comma-separated, with the mark by which office programs know its encoding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from flask import get_template_attribute

from cases.kinds import all_kinds
from notifications.languages import BASES
from notifications.remedies import UNITS
from web.public.limit_rows import Group, Row
from web.site.language import in_words
from workflow.refusal import say

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
    say("Key"),
)


def sheet_of(groups: Iterable[Group]) -> str:
    """A line a limit under a line of headings."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([in_words(heading) for heading in HEADINGS])
    for group in groups:
        writer.writerows(_cells(row) for row in group.rows)
    return f"\ufeff{target.getvalue()}"


def _cells(row: Row) -> tuple[object, ...]:
    kind = all_kinds().get(row.kind)
    return (
        in_words(say(kind.label)) if kind else row.kind,
        in_words(say(row.label)),
        _for(row),
        row.n,
        in_words(UNITS[str(row.unit)]),
        row.extension or "",
        in_words(say(row.counted_from)),
        in_words(BASES[row.mark]),
        row.citation,
        in_words(say(row.note)) if row.note else "",
        row.since,
        row.key,
    )


def _for(row: Row) -> str:
    """For which cases it holds; empty: for all."""
    if row.where:
        return in_words(say(row.where))
    return str(get_template_attribute("parts/limits.html", "variant_name")(row.variant)) if row.variant else ""
