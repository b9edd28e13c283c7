"""What a desk is asked for, the filters and chips that say it, and the filters that people keep.

The address says all of a query, so that it can be kept and sent on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_

from cases.kinds import all_kinds
from cases.lists.queues import (
    FOR,
    DeskLists,
    condition,
    desk_lists,
    keep_filter,
    remove_filter,
    rename_filter,
    sent_back_to,
    soon_until,
    urgencies,
)
from cases.lists.worklists import counts, in_hand, taken_by
from cases.model.disputed import is_disputed
from cases.model.tables import Case
from extensions import db
from registry.columns import KINDS
from registry.identity import stood_in_for
from registry.people import User
from web.case.list_row import label_of
from web.oversight.board import why_refused
from web.parts.words import Words
from web.site.access import identity, now, requires, today, world
from web.site.forms import number_in
from web.site.language import in_words
from workflow.definition import APPROVER, CHIEF, HEAD, OFFICER, PROPOSES, REVIEWER, Definition
from workflow.past import DISPLAY
from workflow.refusal import Incomplete, Message, Refusal, say

pages = Blueprint("filters", __name__)

AT_A_DESK: Final = (REVIEWER, APPROVER, HEAD, OFFICER, CHIEF)
ME: Final = "me"
NOBODY: Final = "none"
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
class DeskQuery:
    """A filter by name, and a kind, whose work, a disputed field; empty: all of them."""

    view: str = "mine"
    kind: str = ""
    holder: str = ""
    field: str = ""

    @cached_property
    def query(self) -> str:
        """As an address says it, without what is asked for anyhow."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return urlencode({name: value for name, value in said.items() if value and (name, value) != ("view", "mine")})

    @property
    def href(self) -> str:
        return self.at(1)

    def at(self, page: int, number: str = "") -> str:
        """The address of a page of this list, with the row that is open there."""
        more = {"page": str(page) if page > 1 else "", "case": number}
        query = "&".join(filter(None, (self.query, urlencode({name: text for name, text in more.items() if text}))))
        return url_for("desk.desk") + (f"?{query}" if query else "")

    @property
    def narrowed(self) -> bool:
        return bool(self.kind or self.holder or self.field)

    @property
    def wide(self) -> DeskQuery:
        """The same filter without what narrows it."""
        return DeskQuery(self.view)

    def condition(self) -> ColumnElement[bool]:
        """Which cases the reader's list holds."""
        found = [condition(self.view, identity(), world().calendar, today())]
        if self.kind:
            found.append(Case.kind == self.kind)
        if self.field:
            found.append(is_disputed(self.field))
        if self.holder == NOBODY:
            found.append(Case.holder_id.is_(None))
        elif self.holder:
            found.append(Case.holder_id == (identity().user_id if self.holder == ME else int(self.holder)))
        return and_(*found)


def query_in(said: Mapping[str, str]) -> DeskQuery:
    """What an address asks for; an unknown value is left out."""
    view, kind, holder, field = (said.get(name, "") for name in ("view", "kind", "holder", "field"))
    stands_in = view.startswith(FOR) and number_in(view.removeprefix(FOR), 0) > 0
    is_field = field == DISPLAY or any(column.key == field for columns in KINDS.values() for column in columns)
    return DeskQuery(
        view if view in TITLES or stands_in else "mine",
        kind if kind in all_kinds() else "",
        holder if holder in (ME, NOBODY) or number_in(holder, 0) > 0 else "",
        field if is_field else "",
    )


def kept_query(query: str) -> DeskQuery:
    """What a kept filter asks for."""
    return query_in(dict(parse_qsl(query)))


@dataclass(frozen=True)
class DeskFilter:
    """One filter: its words, where it leads, how many cases it holds, whether it is the one shown."""

    name: str
    title: Words
    asked: DeskQuery
    count: int = 0
    on: bool = False
    kept: bool = False


def title_of(asked: DeskQuery) -> Words:
    """What a filter is called. A person is named only to who stands in for them, or once did."""
    if not asked.view.startswith(FOR):
        return TITLES[asked.view]
    id = int(asked.view.removeprefix(FOR))
    if id not in stood_in_for(db.session(), identity().user_id):
        return say("Standing in")
    return say("Standing in for {name}", name=db.session().get_one(User, id).name)


Shelf = tuple[Message, list[DeskFilter]]


def counted(shown: DeskQuery, lists: DeskLists) -> tuple[list[Shelf], dict[str, Any]]:
    """Every filter that can hold something for this reader, by heading; and of the list shown how many cases in all
    and under each heading, a page is not the whole; of the reader's own work, what is due soon: in one statement."""
    drawn = list(_shelves(lists))
    here, until, back = shown.condition(), soon_until(world().calendar, today()), returned()
    cut = urgencies(world().calendar, today())
    groups = cut if back is None else {"back": back, **{name: and_(~back, held) for name, held in cut.items()}}
    soon = DeskQuery().condition() & ~cut["hold"] & (Case.due_on <= until)
    named = {
        **{one.asked.query: one.asked.condition() for _title, filters in drawn for one in filters},
        **{f"under {name}": and_(here, held) for name, held in groups.items()},
        "in_hand": in_hand(identity()),
        "soon": soon,
        "soon_mine": soon & taken_by(identity()),
    }
    found = counts(db.session(), identity(), named)
    by_urgency = {name: found[f"under {name}"] for name in groups}
    soon_and_all = {name: found[name] for name in ("in_hand", "soon", "soon_mine")}
    shelves = [
        (title, [replace(one, count=found[one.asked.query], on=one.asked == shown) for one in filters])
        for title, filters in drawn
        if filters
    ]
    return shelves, {"all": sum(by_urgency.values()), "by_urgency": by_urgency, **soon_and_all}


