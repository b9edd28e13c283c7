"""How the closings of a month ended: a table a kind, with a row a body and a column an end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from cases.figures.statistics import THE_WHOLE, Body, MonthEnd
from web.parts.bars import BarValue, ValueBar, bars
from web.parts.words import Words
from workflow.definition import State
from workflow.refusal import Message, say


@dataclass(frozen=True)
class EndsOfBody:
    """A body's closings by end, in the order of the table: how many, and of them of cases that were closed before."""

    name: Words
    whole: bool
    counts: tuple[tuple[int, int], ...]
    bar: ValueBar

    @property
    def closings(self) -> int:
        return sum(n for n, _again in self.counts)


@dataclass(frozen=True)
class EndsOfKind:
    """The ends of a kind that occurred, each with its class in the style sheet, and the bodies that decided so."""

    label: Message
    ends: tuple[tuple[Message, str], ...]
    rows: tuple[EndsOfBody, ...]


def ends_by_kind(found: Sequence[MonthEnd], bodies: Mapping[Body, tuple[Words, Words]]) -> list[EndsOfKind]:
    """Of the bodies, each with its whole name and the one beside its bar; the whole counts what any body decided."""
    tables = []
    for _kind, group in groupby(found, key=lambda one: one.kind.kind):
        of_kind = list(group)
        ends = list(dict.fromkeys(one.end for one in of_kind))
        counted = {body: _counted(of_kind, ends, body) for body in bodies}
        counted = {body: counts for body, counts in counted.items() if any(n for n, _again in counts)}
        drawn = bars([_bar(bodies[body][1], ends, counts) for body, counts in counted.items()])
        rows = zip(counted.items(), drawn, strict=True)
        heads = tuple((say(end.label), _class(end)) for end in ends)
        told = tuple(EndsOfBody(bodies[body][0], body == THE_WHOLE, counts, bar) for (body, counts), bar in rows)
        tables.append(EndsOfKind(say(of_kind[0].kind.label), heads, told))
    return tables


def _counted(found: Sequence[MonthEnd], ends: Sequence[State], body: Body) -> tuple[tuple[int, int], ...]:
    of_end = [[one for one in found if one.end == end and body in (THE_WHOLE, one.body)] for end in ends]
    return tuple((sum(one.closed + one.again for one in those), sum(one.again for one in those)) for those in of_end)


def _bar(name: Words, ends: Sequence[State], counts: Sequence[tuple[int, int]]) -> BarValue:
    parts = tuple((_class(end), float(n)) for end, (n, _again) in zip(ends, counts, strict=True))
    return BarValue(name, parts, say("{n} closed", n=sum(n for n, _again in counts)))


def _class(end: State) -> str:
    """That of its sort, and its own: the style sheet knows some."""
    return f"{'adverse' if end.adverse else 'plain'} end-{end.outcome}"
