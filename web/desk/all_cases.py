"""The list of all cases that a reader may read: the address is the filter, pages go by key, and what is filtered can
be taken along as a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_

from cases.kinds import all_kinds, digests
from cases.lists.queues import choices_in_all, urgencies
from cases.lists.worklists import count, counts, each_page, found_by, how_many, in_states, is_open, kept
from cases.model.disputed import is_disputed
from cases.model.tables import Case
from extensions import db
from web.case.list_row import CaseRow, label_of, short_names
from web.desk.alarms import alarms
from web.desk.filters import ME, NOBODY
from web.oversight.assessment import SHEET, SheetColumn, workbook
from web.parts.words import Words
from web.site.access import EVERYBODY, identity, note_read, requires, today, world
from web.site.forms import number_in
from web.site.language import in_words
from workflow.definition import AUDITOR, Party
from workflow.past import DISPLAY
from workflow.refusal import Message, say

pages = Blueprint("all_cases", __name__)

PAGE: Final = 50
SHOWN: Final[Mapping[str, Message]] = {
    "open": say("Open"),
    "late": say("Late"),
    "today": say("Due today"),
    "hold": say("On hold"),
    "closed": say("Closed"),
    "all": say("All"),
}
OF_A_FIRM: Final = ("open", "closed", "all")
ORDERS: Final[Mapping[str, Message]] = {
    "due": say("Due, the nearest first"),
    "-due": say("Due, the farthest first"),
    "-filed": say("Filed, the newest first"),
    "filed": say("Filed, the oldest first"),
    "number": say("Case number"),
    "-number": say("Case number, descending"),
    "firm": say("Firm"),
    "-firm": say("Firm, descending"),
    "bureau": say("Bureau"),
    "-bureau": say("Bureau, descending"),
}
Chosen = tuple[str, Message, str, Sequence[tuple[str, str]]]
"""A filter: its name in the address, its words, what is chosen, what there is to choose."""


@dataclass(frozen=True)
class CasesQuery:
    """What the list is asked for, as an address says it; empty: all of it."""

    show: str = "open"
    q: str = ""
    kind: str = ""
    bureau: str = ""
    stage: str = ""
    holder: str = ""
    field: str = ""
    result: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""

    def at(self, **more: str) -> str:
        """The address, with `more` beside it: the key of a page, or the sheet."""
        said = {one.name: getattr(self, one.name) for one in fields(self)} | more
        query = urlencode({name: text for name, text in said.items() if text and (name, text) != ("show", "open")})
        return url_for("all_cases.index") + (f"?{query}" if query else "")

    @property
    def narrowed(self) -> bool:
        return replace(self, sort="") != CasesQuery(self.show)

    @property
    def order(self) -> str:
        """By the day on which a case is due; closed ones are due no more, and come newest first."""
        return self.sort or ("-filed" if self.show == "closed" else "due")

    def sorted_by(self, key: str) -> str:
        """The address of the same list in the order of a heading, turned round where it is in that order already."""
        return replace(self, sort=f"-{key}" if self.order == key else key).at()

    def aria(self, key: str) -> str:
        return {key: "ascending", f"-{key}": "descending"}.get(self.order, "none")

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What each filter asks; of a case that a bureau has lost it learns nothing that it may not know (D25)."""
        known, whose = kept(identity()), identity()
        yield from _shown()[self.show]
        if self.q:
            yield found_by(self.q)
        if self.kind:
            yield Case.kind == self.kind
        if self.bureau:
            yield and_(known, Case.bureau_id == int(self.bureau))
        for stage in filter(None, (self.stage, self.result)):
            yield and_(known, in_states(*_states(digests())[stage][1]))
        if self.holder == NOBODY:
            yield and_(known, Case.holder_id.is_(None))
        elif self.holder:
            yield and_(known, Case.holder_id == (whose.user_id if self.holder == ME else int(self.holder)))
        if self.field:
            yield is_disputed(self.field)
        if _day(self.since):
            yield Case.filed_on >= _day(self.since)
        if _day(self.until):
            yield Case.filed_on <= _day(self.until)


