"""Earlier cases beside a proposal: of the same record, and with the same mistake at the same bureau."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from cases.kinds import all_kinds
from cases.lists.alike import Difference, alike
from cases.model.tables import Case
from registry.columns import KINDS
from web.case.beside import Related, on_the_same_record
from web.case.reading import Reading
from web.parts.words import span
from web.site.field_words import field_label
from workflow.calendar import Unit
from workflow.refusal import Message, say

SHOWN = 5


@dataclass(frozen=True)
class SameMistake:
    """A mistake that other cases have too: in words, how many, of how many it was corrected, the newest of them."""

    what: Message
    count: int
    corrected: int
    newest: tuple[tuple[str, Message], ...]


def earlier(reading: Reading) -> tuple[Related, ...]:
    """The other cases of the record, the newest first."""
    return tuple(reversed(on_the_same_record(reading, ())))


def same_mistakes(reading: Reading) -> Iterator[SameMistake]:
    """Each mistake of this case that this bureau has met in the last year."""
    if reading.record is None:
        return
    kinds = {column.key: column.type for column in KINDS.get(reading.record.kind, ())}
    for one in alike(reading.session, reading.identity, reading.file, kinds, reading.today):
        what = say(
            "{field}: {difference}",
            field=field_label(reading.record, one.difference.field),
            difference=_in_words(one.difference),
        )
        newest = tuple(_stands(reading, number) for number in one.numbers[:SHOWN])
        yield SameMistake(what, len(one.numbers), one.corrected, newest)


def _in_words(difference: Difference) -> Message:
    by, later = abs(difference.by), difference.by > 0
    if difference.unit == "times":
        return (
            say("the record is {n} times the claim", n=by) if later else say("the claim is {n} times the record", n=by)
        )
    distance = span(by, Unit.DAY)
    return say("{span} later", span=distance) if later else say("{span} earlier", span=distance)


def _stands(reading: Reading, number: str) -> tuple[str, Message]:
    case = reading.session.scalars(select(Case).where(Case.number == number)).one()
    return number, say(all_kinds()[case.kind].state(case.state).label)
