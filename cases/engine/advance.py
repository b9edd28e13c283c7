"""`advance()` is the only way to move a case: it decides, then records, in one transaction.

Pages, scheduler, demo and commands are callers of this one function. What fell due before the act is recorded
before it, so that a scheduler that slept changes nothing.
"""

import logging
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cases.engine.answers import decide_at_door
from cases.engine.clock import refuse_doubted
from cases.engine.opening import lock_linked, one_open, open_linked
from cases.engine.sweep import fire_due
from cases.engine.writing import RecordedMove, write_moves
from cases.kinds import all_kinds
from cases.letters.own_words import refuse_not_own
from cases.model.bisect import require_own_fault
from cases.model.drafts import Sheet, forget_draft
from cases.model.reading import Act, LoadedCase, lock_case, read_cases
from cases.model.tables import Case
from extensions import transaction
from registry.in_force import in_force
from registry.people import User
from workflow.findings import rows_of
from workflow.holding import SAYS_WHOSE
from workflow.refusal import Impossible, Message, Outdated, Refusal, say
from workflow.snapshot import EventFacts, Person, RuleContext


@dataclass(frozen=True)
class Command:
    """An act that a person asks for: `shown` is the version of the case on the page they acted from."""

    case_id: int
    action: str
    answers: Mapping[str, object]
    shown: int | None = None


def advance(world: RuleContext, request: Command, person: Person, now: datetime) -> RecordedMove:
    """Take an action on a case. Raises a Refusal with a sentence; then nothing has happened but what fell due."""
    with transaction(user_initiated=False) as session:
        refuse_doubted(session, now)
        fire_due(session, lock_case(session, world, request.case_id), [request.case_id], now)
    with transaction() as session:
        file = read_cases(session, [request.case_id], lock=True)[0]
        world = in_force(session, world)
        _require_current(session, file, request, person)
        definition = all_kinds()[file.kind]
        move = decide_at_door(session, definition, file.snapshot, world, request.action, person, request.answers, now)
        refuse_not_own(session, file, move)
        lock_linked(session, file, move)
        opens = one_open(session, file.record_id, file.kind, file.enterprise_id)
        act = Act(file, move)
        with opens if file.closed_at and not move.target.final else nullcontext():
            written = write_moves(session, world, [act], now)[0]
        open_linked(session, world, act, now)
        if person.id is not None:
            forget_draft(session, Sheet(person.id, file.id, request.action))
        return written


def _require_current(session: Session, file: LoadedCase, request: Command, person: Person) -> None:
    """The page must have shown the case as it is, and no more of it than there is; what the clock only said, or nobody
    was told of, does not count: unless it is this very act, sent twice from one page by whoever did not learn that it
    was recorded, or somebody took the case meanwhile that the page showed as free."""
    if request.shown is None or request.shown == file.length:
        return
    since = [past for past in file.snapshot.past if past.seq > request.shown]
    if _says_whose(file, request.action) and any(_says_whose(file, past.action) for past in since):
        raise Outdated(_who_has_it(session, file, person), request.shown, file.length)
    beyond = request.shown > file.length
    if beyond or not all(_changes_nothing(file, past) and not _is_same(past, request, person) for past in since):
        raise Outdated(say("Somebody acted on this case after you opened the page."), request.shown, file.length)


def _says_whose(file: LoadedCase, action: str) -> bool:
    return not all_kinds()[file.kind].effects_of.get(action, frozenset()).isdisjoint(SAYS_WHOSE)


def _who_has_it(session: Session, file: LoadedCase, person: Person) -> Message:
    """Whose work a case has become since the page was opened."""
    if file.holder_id is None:
        return say("It has been given back since you opened the page.")
    if file.holder_id == person.id:
        return say("It has become yours since you opened the page.")
    return say("{name} has taken it since you opened the page.", name=session.get_one(User, file.holder_id).name)


def _changes_nothing(file: LoadedCase, past: EventFacts) -> bool:
    return past.source == past.target and (past.role == "clock" or _is_quiet(file, past))


def _is_same(past: EventFacts, request: Command, person: Person) -> bool:
    return past.person is not None and past.person == person.id and past.action == request.action


def _is_quiet(file: LoadedCase, past: EventFacts) -> bool:
    """An internal note, or whose work it is: it changes nothing for anybody else."""
    return not any(row.tells for row in rows_of(all_kinds()[file.kind], past))


TAKE: Final = "take"


def take_free(
    world: RuleContext, case_id: int, free: ColumnElement[bool], person: Person, now: datetime
) -> RecordedMove:
    """Take it if it is still `free` under its lock. Raises Impossible where it is not, else as `advance`."""
    with transaction() as session:
        still = select(Case.id).where(Case.id == case_id, free).with_for_update(of=Case)
        if session.scalar(still) is None:
            raise Impossible(say("Somebody else has taken this case."))
        return advance(world, Command(case_id, TAKE, {}), person, now)


log = logging.getLogger("redress.cases")


def named(number: str, error: Exception) -> Exception:
    """What to raise of a failure with this case: a refusal as it is, a bug as one that names the case.

    A database that is busy, away or full is no fault of the case: that is raised.
    """
    require_own_fault(error)
    if isinstance(error, Refusal):
        return error
    log.error("case %s cannot be moved, so none was", number, exc_info=error)
    return Impossible(
        say(
            "Case {number} cannot be moved at the moment, so nothing was recorded: neither of it nor of "
            "the others. The cause is in the platform's log.",
            number=number,
        )
    )
