"""Letters that ask nothing more of people who work here: their case has ended or moved since.

They stay in the inbox; only the number beside it leaves them out, so that it says how much is new. A firm's letters are
the firm's answers: each counts until it is opened.
"""

from functools import lru_cache

from sqlalchemy import ColumnElement, and_, exists, or_, select

from cases.kinds import all_kinds
from cases.model.tables import Case, Event
from cases.model.visibility import letters_readable_by
from notifications.letters import Letter
from registry.identity import Identity
from workflow.definition import Party


def letters_new_to(identity: Identity) -> ColumnElement[bool]:
    """The condition on `Letter`: this person may read it, and it is not overtaken."""
    readable = letters_readable_by(identity)
    return readable if Party.ENTERPRISE in identity.parties else and_(readable, _not_overtaken())


def _not_overtaken() -> ColumnElement[bool]:
    """Of no case; of a case that is open and has not moved since; or of a kind that is kept from somebody: nothing is
    said of such a case, and the letter counts until it is opened.

    Every page of an official asks this, and unopened letters pile up for years: the open cases are found once, not
    for each letter.
    """
    return _has_not_moved(tuple(kind.kind for kind in all_kinds().values() if kind.closed_to), moves())


@lru_cache(maxsize=20)
def _has_not_moved(kept: tuple[str, ...], moves: tuple[str, ...]) -> ColumnElement[bool]:
    may_be_new = select(Case.number).where(or_(Case.closed_at.is_(None), Case.kind.in_(kept)))
    since = (Event.case_id == Case.id, Event.at > Letter.served_at, Event.action.in_(moves))
    moved = exists().where(Case.number == Letter.case_number, Case.kind.not_in(kept), *since).correlate(Letter)
    return or_(Letter.case_number == "", and_(Letter.case_number.in_(may_be_new), ~moved))


def moves() -> tuple[str, ...]:
    """The actions by which a case comes to another state."""
    return tuple(sorted({row.name for kind in all_kinds().values() for row in kind.actions if row.moves}))
