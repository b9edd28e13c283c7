"""The views of a desk as conditions (late, due today, on hold …), and the filters that people keep of them.

`worklists.rows` and `worklists.count` put the conditions under the reader's scope.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Integer,
    Select,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.kinds import all_kinds, digests
from cases.lists.worklists import awaits_decision, in_hand, on_desk_of, others_have, taken_by
from cases.model.disputed import fields_disputed, fields_in
from cases.model.tables import Case
from cases.model.visibility import visible_to
from database import Question, ask_together
from extensions import Base, Instant, transaction
from registry.identity import Identity
from registry.people import Deputy, User, in_force
from workflow.calendar import Calendar, add_workdays
from workflow.definition import SENDS_BACK, Party
from workflow.refusal import Impossible, Incomplete, say
from workflow.timing import SOON

FOR = "for-"
"""Before the id of whom somebody stands in for: that person's work, as a filter."""

MOST_FILTERS: Final = 20
LONGEST_NAME: Final = 40
"""Characters of the name of a filter."""


def condition(view: str, identity: Identity, calendar: Calendar, today: date) -> ColumnElement[bool]:
    """What holds for the cases of a filter. Of the desk's own work, but for those that lie elsewhere."""
    ours = and_(on_desk_of(identity), ~others_have(identity))
    if view == "mine":
        return ours
    if view == "taken":
        return and_(on_desk_of(identity), taken_by(identity))
    if view == "free":  # never unknown, so that its contrary holds where nobody has taken it
        return and_(ours, ~func.coalesce(taken_by(identity), false()))
    if view == "approval":
        return and_(in_hand(identity), awaits_decision())
    if view == "sent-back":
        return and_(on_desk_of(identity), sent_back_to(identity))
    if view.startswith(FOR):
        return stands_in_for(identity, int(view.removeprefix(FOR)))
    if view == "others":
        return and_(on_desk_of(identity), others_have(identity))
    if view == "all-in-hand":
        return in_hand(identity)
    if view in ("enterprise", "bureau", "office"):
        return and_(in_hand(identity), Case.desk == view)
    if view == "hold":
        return and_(in_hand(identity), on_hold())
    return and_(ours, urgencies(calendar, today)[view])


class DeskLists(NamedTuple):
    """What the filters of a desk are made of, beside counts."""

    kept: Sequence[Any]
    """The filters that the person keeps: id, name and query."""
    lent: Sequence[Any]
    """For whom they stand in today: id and name, and until which day."""
    people: Sequence[Any]
    """Id and name of each colleague who has something in hand that the person may read."""
    fields: tuple[str, ...]
    """The fields that are disputed in what their desk answers for."""


def desk_lists(session: Session, identity: Identity, today: date) -> DeskLists:
    """All of it in one statement."""
    asked = _of_a_desk(digests(), visible_to(identity), in_hand(identity))
    found = ask_together(session.connection(), asked, {"user": identity.user_id, "day": today})
    kept, lent, people, fields = found
    return DeskLists(kept, lent, people, fields_in(fields))


@lru_cache(maxsize=500)
def _of_a_desk(kinds: tuple[str, ...], visible: ColumnElement[bool], mine: ColumnElement[bool]) -> tuple[Question, ...]:
    user = bindparam("user", type_=Integer)
    kept = select(SavedFilter.id, SavedFilter.name, SavedFilter.query).where(SavedFilter.user_id == user)
    lent = select(Deputy.person_id, User.name, Deputy.until_day).join(User, User.id == Deputy.person_id)
    lent = lent.where(Deputy.deputy_id == user, in_force(bindparam("day", type_=Date))).order_by(Deputy.id)
    return kept.order_by(SavedFilter.id), lent, colleagues_at_work(visible, mine), fields_disputed(kinds, visible, mine)


def choices_in_all(session: Session, identity: Identity) -> tuple[Sequence[Any], tuple[str, ...]]:
    """Of all that the person may read, who of the colleagues has something in hand, and which fields are disputed."""
    asked = _of_a_list(digests(), visible_to(identity), in_hand(identity))
    people, fields = ask_together(session.connection(), asked, {"user": identity.user_id})
    return people, fields_in(fields)


@lru_cache(maxsize=500)
def _of_a_list(kinds: tuple[str, ...], visible: ColumnElement[bool], mine: ColumnElement[bool]) -> tuple[Question, ...]:
    return colleagues_at_work(visible, mine), fields_disputed(kinds, visible)


def colleagues_at_work(visible: ColumnElement[bool], mine: ColumnElement[bool]) -> Select[int, str]:
    """The question for them."""
    held = select(Case.holder_id).where(visible, mine, Case.holder_id.is_not(None))
    people = select(User.id, User.name).where(User.id.in_(held), User.id != bindparam("user", type_=Integer))
    return people.order_by(User.name)


def stands_in_for(identity: Identity, person_id: int) -> ColumnElement[bool]:
    """What that person has taken, and what lies on the reader's desk only by the roles that they lend."""
    lent = frozenset(role for role, id in identity.acts_for.items() if id == person_id)
    theirs = on_desk_of(replace(identity, roles=lent)) if lent else false()
    return and_(on_desk_of(identity), or_(Case.holder_id == person_id, and_(theirs, Case.holder_id.is_(None))))


