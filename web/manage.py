"""What the office keeps beside its cases: bodies, people, phrases, the ledger; one page with a sentence to each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from cases.kinds import all_kinds
from web.chrome import is_there
from web.doors import door, standing
from workflow.definition import CHIEF, OFFICER, Role

pages = Blueprint("manage", __name__)

BOTH: Final = (OFFICER, CHIEF)


@dataclass(frozen=True)
class Kept:
    """One thing that the office keeps: where, its words, whose it is, how many of it wait. What files a `kind` is
    there where that kind is."""

    href: str
    label: Any
    hint: Any
    by: tuple[Role, ...] = BOTH
    waiting: Callable[[], int] | None = None
    kind: str = ""


KEPT: Final = (
    Kept(
        "/admissions", _("Admissions"), _("Firms that ask for an account: compare the sealed paper, admit or refuse.")
    ),
    Kept("/file/complaint", _("Enter a complaint"), _("What came by letter or at the counter."), kind="complaint"),
    Kept(
        "/records/import", _("Import records"), _("A sheet of records from a bureau: looked at first, then taken in.")
    ),
    Kept(
        "/organisations", _("Organisations"), _("Bureaus and this office: review body, court, mail, who follows whom.")
    ),
    Kept("/people", _("People"), _("Who may sign in and as what; a new link; the end of an account."), by=(CHIEF,)),
    Kept("/people/deputies", _("Deputies"), _("Who stands in for whom, from when to when."), by=(CHIEF,)),
    Kept("/phrases", _("Phrases"), _("Sentences for reasons that the whole office may use.")),
    Kept(
        "/rules",
        _("Limits and rules"),
        _("Every limit with its basis; a proposal becomes a promise once it is published."),
    ),
    Kept("/calendar", _("Calendar"), _("Days off and days made up; a new holiday notice is loaded here.")),
    Kept("/audit", _("Audit"), _("Whether the ledger matches, and who read what."), by=(CHIEF,)),
)


@pages.get("/manage")
@door(roles=BOTH)
def index() -> ResponseReturnValue:
    """The things that this reader keeps, each with what it is for."""
    mine = [one for one in KEPT if standing().holds(*one.by) and (is_there(one.href) or one.kind in all_kinds())]
    counts = {one.href: one.waiting() for one in mine if one.waiting}
    return render_template("manage.html", kept=mine, counts=counts)
