"""The office's overdue board, and the supervision sheets that the head of the office sends from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cases.engine.advance import Command, advance
from cases.figures.board import SUPERVISE, board, late_on, with_the_firm
from cases.figures.signals import signals
from cases.figures.statistics import month_figures
from cases.kinds import all_kinds
from cases.model.months import Month
from cases.model.tables import Case
from cases.model.visibility import find_case, person_in
from cases.model.words import subjects_of
from extensions import db
from registry.organisations import Bureau, Enterprise
from web.case.list_row import Moment, firm_named
from web.oversight.assessment_view import Row, called, hands_of
from web.oversight.board_view import MOST_LATE, Placed, View, drawn, figures_of, late_of, placed, whose_row
from web.oversight.signal_words import told
from web.oversight.stuck import stuck_here
from web.parts.bars import bars
from web.parts.words import Words
from web.site.access import identity, moment, requires
from web.site.bodies import body_names, bureau_short, office_short
from web.site.context import today, world
from web.site.errors import set_aside
from workflow.definition import AUDITOR, CHIEF, OFFICER, Addressee, Party
from workflow.refusal import Incomplete, Message, Refusal, say

pages = Blueprint("board", __name__)


@pages.get("/overdue")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def overdue() -> ResponseReturnValue:
    """Every open case by bureau and days left, and beside it the late ones with their rungs."""
    as_table = request.args.get("as") == "table"
    stuck, may_send, (view, unread), (below, unread_below) = stuck_here(), identity().holds(CHIEF), _view(), _below()
    return render_template(
        "oversight/board.html",
        view=view,
        as_table=as_table,
        may_send=may_send,
        stuck=stuck,
        unread=list(dict.fromkeys(unread + unread_below)),
        **below,
    )


@dataclass(frozen=True)
class Result:
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
        "oversight/supervised.html", sent=sent, failed=failed, left=len(_not_supervised()), at=moment()
    )
    return answer, 200 if sent else 422 if not asked else 409


def _view() -> tuple[View, list[str]]:
    """The board, and the numbers of the cases that cannot be drawn on it."""
    session, names = db.session(), body_names(db.session())
    marks, unread = board(session, identity())
    cases = placed(marks, Moment(world().calendar, today()))
    late = [one for one in cases if one.late]
    first, to_send = late[:MOST_LATE], _without_sheet(late)[:MOST_LATE]
    about = subjects_of(session, [one.mark.case_id for one in (*first, *to_send)])
    in_words = {one.mark.case_id: late_of(one, about[one.mark.case_id], world(), names) for one in (*first, *to_send)}
    named, sendable = (tuple(in_words[one.mark.case_id] for one in chosen) for chosen in (first, to_send))
    view = View(drawn(cases, names), figures_of(cases), len(late), named, sendable, with_the_firm(session, identity()))
    return view, unread


def _without_sheet(late: Iterable[Placed]) -> list[Placed]:
    return [one for one in late if not one.mark.supervised_at]


def _not_supervised() -> list[Placed]:
    """The late cases whose sheet has not gone out, the latest first: of all cases, those alone are read."""
    marks, _unread = board(db.session(), identity(), late_on(today()))
    return _without_sheet(placed(marks, Moment(world().calendar, today())))


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
    whose = Counter(whose_row(one.mark, names) for one in cases).most_common()
    return ToSupervise(tuple(one.sheet for one in cases), tuple(whose))


def _below() -> tuple[dict[str, object], list[str]]:
    """What stands under the plot: signals of the last thirty days, and in whose hands this month's time was. Beside it
    the numbers of the cases in which no signal can be looked for."""
    session, month, names = db.session(), Month.of(today()), body_names(db.session())
    found = month_figures(session, month)
    rows = [Row(body, *called(body, names), of) for body, of in found.items() if of.closed and body[1] is not None]
    seen, unread = signals(session, identity(), world(), moment())
    hands = bars(hands_of(sorted(rows, key=lambda row: -row.of.closed)))
    return {"signals": told(seen, names), "hands": hands, "month": month}, unread


def _named(sheet: str) -> tuple[str, str]:
    number, _, deadline = sheet.partition(" ")
    return number, deadline


def _send(number: str, deadline: str) -> Result:
    case = find_case(db.session(), identity(), number)
    if case is None:
        return Result(number, "", "", None, why=say("No case bears this number."))
    told, case_id = _told(case, deadline), case.id
    person = person_in(identity(), case)
    try:
        written = advance(world(), Command(case_id, SUPERVISE, {"deadline": deadline}), person, moment())
    except Refusal as refused:
        return replace(told, why=_why(refused))
    except Exception as error:  # a bug with one sheet must not hide that the others went
        return replace(told, why=set_aside(case_id, number, SUPERVISE, error).why)
    return replace(told, seq=written.seq)


def _told(case: Case, deadline: str) -> Result:
    """The case as the result names it."""
    running = all_kinds()[case.kind].deadlines_of(case.variant)
    known = next((one for one in running if one.name == deadline), None)
    owner = case.desk if known and known.owner is Addressee.DESK else known.owner if known else None
    theirs = case.bureau_id if owner == Party.BUREAU else None
    where = bureau_short(db.session().get_one(Bureau, theirs)) if theirs else office_short()
    firm = firm_named(case.kind, db.session().get_one(Enterprise, case.enterprise_id).name)
    return Result(case.number, firm, where, say(known.label) if known else None)


def _why(refused: Refusal) -> Message:
    return next(iter(refused.fields.values())) if isinstance(refused, Incomplete) else refused.message
