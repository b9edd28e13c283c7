"""The office's overdue board, the page of each of its rows, and the supervision sheets that the head sends from it.

Words are made for the few cases that are named, not for each dot.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime, time
from functools import reduce
from typing import Any, Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from cases.engine.advance import Command, advance
from cases.engine.signalling import EXTENDED, HASTY, MINUTES, PAUSED, REOPENED, RETURNED, SOON_AFTER
from cases.engine.sweep import Stuck, stuck_cases
from cases.figures.board import ON_IT, BoardRow, late_on, on_row_of, with_the_firm
from cases.figures.signals import Signal, SignalSort, signals
from cases.figures.statistics import THE_OFFICE, Figures, month_figures
from cases.kinds import all_kinds
from cases.kinds.common import SUPERVISE
from cases.lists.worklists import count, may_read, rows
from cases.model.disputed import Subject, subjects_of
from cases.model.months import Month
from cases.model.tables import Case, Event
from cases.model.visibility import find_case, person_in
from exchange.by_hand import counts
from extensions import db
from registry.organisations import Bureau, Enterprise
from registry.people import people_with
from web.case.list_row import CaseRow, firm_in_list, label_of
from web.oversight.assessment import BodyFigures, called, hands_of
from web.oversight.plot import BoardCase, counted, drawn, not_yet_supervised, read
from web.parts.bars import bars
from web.parts.words import DaysLeft, Words, listed
from web.site.access import identity, law, now, requires, today, world
from web.site.errors import set_aside
from web.site.forms import page_read
from web.site.language import Names, body_names, bureau_short, month_words, office_short
from web.site.record_words import LONGEST
from workflow.definition import AUDITOR, CHIEF, HEAD, OFFICER, Addressee, Party
from workflow.refusal import Incomplete, Message, Refusal, say
from workflow.timing import days_left

pages = Blueprint("board", __name__)
MONTHS = 6
PAGE = 100
"""Cases of a body on a page."""
MOST_LATE: Final = 50
"""Late cases named beside the plot, and sheets sent by one press."""
SEEN: Final = {
    EXTENDED: say("Extended on the last day"),
    PAUSED: say("Papers asked for on the last day or the one before"),
    RETURNED: say("Returned as not its own"),
    REOPENED: say("Opened again within {n} working days of its closing", n=SOON_AFTER),
    HASTY: say("Decided within {n} minutes", n=int(MINUTES.total_seconds() // 60)),
}
MEANS: Final = {
    EXTENDED: say("More time is for what proves difficult. On the last day it can also cover time that was not used."),
    PAUSED: say("From the request on the clock stands still. The gap may really have shown itself only then."),
    RETURNED: say("The firm waits while it is settled whose case it is. The referral itself can have been wrong."),
    REOPENED: say("A review is the firm's right; that it was asked says nothing about who was right."),
    HASTY: say(
        "Counted from when the case came before whoever decided, or was taken by them. A clear one takes no"
        " longer, and it may have been read before."
    ),
}


@dataclass(frozen=True)
class LateCase(BoardCase):
    """A late case as the list beside the plot names it: whose it is, and what is late."""

    bureau: Words
    what: Message


@dataclass(frozen=True)
class BodyRow(CaseRow):
    """An open case of one body. The days left are in the unit of the limit, as in every list."""

    _: KW_ONLY
    case: BoardCase

    @property
    def left(self) -> Message:
        return DaysLeft(days_left(self.case.row.timer, world().calendar, today()), self.case.row.due_on).short

    @property
    def tone(self) -> str:
        return DaysLeft(self.case.left, self.case.row.due_on).urgency


@pages.get("/overdue")
@requires(roles=(OFFICER, CHIEF, AUDITOR))
def overdue() -> ResponseReturnValue:
    """Every open case by bureau and days left, and beside it the latest of the late ones with their rungs.

    `?kind=` leaves the cases of one kind, on the plot and among the late. Under the plot: signals of the last thirty
    days, and in whose hands this month's time was.
    """
    session, month, names = db.session(), Month.of(today()), body_names(db.session())
    kind = request.args.get("kind", "")
    kind = kind if kind in all_kinds() else ""
    these = [Case.kind == kind] if kind else []
    of = counted(*these)
    plot, unread = drawn(of, names, *these)
    first, damaged = read(late_on(today()), *these, most=MOST_LATE)
    subjects = subjects_of(session, [one.row.case_id for one in first])
    had = [(body, its) for body, its in month_figures(session, month).items() if its.closed and body[1] is not None]
    bodies = [BodyFigures(body, *called(body, names), its) for body, its in had]
    return render_template(
        "oversight/board.html",
        as_table=request.args.get("as") == "table",
        kind=kind,
        kinds={name: say(one.label) for name, one in all_kinds().items()},
        may_send=identity().holds(CHIEF),
        stuck=stuck_here(),
        places=counts(session, today()) if law().places else None,
        unread=list(dict.fromkeys((*of.unread, *unread, *damaged))),
        plot=plot,
        figures=of.figures,
        late=of.figures["late"],
        first=[_late_case(one, subjects[one.row.case_id], names) for one in first],
        to_send=not_yet_supervised(MOST_LATE, *these) if identity().holds(CHIEF) else (),
        with_the_firm=0 if kind else with_the_firm(session, identity()),
        signals=[_sort_of_signal(one, names) for one in signals(session, identity(), now())],
        hands=bars(hands_of(sorted(bodies, key=lambda row: -row.of.closed))),
        month=month,
    )


@dataclass(frozen=True)
class SheetResult:
    """What became of one sheet: its place in the chain, or why it did not go."""

    number: str
    firm: Words = ""
    bureau: str = ""
    deadline: Message | None = None
    seq: int | None = None
    why: Message | None = None


@dataclass(frozen=True)
class SheetRow(BodyRow):
    """A late case of which a sheet may be sent: on whose row, their head, and what somebody did in it today."""

    _: KW_ONLY
    body: Words
    head: Words
    lately: tuple[Message, datetime] | None


@pages.get("/overdue/supervise")
@requires(roles=(CHIEF,))
def choose() -> ResponseReturnValue:
    """The late cases without a sheet, or those that are asked for: to tick, with words for each sheet, and then send.

    What somebody has moved today is not ticked. Nothing is sent from here without a press of its own.
    """
    wanted = set(request.args.getlist("sheet"))
    these = [Case.number.in_({sheet.partition(" ")[0] for sheet in wanted})] if wanted else []
    cases = [one for one in not_yet_supervised(MOST_LATE, *these) if one.sheet in wanted or not wanted]
    return render_template("oversight/supervise.html", lines=_sheet_rows(cases), more=_to_supervise() - len(cases))


def _sheet_rows(cases: Sequence[BoardCase]) -> list[SheetRow]:
    session, names, ids = db.session(), body_names(db.session()), [one.row.case_id for one in cases]
    row_of = {row.case_id: row for row in rows(session, identity(), Case.id.in_(ids))}
    about, lately = subjects_of(session, ids), _moved_today(ids)
    heads: dict[int | None, Words] = {}
    for id in {one.row.bureau_id for one in cases}:
        people = people_with(session, (HEAD,) if id else (CHIEF,), bureau_id=id)
        heads[id] = listed([person.name for person in people]) if people else ""
    return [
        SheetRow(
            row_of[one.row.case_id],
            about[one.row.case_id],
            case=one,
            body=_whose_row(one.row, names),
            head=heads[one.row.bureau_id],
            lately=lately.get(one.row.case_id),
        )
        for one in cases
        if one.row.case_id in row_of
    ]


def _moved_today(case_ids: Sequence[int]) -> dict[int, tuple[Message, datetime]]:
    """The last thing that somebody did today in each of these cases, but for notes."""
    zone = world().jurisdiction.zone
    midnight = datetime.combine(today(), time(), zone)
    acts = select(Event.case_id, Event.action, Event.at, Case.kind).join(Case, Case.id == Event.case_id)
    acts = acts.where(Event.case_id.in_(case_ids), Event.at >= midnight, Event.actor.startswith("user:"))
    found: dict[int, tuple[Message, datetime]] = {}
    for case_id, name, at, kind in db.session().execute(acts.order_by(Event.id)):
        row = next(iter(all_kinds()[kind].actions_named(name)), None)
        if row and (row.moves or row.does or row.tells):
            found[case_id] = say(row.done), at
    return found


@pages.post("/overdue/supervise")
@requires(roles=(CHIEF,))
def supervise() -> ResponseReturnValue:
    """Send these sheets now, each by itself: one that cannot go holds up no other."""
    asked = list(dict.fromkeys(request.form.getlist("sheet")))[:MOST_LATE]
    words = request.form.get("words", "").replace("\0", "").strip()[:LONGEST]
    results = [_send(sheet, words) for sheet in asked]
    sent = [result for result in results if result.why is None]
    failed = [result for result in results if result.why is not None]
    answer = render_template("oversight/supervised.html", sent=sent, failed=failed, left=_to_supervise(), at=now())
    return answer, 200 if sent else 422 if not asked else 409


def _to_supervise() -> int:
    """How many late cases there are whose sheet has not gone out."""
    return count(db.session(), identity(), ON_IT, late_on(today()), ~Case.board_sheet)


def to_supervise() -> dict[str, object] | None:
    """For the desk of the head: late cases whose sheet has not gone out, and how many of whom; None where none is."""
    cases = not_yet_supervised(MOST_LATE)
    if not cases:
        return None
    names = body_names(db.session())
    whose = Counter(_whose_row(one.row, names) for one in cases).most_common()
    return {"sheets": len(cases), "whose": whose}


def _send(sheet: str, words: str) -> SheetResult:
    number, _, deadline = sheet.partition(" ")
    session = db.session()
    case = find_case(session, identity(), number)
    if case is None:
        return SheetResult(number, why=say("No case bears this number."))
    running = all_kinds()[case.kind].deadlines_of(case.variant)
    known = next((one for one in running if one.name == deadline), None)
    owner = case.desk if known and known.owner is Addressee.DESK else known.owner if known else None
    theirs = case.bureau_id if owner == Party.BUREAU else None
    where = bureau_short(session.get_one(Bureau, theirs)) if theirs else office_short()
    firm = firm_in_list(case.kind, session.get_one(Enterprise, case.enterprise_id).name)
    told = SheetResult(case.number, firm, where, say(known.label) if known else None)
    person, case_id = person_in(identity(), case), case.id
    try:
        written = advance(world(), Command(case_id, SUPERVISE, {"deadline": deadline, "words": words}), person, now())
    except Refusal as refused:
        return replace(told, why=why_refused(refused))
    except Exception as error:  # a bug with one sheet must not hide that the others went
        return replace(told, why=set_aside(case_id, number, SUPERVISE, error).why)
    return replace(told, seq=written.seq)


def why_refused(refused: Refusal) -> Message:
    """The reason; of several fields that of the first."""
    return next(iter(refused.fields.values())) if isinstance(refused, Incomplete) else refused.message


def stuck_here() -> list[Stuck]:
    """The cases that the clock cannot move, as far as the reader may know of them (D16)."""
    return stuck_among(stuck_cases(db.session()))


def stuck_among(found: Sequence[Stuck]) -> list[Stuck]:
    """Those of them that the reader may know of."""
    known = may_read(db.session(), identity(), [case.number for case in found]) if found else {}
    return [case for case in found if known.get(case.number)]


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
    of = counted(on_row_of(id))
    shown = page_read(of.figures["open"], PAGE, lambda most, skip: read(on_row_of(id), most=most, skip=skip)[0])
    ids = [one.row.case_id for one in shown.rows]
    row_of, about = {row.case_id: row for row in rows(session, identity(), Case.id.in_(ids))}, subjects_of(session, ids)
    key, months = (str(Party.BUREAU), id) if id else THE_OFFICE, [Month.of(today()).on(-n) for n in range(MONTHS)]
    had = [(month_words(month), month_figures(session, month).get(key, Figures())) for month in months]
    return render_template(
        "oversight/board_body.html",
        shown=shown,
        lines=[BodyRow(row_of[one.row.case_id], about[one.row.case_id], case=one) for one in shown.rows],
        figures=of.figures,
        name=names.whole[id] if id else names.office,
        short=names.short[id] if id else names.office,
        body_id=id,
        hands=bars(hands_of(BodyFigures(key, month, month, its) for month, its in had if its.closed)),
        to_send=not_yet_supervised(MOST_LATE, on_row_of(id)) if identity().holds(CHIEF) else (),
        may_send=identity().holds(CHIEF),
    )


def _whose_row(row: BoardRow, names: Names) -> str:
    """The body on whose row a case is, as lists name it."""
    return names.office if row.bureau_id is None else names.short[row.bureau_id]


def _late_case(one: BoardCase, subjects: Sequence[Subject], names: Names) -> LateCase:
    what = one.deadline
    if subjects and one.row.document_number:
        what = say("{deadline}, {field}", deadline=what, field=label_of(subjects[0].field))
    return LateCase(one.row, one.left, _whose_row(one.row, names), what)


def _sort_of_signal(one: SignalSort, names: Names) -> dict[str, Any]:
    """A sort with its newest cases, how many there are, and where they were."""
    whose: list[Words] = [say("{body} {n}", body=_body(id, names), n=n) for id, n in one.by_bureau]
    return {
        "name": one.name,
        "seen": SEEN[one.name],
        "means": MEANS[one.name],
        "n": one.of.total(),
        "whose": reduce(lambda first, more: say("{first}, {rest}", first=first, rest=more), whose),
        "cases": [(case, _where(case, names)) for case in one.cases],
    }


def _where(one: Signal, names: Names) -> Words:
    """Where it was; of a returned case also where it went."""
    where = _body(one.bureau, names)
    if one.name != RETURNED:
        return where
    if one.to:
        return say("{body} → {other}", body=where, other=_body(one.to, names))
    return say("{body}, not yet assigned", body=where)


def _body(bureau: int | None, names: Names) -> str:
    return names.short[bureau] if bureau else names.office
