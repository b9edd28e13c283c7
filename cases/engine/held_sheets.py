"""A record sheet that says otherwise than many decisions: none of it is written before the head releases it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cases.engine.record_news import tell_of_sheet
from registry.credit_records import CreditRecord, RecordChange
from registry.identity import Identity
from registry.sheets.importing import Imported, import_sheet
from registry.two_persons import ActOfTwo, decide, propose, waiting_act
from workflow.snapshot import RuleContext

HELD_SHEET: Final = "sheet"
MOST: Final = 20
"""Rows that may say otherwise than decisions before somebody has to look at the sheet first."""
SHOWN_FOR: Final = timedelta(days=30)


class NeedsRelease(Exception):
    """The sheet waits for the head: nothing of it is written."""

    def __init__(self, imported: Imported) -> None:
        super().__init__(imported)
        self.imported = imported


def newly_against(imported: Imported) -> int:
    """The rows that say otherwise than a decision, and that no earlier sheet said."""
    return len({one.row for one in imported.conflicting if one.new})


def many_decided(session: Session, kind: str) -> bool:
    """Whether cases have corrected so many records of a kind that a sheet could say otherwise than too many."""
    decided = RecordChange.what == "corrected", RecordChange.case_id.is_not(None), CreditRecord.kind == kind
    records = select(func.count(RecordChange.record_id.distinct())).join_from(RecordChange, CreditRecord)
    return (session.scalar(records.where(*decided)) or 0) > MOST


def take_in(
    session: Session, world: RuleContext, content: bytes, kind: str, name: str, now: datetime, released: bool = False
) -> tuple[Imported, int]:
    """Import a sheet and tell of what it said; gives the number of cases on records that changed.

    Raises NeedsRelease where it says otherwise than many decisions and nobody has released it: what was written goes
    back with the transaction.
    """
    imported = import_sheet(session, content, kind, world.jurisdiction, now, f"import:{name}"[:80])
    if not released and newly_against(imported) > MOST:
        raise NeedsRelease(imported)
    return imported, tell_of_sheet(session, world, imported, name, now)


def hold(
    session: Session, sha256: str, kind: str, name: str, imported: Imported, by: Identity, now: datetime
) -> ActOfTwo:
    """Let the sheet wait for the head of the office; one that waits already goes on waiting."""
    about = {"sha256": sha256, "kind": kind, "name": name, "rows": imported.read, "against": newly_against(imported)}
    subject = int(sha256[:7], 16)
    act = ActOfTwo(what=HELD_SHEET, subject_id=subject, before=[], after=[], details=about)
    act.proposed_by_id, act.proposed_at = by.user_id, now
    return waiting_act(session, HELD_SHEET, subject) or propose(session, act)


def held_sheets(session: Session, now: datetime) -> Sequence[ActOfTwo]:
    """The sheets that wait, and those decided within thirty days; the newest first."""
    lately = or_(ActOfTwo.decided_at.is_(None), ActOfTwo.decided_at > now - SHOWN_FOR)
    return session.scalars(
        select(ActOfTwo).where(ActOfTwo.what == HELD_SHEET, lately).order_by(ActOfTwo.id.desc())
    ).all()


def waiting_sheets(session: Session) -> int:
    """How many wait for the head."""
    waiting = select(func.count()).select_from(ActOfTwo).filter_by(what=HELD_SHEET, decided_at=None)
    return session.scalar(waiting) or 0


def release(
    session: Session, world: RuleContext, act_id: int, content: bytes, by: Identity, now: datetime
) -> tuple[Imported, int]:
    """Import a sheet that waited. Raises Forbidden for who brought it, Impossible where it waits no more."""
    act = decide(session, act_id, by, True, now)
    return take_in(session, world, content, act.details["kind"], act.details["name"], now, released=True)


def give_back(session: Session, act_id: int, reasons: str, by: Identity, now: datetime) -> None:
    """Import nothing of it, with the reasons. Raises as `release`."""
    act = decide(session, act_id, by, False, now)
    act.details = {**act.details, "reasons": reasons}
    session.flush()
