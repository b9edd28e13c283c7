"""Letters for tests: addresses, letters that are posted, and how they stand in the table."""

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from extensions import transaction
from notifications.letters import Address, Letter
from notifications.post import NewLetter, post

FIRM = Address("enterprise", 1, "filer", "firm@firm.example")
OTHER_FIRM = Address("enterprise", 2, "filer", "other@firm.example")
BUREAU = Address("bureau", 1, "reviewer", "bureau@bureau.example")
VALUES = {
    "kind": "Objection", "what": "Papers added", "number": "2026-YY-000001", "record": "示环罚〔2026〕18号",
    "enterprise": "恒源洗煤有限公司（演示）", "words": "照片在这里。",
}  # fmt: skip


def firm(n: int) -> Address:
    """One of many."""
    return Address("enterprise", n, "filer", f"firm{n}@firm.example")


def new_letter(to: Address = FIRM, name: str = "added", not_before: datetime | None = None) -> NewLetter:
    return NewLetter(to, name, "2026-YY-000001", VALUES, not_before=not_before)


def posted(now: datetime, *letters: NewLetter) -> list[int]:
    """Post in a transaction of its own; gives the ids."""
    with transaction() as session:
        written = post(session, letters, now)
        return sorted(session.scalars(select(Letter.id).order_by(Letter.id.desc()).limit(written)))


def stands(session: Session, letter_id: int) -> Letter:
    """The letter as the database has it now."""
    return session.get_one(Letter, letter_id, populate_existing=True)


def states(session: Session) -> Counter[str]:
    """How many letters stand in each state of mail."""
    found = session.execute(select(Letter.mail_state, func.count().label("count")).group_by(Letter.mail_state))
    return Counter({row.mail_state: row.count for row in found})
