"""Evidence and official papers, each through the scope of its case and reader; a closed paper through its letter."""

from typing import Final

from flask import Blueprint, Response, abort, render_template, send_file
from flask.typing import ResponseReturnValue

from cases.letters.telling import paper_form
from cases.lists.lookups import can_be_checked, head_at_issue
from cases.model.evidence import TYPES
from cases.model.reading import read_cases
from cases.model.tables import Attachment
from cases.model.visibility import addresses_of, find_case, find_file
from extensions import db
from notifications.letters import Letter
from notifications.papers import Paper
from notifications.printing import printed
from web.case.page import found_reading, readable
from web.case.reading import reading_of
from web.site.access import EVERYBODY, identity, note_read, now, requires, settings, store, world
from web.site.forms import MOST
from web.site.language import language

pages = Blueprint("files", __name__)

IN_A_PAGE: Final = (
    "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
"""A paper is shown beside the findings on it, by the browser's own viewer: in pages of ours alone, without script."""


@pages.get(f"/files/<int(max={MOST}):file_id>")
@requires(roles=EVERYBODY)
def evidence(file_id: int) -> ResponseReturnValue:
    """A file of a case. What it is was found out when it came; its name is data and never a path."""
    file = find_file(db.session(), identity(), file_id)
    if file is None or file.media_type not in TYPES or not _is_shown(file):
        abort(404)
    note_read("file", file_id, file.case_id)
    path = store().path(file.sha256)
    if not path.exists():
        abort(404)
    response: Response = send_file(path, mimetype=file.media_type, download_name=file.name, as_attachment=False)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = IN_A_PAGE
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@pages.get(f"/papers/<int(max={MOST}):paper_id>")
@requires(roles=EVERYBODY)
def paper(paper_id: int) -> ResponseReturnValue:
    """An official paper, as it was issued."""
    found = db.session().get(Paper, paper_id)
    case = find_case(db.session(), identity(), found.case_number) if found else None
    if found is not None and case is None and _came_alone(found):
        note_read("paper", paper_id)
        sheet = printed(found, paper_form(found.form), language())
        return render_template("case/paper.html", sheet=sheet, case=None, issued=found)
    if found is None or case is None:
        abort(404)
    reading = found_reading(case.number)
    if all(one.id != paper_id for one in readable(reading)):
        abort(404)
    note_read("paper", paper_id, reading.file.id)
    head = head_at_issue(db.session(), found, reading.file.id)
    site = settings().site if can_be_checked(found, reading.file.kind) else ""
    sheet = printed(found, paper_form(found.form), language(), head, site=site)
    return render_template("case/paper.html", sheet=sheet, case=case, issued=found)


def _came_alone(paper: Paper) -> bool:
    """Whether it is a paper for somebody who may not know of the case (D16), and this reader got it."""
    served = db.select(Letter).where(Letter.paper_id == paper.id, Letter.served_at <= now())
    letters = db.session().scalars(served) if paper_form(paper.form).closed else ()
    mine = {(address.party, address.id, address.role) for address in addresses_of(identity())}
    return any((letter.to_party, letter.to_id, letter.to_role) in mine for letter in letters)


def _is_shown(file: Attachment) -> bool:
    """Whether the page of its case shows it: a firm does not read the files of findings that nobody decided on."""
    case = read_cases(db.session(), [file.case_id])[0]
    reading = reading_of(db.session(), world(), case, identity(), now())
    return any(one.id == file.id for one in reading.files)