@pages.get("/cases")
@requires(roles=EVERYBODY)
def index() -> ResponseReturnValue:
    """The cases that the reader may read: the firm's own, a bureau's, all of them for the office."""
    asked, staff = _asked(), Party.ENTERPRISE not in identity().parties
    faults = {one for one in ("since", "until") if getattr(asked, one) and not _day(getattr(asked, one))}
    conditions = tuple(asked.conditions())
    if request.args.get("as") == "xlsx" and not faults:
        return _sheet(conditions, asked)
    found = each_page(
        db.session(), identity(), *conditions, sort=asked.order, most=PAGE,
        after=request.args.get("after", ""), before=request.args.get("before", ""),
    )  # fmt: skip
    shown = _shown()
    # what is open is counted in one statement, whatever the number of its parts
    totals = counts(db.session(), identity(), {name: and_(*held) for name, held in shown.items() if name in PARTS})
    totals["closed"] = count(db.session(), identity(), *shown["closed"])
    totals["all"] = totals["open"] + totals["closed"]
    selects = list(_selects(asked))
    return render_template(
        "desk/cases.html",
        staff=staff,
        asked=asked,
        rows=sorted(map(CaseRow, found.rows), key=lambda one: not one.my_turn),
        page=found,
        total=how_many(db.session(), identity(), *conditions) if asked.narrowed else totals[asked.show],
        counts=totals,
        names={name: words for name, words in SHOWN.items() if name in shown},
        selects=selects,
        chips=list(_chips(asked, selects)),
        orders={name: words for name, words in ORDERS.items() if staff or name.strip("-") not in ("firm", "bureau")},
        faults=faults,
        alarms=alarms() if identity().holds(AUDITOR) else None,
    ), 422 if faults else 200


PARTS: Final = ("open", "late", "today", "hold")


def _shown() -> dict[str, list[ColumnElement[bool]]]:
    """The parts of the whole list that this reader may choose among."""
    known, cut = kept(identity()), urgencies(world().calendar, today())
    every: dict[str, list[ColumnElement[bool]]] = {
        "open": [is_open()],
        **{name: [is_open(), known, cut[name]] for name in ("late", "today", "hold")},
        "closed": [Case.closed_at.is_not(None)],
        "all": [],
    }
    firm = Party.ENTERPRISE in identity().parties
    return {name: held for name, held in every.items() if not firm or name in OF_A_FIRM}


def _asked() -> CasesQuery:
    """What the address asks for; a value that there is not is left out, words and days stay as they were typed."""
    said = {one.name: request.args.get(one.name, "").strip() for one in fields(CasesQuery)}
    allowed: dict[str, Any] = {"show": _shown(), "sort": ORDERS, "kind": all_kinds(), "stage": _states(digests())}
    allowed |= {"result": _states(digests()), "bureau": {str(id) for id in short_names()}}
    allowed["field"] = {DISPLAY, *choices_in_all(db.session(), identity())[1]} if said["field"] else ()
    for name, values in allowed.items():
        if said[name] not in values:
            said[name] = ""
    if said["holder"] not in (ME, NOBODY) and not number_in(said["holder"], 0):
        said["holder"] = ""
    return CasesQuery(**said | {"show": said["show"] or "open"})


@cache
def _states(_kinds: tuple[str, ...]) -> dict[str, tuple[Message, tuple[tuple[str, tuple[str, ...]], ...], bool]]:
    """Where a case can stand, by a name for addresses: its words, the states that are called so, whether it is over."""
    found: dict[tuple[str, bool], list[tuple[str, str]]] = {}
    for kind in all_kinds().values():
        for state in kind.states:
            found.setdefault((state.label, state.final), []).append((kind.kind, state.name))
    return {
        ".".join(states[0]): (say(label), tuple((kind, (name,)) for kind, name in states), final)
        for (label, final), states in found.items()
    }


