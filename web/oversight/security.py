"""The security log as a page: who came in, who was kept out, who changed who may do what."""

from itertools import islice
from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from extensions import db
from registry.people import find_person
from registry.security_log import KEPT
from web.account.security_lines import in_words_of, security_lines
from web.site.access import note_read, requires
from web.site.forms import page_number
from workflow.definition import AUDITOR, CHIEF

pages = Blueprint("security", __name__)

PAGE: Final = 100


@pages.get("/security")
@requires(roles=(CHIEF, AUDITOR))
def index() -> ResponseReturnValue:
    """The newest lines first; of one person, or of what failed alone, where that is asked."""
    note_read("security", "log")
    asked, bad = request.args.get("person", "").strip(), request.args.get("failed") == "1"
    user = find_person(db.session(), asked) if asked else None
    number = page_number()
    found = security_lines(user.id if user else None, bad) if user or not asked else iter(())
    rows = list(islice(found, (number - 1) * PAGE, number * PAGE + 1))
    return render_template(
        "oversight/security.html",
        rows=in_words_of(rows[:PAGE]),
        number=number,
        more=len(rows) > PAGE,
        asked=asked,
        unknown=bool(asked) and user is None,
        bad=bad,
        days=KEPT.days,
    )
