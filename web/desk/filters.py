"""The filters beside a desk with their counts, and the chips over it: what there is to choose from for this reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext
from sqlalchemy import ColumnElement, select

from cases.kinds import all_kinds
from cases.lists.filters import filters_of
from cases.lists.queues import FOR, soon_until, urgencies
from cases.lists.worklists import counts, in_hand, taken_by
from cases.model.tables import Case
from cases.model.visibility import visible_to
from cases.model.words import fields_disputed
from extensions import db
from registry.identity import deputies_in_force, stood_in_for
from registry.people import User
from web.case.list_row import label_of
from web.desk.query import ME, NOBODY, Asked, asked_by
from web.parts.words import Words
from web.site.access import identity
from web.site.context import today, world
from web.site.language import in_words
from workflow.definition import PROPOSES, Definition
from workflow.refusal import Message, say

TITLES: Final[Mapping[str, Message]] = {
    "mine": say("My work"),
    "taken": say("Taken by me"),
    "free": say("Nobody has taken"),
    "others": say("Taken by colleagues"),
    "late": say("Late"),
    "today": say("Due today"),
    "soon": say("Within 3 working days"),
    "all-in-hand": say("All in hand"),
    "enterprise": say("Waits for the firm"),
    "approval": say("Waits for approval"),
    "sent-back": say("Sent back to me"),
    "hold": say("On hold"),
    "bureau": say("With the bureau"),
    "office": say("With the office"),
}
MINE: Final = ("mine", "taken", "free", "others", "late", "today", "soon", "all-in-hand")
STUCK: Final = ("enterprise", "approval", "sent-back", "hold", "bureau", "office")


@dataclass(frozen=True)
class Filter:
    """One filter: its words, where it leads, how many cases it holds, whether it is the one shown."""

    name: str
    title: Words
    asked: Asked
    count: int = 0
    on: bool = False
    kept: bool = False


@dataclass(frozen=True)
class Shelf:
    """Filters under one heading."""

    title: Message
    filters: tuple[Filter, ...]


@dataclass(frozen=True)
class Chip:
    """One thing by which the list is narrowed: its name in the address, its words, what there is to choose from."""

    name: str
    label: Message
    chosen: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Counted:
    """Of the list shown: how many cases in all and under each heading; of the reader's own work, what is due soon."""

    all: int
    by_urgency: Mapping[str, int]
    in_hand: int
    soon: int
    soon_mine: int


def title_of(asked: Asked) -> Words:
    """What a filter is called; of whoever one stands in for, or once did, by their name: an address can name anybody's
    number, and tells nobody whose it is."""
    if not asked.view.startswith(FOR):
        return TITLES[asked.view]
    id = int(asked.view.removeprefix(FOR))
    if id not in stood_in_for(db.session(), identity().user_id):
        return say("Standing in")
    return say("Standing in for {name}", name=db.session().get_one(User, id).name)


def shelves(shown: Asked) -> tuple[Shelf, ...]:
    """Every filter that can hold something for this reader, counted in one statement."""
    drawn = [(title, list(filters)) for title, filters in _shelves()]
    each = {f"{place}-{n}": one for place, (_title, filters) in enumerate(drawn) for n, one in enumerate(filters)}
    found = counts(db.session(), identity(), {key: _holds(one.asked) for key, one in each.items()})
    return tuple(
        Shelf(title, tuple(_counted(one, found[f"{place}-{n}"], shown) for n, one in enumerate(filters)))
        for place, (title, filters) in enumerate(drawn)
        if filters
    )


def counted(shown: Asked) -> Counted:
    """What the page says of its list; a page of fifty is not the whole."""
    here, until = _holds(shown), soon_until(world().calendar, today())
    cut = urgencies(world().calendar, today())
    by_urgency = counts(db.session(), identity(), cut, here)
    soon = _holds(Asked()) & ~cut["hold"] & (Case.due_on <= until)
    others = counts(
        db.session(), identity(), {"in_hand": in_hand(identity()), "soon": soon, "mine": soon & taken_by(identity())}
    )
    return Counted(sum(by_urgency.values()), by_urgency, others["in_hand"], others["soon"], others["mine"])


def chips(shown: Asked) -> tuple[Chip, ...]:
    """Kind, whose work, disputed field."""
    return (
        Chip("kind", say("Kind"), shown.kind, tuple((kind.kind, in_words(say(kind.label))) for kind in _kinds())),
        Chip("holder", say("Taken by"), shown.holder, tuple(_holders())),
        Chip("field", say("Disputed"), shown.field, tuple(_fields())),
    )


def _holds(asked: Asked) -> ColumnElement[bool]:
    return asked.holds(identity(), world().calendar, today())


def _shelves() -> Iterator[tuple[Message, Iterator[Filter]]]:
    yield say("My filters"), _mine()
    yield say("Kind"), (Filter(kind.kind, say(kind.label), Asked("all-in-hand", kind.kind)) for kind in _kinds())
    yield say("Where it is stuck"), (_view(name) for name in STUCK if _can_hold(name))
    yield say("Standing in"), _stood_in_for()


def _mine() -> Iterator[Filter]:
    yield from (_view(name) for name in MINE)
    for row in filters_of(db.session(), identity().user_id):
        yield Filter(f"kept-{row.id}", row.name, asked_by(row.query), kept=True)


def _view(name: str) -> Filter:
    return Filter(name, TITLES[name], Asked(name))


def _stood_in_for() -> Iterator[Filter]:
    """Whom the reader stands in for today, and until which day."""
    for row in deputies_in_force(db.session(), today()):
        if row.deputy_id == identity().user_id:
            person = db.session().get_one(User, row.person_id)
            title = say("{name} (until {day})", name=person.name, day=row.until_day)
            yield Filter(f"{FOR}{person.id}", title, Asked(f"{FOR}{person.id}"))


def _kinds() -> list[Definition]:
    """The kinds in which somebody of the reader's desk has something to do."""
    return [kind for kind in all_kinds().values() if any(identity().holds(*row.by) for row in kind.actions)]


def _can_hold(name: str) -> bool:
    """Where a case lies is worth a filter only while it is elsewhere; who never proposes is sent nothing back."""
    if name == "sent-back":
        rows = (row for kind in all_kinds().values() for row in kind.actions)
        return any(row.part is PROPOSES and identity().holds(*row.by) for row in rows)
    return name not in set(map(str, identity().parties))


def _counted(one: Filter, count: int, shown: Asked) -> Filter:
    return Filter(one.name, one.title, one.asked, count, one.asked == shown, one.kept)


def _holders() -> Iterator[tuple[str, str]]:
    """The reader, nobody, and each colleague who has something in hand."""
    yield ME, gettext("you")
    yield NOBODY, gettext("nobody")
    held = select(Case.holder_id).where(visible_to(identity()), in_hand(identity()), Case.holder_id.is_not(None))
    people = select(User.id, User.name).where(User.id.in_(held), User.id != identity().user_id).order_by(User.name)
    yield from ((str(row.id), row.name) for row in db.session().execute(people))


def _fields() -> Iterator[tuple[str, str]]:
    found = fields_disputed(db.session(), visible_to(identity()), in_hand(identity()))
    yield from ((field, in_words(label_of(field))) for field in found)
