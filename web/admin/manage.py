"""What the office keeps beside its cases: bodies, people, phrases, the ledger; one page with a sentence to each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from cases.kinds import all_kinds
from extensions import db
from registry.joining import waiting_count
from web.admin.setup import first_steps, no_case_yet
from web.site.access import identity, requires
from workflow.definition import CHIEF, OFFICER, Role

pages = Blueprint("manage", __name__)

BOTH: Final = (OFFICER, CHIEF)


@dataclass(frozen=True)
class Kept:
    """One thing that the office keeps: where, its words, whose it is, how many of it wait. What files a `kind` is
    there where that kind is."""

    endpoint: str
    label: Any
    hint: Any
    by: tuple[Role, ...] = BOTH
    waiting: Callable[[], int] | None = None
    kind: str = ""

    @property
    def href(self) -> str:
        return url_for(self.endpoint, kind=self.kind) if self.kind else url_for(self.endpoint)


GROUPS: Final = (
    (
        _("What comes in"),
        (
            Kept(
                "admissions.index",
                _("Admissions"),
                _("Firms that ask for an account: compare the sealed paper, admit or refuse."),
                waiting=lambda: waiting_count(db.session()),
            ),
            Kept("filing.begin", _("Enter a complaint"), _("What came by letter or at the counter."), kind="complaint"),
            Kept(
                "record_import.choose",
                _("Import records"),
                _("A sheet of records from a bureau: looked at first, then taken in."),
            ),
        ),
    ),
    (
        _("Who is who"),
        (
            Kept(
                "organisations.index",
                _("Organisations"),
                _("Bureaus and this office: review body, court, mail, who follows whom."),
            ),
            Kept(
                "people.index",
                _("People"),
                _("Who may sign in and as what; a new link; the end of an account."),
                by=(CHIEF,),
            ),
            Kept("deputies.index", _("Deputies"), _("Who stands in for whom, from when to when."), by=(CHIEF,)),
            Kept("phrases.index", _("Phrases"), _("Sentences for reasons that the whole office may use.")),
        ),
    ),
    (
        _("What holds"),
        (
            Kept(
                "rules.rules",
                _("Limits and rules"),
                _("Every limit with its basis; a proposal becomes a promise once it is published."),
            ),
            Kept(
                "calendar.calendar", _("Calendar"), _("Days off and days made up; a new holiday notice is loaded here.")
            ),
            Kept("audit.index", _("Audit"), _("Whether the ledger matches, and who read what."), by=(CHIEF,)),
        ),
    ),
)
"""A card each."""


@pages.get("/manage")
@requires(roles=BOTH)
def index() -> ResponseReturnValue:
    """The things that this reader keeps, each with what it is for."""
    groups = [(title, [one for one in kept if _is_theirs(one)]) for title, kept in GROUPS]
    counts = {one.href: one.waiting() for _title, kept in groups for one in kept if one.waiting}
    return render_template("admin/manage.html", groups=groups, counts=counts, first=first_steps(), fresh=no_case_yet())


def _is_theirs(one: Kept) -> bool:
    return identity().holds(*one.by) and (not one.kind or one.kind in all_kinds())
