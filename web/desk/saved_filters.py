"""The filters that people keep: kept from the desk, renamed and removed on a page of their own."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cases.lists.filters import SavedFilter, filters_of, keep_filter, remove_filter, rename_filter
from extensions import db
from web.desk.filters import chips, title_of
from web.desk.query import Asked, asked_by, asked_in
from web.parts.words import Words
from web.site.access import identity, moment, requires
from web.site.language import in_words
from workflow.definition import APPROVER, CHIEF, HEAD, OFFICER, REVIEWER
from workflow.refusal import Incomplete, Refusal

pages = Blueprint("filters", __name__)

AT_A_DESK: Final = (REVIEWER, APPROVER, HEAD, OFFICER, CHIEF)


@pages.get("/filters")
@requires(roles=AT_A_DESK)
def index() -> ResponseReturnValue:
    """The reader's filters; with a query of the desk, the form to keep that."""
    return _page(asked_in(request.args), 200)


@pages.post("/filters")
@requires(roles=AT_A_DESK)
def keep() -> ResponseReturnValue:
    """Keep what the desk was asked for under a name."""
    asked, name = asked_in(request.form), request.form.get("name", "")
    try:
        row = keep_filter(identity().user_id, name, asked.query, moment())
    except Refusal as refused:
        return _page(asked, 422, name, _words(refused))
    flash(_("Kept as “%(name)s”.", name=row.name))
    return redirect(asked.href)


@pages.post("/filters/<int:id>")
@requires(roles=AT_A_DESK)
def change(id: int) -> ResponseReturnValue:
    """Rename a filter, or remove it; another person's is not there."""
    try:
        if request.form.get("do") == "remove":
            remove_filter(identity().user_id, id)
        else:
            rename_filter(identity().user_id, id, request.form.get("name", ""))
    except Incomplete as refused:
        return _page(Asked(), 422, request.form.get("name", ""), _words(refused), id)
    except Refusal as refused:
        return _page(Asked(), 404, fault=_words(refused))
    return redirect(url_for("filters.index"))


def _words(refused: Refusal) -> str:
    return in_words(next(iter(refused.fields.values())) if isinstance(refused, Incomplete) else refused.message)


def _page(asked: Asked, status: int, name: str = "", fault: str = "", of: int = 0) -> ResponseReturnValue:
    """`name` and `fault`: what was typed and why it does not do; `of` which filter it was, 0 the new one."""
    kept = [(row, _says(asked_by(row.query))) for row in _kept()]
    new = _says(asked) if asked != Asked() else ()
    answer = render_template("desk/filters.html", kept=kept, asked=asked, new=new, name=name, fault=fault, of=of)
    return answer, status


def _kept() -> list[SavedFilter]:
    return filters_of(db.session(), identity().user_id)


def _says(asked: Asked) -> tuple[Words, ...]:
    """What a filter asks for, in words."""
    named = (dict(chip.choices).get(chip.chosen, "") for chip in chips(asked) if chip.chosen)
    return (title_of(asked), *(words for words in named if words))
