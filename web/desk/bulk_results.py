"""One act on several cases: each by itself and through the same door, with a result for each.

One that does not go holds up no other. Sent twice, nothing is done twice: what this person has done already is told
as done.
"""

from collections.abc import Callable, Collection, Iterable
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
from extensions import db
from web.case.list_row import CaseRow
from web.site.access import identity
from web.site.errors import set_aside
from workflow.refusal import Incomplete, Message, Refusal, say
from workflow.snapshot import Person

MOST = 200
"""Cases in one form."""

Take = Callable[[WorkRow, Person], RecordedMove]


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
            return self.case.stands if self.case else None
        return say("{state}, due {day}", state=self.case.stands, day=self.case.row.due_on)


def act_on(numbers: Iterable[str], action: str, take: Take) -> list[ActResult]:
    """Take the act on each of these cases that the reader may read, in their order."""
    asked = list(dict.fromkeys(numbers))[:MOST]
    found = found_rows(asked)
    unknown = say("No case bears this number.")
    return [
        _taken(found[number], action, take) if number in found else ActResult(number, why=unknown) for number in asked
    ]


def found_rows(numbers: Collection[str]) -> dict[str, WorkRow]:
    """The rows of these cases, by number: of those that the reader may read."""
    return {row.number: row for row in rows(db.session(), identity(), Case.number.in_(numbers), most=MOST)}


def told(results: list[ActResult]) -> list[ActResult]:
    """The results with each case as it is now."""
    now = {line.number: line for line in CaseRow.of(list(found_rows([one.number for one in results]).values()))}
    return [replace(result, case=now.get(result.number)) for result in results]


def _taken(row: WorkRow, action: str, take: Take) -> ActResult:
    session = db.session()
    person = person_in(identity(), session.get_one(Case, row.case_id))
    try:
        written = take(row, person)
    except Refusal as refused:
        return _already(row, action, person) or _refused(row, refused)
    except Exception as error:  # a bug with one case must not hide that the others went
        return ActResult(
            row.number,
            why=set_aside(row.case_id, row.number, action, error).why,
            step=url_for("cases.show", number=row.number),
        )
    return ActResult(row.number, seq=written.seq, done=_done(row, action))


def _already(row: WorkRow, action: str, person: Person) -> ActResult | None:
    """The last thing that this person did there, where it was this very act: the form came twice."""
    past = read_cases(db.session(), [row.case_id])[0].snapshot.past
    mine = [event for event in past if event.person == person.id]
    if not mine or mine[-1].action != action:
        return None
    if any(event.seq > mine[-1].seq and event.role != "clock" for event in past):
        return None
    return ActResult(row.number, seq=mine[-1].seq, done=_done(row, action))


def _done(row: WorkRow, action: str) -> Message:
    named = all_kinds()[row.kind].actions_named(action)
    return say(named[0].done if named else action)


def _refused(row: WorkRow, refused: Refusal) -> ActResult:
    why = next(iter(refused.fields.values())) if isinstance(refused, Incomplete) else refused.message
    changes = refused.changes if isinstance(refused, ChangedSince) else ()
    return ActResult(row.number, why=why, changes=changes, step=url_for("cases.show", number=row.number))
