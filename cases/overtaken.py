"""Letters that ask nothing any more of whoever works here: their case has ended, or somebody has moved it since.

They stay in the inbox; only the number beside it leaves them out, so that it says how much is new. A firm's letters are
the firm's answers: each counts until it is opened.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, and_, exists, or_

from cases.kinds import all_kinds
from cases.tables import Case, Event
from cases.visibility import letters_readable_by
from notifications.letters import Letter
from registry.people import Standing
from workflow.definition import Party


def letters_new_to(standing: Standing) -> ColumnElement[bool]:
    """The condition on `Letter`: this person may read it, and it is not overtaken."""
    readable = letters_readable_by(standing)
    return readable if Party.ENTERPRISE in standing.parties else and_(readable, ~_overtaken())


def _overtaken() -> ColumnElement[bool]:
    """Of a kind that is kept from somebody nothing is said of its case: such a letter counts until it is opened."""
    told = [kind.kind for kind in all_kinds().values() if not kind.closed_to]
    since = (Event.case_id == Case.id, Event.at > Letter.served_at, Event.action.in_(moves()))
    over = or_(Case.closed_at.is_not(None), exists().where(*since).correlate(Case, Letter))
    return exists().where(Case.number == Letter.case_number, Case.kind.in_(told), over).correlate(Letter)


def moves() -> tuple[str, ...]:
    """The actions by which a case comes to another state."""
    return _moves(tuple((kind, definition.digest) for kind, definition in sorted(all_kinds().items())))


@cache
def _moves(_kinds: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(sorted({row.name for kind in all_kinds().values() for row in kind.actions if row.moves}))
