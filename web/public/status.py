"""How a case stands, without signing in: by its number and its case code."""

from functools import partial

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cases.kinds import all_kinds
from cases.lists.lookups import CaseStatus, as_number, status_of
from extensions import db
from registry.organisations import Bureau
from web.parts.words import DaysLeft
from web.public.form import StatusForm
from web.site.access import law, requires, today, world
from web.site.forms import shown_by_code
from web.site.language import party_name
from workflow.definition import Party
from workflow.refusal import Message, say

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


def _words(status: CaseStatus) -> dict[str, object]:
    definition = all_kinds()[status.kind]
    deadline = definition.deadline(status.deadline).label if status.deadline else ""
    left = DaysLeft.to(status.due_on, world().calendar, today())
    return {
        "status": status,
        "kind": say(definition.label),
        "state": say(definition.state(status.state).label),
        "hands": _who(status),
        "until": say(deadline) if deadline else None,
        "due": left.words if left else None,
        "closed_on": law().day_of(status.closed_at) if status.closed_at else None,
    }


def _who(status: CaseStatus) -> Message | str:
    if status.desk == Party.ENTERPRISE:
        return say("the enterprise that filed")
    bureau = db.session().get(Bureau, status.bureau_id) if status.bureau_id else None
    return party_name(status.desk, bureau, "", False)
