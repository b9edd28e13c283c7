"""Intake: what waits for the office's first decision, each case beside its queue, decided without leaving the page.

The choices post to the acts of the case itself: nothing is decided here.
"""

from dataclasses import dataclass, replace
from functools import cached_property, partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cases.lists.worklists import intake_of_office, intake_to_decide, intake_waiting_for_papers, rows
from cases.model.bisect import readable
from cases.model.visibility import find_case
from extensions import db
from web.case.list_row import CaseRow
from web.case.page import found_file
from web.case.reading import reading_of
from web.desk.intake_case import IntakeCase, intake_case
from web.parts.words import DaysLeft, Words
from web.site.access import identity, now, requires, world
from web.site.record_words import template_words
from workflow.definition import CHIEF, OFFICER, START, Party
from workflow.refusal import Message, say

pages = Blueprint("intake", __name__)
pages.context_processor(template_words)


class IntakeRow(CaseRow):
    """A case at intake. It says nothing about one that is kept from somebody."""

    @property
    def about(self) -> Words:
        return "" if self.definition.closed_to else super().about

    @cached_property
    def days(self) -> DaysLeft:
        found = super().days
        return replace(found, due=None) if self.row.desk == Party.ENTERPRISE else found

    @property
    def to_do(self) -> Message | None:
        """The work, where that is not plain: the first step on what is disputed is to accept it or not."""
        opens = (action for action in self.definition.actions if START in action.source)
        new = any(self.row.state in action.targets for action in opens)
        waits = self.row.desk == Party.ENTERPRISE and self.row.due_on
        return None if new and not waits and self.subjects and not self.definition.closed_to else self.work


@dataclass(frozen=True)
class IntakeQueue:
    """What waits for the reader, and under headings what waits for others."""

    lines: tuple[IntakeRow, ...]
    others: tuple[tuple[Message, tuple[IntakeRow, ...]], ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every case on the page, in its order."""
        return tuple(
            line.number for lines in (self.lines, *(theirs for _title, theirs in self.others)) for line in lines
        )

    def after(self, number: str) -> str:
        """The reader's next case once this one is dealt with: the one below it, at the end of the list the first."""
        mine = [line.number for line in self.lines]
        place = mine.index(number) + 1 if number in mine else 0
        return next((one for one in (*mine[place:], *mine) if one != number), "")


def _queue() -> IntakeQueue:
    """The cases at intake that the reader may read."""
    session, who = db.session(), identity()
    mine = rows(session, who, intake_to_decide(who))
    ours = {row.case_id for row in mine}
    others = [row for row in rows(session, who, intake_of_office()) if row.case_id not in ours]
    papers = rows(session, who, intake_waiting_for_papers())
    lines = IntakeRow.of([*mine, *others, *papers], timed=True)
    first, rest, last = lines[: len(mine)], lines[len(mine) : len(mine) + len(others)], lines[len(mine) + len(others) :]
    groups = (
        (say("Taken by colleagues"), tuple(line for line in rest if line.row.holder)),
        (say("For the officers"), tuple(line for line in rest if not line.row.holder)),
        (say("Waiting for papers"), tuple(last)),
    )
    return IntakeQueue(tuple(first), tuple(group for group in groups if group[1]))


@pages.get("/intake")
@requires(roles={OFFICER, CHIEF})
def index() -> ResponseReturnValue:
    """The queue, with its first case beside it; on a phone the queue alone."""
    queue = _queue()
    return _page(queue, next(iter(queue.numbers), ""), alone=False)


@pages.get("/intake/<number>")
@requires(roles={OFFICER, CHIEF})
def show(number: str) -> ResponseReturnValue:
    """One case of the queue; `?act=` says which choice is open. What has left the queue gives way to its first."""
    if find_case(db.session(), identity(), number) is None:
        abort(404)
    queue = _queue()
    if number not in queue.numbers:
        flash(_("%(number)s does not wait for a first decision any more.", number=number))
        return redirect(url_for("intake.index"))
    return _page(queue, number, alone=True)


def _page(queue: IntakeQueue, number: str, *, alone: bool) -> str:
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
    reading = reading_of(db.session(), world(), found_file(number), identity(), now())
    return intake_case(reading, request.args.get("act", ""))
