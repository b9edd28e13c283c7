"""The approver's queue, the marks on what was looked at, and approving the marked together, a result for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from cases.engine.marks import ApprovalMark, Seen, approve_marked, mark, marks_of, unmark
from cases.engine.writing import RecordedMove
from cases.kinds import all_kinds
from cases.lists.worklists import WorkRow
from cases.model.reading import read_cases
from cases.model.tables import Case
from cases.model.visibility import find_case
from extensions import db
from web.case.reading import Reading
from web.desk.approval_queue import decision_on, may_be_marked, queue
from web.desk.bulk_results import Result, act_on, found_rows, told
from web.site.access import identity, moment, requires
from web.site.context import world
from workflow.definition import APPROVER, CHIEF, FieldKind
from workflow.refusal import Impossible, say
from workflow.snapshot import Person

pages = Blueprint("approvals", __name__)

DECIDING: Final = (APPROVER, CHIEF)
DAY: Final = 24 * 3600


@pages.get("/approvals")
@requires(roles=DECIDING)
def index() -> ResponseReturnValue:
    """What waits for the reader's decision."""
    return _page("", 200)


@pages.get("/approvals/next")
@requires(roles=DECIDING)
def following() -> ResponseReturnValue:
    """To the most urgent proposal that the reader has not marked yet; where there is none, to the queue."""
    waiting = queue().to_see
    if not waiting:
        return redirect(url_for("approvals.index"))
    return redirect(url_for("acts.show", number=waiting[0].number, action=waiting[0].action))


@pages.post("/approvals/mark")
@requires(roles=DECIDING)
def put_mark() -> ResponseReturnValue:
    """Keep that the reader has opened this proposal and would approve it as it was shown; then on to the next."""
    seen = _seen_in(request.form.get("seen", ""))
    if seen is None:
        return _page(_("Nothing was marked: open the case and mark it there."), 422)
    mark(identity().user_id, seen, moment())
    number = db.session().get_one(Case, seen.case_id).number
    flash(_("%(number)s is marked. It is approved only when you approve the marked together.", number=number))
    return redirect(url_for("approvals.following"))


@pages.post("/approvals/unmark")
@requires(roles=DECIDING)
def take_mark() -> ResponseReturnValue:
    """Take a mark away: the case waits as before."""
    rows = found_rows(request.form.getlist("case"))
    unmark(identity().user_id, [row.case_id for row in rows.values()])
    return redirect(url_for("approvals.index"))


@pages.post("/approvals")
@requires(roles=DECIDING)
def approve() -> ResponseReturnValue:
    """Approve the marked that were chosen, each by itself and as it was seen."""
    asked = request.form.getlist("case")
    if not asked:
        return _page(_("Nothing was approved: choose at least one of the marked."), 422)
    marks, opinion = marks_of(db.session(), identity().user_id), request.form.get("opinion", "").strip()
    results = [result for number in dict.fromkeys(asked) for result in _decide(number, marks, opinion)]
    results = told(results)
    done, failed = [one for one in results if one.why is None], [one for one in results if one.why]
    answer = render_template(
        "desk/approved.html", done=done, failed=failed, opinion=opinion, at=moment(), left=len(queue().to_see)
    )
    return answer, 200 if done else 409


@pages.app_context_processor
def for_pages() -> dict[str, Any]:
    """What the approve page's part asks: the sign of what was shown, and whether it may be marked at all."""
    return {"seen_token": seen_token}


def seen_token(reading: Reading, name: str) -> str:
    """The sign that this person was shown this proposal in this version now; empty where it cannot be marked."""
    decision = decision_on(reading)
    if decision is None or decision.why_not or decision.action.name != name:
        return ""
    if not may_be_marked(reading, decision.action):
        return ""
    file = reading.file
    shown = [identity().user_id, file.id, name, file.length, moment().isoformat()]
    return str(_signer().dumps(shown))


def _seen_in(token: str) -> Seen | None:
    """What such a sign says; None where it was not made for this person within a day."""
    try:
        user_id, case_id, action, version, opened_at = _signer().loads(token, max_age=DAY)
    except BadSignature:
        return None
    seen = Seen(case_id, action, version, datetime.fromisoformat(opened_at))
    return seen if user_id == identity().user_id else None


def _decide(number: str, marks: dict[int, ApprovalMark], opinion: str) -> list[Result]:
    case = find_case(db.session(), identity(), number)
    marked = marks.get(case.id) if case else None
    name = marked.action if marked else _last_act(case.id) if case else ""

    def take(row: WorkRow, person: Person) -> RecordedMove:
        if marked is None:
            raise Impossible(say("You have not marked this case: open it first."))
        seen = Seen(row.case_id, marked.action, marked.seen, marked.opened_at)
        return approve_marked(world(), seen, identity(), person, _answers(row, marked.action, opinion), moment())

    return act_on([number], name, take)


def _last_act(case_id: int) -> str:
    """What was done there last: sent twice, the mark is gone and the act is there."""
    return read_cases(db.session(), [case_id])[0].snapshot.past[-1].action


def _answers(row: WorkRow, name: str, opinion: str) -> dict[str, object]:
    """The one opinion, where the act asks for words; an act that asks nothing gets none."""
    action = all_kinds()[row.kind].action(name, row.state, row.variant)
    asked = action.asks if action else ()
    return {field.name: opinion for field in asked if field.kind is FieldKind.TEXT}


def _page(refusal: str, status: int) -> ResponseReturnValue:
    return render_template("desk/approvals.html", queue=queue(), refusal=refusal), status


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="seen-for-approval")
