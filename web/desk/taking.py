"""Taking the next case: the most urgent that nobody has, and in which its reader can do something that moves it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement

from cases.engine.advance import TAKE, take_free
from cases.lists.queues import condition, on_hold
from cases.lists.worklists import WorkRow, rows
from cases.model.bisect import readable
from cases.model.reading import read_cases
from cases.model.tables import Case
from cases.model.visibility import person_in
from extensions import db
from web.case.choices import moves_on, open_acts
from web.site.access import identity, moment
from web.site.context import today, world
from workflow.refusal import Refusal

LOOKED_AT: Final = 30
"""Cases of which the next may be one: those before it may all be barred to this reader."""


def next_free() -> Iterator[WorkRow]:
    """The cases that the reader could take next, the first due first."""
    for row in rows(db.session(), identity(), _free(), ~on_hold(), most=LOOKED_AT):
        if readable(row.number, partial(_can_move, row)):
            yield row


def take_it(row: WorkRow) -> bool:
    """Take it; False where somebody else was quicker."""
    person = person_in(identity(), db.session().get_one(Case, row.case_id))
    try:
        take_free(world(), row.case_id, _free(), person, moment())
    except Refusal:
        return False
    return True


def _free() -> ColumnElement[bool]:
    return condition("free", identity(), world().calendar, today())


def _can_move(row: WorkRow) -> bool:
    """Whether the reader may take it, and a step of its desk is open to them: taken for nothing, it would lie."""
    file = read_cases(db.session(), [row.case_id])[0]
    acts = [one for one in open_acts(file, identity(), world(), moment()) if one.why_not is None]
    return any(moves_on(file, one) for one in acts) and any(one.action.name == TAKE for one in acts)
