"""One act on several cases: each by itself and through the same door, with a result for each.

One that does not go holds up no other. Sent twice, nothing is done twice: what this person has done already is told
as done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for

from cases.engine.marks import ChangedSince
from cases.engine.writing import RecordedMove
from cases.kinds import all_kinds
from cases.lists.worklists import WorkRow, rows
from cases.model.reading import read_cases
from cases.model.related import Change
from cases.model.tables import Case
from cases.model.visibility import person_in
from cases.model.words import Subject, subjects_of
from extensions import db
from web.case.list_row import about, firm_of
from web.desk.all_cases import where_it_stands
from web.parts.words import Words
from web.site.access import identity
from web.site.errors import set_aside
from workflow.refusal import Incomplete, Message, Refusal, say
from workflow.snapshot import EventFacts, Person

MOST = 200
"""Cases in one form."""

Take = Callable[[WorkRow, Person], RecordedMove]


@dataclass(frozen=True)
class Result:
    """What became of one case: its place in the chain and where it stands now, or why it did not go.

    `changes`: what has happened there meanwhile. `step`: the address at which its reader goes on.
    """

    number: str
    row: WorkRow | None = None
    firm: Words = ""
    about: Words = ""
    seq: int | None = None
    done: Message | None = None
    stands: Message | None = None
    why: Message | None = None
    changes: tuple[Change, ...] = ()
    step: str = ""


def act_on(numbers: Iterable[str], action: str, take: Take) -> list[Result]:
    """Take the act on each of these cases that the reader may read, in their order."""
    asked = list(dict.fromkeys(numbers))[:MOST]
    found = found_rows(asked)
    return [_taken(found[number], action, take) if number in found else _unknown(number) for number in asked]


def found_rows(numbers: Collection[str]) -> dict[str, WorkRow]:
    """The rows of these cases, by number: of those that the reader may read."""
    return {row.number: row for row in rows(db.session(), identity(), Case.number.in_(numbers), most=MOST)}


def told(results: list[Result]) -> list[Result]:
    """The results with each case's firm, what it is about, and where it stands now."""
    now = found_rows([result.number for result in results])
    subjects = subjects_of(db.session(), [row.case_id for row in now.values()])
    return [_told(result, now.get(result.number), subjects) for result in results]


def _told(result: Result, row: WorkRow | None, subjects: Mapping[int, Sequence[Subject]]) -> Result:
    if row is None:
        return result
    stands = where_it_stands(row)
    if row.due_on:
        stands = say("{state}, due {day}", state=stands, day=row.due_on)
    return replace(result, row=row, firm=firm_of(row), about=about(row, subjects[row.case_id]), stands=stands)


def _unknown(number: str) -> Result:
    return Result(number, why=say("No case bears this number."))


def _taken(row: WorkRow, action: str, take: Take) -> Result:
    session = db.session()
    person = person_in(identity(), session.get_one(Case, row.case_id))
    try:
        written = take(row, person)
    except Refusal as refused:
        return _already(row, action, person) or _refused(row, refused)
    except Exception as error:  # a bug with one case must not hide that the others went
        return Result(row.number, why=set_aside(row.case_id, row.number, action, error).why, step=_case(row))
    return Result(row.number, seq=written.seq, done=_done(row, action))


def _already(row: WorkRow, action: str, person: Person) -> Result | None:
    """The last thing that this person did there, where it was this very act: the form came twice."""
    past = read_cases(db.session(), [row.case_id])[0].snapshot.past
    mine = [event for event in past if event.person == person.id]
    if not mine or mine[-1].action != action or _moved_since(past, mine[-1]):
        return None
    return Result(row.number, seq=mine[-1].seq, done=_done(row, action))


def _moved_since(past: Iterable[EventFacts], mine: EventFacts) -> bool:
    return any(event.seq > mine.seq and event.role != "clock" for event in past)


def _done(row: WorkRow, action: str) -> Message:
    named = all_kinds()[row.kind].actions_named(action)
    return say(named[0].done if named else action)


def _refused(row: WorkRow, refused: Refusal) -> Result:
    why = next(iter(refused.fields.values())) if isinstance(refused, Incomplete) else refused.message
    changes = refused.changes if isinstance(refused, ChangedSince) else ()
    return Result(row.number, why=why, changes=changes, step=_case(row))


def _case(row: WorkRow) -> str:
    return url_for("cases.show", number=row.number)
