"""What people do to a record outside every case: its class is stated, its handler named. Each is one transaction."""

from __future__ import annotations

from datetime import datetime

from extensions import transaction
from registry.columns import ADVERSE, SEVERITIES
from registry.credit_records import CreditRecord, RecordChange, correct, state_severity
from workflow.refusal import Forbidden, Impossible, Incomplete, say

LONGEST_NAME = 200


def state_class(
    record_id: int, bureau_id: int | None, severity: str, now: datetime, user_id: int
) -> list[RecordChange]:
    """The deciding bureau states the record's class (D13). Raises Forbidden for another bureau, Incomplete, and
    Impossible for a record that speaks well of the enterprise."""
    if severity not in SEVERITIES.values():
        raise Incomplete({"severity": say("Choose one of the answers offered.")})
    with transaction() as session:
        record = session.get_one(CreditRecord, record_id, with_for_update=True, populate_existing=True)
        if record.determined_by_id != bureau_id:
            raise Forbidden(say("Only the bureau that decided states the class of a record."))
        if record.kind not in ADVERSE:
            raise Impossible(say("A record that speaks well of the enterprise has no class."))
        return state_severity(session, record, severity, now, f"user:{user_id}")


def name_handler(record_id: int, handler: str, now: datetime, user_id: int) -> list[RecordChange]:
    """The office enters who handled the penalty, so that this person does not decide on it (D10, D27)."""
    handler = " ".join(handler.split())
    if len(handler) > LONGEST_NAME:
        raise Incomplete(
            {"handler": say("Too long: {length} characters, at most {most}.", length=len(handler), most=LONGEST_NAME)}
        )
    with transaction() as session:
        record = session.get_one(CreditRecord, record_id, with_for_update=True, populate_existing=True)
        return correct(session, record, {"handler": handler}, None, now, f"user:{user_id}")
