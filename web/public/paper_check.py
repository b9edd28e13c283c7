"""Whether a paper is genuine, without signing in: by its number and its paper code, which its square of dots fills in.

The square leads to the form and not to the answer: programs that look at addresses before people do cost no try.
"""

from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cases.letters.telling import paper_form
from cases.lists.lookups import GenuinePaper, genuine, in_part
from extensions import db
from notifications.papers import number_in, number_of
from notifications.printing import CHECK_PAGE, addressee, paper_context
from web.public.form import PaperCheckForm
from web.site.access import requires
from web.site.forms import shown_by_code
from web.site.language import language
from workflow.refusal import say

pages = Blueprint("paper_check", __name__)

TO_A_FIRM = "enterprise"
UNKNOWN = say(
    "No paper with this number and this paper code can be shown here. Compare both with the paper, letter by letter. "
    "Papers about complaints are never shown: ask the office."
)


@pages.get(CHECK_PAGE)
@requires(public=True)
def ask() -> ResponseReturnValue:
    """Asks for number and paper code; the square on the paper has filled them in."""
    typed = request.args.get("n", "")[:60]
    known = number_in(typed)
    form = PaperCheckForm(
        data={"number": number_of(*known) if known else typed, "code": request.args.get("c", "")[:60]}
    )
    return render_template("public/paper_check.html", form=form, filled=bool(known and form.code.data))


@pages.post(CHECK_PAGE)
@requires(public=True)
def show() -> ResponseReturnValue:
    """The paper in part, or that number and code do not belong together; a try is counted before it is looked at."""
    form = PaperCheckForm()
    number, code = form.number.data or "", form.code.data or ""
    known = number_in(number)
    counted = number_of(*known) if known else number
    find = partial(genuine, db.session(), number, code)
    return shown_by_code("public/paper_check.html", form, counted, find, _words, UNKNOWN)


def _words(found: GenuinePaper) -> dict[str, object]:
    """A firm's name in part; a public body's whole."""
    paper, form = found.paper, paper_form(found.paper.form)
    values, name = paper_context(paper, language())["v"], addressee(paper, paper_form(paper.form), language())
    firm = form.to == TO_A_FIRM
    return {
        "found": found,
        "title": say(form.title),
        "issuer": values["issuer"] or values["office"],
        "to": in_part(name) if firm else name,
        "code_ends": str(values["enterprise_code"] or "")[-4:] if firm else "",
    }
