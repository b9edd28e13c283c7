"""The figures of the public page: the last three whole months by kind, worked out once a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import current_app
from sqlalchemy.orm import Session

from cases.figures.public_figures import Public, public_figures
from cases.figures.statistics import first_month
from cases.kinds import all_kinds
from cases.model.months import Month
from web.site.month_words import month_words
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Message, say

MONTHS = 3
KEPT = "public figures"


@dataclass(frozen=True)
class Line:
    """A kind in a month; None is not shown."""

    kind: Message
    of: Public


@dataclass(frozen=True)
class Shown:
    """A month with its kinds."""

    month: Message
    lines: tuple[Line, ...]


def front_figures(session: Session, law: Jurisdiction, today: date) -> tuple[Shown, ...]:
    """The newest month first; none before anything was closed in a whole month. What is over does not change: it is
    counted once a day."""
    known: tuple[date, tuple[Shown, ...]] | None = current_app.extensions.get(KEPT)
    if known is None or known[0] != today:
        known = (today, tuple(_shown(_counted(session, law, Month.of(today)))))
        current_app.extensions[KEPT] = known
    return known[1]


def _counted(session: Session, law: Jurisdiction, this: Month) -> Sequence[Public]:
    first = first_month(session)
    months = [month for month in map(this.on, range(-1, -1 - MONTHS, -1)) if first and month >= first]
    return public_figures(session, law, months, all_kinds()) if months else []


def _shown(figures: Sequence[Public]) -> list[Shown]:
    kinds = {name: say(kind.label) for name, kind in all_kinds().items()}
    return [
        Shown(month_words(month), tuple(Line(kinds[one.kind], one) for one in lines))
        for month, lines in groupby(figures, key=lambda one: one.month)
    ]