def _shelves(lists: DeskLists) -> Iterator[Shelf]:
    kept = [DeskFilter(f"kept-{row.id}", row.name, kept_query(row.query), kept=True) for row in lists.kept]
    yield say("My filters"), [*map(_view, MINE), *kept]
    kinds = [DeskFilter(kind.kind, say(kind.label), DeskQuery("all-in-hand", kind.kind)) for kind in _kinds()]
    yield say("Kind"), kinds
    yield say("Where it is stuck"), [_view(name) for name in STUCK if _can_hold(name)]
    yield say("Standing in"), [_for(f"{FOR}{row.person_id}", row.name, row.until_day) for row in lists.lent]


def _for(view: str, name: str, until: date) -> DeskFilter:
    return DeskFilter(view, say("{name} (until {day})", name=name, day=until), DeskQuery(view))


def chips(shown: DeskQuery, lists: DeskLists) -> list[tuple[str, Message, str, list[tuple[str, str]]]]:
    """By what the list is narrowed: the name in the address, its words, what is chosen, what there is to choose."""
    kinds = [(kind.kind, in_words(say(kind.label))) for kind in _kinds()]
    people = [(str(row.id), row.name) for row in lists.people]
    return [
        ("kind", say("Kind"), shown.kind, kinds),
        ("holder", say("Taken by"), shown.holder, [(ME, _("you")), (NOBODY, _("nobody")), *people]),
        ("field", say("Disputed"), shown.field, [(field, in_words(label_of(field))) for field in lists.fields]),
    ]


def _view(name: str) -> DeskFilter:
    return DeskFilter(name, TITLES[name], DeskQuery(name))


def _kinds() -> list[Definition]:
    """The kinds in which somebody of the reader's desk has something to do."""
    return [kind for kind in all_kinds().values() if any(identity().holds(*row.by) for row in kind.actions)]


def returned() -> ColumnElement[bool] | None:
    """Which cases were sent back to the reader, for who proposes: they come first, whatever their day."""
    return sent_back_to(identity()) if _can_hold("sent-back") else None


def _can_hold(name: str) -> bool:
    """Where a case lies is worth a filter only while it is elsewhere; who never proposes is sent nothing back."""
    if name == "sent-back":
        rows = (row for kind in all_kinds().values() for row in kind.actions)
        return any(row.part is PROPOSES and identity().holds(*row.by) for row in rows)
    return name not in set(map(str, identity().parties))


@pages.get("/filters")
@requires(roles=AT_A_DESK)
def index() -> ResponseReturnValue:
    """The reader's filters; with a query of the desk, the form to keep that."""
    return _page(query_in(request.args), 200)


@pages.post("/filters")
@requires(roles=AT_A_DESK)
def keep() -> ResponseReturnValue:
    """Keep what the desk was asked for under a name."""
    asked, name = query_in(request.form), request.form.get("name", "")
    try:
        row = keep_filter(identity().user_id, name, asked.query, now())
    except Refusal as refused:
        return _page(asked, 422, name, in_words(why_refused(refused)))
    flash(_("Kept as “%(name)s”.", name=row.name))
    return redirect(asked.href)


@pages.post("/filters/<int:id>")
@requires(roles=AT_A_DESK)
def change(id: int) -> ResponseReturnValue:
    """Rename a filter, or remove it; another person's is not there."""
    try:
        if request.form.get("do") == "remove":
            remove_filter(identity().user_id, id)
        else:
            rename_filter(identity().user_id, id, request.form.get("name", ""))
    except Incomplete as refused:
        return _page(DeskQuery(), 422, request.form.get("name", ""), in_words(why_refused(refused)), id)
    except Refusal as refused:
        return _page(DeskQuery(), 404, fault=in_words(why_refused(refused)))
    return redirect(url_for("filters.index"))


def _page(asked: DeskQuery, status: int, name: str = "", fault: str = "", of: int = 0) -> ResponseReturnValue:
    """`name` and `fault`: what was typed and why it does not do; `of` which filter it was, 0 the new one."""
    lists = desk_lists(db.session(), identity(), today())
    kept = [(row, _says(kept_query(row.query), lists)) for row in lists.kept]
    new = _says(asked, lists) if asked != DeskQuery() else ()
    answer = render_template("desk/filters.html", kept=kept, asked=asked, new=new, name=name, fault=fault, of=of)
    return answer, status


def _says(asked: DeskQuery, lists: DeskLists) -> tuple[Words, ...]:
    """What a filter asks for, in words."""
    named = (dict(choices).get(chosen, "") for _name, _label, chosen, choices in chips(asked, lists) if chosen)
    return (title_of(asked), *(words for words in named if words))
