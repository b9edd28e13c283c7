"""A month's figures as the page and the sheet show them: a row a body, charts, the months before. Asks no database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cases.figures.statistics import THE_OFFICE, THE_WHOLE, Body, Figures, Point
from cases.model.custody import WHOLE
from cases.model.months import Month
from web.parts.bars import BarValue, Dots, ShareLine, ValueBar, bars, dots, line
from web.parts.words import Words
from web.site.language import Names
from workflow.definition import Party
from workflow.refusal import Message, say


@dataclass(frozen=True)
class BodyFigures:
    """One body of the table: its whole name, its short one, and what was counted."""

    body: Body
    name: Words
    short: Words
    of: Figures

    @property
    def whole(self) -> bool:
        return self.body[0] == WHOLE

    @property
    def gives_back(self) -> bool:
        """Whether it can return a case as not its own: a bureau can."""
        return self.body[0] != Party.OFFICE


@dataclass(frozen=True)
class Assessment:
    """The page. `rows` are the bodies that had something to do with a case closed or reviewed, the whole first."""

    month: Month
    so_far: bool
    rows: tuple[BodyFigures, ...]
    closed: tuple[ValueBar, ...]
    days: Dots
    hands: tuple[ValueBar, ...]
    months: tuple[Point, ...]
    trend: ShareLine
    idle: int
    """Bureaus that stood in this month and had nothing to do with any case."""

    @property
    def whole(self) -> Figures:
        return next((row.of for row in self.rows if row.whole), Figures())

    @property
    def bodies(self) -> tuple[BodyFigures, ...]:
        return tuple(row for row in self.rows if not row.whole)

    @property
    def shares(self) -> int:
        """Months of which there is a share: a line needs two."""
        return sum(point.of.share is not None for point in self.months)


def assessment(
    month: Month,
    so_far: bool,
    found: Mapping[Body, Figures],
    months: Sequence[Point],
    names: Names,
    only: Iterable[int] | None,
    stood: Collection[int],
) -> Assessment:
    """The view of a month. `only`: the bureaus whose rows the reader sees beside the whole; None: all of them.
    `stood`: the bureaus that there were in this month."""
    seen = [body for body in found if only is None or body == THE_WHOLE or body[1] in set(only)]
    seen.sort(key=lambda body: _order(body, found))
    rows = [BodyFigures(body, *called(body, names), found[body]) for body in seen]
    closing = [row for row in rows if row.of.closed and not row.whole]
    return Assessment(
        month=month,
        so_far=so_far,
        rows=tuple(rows),
        closed=bars([_closed(row) for row in closing]),
        days=dots([(row.short, row.of.median or 0, row.of.ninetieth or 0) for row in closing]),
        hands=bars(hands_of(row for row in rows if row.of.closed)),
        months=tuple(months),
        trend=line([point.of.share for point in months]),
        idle=len(set(stood) - {id for _party, id in found}) if only is None else 0,
    )


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
    of = row.of
    return BarValue(row.short, (("bureau", of.on_time), ("late", of.late)), closed_words(of))


def closed_words(of: Figures) -> Message:
    """How many, how many in time, how many late: a share only where there are enough."""
    if of.share is None:
        return say("{n} closed, {late} late", n=of.closed, late=of.late) if of.late else say("{n} closed", n=of.closed)
    if of.late:
        return say("{n} closed, {share}% on time, {late} late", n=of.closed, share=of.share, late=of.late)
    return say("{n} closed, all on time", n=of.closed)
