"""Handlers of a record as accounts of the deciding or supplying bureau (D41).

Without an open case they are chosen; with one a reviewer proposes the change and an approver of the same bureau
confirms it. Nobody who is named before or after takes part.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.tables import Case
from extensions import transaction
from registry.credit_records import CreditRecord, RecordChange
from registry.identity import Identity
from registry.people import User, people_with
from registry.two_persons import OVER, WAITS, ActOfTwo, decide, propose, waiting_act
from workflow.definition import APPROVER, HEAD, REVIEWER
from workflow.guards import may_name
from workflow.refusal import Forbidden, Impossible, Incomplete, say

HANDLERS: Final = "handlers"


def may_be_handlers(session: Session, record: CreditRecord) -> list[User]:
    """The accounts of the deciding and of the supplying bureau."""
    bureaus = dict.fromkeys((record.determined_by_id, record.supplied_by_id))
    people = (user for id in bureaus for user in people_with(session, (REVIEWER, APPROVER, HEAD), bureau_id=id))
    return list({user.id: user for user in people}.values())


def waiting_change(session: Session, record_id: int) -> ActOfTwo | None:
    """The change of a record's handlers that waits for a second person."""
    return waiting_act(session, HANDLERS, record_id)


def choose_handlers(record_id: int, ids: Sequence[int], by: Identity, now: datetime) -> bool:
    """Choose a record's handlers, or propose the change where a case is open; gives whether it took effect at once.

    Raises Incomplete, Forbidden and Impossible.
    """
    with transaction() as session:
        record = _locked(session, record_id)
        people = {user.id for user in may_be_handlers(session, record)}
        if not set(ids) <= people | set(record.handlers or ()):
            raise Incomplete({HANDLERS: say("Choose among the people of the bureaus that decided and supplied it.")})
        _require_not_named(record, ids, by)
        open_case = session.scalar(select(Case.number).filter_by(record_id=record_id, closed_at=None).limit(1))
        if open_case is None:
            if waiting_change(session, record_id):
                raise Impossible(WAITS)
            _set(session, record, ids, by, now)
            return True
        if not by.holds(REVIEWER):
            why = (
                "Case {number} is open: a reviewer of the bureau proposes the change and an approver of it confirms it."
            )
            raise Forbidden(say(why, number=open_case))
        before = sorted(record.handlers or ())
        asked = {"what": HANDLERS, "subject_id": record_id, "bureau_id": by.bureau_id, "before": before}
        propose(session, ActOfTwo(**asked, after=sorted(ids), proposed_by_id=by.user_id, proposed_at=now))
        return False


def decide_handlers(record_id: int, act_id: int, confirmed: bool, by: Identity, now: datetime) -> None:
    """Confirm a change of handlers, or refuse it. Raises Forbidden and Impossible."""
    with transaction() as session:
        record = _locked(session, record_id)
        act = waiting_change(session, record_id)
        if act is None or act.id != act_id:
            raise Impossible(OVER)
        _require_not_named(record, act.after, by)
        decide(session, act_id, by, confirmed, now)
        if confirmed:
            _set(session, record, act.after, by, now)


def _locked(session: Session, record_id: int) -> CreditRecord:
    return session.get_one(CreditRecord, record_id, with_for_update=True, populate_existing=True)


def _require_not_named(record: CreditRecord, after: Sequence[int], by: Identity) -> None:
    if by.user_id in {*(record.handlers or ()), *after} or may_name(record.named_handlers, by.name):
        raise Forbidden(say("You are named as handler before or after this change: somebody else must do it."))


def _set(session: Session, record: CreditRecord, ids: Sequence[int], by: Identity, now: datetime) -> None:
    before, after = json.dumps(sorted(record.handlers or ())), json.dumps(sorted(ids))
    record.handlers, record.handler_doubt = sorted(ids), ""
    change = RecordChange(
        record_id=record.id, at=now, what="handlers_named", field=HANDLERS, before=before, after=after
    )
    change.actor = f"user:{by.user_id}"
    session.add(change)
    session.flush()
