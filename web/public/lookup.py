"""What can be looked up without signing in, by number and code: how a case stands, and whether a paper is genuine.

The square on a paper leads to the form and not to the answer: programs that look at addresses before people do cost
no try.
"""

from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from cases.kinds import all_kinds
from cases.letters.telling import paper_form
from cases.lists.lookups import GenuinePaper, as_number, genuine, in_part, status_of
from cases.model.tables import Case, TimerRow
from extensions import db
from notifications.papers import number_in, number_of
from notifications.printing import CHECK_PAGE, addressee, paper_context
from registry.organisations import Bureau
from web.parts.words import DaysLeft
from web.site.access import law, requires, today, world
from web.site.forms import Form, shown_by_code
from web.site.language import language, party_name
from workflow.definition import Party
from workflow.refusal import say

status = Blueprint("status", __name__, url_prefix="/status")
paper_check = Blueprint("paper_check", __name__)

NO_CASE = say(
    "There is no case with this number and this case code that can be shown here. Both stand on the receipt. "
    "The paper code at the foot of a paper is another one: it is for checking that paper. "
    "Complaints are shown only to those who sign in."
)
NO_PAPER = say(
    "No paper with this number and this paper code can be shown here. Compare both with the paper, letter by letter. "
    "Papers about complaints are never shown: ask the office."
)


class StatusForm(Form):
    number = StringField(_("Case number"), [InputRequired(_("Type the case number.")), Length(max=60)])
    code = StringField(_("Case code"), [InputRequired(_("Type the case code.")), Length(max=60)])


class PaperCheckForm(Form):
    number = StringField(_("Number of the paper"), [InputRequired(_("Type the number of the paper.")), Length(max=60)])
    code = StringField(_("Paper code"), [InputRequired(_("Type the paper code.")), Length(max=60)])


@status.get("", endpoint="ask")
@requires(public=True)
def ask_for_case() -> ResponseReturnValue:
    """Asks for number and case code."""
    return render_template("public/status.html", form=StatusForm())


@status.post("", endpoint="show")
@requires(public=True)
def show_case() -> ResponseReturnValue:
    """How the case stands, or that number and code do not belong together; a try is counted before it is looked at."""
    form = StatusForm()
    number = form.number.data or ""
    find = partial(status_of, db.session(), number, form.code.data or "")
    return shown_by_code("public/status.html", form, as_number(number), find, _case_words, NO_CASE)


def _case_words(found: tuple[Case, TimerRow | None]) -> dict[str, object]:
    case, timer = found
    definition = all_kinds()[case.kind]
    left = DaysLeft.to(timer.due_day, world().calendar, today()) if timer else None
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


@paper_check.get(CHECK_PAGE, endpoint="ask")
@requires(public=True)
def ask_for_paper() -> ResponseReturnValue:
    """Asks for number and paper code; the square on the paper has filled them in."""
    typed = request.args.get("n", "")[:60]
    known = number_in(typed)
    number = number_of(*known) if known else typed
    form = PaperCheckForm(data={"number": number, "code": request.args.get("c", "")[:60]})
    return render_template("public/paper_check.html", form=form, filled=bool(known and form.code.data))


@paper_check.post(CHECK_PAGE, endpoint="show")
@requires(public=True)
def show_paper() -> ResponseReturnValue:
    """The paper in part, or that number and code do not belong together; a try is counted before it is looked at."""
    form = PaperCheckForm()
    number, code = form.number.data or "", form.code.data or ""
    known = number_in(number)
    counted = number_of(*known) if known else number
    find = partial(genuine, db.session(), number, code)
    return shown_by_code("public/paper_check.html", form, counted, find, _paper_words, NO_PAPER)


def _paper_words(found: GenuinePaper) -> dict[str, object]:
    """A firm's name in part; a public body's whole."""
    form = paper_form(found.paper.form)
    values, name = paper_context(found.paper, language())["v"], addressee(found.paper, form, language())
    firm = form.to == "enterprise"
    return {
        "found": found,
        "title": say(form.title),
        "issuer": values["issuer"] or values["office"],
        "to": in_part(name) if firm else name,
        "code_ends": str(values["enterprise_code"] or "")[-4:] if firm else "",
    }