def _day(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _selects(asked: CasesQuery) -> Iterator[Chosen]:
    """By what the list can be narrowed: a firm by kind and by where a case stands, staff by more."""
    states = [(name, in_words(words), final) for name, (words, _held, final) in _states(digests()).items()]
    yield "kind", say("Kind"), asked.kind, [(kind.kind, in_words(say(kind.label))) for kind in all_kinds().values()]
    staff = Party.ENTERPRISE not in identity().parties
    if Party.OFFICE in identity().parties or identity().holds(AUDITOR):
        names = sorted(((str(id), name) for id, name in short_names().items()), key=lambda one: one[1])
        yield "bureau", say("Bureau"), asked.bureau, names
    if asked.show != "closed":
        yield "stage", say("Stage"), asked.stage, [(name, words) for name, words, final in states if not final]
    if staff:
        rows, disputed = choices_in_all(db.session(), identity())
        people = [(str(row.id), row.name) for row in rows]
        yield "holder", say("Taken by"), asked.holder, [(ME, _("you")), (NOBODY, _("nobody")), *people]
        yield "field", say("Disputed"), asked.field, [(one, in_words(label_of(one))) for one in disputed]
    if asked.show in ("closed", "all"):
        yield "result", say("Result"), asked.result, [(name, words) for name, words, final in states if final]


def _chips(asked: CasesQuery, selects: Sequence[Chosen]) -> Iterator[tuple[Message, str, str]]:
    """What narrows the list: which filter, what it says, and the address without it."""
    if asked.q:
        yield say("Search"), asked.q, replace(asked, q="").at()
    for name, words, chosen, choices in selects:
        if chosen:
            yield words, dict(choices).get(chosen, chosen), replace(asked, **{name: ""}).at()
    if _day(asked.since):
        yield say("Filed from"), asked.since, replace(asked, since="").at()
    if _day(asked.until):
        yield say("Filed until"), asked.until, replace(asked, until="").at()


def _plain(words: Words) -> str:
    return words if isinstance(words, str) else in_words(words)


COLUMNS: Final = (
    SheetColumn(say("Case"), lambda line: line.number, width=18),
    SheetColumn(say("Kind"), lambda line: in_words(line.kind), width=14),
    SheetColumn(say("Firm"), lambda line: _plain(line.firm), width=34),
    SheetColumn(say("Record"), lambda line: line.document, width=28),
    SheetColumn(say("With"), lambda line: _plain(line.desk), width=20),
    SheetColumn(say("Taken by"), lambda line: line.row.holder, width=14),
    SheetColumn(say("Stage"), lambda line: in_words(line.label), width=26),
    SheetColumn(say("Filed on"), lambda line: line.row.filed_on.isoformat()),
    SheetColumn(say("Due"), lambda line: line.row.due_on.isoformat() if line.due_in else ""),
    SheetColumn(
        say("provisional"), lambda line: in_words(say("yes")) if line.due_in and line.due_in.provisional else ""
    ),
    SheetColumn(say("Working days left"), lambda line: line.due_in.left if line.due_in else None, width=16),
)


def _sheet(conditions: Sequence[ColumnElement[bool]], asked: CasesQuery) -> Response:
    """All that the filter finds, as a sheet; that it was taken, and how many cases, is written down as a reading."""
    found = each_page(db.session(), identity(), *conditions, sort=asked.order, most=None)
    note_read("cases", len(found.rows))
    filters = [in_words(SHOWN[asked.show])]
    filters += [_("%(filter)s: %(value)s", filter=in_words(words), value=said)
                for words, said, _href in _chips(asked, list(_selects(asked)))]  # fmt: skip
    lines = list(map(CaseRow, found.rows))
    title = in_words(say("Cases"))
    answer = Response(workbook(title, (title, [title, *filters], COLUMNS, lines)), mimetype=SHEET)
    answer.headers["Content-Disposition"] = f'attachment; filename="cases-{today()}.xlsx"'
    return answer