def sent_back_to(identity: Identity) -> ColumnElement[bool]:
    """What the person proposed last was sent back, and nobody has proposed anything since; never unknown, so that its
    contrary can be asked."""
    return and_(Case.state.in_(_sent_back_into()), Case.sent_back_to_id.is_not_distinct_from(identity.user_id))


@cache
def _sent_back_into() -> tuple[str, ...]:
    rows = (row for kind in all_kinds().values() for row in kind.actions if row.part is SENDS_BACK)
    return tuple(sorted({str(target) for row in rows for target in row.targets}))


def on_hold() -> ColumnElement[bool]:
    """No official's deadline runs: the enterprise's time does."""
    return or_(Case.due_on.is_(None), Case.due_of.in_(enterprise_deadlines()))


def urgency_of(due_on: date | None, due_of: str, calendar: Calendar, today: date) -> str:
    """The heading of a case in a list: the same cut as the filters make."""
    if due_on is None or due_of in enterprise_deadlines():
        return "hold"
    if due_on <= today:
        return "late" if due_on < today else "today"
    return "soon" if due_on <= soon_until(calendar, today) else "later"


def urgencies(calendar: Calendar, today: date, firm: bool = False) -> dict[str, ColumnElement[bool]]:
    """The same cut as conditions: each case holds exactly one. To a `firm` its own deadlines are what is due."""
    return _cut(today, soon_until(calendar, today), firm, enterprise_deadlines())


@lru_cache(maxsize=50)
def _cut(today: date, until: date, firm: bool, _not_ours: frozenset[str]) -> dict[str, ColumnElement[bool]]:
    held = Case.due_on.is_(None) if firm else on_hold()
    return {
        "late": and_(~held, Case.due_on < today),
        "today": and_(~held, Case.due_on == today),
        "soon": and_(~held, Case.due_on > today, Case.due_on <= until),
        "later": and_(~held, Case.due_on > until),
        "hold": held,
    }


def soon_until(calendar: Calendar, today: date) -> date:
    return add_workdays(calendar, today, SOON)


@cache
def enterprise_deadlines() -> frozenset[str]:
    """The names of the deadlines that an enterprise has to keep."""
    return frozenset(
        deadline.name
        for definition in all_kinds().values()
        for deadline in definition.deadlines
        if deadline.owner is Party.ENTERPRISE
    )


class SavedFilter(Base):
    """A filter of the desk that one person keeps, as the address writes it. Only its owner reads it."""

    __tablename__ = "saved_filter"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    query: Mapped[str] = mapped_column(String(500))
    saved_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("user_id", "name"),)


def filters_of(session: Session, user_id: int) -> list[SavedFilter]:
    """The person's filters, in the order in which they were kept."""
    return list(session.scalars(select(SavedFilter).where(SavedFilter.user_id == user_id).order_by(SavedFilter.id)))


def keep_filter(user_id: int, name: str, query: str, now: datetime) -> SavedFilter:
    """Keep a new filter. Raises Incomplete by field, Impossible where there are twenty already."""
    with transaction() as session:
        held = _locked_filters_of(session, user_id)
        name = _fitting_name(name, held)
        if len(held) >= MOST_FILTERS:
            raise Impossible(say("You keep {n} filters already: remove one first.", n=MOST_FILTERS))
        row = SavedFilter(user_id=user_id, name=name, query=query, saved_at=now)
        session.add(row)
        session.flush()
        return row


def rename_filter(user_id: int, id: int, name: str) -> SavedFilter:
    """Call a filter otherwise. Raises Incomplete by field, Impossible where it is not there."""
    with transaction() as session:
        held = _locked_filters_of(session, user_id)
        row = _filter_in(held, id)
        row.name = _fitting_name(name, [other for other in held if other is not row])
        session.flush()
        return row


def remove_filter(user_id: int, id: int) -> None:
    """Take a filter away. Raises Impossible where it is not there."""
    with transaction() as session:
        session.delete(_filter_in(_locked_filters_of(session, user_id), id))


def _locked_filters_of(session: Session, user_id: int) -> list[SavedFilter]:
    """Under the lock of their owner, so that two windows keep no twenty-first and no name twice."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    return filters_of(session, user_id)


def _filter_in(held: list[SavedFilter], id: int) -> SavedFilter:
    found = next((row for row in held if row.id == id), None)
    if found is None:
        raise Impossible(say("This filter was removed meanwhile: choose another one."))
    return found


def _fitting_name(name: str, others: list[SavedFilter]) -> str:
    name, fault = " ".join(name.split()), None
    if not name:
        fault = say("Give the filter a name.")
    elif len(name) > LONGEST_NAME:
        fault = say("Use {n} characters at most.", n=LONGEST_NAME)
    elif any(other.name == name for other in others):
        fault = say("You have a filter of this name: choose another.")
    if fault:
        raise Incomplete({"name": fault})
    return name
