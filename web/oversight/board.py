"""The office's overdue board, the page of each of its rows, and the supervision sheets that the head sends from it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from cases.engine.advance import Command, advance
from cases.engine.sweep import Stuck, stuck_cases
from cases.figures.board import SUPERVISE, board, late_on, on_row_of, with_the_firm
from cases.figures.signals import signals
from cases.figures.statistics import THE_OFFICE, Body, Figures, month_figures
from cases.kinds import all_kinds
from cases.lists.worklists import rows
from cases.model.months import Month
from cases.model.tables import Case
from cases.model.visibility import find_case, person_in, visible_to
from cases.model.words import subjects_of
from extensions import db
from registry.organisations import Bureau, Enterprise
from web.case.list_row import firm_in_list
from web.oversight.assessment_view import BodyFigures, called, hands_of
from web.oversight.board_page import (
    MOST_LATE,
    BoardCase,
    BodyRow,
    drawn,
    figures_of,
    late_case,
    on_board,
    sorts_of_signals,
    whose_row,
)
from web.parts.bars import ValueBar, bars
from web.parts.words import Words
from web.site.access import identity, now, requires, today, world
from web.site.errors import set_aside
from web.site.forms import page_of
from web.site.language import Names, body_names, bureau_short, month_words, office_short
from workflow.definition import AUDITOR, CHIEF, OFFICER, Addressee, Party
from workflow.refusal import Incomplete, Message, Refusal, say

pages = Blueprint("board", __name__)
MONTHS = 6
PAGE = 100
"""Cases of a body on a page."""


@pages.get("/overdue")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def overdue() -> ResponseReturnValue:
    """Every open case by bureau and days left, and beside it the late ones with their rungs."""
    as_table = request.args.get("as") == "table"
    (board_facts, unread), (below, unread_below) = _board(), _below()
    return render_template(
        "oversight/board.html",
        as_table=as_table,
        may_send=identity().holds(CHIEF),
        stuck=stuck_here(),
        unread=list(dict.fromkeys(unread + unread_below)),
        **board_facts,
        **below,
    )


@dataclass(frozen=True)
class SheetResult:
    """What became of one sheet: its place in the chain, or why it did not go."""

    number: str
    firm: Words
    bureau: str
    deadline: Message | None
    seq: int | None = None
    why: Message | None = None


@pages.post("/overdue/supervise")
@requires(roles=(CHIEF,))
def supervise() -> ResponseReturnValue:
    """Send these sheets now, each by itself: one that cannot go holds up no other."""
    asked = list(dict.fromkeys(request.form.getlist("sheet")))[:MOST_LATE]
    results = [_send(*_named(sheet)) for sheet in asked]
    sent = [result for result in results if result.why is None]
    failed = [result for result in results if result.why is not None]
    answer = render_template(
        "oversight/supervised.html", sent=sent, failed=failed, left=len(_not_supervised()), at=now()
    )
    return answer, 200 if sent else 422 if not asked else 409


def _board() -> tuple[dict[str, object], list[str]]:
    """The board, and the numbers of the cases that cannot be drawn on it.

    Named are the latest of the late, and sent at one press the latest whose sheets can go now."""
    session, names = db.session(), body_names(db.session())
    found, unread = board(session, identity())
    cases = on_board(found, world().calendar, today())
    late = [one for one in cases if one.late]
    first, to_send = late[:MOST_LATE], _without_sheet(late)[:MOST_LATE]
    subjects = subjects_of(session, [one.row.case_id for one in (*first, *to_send)])
    return {
        "plot": drawn(cases, names),
        "figures": figures_of(cases),
        "late": len(late),
        "first": [late_case(one, subjects[one.row.case_id], names) for one in first],
        "to_send": to_send,
        "with_the_firm": with_the_firm(session, identity()),
    }, unread


def _without_sheet(late: Iterable[BoardCase]) -> list[BoardCase]:
    return [one for one in late if not one.row.supervised_at]


def _not_supervised() -> list[BoardCase]:
    """The late cases whose sheet has not gone out, the latest first: of all cases, those alone are read."""
    marks, _unread = board(db.session(), identity(), late_on(today()))
    return _without_sheet(on_board(marks, world().calendar, today()))


@dataclass(frozen=True)
class ToSupervise:
    """Late cases whose sheet has not gone out yet: what a form sends to say which, and how many of whom. Of very many
    the latest, since one press sends them all."""

    sheets: tuple[str, ...]
    whose: tuple[tuple[Words, int], ...]


def to_supervise() -> ToSupervise | None:
    """For the desk of the head; None where nothing is to be sent."""
    cases = _not_supervised()[:MOST_LATE]
    if not cases:
        return None
    names = body_names(db.session())
    whose = Counter(whose_row(one.row, names) for one in cases).most_common()
    return ToSupervise(tuple(one.sheet for one in cases), tuple(whose))


def _below() -> tuple[dict[str, object], list[str]]:
    """What stands under the plot: signals of the last thirty days, and in whose hands this month's time was. Beside it
    the numbers of the cases in which no signal can be looked for."""
    session, month, names = db.session(), Month.of(today()), body_names(db.session())
    found = month_figures(session, month)
    rows = [
        BodyFigures(body, *called(body, names), of) for body, of in found.items() if of.closed and body[1] is not None
    ]
    seen, unread = signals(session, identity(), world(), now())
    hands = bars(hands_of(sorted(rows, key=lambda row: -row.of.closed)))
    return {"signals": sorts_of_signals(seen, names), "hands": hands, "month": month}, unread


def _named(sheet: str) -> tuple[str, str]:
    number, _, deadline = sheet.partition(" ")
    return number, deadline


def _send(number: str, deadline: str) -> SheetResult:
    case = find_case(db.session(), identity(), number)
    if case is None:
        return SheetResult(number, "", "", None, why=say("No case bears this number."))
    told, case_id = _told(case, deadline), case.id
    person = person_in(identity(), case)
    try:
        written = advance(world(), Command(case_id, SUPERVISE, {"deadline": deadline}), person, now())
    except Refusal as refused:
        return replace(told, why=_why(refused))
    except Exception as error:  # a bug with one sheet must not hide that the others went
        return replace(told, why=set_aside(case_id, number, SUPERVISE, error).why)
    return replace(told, seq=written.seq)


def _told(case: Case, deadline: str) -> SheetResult:
    """The case as the result names it."""
    running = all_kinds()[case.kind].deadlines_of(case.variant)
    known = next((one for one in running if one.name == deadline), None)
    owner = case.desk if known and known.owner is Addressee.DESK else known.owner if known else None
    theirs = case.bureau_id if owner == Party.BUREAU else None
    where = bureau_short(db.session().get_one(Bureau, theirs)) if theirs else office_short()
    firm = firm_in_list(case.kind, db.session().get_one(Enterprise, case.enterprise_id).name)
    return SheetResult(case.number, firm, where, say(known.label) if known else None)


def _why(refused: Refusal) -> Message:
    return next(iter(refused.fields.values())) if isinstance(refused, Incomplete) else refused.message


def stuck_here() -> list[Stuck]:
    """The cases that the clock cannot move, as far as the reader may know of them (D16)."""
    found = stuck_cases(db.session())
    numbers = select(Case.number).where(Case.number.in_([case.number for case in found]), visible_to(identity()))
    known = set(db.session().scalars(numbers))
    return [case for case in found if case.number in known]


@pages.get("/overdue/office")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def office() -> ResponseReturnValue:
    """Our own office is not left out."""
    return _body_page(None)


@pages.get("/overdue/<int:id>")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def bureau(id: int) -> ResponseReturnValue:
    """Every open case whose next deadline is this bureau's."""
    return _body_page(db.session().get(Bureau, id) or abort(404))


