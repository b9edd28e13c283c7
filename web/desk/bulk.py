"""Several cases at once: the acts that can be one and the same for each, what they ask once, a result for each case.

From one row of the desk the same door takes a case or gives it back, and leads to the desk again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cases.engine.advance import Command, advance
from cases.engine.writing import RecordedMove
from cases.kinds import all_kinds
from cases.lists.worklists import WorkRow
from web.desk.all_cases import Listed, listed
from web.desk.bulk_acts import Several, offers
from web.desk.bulk_results import MOST, Result, act_on, found_rows, told
from web.desk.taking import next_free, take_it
from web.site.access import moment, requires
from web.site.action_form import ActForm, act_form
from web.site.context import world
from web.site.language import in_words
from web.site.request_limits import number_in
from web.site.security import safe_next
from workflow.definition import APPROVER, CHIEF, HEAD, OFFICER, REVIEWER
from workflow.refusal import Message, say
from workflow.snapshot import Person

pages = Blueprint("bulk", __name__)

AT_A_DESK: Final = (REVIEWER, APPROVER, HEAD, OFFICER, CHIEF)
ANSWERED: Final = "answered"
"""What a form with answers says beside them: without it the form is shown first."""


@dataclass(frozen=True)
class Chosen:
    """The cases that were ticked, each with the version that the list showed."""

    rows: Mapping[str, WorkRow]
    shown: Mapping[str, int]
    back: str

    @property
    def lines(self) -> dict[str, Listed]:
        """What is known of each, as the reader may know it."""
        return {number: listed(row) for number, row in self.rows.items()}

    @property
    def marks(self) -> list[str]:
        return [f"{number} {version}" for number, version in self.shown.items()]


@pages.get("/bulk")
@requires(roles=AT_A_DESK)
def begin() -> ResponseReturnValue:
    """There is nothing to see before cases are ticked: back to the desk."""
    return redirect(url_for("desk.desk"))


@pages.post("/bulk")
@requires(roles=AT_A_DESK)
def several() -> ResponseReturnValue:
    """Take one act on several cases; what it asks is asked once, before anything is done."""
    chosen, name = _chosen(), request.form.get("act", "")
    if not chosen.shown:
        return _ask(chosen, {}, refusal=say("No case is ticked: tick those that you mean."), status=422)
    found = offers(chosen.rows.values())
    one = found.get(name)
    if one is None:
        return _gone(chosen, name, found)
    form = act_form(one.asks, one.offered)
    if one.asks and request.form.get("step") != ANSWERED:
        return _form(chosen, one, form, 200)
    if not form.sent() or _left_empty(one, form):
        return _form(chosen, one, form, 422)
    return _take(chosen, one, form)


@pages.post("/desk/next")
@requires(roles=AT_A_DESK)
def take_next() -> ResponseReturnValue:
    """Take the most urgent case that nobody has taken and in which the reader can do the next step, and open it."""
    for row in next_free():
        if take_it(row):
            flash(_("Taken in hand: it is yours now."))
            return redirect(url_for("cases.show", number=row.number))
    flash(_("Nobody's case is left that you could take."))
    return redirect(url_for("desk.desk"))


def _take(chosen: Chosen, one: Several, form: ActForm) -> ResponseReturnValue:
    answers = form.answers(())

    def take(row: WorkRow, person: Person) -> RecordedMove:
        request = Command(row.case_id, one.name, answers, chosen.shown[row.number])
        return advance(world(), request, person, moment())

    return _answer(chosen, one, act_on(chosen.shown, one.name, take))


def _answer(chosen: Chosen, one: Several | None, results: list[Result]) -> ResponseReturnValue:
    """A result for each case; of one row alone it is said in the list from which it was taken."""
    if len(results) > 1 or not chosen.back:
        return _results(chosen, one, told(results))
    flash(_of_one_row(results[0]), "warn" if results[0].why else "")
    return redirect(chosen.back)


def _of_one_row(result: Result) -> str:
    if result.why:
        return _("%(number)s: %(why)s Nothing was changed.", number=result.number, why=in_words(result.why))
    return _("%(number)s: %(done)s.", number=result.number, done=in_words(result.done or say("done")))


def _gone(chosen: Chosen, name: str, found: Mapping[str, Several]) -> ResponseReturnValue:
    """Without an act: which there are. With one that none of them knows any more: why it went nowhere, case by case."""
    if not name:
        return _ask(chosen, found)
    if name not in ("take", "give_back", "hand_to", "note"):
        return _ask(chosen, found, say("None of these cases can take this step now."), 409)
    return _answer(
        chosen,
        None,
        act_on(
            chosen.shown,
            name,
            lambda row, person: advance(
                world(), Command(row.case_id, name, {}, chosen.shown[row.number]), person, moment()
            ),
        ),
    )


def _left_empty(one: Several, form: ActForm) -> bool:
    """Mark what is asked and was not answered: nothing is done to any case before."""
    answers = form.answers(())
    empty = {
        field.name: say("This is asked of every case.")
        for field in one.asks
        if field.required and answers.get(field.name) in (None, "")
    }
    form.mark(empty)
    return bool(empty)


def _chosen() -> Chosen:
    shown: dict[str, int] = {}
    for mark in request.form.getlist("case")[:MOST]:
        number, _space, version = mark.partition(" ")
        shown[number] = number_in(version, 0)
    return Chosen(found_rows(list(shown)), shown, safe_next(request.form.get("back"), ""))


def _ask(
    chosen: Chosen, found: Mapping[str, Several], refusal: Message | None = None, status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "desk/bulk.html", chosen=chosen, kinds=all_kinds(), offers=found, refusal=refusal, one=None, form=None
    ), status


def _form(chosen: Chosen, one: Several, form: ActForm, status: int) -> ResponseReturnValue:
    return render_template(
        "desk/bulk.html", chosen=chosen, kinds=all_kinds(), offers={}, refusal=None, one=one, form=form
    ), status


def _results(chosen: Chosen, one: Several | None, results: list[Result]) -> ResponseReturnValue:
    done, failed = [r for r in results if r.why is None], [r for r in results if r.why]
    answer = render_template("desk/bulk_done.html", one=one, done=done, failed=failed, at=moment(), back=chosen.back)
    return answer, 200 if done else 409
