"""Several cases at once: the acts that can be one and the same for each, what they ask once, a result for each case.

From one row of the desk the same door takes a case or gives it back, and leads to the desk again. Never a decision, a
proposal or an end of a case: those are taken one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from cases.engine.advance import TAKE, Command, advance, take_free
from cases.engine.writing import RecordedMove
from cases.kinds import all_kinds
from cases.lists.queues import condition, on_hold
from cases.lists.worklists import WorkRow, rows
from cases.model.bisect import readable
from cases.model.reading import LoadedCase, read_cases
from cases.model.tables import Case
from cases.model.visibility import NextDesk, People, desk_of, people_of, person_in
from extensions import db
from web.case.choices import moves_on, open_acts
from web.case.list_row import CaseRow
from web.case.path import ends
from web.case.reading import is_internal
from web.desk.bulk_results import MOST, ActResult, act_on, found_rows, told
from web.site.access import identity, now, requires, today, world
from web.site.action_form import ActForm, Offered, act_form
from web.site.forms import number_in
from web.site.language import in_words
from web.site.security import safe_next
from workflow.answers import asked_of
from workflow.decide import AvailableAction
from workflow.definition import APPROVER, CHIEF, HEAD, OFFICER, REVIEWER, Field, FieldKind
from workflow.refusal import Message, Refusal, say
from workflow.snapshot import Person

pages = Blueprint("bulk", __name__)

AT_A_DESK: Final = (REVIEWER, APPROVER, HEAD, OFFICER, CHIEF)
ANSWERED: Final = "answered"
"""What a form with answers says beside them: without it the form is shown first."""
SAME_FOR_ALL: Final = (FieldKind.TEXT, FieldKind.LINE, FieldKind.DATE, FieldKind.PERSON)
"""What can be answered once for several cases; a finding, a file or a bureau belongs to one."""
LOOKED_AT: Final = 30
"""Cases of which the next may be one: those before it may all be barred to this reader."""


@dataclass(frozen=True)
class TickedCases:
    """The cases that were ticked, each with the version that the list showed."""

    rows: Mapping[str, WorkRow]
    shown: Mapping[str, int]
    back: str

    @property
    def lines(self) -> dict[str, CaseRow]:
        return {number: CaseRow(row) for number, row in self.rows.items()}

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
    found = _offers(chosen.rows.values())
    one = found.get(name)
    if one is None:
        return _gone(chosen, name, found)
    form = act_form(one.asks, one.offered)
    if one.asks and request.form.get("step") != ANSWERED:
        return _form(chosen, one, form, 200)
    if not form.sent() or _left_empty(one, form):
        return _form(chosen, one, form, 422)
    return _act(chosen, one, one.name, form.answers(()))


@pages.post("/desk/next")
@requires(roles=AT_A_DESK)
def take_next() -> ResponseReturnValue:
    """Take the most urgent case that nobody has taken and in which the reader can do the next step, and open it."""
    for row in _next_free():
        if _take_it(row):
            flash(_("Taken in hand: it is yours now."))
            return redirect(url_for("cases.show", number=row.number))
    flash(_("Nobody's case is left that you could take."))
    return redirect(url_for("desk.desk"))


def _act(chosen: TickedCases, one: BulkAct | None, name: str, answers: Mapping[str, object]) -> ResponseReturnValue:
    """Take the act on each. A result for each case; of one row alone it is said in the list it was taken from."""

    def take(row: WorkRow, person: Person) -> RecordedMove:
        return advance(world(), Command(row.case_id, name, answers, chosen.shown[row.number]), person, now())

    results = act_on(chosen.shown, name, take)
    if len(results) == 1 and chosen.back:
        flash(_of_one_row(results[0]), "warn" if results[0].why else "")
        return redirect(chosen.back)
    results = told(results)
    done, failed = [r for r in results if r.why is None], [r for r in results if r.why]
    answer = render_template("desk/bulk_done.html", one=one, done=done, failed=failed, at=now(), back=chosen.back)
    return answer, 200 if done else 409


def _of_one_row(result: ActResult) -> str:
    if result.why:
        return _("%(number)s: %(why)s Nothing was changed.", number=result.number, why=in_words(result.why))
    return _("%(number)s: %(done)s.", number=result.number, done=in_words(result.done or say("done")))


def _gone(chosen: TickedCases, name: str, found: Mapping[str, BulkAct]) -> ResponseReturnValue:
    """Without an act: which there are. With one that none of them knows any more: why it went nowhere, case by case."""
    if not name:
        return _ask(chosen, found)
    if name not in ("take", "give_back", "hand_to", "note"):
        return _ask(chosen, found, say("None of these cases can take this step now."), 409)
    return _act(chosen, None, name, {})


def _left_empty(one: BulkAct, form: ActForm) -> bool:
    """Mark what is asked and was not answered: nothing is done to any case before."""
    answers = form.answers(())
    empty = {
        field.name: say("This is asked of every case.")
        for field in one.asks
        if field.required and answers.get(field.name) in (None, "")
    }
    form.mark(empty)
    return bool(empty)


def _chosen() -> TickedCases:
    shown: dict[str, int] = {}
    for mark in request.form.getlist("case")[:MOST]:
        number, _space, version = mark.partition(" ")
        shown[number] = number_in(version, 0)
    return TickedCases(found_rows(list(shown)), shown, safe_next(request.form.get("back"), ""))


def _ask(
    chosen: TickedCases, found: Mapping[str, BulkAct], refusal: Message | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template("desk/bulk.html", chosen=chosen, offers=found, refusal=refusal, one=None, form=None)
    return page, status


def _form(chosen: TickedCases, one: BulkAct, form: ActForm, status: int) -> ResponseReturnValue:
    page = render_template("desk/bulk.html", chosen=chosen, offers={}, refusal=None, one=one, form=form)
    return page, status


@dataclass(frozen=True)
class BulkAct:
    """An act for several cases: its name in the form, what it is called, what it asks, where it is open."""

    name: str
    label: Message
    asks: tuple[Field, ...]
    numbers: tuple[str, ...] = ()
    offered: Offered = field(default_factory=Offered)


def _offers(rows: Iterable[WorkRow]) -> dict[str, BulkAct]:
    """The acts that are open in at least one of these cases; what asks otherwise in another kind is left out there."""
    found: dict[str, BulkAct] = {}
    desk = cache(partial(people_of, db.session()))
    for file in read_cases(db.session(), [row.case_id for row in rows if not row.lost]):
        for one in open_acts(file, identity(), world(), now()):
            if one.why_not is None and _fits_several(file, one):
                _add(found, file, one, desk)
    return {name: found[name] for name in sorted(found, key=lambda name: -len(found[name].numbers))}


def _fits_several(file: LoadedCase, one: AvailableAction) -> bool:
    action = one.action
    if action.part or ends(all_kinds()[file.kind], action):
        return False
    asked = asked_of(action, one.role)
    return all(field.kind in SAME_FOR_ALL for field in asked) and (moves_on(file, one) or is_internal(action))


def _add(found: dict[str, BulkAct], file: LoadedCase, one: AvailableAction, desk: Callable[[NextDesk], People]) -> None:
    action = one.action
    asked = tuple(asked_of(action, one.role))
    before = found.get(action.name) or BulkAct(action.name, say(action.label), asked)
    if [field.name for field in before.asks] != [field.name for field in asked]:
        return
    people = dict(before.offered.people)
    if any(field.kind is FieldKind.PERSON for field in asked):
        people |= dict(desk(desk_of(file.snapshot)))
    offered = replace(before.offered, people=tuple(people.items()))
    found[action.name] = replace(before, numbers=(*before.numbers, file.number), offered=offered)


def _next_free() -> Iterator[WorkRow]:
    """The cases that the reader could take next, the first due first."""
    for row in rows(db.session(), identity(), _free(), ~on_hold(), most=LOOKED_AT):
        if readable(row.number, partial(_can_move, row)):
            yield row


def _take_it(row: WorkRow) -> bool:
    """Take it; False where somebody else was quicker."""
    person = person_in(identity(), db.session().get_one(Case, row.case_id))
    try:
        take_free(world(), row.case_id, _free(), person, now())
    except Refusal:
        return False
    return True


def _free() -> ColumnElement[bool]:
    return condition("free", identity(), world().calendar, today())


def _can_move(row: WorkRow) -> bool:
    """Whether the reader may take it, and a step of its desk is open to them: taken for nothing, it would lie."""
    file = read_cases(db.session(), [row.case_id])[0]
    acts = [one for one in open_acts(file, identity(), world(), now()) if one.why_not is None]
    return any(moves_on(file, one) for one in acts) and any(one.action.name == TAKE for one in acts)
