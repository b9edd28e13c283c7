"""How a case stands, without signing in: by its number and its case code."""

from functools import partial

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cases.kinds import all_kinds
from cases.lists.lookups import as_number, status_of
from cases.model.tables import Case, TimerRow
from extensions import db
from registry.organisations import Bureau
from web.parts.words import DaysLeft
from web.public.form import StatusForm
from web.site.access import law, requires, today, world
from web.site.forms import shown_by_code
from web.site.language import party_name
from workflow.definition import Party
from workflow.refusal import say

pages = Blueprint("status", __name__, url_prefix="/status")


@pages.get("")
@requires(public=True)
def ask() -> ResponseReturnValue:
    """Asks for number and case code."""
    return render_template("public/status.html", form=StatusForm())


@pages.post("")
@requires(public=True)
def show() -> ResponseReturnValue:
    """How the case stands, or that number and code do not belong together; a try is counted before it is looked at."""
    form = StatusForm()
    number = form.number.data or ""
    find = partial(status_of, db.session(), number, form.code.data or "")
    return shown_by_code("public/status.html", form, as_number(number), find, _words, UNKNOWN)


UNKNOWN = say(
    "There is no case with this number and this case code that can be shown here. Both stand on the receipt. "
    "The paper code at the foot of a paper is another one: it is for checking that paper. "
    "Complaints are shown only to those who sign in."
)


def _words(found: tuple[Case, TimerRow | None]) -> dict[str, object]:
    case, timer = found
    definition = all_kinds()[case.kind]
    left = DaysLeft.to(timer.due_on, world().calendar, today()) if timer else None
    bureau = db.session().get(Bureau, case.bureau_id) if case.bureau_id else None
    firm = case.desk == Party.ENTERPRISE
    return {
        "status": case,
        "timer": timer,
        "kind": say(definition.label),
        "state": say(definition.state(case.state).label),
        "hands": say("the enterprise that filed") if firm else party_name(case.desk, bureau, "", False),
        "until": say(definition.deadline(timer.deadline).label) if timer else None,
        "due": left.words if left else None,
        "closed_on": law().day_of(case.closed_at) if case.closed_at else None,
    }
