"""Intake: what waits for the office's first decision, each case beside its queue, decided without leaving the page.

The choices post to the acts of the case itself: nothing is decided here.
"""

from __future__ import annotations

from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cases.model.bisect import readable
from cases.model.visibility import find_case
from extensions import db
from web.case.reading import reading_of
from web.case.views import found_file
from web.desk.intake_case import IntakeCase, intake_case
from web.desk.intake_queue import Queue, queue_of
from web.site.access import identity, moment, requires
from web.site.context import world
from web.site.record_words import template_words
from workflow.definition import CHIEF, OFFICER

pages = Blueprint("intake", __name__)
pages.context_processor(template_words)


@pages.get("/intake")
@requires(roles={OFFICER, CHIEF})
def index() -> ResponseReturnValue:
    """The queue, with its first case beside it; on a phone the queue alone."""
    queue = queue_of(identity())
    return _page(queue, queue.first, alone=False)


@pages.get("/intake/<number>")
@requires(roles={OFFICER, CHIEF})
def show(number: str) -> ResponseReturnValue:
    """One case of the queue; `?act=` says which choice is open. What has left the queue gives way to its first."""
    if find_case(db.session(), identity(), number) is None:
        abort(404)
    queue = queue_of(identity())
    if number not in queue.numbers:
        flash(_("%(number)s does not wait for a first decision any more.", number=number))
        return redirect(url_for("intake.index"))
    return _page(queue, number, alone=True)


def _page(queue: Queue, number: str, *, alone: bool) -> str:
    case = readable(number, partial(_case, number)) if number else None
    then = queue.after(number)
    onward = url_for("intake.show", number=then) if then else url_for("intake.index")
    act = case.open if case else None
    return render_template(
        "desk/intake.html",
        queue=queue,
        number=number,
        case=case,
        alone=alone,
        onward=onward,
        act=act,
        draft=act.draft if act else None,
        offers=act.offers if act else None,
    )


def _case(number: str) -> IntakeCase:
    reading = reading_of(db.session(), world(), found_file(number), identity(), moment())
    return intake_case(reading, request.args.get("act", ""))
