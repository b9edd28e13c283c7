"""Other cases that belong to one: those it opened or was opened by, and those on the same record."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select

from cases.kinds import all_kinds
from cases.model.related import links_of
from cases.model.tables import Case
from cases.model.visibility import visible_to
from web.case.reading import Reading
from workflow.definition import Party
from workflow.refusal import Message, say

HOW: Final = {
    "opened": say("Opened from here"),
    "opened_by": say("Opened this case"),
    "joined": say("What was found here was added there"),
    "joined_by": say("What was found there was added here"),
}


@dataclass(frozen=True)
class Related:
    """Another case, and how it belongs to this one; `how` is none where only the record is the same."""

    number: str
    kind: Message
    state: Message
    filed_on: date
    closed: bool
    how: Message | None = None


def linked(reading: Reading) -> tuple[Related, ...]:
    """The cases that this one opened or was opened by, as far as the reader may read them and knows of them."""
    links = {
        link.number: link
        for link in links_of(reading.session, reading.identity, reading.file.id)
        if not link.how.endswith("_by") or reading.span.holds(link.seq)
    }
    if not links:
        return ()
    return tuple(replace(one, how=HOW[links[one.number].how]) for one in _read(reading, Case.number.in_(links)))


def on_the_same_record(reading: Reading, but: Collection[str]) -> tuple[Related, ...]:
    """The other cases on the record that the reader may read."""
    if reading.file.record_id is None:
        return ()
    here = (Case.record_id == reading.file.record_id, Case.id != reading.file.id, Case.number.not_in(but))
    return tuple(_read(reading, *here))


def _read(reading: Reading, *conditions: ColumnElement[bool]) -> Iterator[Related]:
    for case in reading.session.scalars(
        select(Case).where(visible_to(reading.identity), *conditions).order_by(Case.id)
    ):
        definition = all_kinds()[case.kind]
        lost = Party.BUREAU in reading.identity.parties and case.bureau_id not in reading.identity.bureau_ids
        state = say("with another bureau now") if lost else say(definition.state(case.state).label)
        yield Related(case.number, say(definition.label), state, case.filed_on, case.closed_at is not None)
