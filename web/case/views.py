"""The case page and the proof of a deadline."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from cases.model.reading import LoadedCase, read_cases
from cases.model.visibility import find_case
from extensions import db
from web.case.claims import heading
from web.case.deadline_proof import proof_of
from web.case.deadlines import clock_of, held_back
from web.case.next_case import onward
from web.case.page import case_view
from web.case.reading import reading_of
from web.case.shortcuts import keys_of
from web.site.access import EVERYBODY, identity, moment, requires
from web.site.context import world
from web.site.read_log import seen
from workflow.definition import AUDITOR, CHIEF

pages = Blueprint("cases", __name__)


@pages.get("/cases/<number>")
@requires(roles=EVERYBODY)
def show(number: str) -> ResponseReturnValue:
    """A case."""
    view = case_view(db.session(), world(), found_file(number), identity(), moment())
    keys = {} if view.mine else keys_of(view.reading.file.kind)
    return render_template(
        "case/case.html",
        case=view,
        keys=keys,
        onward=onward(db.session(), view.reading, identity()),
        may_audit=identity().holds(AUDITOR, CHIEF),
    )


@pages.get("/cases/<number>/deadlines/<name>")
@requires(roles=EVERYBODY)
def deadline(number: str, name: str) -> ResponseReturnValue:
    """Day by day, why a deadline is due when it is."""
    reading = reading_of(db.session(), world(), found_file(number), identity(), moment())
    timers = [timer for timer in reading.file.snapshot.timers if timer.deadline == name]
    if not timers or reading.lost:
        abort(404)
    clock = clock_of(reading, timers[-1])
    return render_template(
        "case/deadline.html",
        reading=reading,
        clock=clock,
        heading=heading(reading),
        holds=held_back(clock, reading),
        proof=proof_of(reading, clock),
    )


def found_file(number: str) -> LoadedCase:
    """The case of that number, for whoever may read it; else the page is not there."""
    case = find_case(db.session(), identity(), number) or abort(404)
    seen("case", number, case.id)
    return read_cases(db.session(), [case.id])[0]