def _body_page(body: Bureau | None) -> ResponseReturnValue:
    session, id, names = db.session(), body.id if body else None, body_names(db.session())
    marks, _unread = board(session, identity(), on_row_of(id))
    cases = on_board(marks, world().calendar, today())
    shown = page_of(cases, PAGE)
    return render_template(
        "oversight/board_body.html",
        shown=shown,
        lines=_body_rows(shown.rows, names),
        figures=figures_of(cases),
        name=names.whole[id] if id else names.office,
        short=names.short[id] if id else names.office,
        body_id=id,
        hands=_months(id, names),
        to_send=[one for one in cases if one.late and not one.row.supervised_at][:MOST_LATE],
        may_send=identity().holds(CHIEF),
    )


def _body_rows(cases: Sequence[BoardCase], names: Names) -> list[BodyRow]:
    """The cases of a page in words."""
    session, ids = db.session(), [one.row.case_id for one in cases]
    row_of = {row.case_id: row for row in rows(session, identity(), Case.id.in_(ids))}
    about = subjects_of(session, ids)
    return [
        BodyRow(
            row_of[one.row.case_id],
            about[one.row.case_id],
            case=one,
            late=late_case(one, about[one.row.case_id], names) if one.late else None,
        )
        for one in cases
    ]


def _months(id: int | None, names: Names) -> tuple[ValueBar, ...]:
    """In whose hands the closed cases of this body were: the months that had any, the newest first."""
    this, body = Month.of(today()), (str(Party.BUREAU), id) if id else THE_OFFICE
    rows = [_figures(body, this.on(-n)) for n in range(MONTHS)]
    return bars(hands_of(row for row in rows if row.of.closed))


def _figures(body: Body, month: Month) -> BodyFigures:
    return BodyFigures(
        body, month_words(month), month_words(month), month_figures(db.session(), month).get(body, Figures())
    )
