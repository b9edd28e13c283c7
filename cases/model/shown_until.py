"""Until when a record is displayed again once an end of its display is taken back."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from registry.credit_records import CreditRecord
from registry.display import last_day
from registry.organisations import Bureau
from workflow.snapshot import RuleContext


def shown_until(session: Session, world: RuleContext, record: CreditRecord, on: date) -> date | None:
    """The old end of a record's display, by the sheet or by the class that was stated (D15)."""
    determined_by = session.get_one(Bureau, record.determined_by_id)
    return last_day(record, determined_by, world.jurisdiction.displays, on)
