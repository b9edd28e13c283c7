"""What can be looked up without signing in: how a case stands, by number and code, and whether a paper is genuine, by
number and code or by its file.

The square on a paper leads to the form and not to the answer: programs that look at addresses before people do cost
no try.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import Field, StringField
from wtforms.validators import InputRequired, Length, StopValidation

from cases.kinds import all_kinds
from cases.letters.telling import paper_form
from cases.lists.lookups import GenuinePaper, as_number, can_be_checked, genuine, in_part, shown_to_all, status_of
from cases.model.tables import Case, PaperFile, TimerRow
from cases.papers.files import file_of, named_in, seal_of_paper
from cases.papers.seals import Seal, seal_of
from extensions import db
from notifications.papers import Paper, number_in, number_of
from notifications.printing import CHECK_PAGE, addressee, paper_context
from registry.organisations import Bureau
from web.parts.words import DaysLeft
from web.site.access import law, requires, today, world
from web.site.forms import Form, shown_by_code
from web.site.language import language, party_name
from workflow.definition import Party
from workflow.refusal import Message, say

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
NO_FILE = say(
    "No file with exactly this content was given out here. It may have been saved anew by another program, scanned or "
    "altered, or be about a complaint, which is never shown. Type number and paper code, and compare line by line."
)


ALTERED: Final = say(
    "This file says that it is {number}, which was issued here, and is not the file that was given out: it has been "
    "altered, or saved anew by another program. Do not rely on it. Ask whoever gave it to you for the original, or "
    "type number and paper code and compare line by line."
)


class StatusForm(Form):
    number = StringField(_("Case number"), [InputRequired(_("Type the case number.")), Length(max=60)])
    code = StringField(_("Case code"), [InputRequired(_("Type the case code.")), Length(max=60)])


def _needed(message: Any) -> Callable[[Any, Field], None]:
    """Asks for the field, but not of who brings a file and types neither number nor code."""

    def check(form: Any, field: Field) -> None:
        if not field.data:
            raise StopValidation("" if form.file.data and not (form.number.data or form.code.data) else message)

    return check


class PaperCheckForm(Form):
    number = StringField(_("Number of the paper"), [_needed(_("Type the number of the paper.")), Length(max=60)])
    code = StringField(_("Paper code"), [_needed(_("Type the paper code.")), Length(max=60)])
    file = FileField(_("The paper's file"))

    def content(self) -> bytes:
        """The file that was brought, which is not kept; nothing without one."""
        return self.file.data.stream.read() if self.file.data else b""


@dataclass(frozen=True)
class LookedUp:
    """A paper that was found, whether a file was brought, and which rendering that is: of another paper, or of none."""

    paper: GenuinePaper
    brought: bool
    file: PaperFile | None
    seal: Seal | None = None
    """The seal in the file that was brought, where it is one of ours."""
    waits: bool = False
    """Whether the paper's seal is still being put on."""
    sealed: PaperFile | None = None


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
    number, code, content = form.number.data or "", form.code.data or "", form.content()
    known = number_in(number)
    counted = number_of(*known) if known else number or hashlib.sha256(content).hexdigest()
    find = partial(_paper_found, number, code, content)
    unknown = NO_PAPER if number else _unknown_file(content)
    return shown_by_code("public/paper_check.html", form, counted, find, _paper_words, unknown)


def _paper_found(number: str, code: str, content: bytes) -> LookedUp | None:
    """The paper of that number and code; where neither was typed, that of the file.

    A seal is read only in a file whose bytes are known: nothing that a stranger has made is parsed.
    """
    session = db.session()
    file = file_of(session, hashlib.sha256(content).hexdigest()) if content else None
    if number:
        paper = genuine(session, number, code)
    else:
        paper = shown_to_all(session, session.get_one(Paper, file.paper_id)) if file else None
    if paper is None:
        return None
    waits, sealed = seal_of_paper(session, paper.paper.id)
    return LookedUp(paper, bool(content), file, seal_of(content) if file and file.sealer else None, waits, sealed)


def _unknown_file(content: bytes) -> Message:
    """What is said of a file that is none of ours: whether it bears the number of a paper that everybody may check."""
    named = named_in(db.session(), content)
    case = db.session().scalars(db.select(Case).where(Case.number == named.case_number)).first() if named else None
    if named is None or case is None or not can_be_checked(named, case.kind):
        return NO_FILE
    return Message(ALTERED.id, {"number": named.number})


def _paper_words(looked_up: LookedUp) -> dict[str, object]:
    """A firm's name in part; a public body's whole."""
    found, file = looked_up.paper, looked_up.file
    form = paper_form(found.paper.form)
    values, name = paper_context(found.paper, language())["v"], addressee(found.paper, form, language())
    firm = form.to == "enterprise"
    return {
        "found": found,
        "brought": looked_up.brought,
        "seal": looked_up.seal,
        "waits": looked_up.waits,
        "sealed": looked_up.sealed,
        "file_certificate": file.certificate if file else "",
        "file": file if file and file.paper_id == found.paper.id else None,
        "given_out_on": law().day_of(file.at) if file else None,
        "title": say(form.title),
        "issuer": values["issuer"] or values["office"],
        "to": in_part(name) if firm else name,
        "code_ends": str(values["enterprise_code"] or "")[-4:] if firm else "",
    }
