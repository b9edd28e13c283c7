"""Other cases of the same record, kind and filer: which are open (D19), and which another case opened meanwhile."""

from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from cases.model.tables import Case, CaseLink
from workflow.snapshot import OpenedSince


def beside(session: Session, row: Any) -> dict[str, Any]:
    """What else there is of the same record, kind and filer, beside a closed case: what is open, and what another case
    opened since."""
    linked = exists().where(CaseLink.to_case_id == Case.id, CaseLink.seq == 1)
    same = select(Case.number, Case.opened_at, Case.closed_at, linked.label("linked")).where(
        Case.record_id == row.record_id,
        Case.kind == row.kind,
        Case.enterprise_id == row.enterprise_id,
        Case.id != row.id,
        or_(Case.closed_at.is_(None), Case.opened_at >= row.closed_at),
    )
    found = session.execute(same.order_by(Case.opened_at, Case.id)).all()
    return {
        "open_cases": tuple(one.number for one in found if one.closed_at is None),
        "opened_since": tuple(
            OpenedSince(one.number, one.opened_at, one.closed_at)
            for one in found
            if one.linked and one.opened_at >= row.closed_at
        ),
    }


def other_open(session: Session, record_id: int | None, kind: str, enterprise_id: int) -> tuple[str, ...]:
    """Numbers of the open cases on the same record, of the same kind and filer (D19)."""
    if record_id is None:
        return ()
    same = select(Case.number).filter_by(record_id=record_id, kind=kind, enterprise_id=enterprise_id, closed_at=None)
    return tuple(session.scalars(same))
