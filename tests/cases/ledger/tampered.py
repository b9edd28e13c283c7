"""One statement on a ledger behind our back, and what a check names of it."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cases.ledger.verify import verify
from cases.ledger.verify_rows import Mismatch
from cases.model.tables import Case, Event
from tests.cases.ledger.ledgers import owner

SECOND = "2026-YY-000002"


def named(session: Session, **options: object) -> list[tuple[str, int | None, str]]:
    """The faults as case, event and message id."""
    verdict = verify(session, **options)  # type: ignore[arg-type]
    return [(fault.case_number, fault.seq, fault.what.id) for fault in verdict.faults]


def only(faults: list[Mismatch]) -> Mismatch:
    assert len(faults) == 1, [f"{f.case_number} {f.seq} {f.what}" for f in faults]
    return faults[0]


def tamper(session: Session, statement: str, seq: int = 3, **values: object) -> None:
    """Run a statement as the owner on an event (`:event`) and its case (`:case`, the second one)."""
    case_id = session.scalar(select(Case.id).where(Case.number == SECOND))
    event_id = session.scalar(select(Event.id).where(Event.case_id == case_id, Event.seq == seq))
    values = {"case": case_id, "event": event_id, "seq": seq, **values}
    with owner(session) as connection:
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        assert connection.execute(text(statement), used).rowcount == 1


def event_of(session: Session, seq: int) -> Event:
    return session.scalars(select(Event).join(Case, Case.id == Event.case_id)
                            .where(Case.number == SECOND, Event.seq == seq)).one()  # fmt: skip


def remove(session: Session, seq: int) -> None:
    """Remove an event and everything that hangs on it, as a careful hand would."""
    for table in ("event_text", "attachment"):
        event_id = event_of(session, seq).id
        with owner(session) as connection:
            connection.execute(text(f"DELETE FROM {table} WHERE event_id = :event"), {"event": event_id})
    tamper(session, "DELETE FROM event WHERE id = :event", seq)
