"""Several cases at once: the acts that can be one and the same for each, what they ask once, a result for each case.

From one row of the desk the same door takes a case or gives it back, and leads to the desk again. Never a decision, a
proposal or an end of a case: those are taken one by one. One that does not go holds up no other. Sent twice, nothing
is done twice: what this person has done already is told as done.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cases.engine.advance import TAKE, Command, advance, take_free
from cases.engine.marks import ChangedSince
from cases.engine.writing import RecordedMove
from cases.kinds import all_kinds
from cases.lists.queues import condition, on_hold
from cases.lists.worklists import WorkRow, rows
from cases.model.bisect import readable
from cases.model.reading import LoadedCase, read_cases
from cases.model.related import Change
from cases.model.tables import Case
from cases.model.visibility import desk_of, people_of, person_in
from extensions import db
from web.case.choices import moves_on, open_acts
from web.case.list_row import CaseRow
from web.case.path import ends
from web.oversight.board import why_refused
from web.site.access import identity, now, requires, today, world
from web.site.action_form import Offered, act_form
from web.site.errors import set_aside
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
MOST: Final = 200
"""Cases in one form."""
ANSWERED: Final = "answered"
"""What a form with answers says beside them: without it the form is shown first."""
BUTTONS: Final = ("take", "give_back", "hand_to", "note")
"""The acts that the desk offers before it is known whether a case takes them."""
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


@dataclass(frozen=True)
class BulkAct:
    """An act for several cases: its name in the form, what it is called, what it asks, where it is open."""

    name: str
    label: Message
    asks: tuple[Field, ...]
    numbers: tuple[str, ...] = ()
    offered: Offered = field(default_factory=Offered)


@dataclass(frozen=True)
class ActResult:
    """What became of one case: its entry in the chain, or why it did not go and what has changed there meanwhile.

    `case`: its row as it is now. `step`: the address at which its reader goes on.
    """

    number: str
    seq: int | None = None
    done: Message | None = None
    why: Message | None = None
    changes: tuple[Change, ...] = ()
    step: str = ""
    case: CaseRow | None = None

    @property
    def stands(self) -> Message | None:
        if self.case is None or not self.case.row.due_on:
            return self.case.label if self.case else None
        return say("{state}, due {day}", state=self.case.label, day=self.case.row.due_on)


@pages.get("/bulk")
@requires(roles=AT_A_DESK)
def begin() -> ResponseReturnValue:
    """There is nothing to see before cases are ticked: back to the desk."""
    return redirect(url_for("desk.desk"))


@pages.post("/bulk")
@requires(roles=AT_A_DESK)
def several() -> ResponseReturnValue:
    """Take one act on several cases; what it asks is asked once, before anything is done."""
    marks = (mark.partition(" ") for mark in request.form.getlist("case")[:MOST])
    shown, name = {number: number_in(version, 0) for number, _space, version in marks}, request.form.get("act", "")
    chosen = TickedCases(found_rows(shown), shown, safe_next(request.form.get("back"), ""))
    if not shown:
        return _page(chosen, 422, refusal=say("No case is ticked: tick those that you mean."))
    offers = _offers(chosen.rows.values())
    one = offers.get(name)
    if one is None and name in BUTTONS:  # none takes it any more: why, case by case
        return _act(chosen, None, name, {})
    if one is None:
        refusal = say("None of these cases can take this step now.") if name else None
        return _page(chosen, 409 if name else 200, offers=offers, refusal=refusal)
    form = act_form(one.asks, one.offered)
    if one.asks and request.form.get("step") != ANSWERED:
        return _page(chosen, 200, one=one, form=form)
    if not form.sent():
        return _page(chosen, 422, one=one, form=form)
    answers = form.answers(())
    empty = [field.name for field in one.asks if field.required and answers.get(field.name) in (None, "")]
    if empty:
        form.mark(dict.fromkeys(empty, say("This is asked of every case.")))
        return _page(chosen, 422, one=one, form=form)
    return _act(chosen, one, name, answers)


@pages.post("/desk/next")
@requires(roles=AT_A_DESK)
def take_next() -> ResponseReturnValue:
    """Take the most urgent case that nobody has taken and in which the reader can do the next step, and open it."""
    session, free = db.session(), condition("free", identity(), world().calendar, today())
    for row in rows(session, identity(), free, ~on_hold(), most=LOOKED_AT):
        if readable(row.number, partial(_can_move, row)):
            person = person_in(identity(), session.get_one(Case, row.case_id))
            with suppress(Refusal):  # somebody else was quicker
                take_free(world(), row.case_id, free, person, now())
                flash(_("Taken in hand: it is yours now."))
                return redirect(url_for("cases.show", number=row.number))
    flash(_("Nobody's case is left that you could take."))
    return redirect(url_for("desk.desk"))


def _can_move(row: WorkRow) -> bool:
    """Whether the reader may take it, and a step of its desk is open to them: taken for nothing, it would lie."""
    file = read_cases(db.session(), [row.case_id])[0]
    acts = [one for one in open_acts(file, identity(), world(), now()) if one.why_not is None]
    return any(moves_on(file, one) for one in acts) and any(one.action.name == TAKE for one in acts)


def _act(chosen: TickedCases, one: BulkAct | None, name: str, answers: Mapping[str, object]) -> ResponseReturnValue:
    """Take the act on each. A result for each case; of one row alone it is said in the list it was taken from."""

    def take(row: WorkRow, person: Person) -> RecordedMove:
        return advance(world(), Command(row.case_id, name, answers, chosen.shown[row.number]), person, now())

    results = act_on(chosen.shown, name, take)
    if len(results) > 1 or not chosen.back:
        return results_page("desk/bulk_done.html", results, one=one, back=chosen.back)
    number, why, done = results[0].number, results[0].why, results[0].done or say("done")
    if why:
        flash(_("%(number)s: %(why)s Nothing was changed.", number=number, why=in_words(why)), "warn")
    else:
        flash(_("%(number)s: %(done)s.", number=number, done=in_words(done)), "")
    return redirect(chosen.back)


def _page(chosen: TickedCases, status: int, **shown: object) -> ResponseReturnValue:
    return render_template("desk/bulk.html", chosen=chosen, **shown), status


def _offers(rows: Iterable[WorkRow]) -> dict[str, BulkAct]:
    """The acts that are open in at least one of these cases; what asks otherwise in another kind is left out there."""
    found: dict[str, BulkAct] = {}
    desk = cache(partial(people_of, db.session()))
    for file in read_cases(db.session(), [row.case_id for row in rows if not row.lost]):
        for one in open_acts(file, identity(), world(), now()):
            action, asked = one.action, tuple(asked_of(one.action, one.role))
            before = found.get(action.name) or BulkAct(action.name, say(action.label), asked)
            same = [field.name for field in before.asks] == [field.name for field in asked]
            if one.why_not is not None or not same or not _fits_several(file, one):
                continue
            people = dict(before.offered.people)
            if any(field.kind is FieldKind.PERSON for field in asked):
                people |= dict(desk(desk_of(file.snapshot)))
            offered = replace(before.offered, people=tuple(people.items()))
            found[action.name] = replace(before, numbers=(*before.numbers, file.number), offered=offered)
    return {name: found[name] for name in sorted(found, key=lambda name: -len(found[name].numbers))}


def _fits_several(file: LoadedCase, one: AvailableAction) -> bool:
    action = one.action
    if action.part or ends(all_kinds()[file.kind], action):
        return False
    asked = asked_of(action, one.role)
    return all(field.kind in SAME_FOR_ALL for field in asked) and (moves_on(file, one) or action.is_internal)


def act_on(numbers: Iterable[str], action: str, take: Callable[[WorkRow, Person], RecordedMove]) -> list[ActResult]:
    """Take the act on each of these cases that the reader may read, in their order."""
    asked = list(dict.fromkeys(numbers))[:MOST]
    found, unknown = found_rows(asked), say("No case bears this number.")
    return [
        _taken(found[number], action, take) if number in found else ActResult(number, why=unknown) for number in asked
    ]


def found_rows(numbers: Collection[str]) -> dict[str, WorkRow]:
    """The rows of these cases, by number: of those that the reader may read."""
    return {row.number: row for row in rows(db.session(), identity(), Case.number.in_(numbers), most=MOST)}


def results_page(template: str, results: list[ActResult], **shown: object) -> ResponseReturnValue:
    """What was done and what was not, with each case as it is now."""
    here = {line.number: line for line in CaseRow.of(list(found_rows([one.number for one in results]).values()))}
    told = [replace(result, case=here.get(result.number)) for result in results]
    done, failed = [one for one in told if one.why is None], [one for one in told if one.why]
    return render_template(template, done=done, failed=failed, at=now(), **shown), 200 if done else 409


def _taken(row: WorkRow, action: str, take: Callable[[WorkRow, Person], RecordedMove]) -> ActResult:
    person = person_in(identity(), db.session().get_one(Case, row.case_id))
    step = url_for("cases.show", number=row.number)
    try:
        seq = take(row, person).seq
    except Refusal as refused:
        again = _already(row, action, person)
        if again is None:
            changes = refused.changes if isinstance(refused, ChangedSince) else ()
            return ActResult(row.number, why=why_refused(refused), changes=changes, step=step)
        seq = again
    except Exception as error:  # a bug with one case must not hide that the others went
        return ActResult(row.number, why=set_aside(row.case_id, row.number, action, error).why, step=step)
    named = all_kinds()[row.kind].actions_named(action)
    return ActResult(row.number, seq=seq, done=say(named[0].done if named else action))


def _already(row: WorkRow, action: str, person: Person) -> int | None:
    """The entry of the last thing that this person did there, where it was this very act: the form came twice."""
    past = read_cases(db.session(), [row.case_id])[0].snapshot.past
    mine = next((event for event in reversed(past) if event.person == person.id), None)
    if mine is None or mine.action != action:
        return None
    return None if any(event.seq > mine.seq and event.role != "clock" for event in past) else mine.seq
