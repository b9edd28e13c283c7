"""From which day the law's remedies for failure to act open (D3): never a day earlier, and only for who asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workflow.calendar import due
from workflow.definition import FILER, Definition, FieldKind, Party
from workflow.findings import rows_of
from workflow.snapshot import EventFacts, RuleContext, Snapshot


def remedies_open(world: RuleContext, definition: Definition, case: Snapshot, owner: str | None) -> date | None:
    """The day after the time that 《行政诉讼法》第四十七条 gives from the receipt by whoever is late.

    None where the enterprise has asked for nothing: a bureau or another case began this.
    """
    began = next((event for event in case.past if event.round == case.round), None)
    if began is None or not _is_asked(definition, began):
        return None
    remedy = next(remedy for remedy in world.jurisdiction.remedies if remedy.after == "silence")
    start = _received(definition, case, began, owner)
    return due(world.calendar, start, remedy.n, remedy.unit, rolls=remedy.rolls)[0] + timedelta(days=1)


def _is_asked(definition: Definition, began: EventFacts) -> bool:
    """By the enterprise itself, or on its paper: what it commits itself to it has asked for."""
    rows = rows_of(definition, began)
    return any(FILER in row.by or any(field.kind is FieldKind.COMMITMENT for field in row.asks) for row in rows)


def _received(definition: Definition, case: Snapshot, began: EventFacts, owner: str | None) -> date:
    """The day of the filing, or of what began the round; of a bureau its own receipt, where one is named."""
    day = case.filed_on if case.round == 1 and case.filed_on else began.on
    if owner != Party.BUREAU:
        return day
    return max(day, *_receipts(definition, case))


def _receipts(definition: Definition, case: Snapshot) -> Iterator[date]:
    """The days from which the law counts a bureau's time, as they were answered."""
    yield date.min
    named = {one.counts_from.asked for one in definition.deadlines if one.owner is Party.BUREAU and one.counts_from}
    for event in case.past:
        yield from (date.fromisoformat(str(event.codes[name])) for name in named if event.codes.get(name))
