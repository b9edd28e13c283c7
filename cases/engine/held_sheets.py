"""A record sheet that people have to look at first, as one that says otherwise than many decisions: none of it is
written before the head releases it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from cases.engine.record_news import tell_of_sheet
from cases.model.evidence import Store
from exchange.sources import SourceBatch
from notifications.languages import LANGUAGES
from registry.credit_records import CreditRecord, RecordChange
from registry.identity import Identity
from registry.sheets.importing import Imported, import_sheet
from registry.two_persons import ActOfTwo, decide, propose, waiting_act
from workflow.definition import CHIEF
from workflow.snapshot import RuleContext

HELD_SHEET: Final = "sheet"
MOST: Final = 20
"""Rows that may say otherwise than decisions before somebody has to look at the sheet first."""
COUNTED: Final = ("imported", "updated", "unchanged", "rejected", "conflicts", "repeated")
SHOWN_FOR: Final = timedelta(days=30)


class NeedsRelease(Exception):
    """The sheet waits for the head, and what for: nothing of it is written."""

    def __init__(self, imported: Imported, why: str) -> None:
        super().__init__(imported, why)
        self.imported, self.why = imported, why


def counts_of(imported: Imported) -> dict[str, int]:
    """What became of the rows: the first four add up to them."""
    return {name: getattr(imported, name) for name in COUNTED}


def newly_against(imported: Imported) -> int:
    """The rows that say otherwise than a decision, and that no earlier sheet said."""
    return len({one.row for one in imported.conflicting if one.new})


def many_decided(session: Session, kind: str) -> bool:
    """Whether cases have corrected so many records of a kind that a sheet could say otherwise than too many."""
    decided = RecordChange.what == "corrected", RecordChange.case_id.is_not(None), CreditRecord.kind == kind
    records = select(func.count(RecordChange.record_id.distinct())).join_from(RecordChange, CreditRecord)
    return (session.scalar(records.where(*decided)) or 0) > MOST


def against_many(imported: Imported) -> str:
    """What a sheet waits for that says otherwise than many decisions; empty for every other."""
    return "against" if newly_against(imported) > MOST else ""


def take_in(
    session: Session,
    world: RuleContext,
    content: bytes,
    kind: str,
    name: str,
    now: datetime,
    *,
    owners: Collection[str] = (),
    waits: Callable[[Imported], str] = against_many,
) -> tuple[Imported, int]:
    """Import a sheet and tell of what it said; gives the number of cases on records that changed.

    Raises NeedsRelease where `waits` says what the sheet has to wait for: what was written of it is taken back.
    """
    with session.begin_nested():
        imported = import_sheet(session, content, kind, world.jurisdiction, now, f"import:{name}"[:80], owners=owners)
        if why := waits(imported):
            raise NeedsRelease(imported, why)
        return imported, tell_of_sheet(session, world, imported, name, now)


@dataclass(frozen=True)
class ToHold:
    """A sheet that is to wait: what it is, how many rows it has, and how many of them say otherwise than decisions.

    `why` says what for: the `first` of its `source`, many rows `rejected`, or many `against` decisions.
    """

    sha256: str
    kind: str
    name: str
    rows: int
    against: int
    why: str = "against"
    source: str = ""
    owners: Sequence[str] = ()


def hold(session: Session, sheet: ToHold, by: Identity, now: datetime) -> ActOfTwo:
    """Let the sheet wait for the head of the office; one that waits already goes on waiting."""
    act = ActOfTwo(what=HELD_SHEET, subject_id=_subject(sheet.sha256), before=[], after=[], details=asdict(sheet))
    act.proposed_by_id, act.proposed_at = by.user_id, now
    return waits_already(session, sheet.sha256) or propose(session, act)


def waits_already(session: Session, sha256: str) -> ActOfTwo | None:
    """What waits for the head of these bytes."""
    return waiting_act(session, HELD_SHEET, _subject(sha256))


def _subject(sha256: str) -> int:
    return int(sha256[:7], 16)


def held_sheets(session: Session, now: datetime) -> Sequence[ActOfTwo]:
    """The sheets that wait, and those decided within thirty days; the newest first."""
    lately = or_(ActOfTwo.decided_at.is_(None), ActOfTwo.decided_at > now - SHOWN_FOR)
    return session.scalars(
        select(ActOfTwo).where(ActOfTwo.what == HELD_SHEET, lately).order_by(ActOfTwo.id.desc())
    ).all()


def waiting_sheets(session: Session) -> int:
    """How many wait for the head."""
    return session.scalar(_for_the_head()) or 0


def sheets_to_look_at(who: Identity) -> Select[int]:
    """How many sheets wait for the reader: those that came by a folder, and for the head those put forward."""
    came = (
        select(func.count()).select_from(SourceBatch).where(SourceBatch.state == "waits", SourceBatch.act_id.is_(None))
    )
    return select(came.scalar_subquery() + _for_the_head().scalar_subquery()) if who.holds(CHIEF) else came


def _for_the_head() -> Select[int]:
    return select(func.count()).select_from(ActOfTwo).filter_by(what=HELD_SHEET, decided_at=None)


def held_sheet_store(data_dir: Path) -> Store:
    """Where sheets lie that wait for people."""
    return Store(data_dir / "held-sheets")


def release(
    session: Session, world: RuleContext, act_id: int, content: bytes, by: Identity, now: datetime
) -> tuple[Imported, int]:
    """Import a sheet that waited. Raises Forbidden for who brought it, Impossible where it waits no more."""
    act = decide(session, act_id, by, True, now)
    kind, name, owners = act.details["kind"], act.details["name"], act.details.get("owners", ())
    imported, told = take_in(session, world, content, kind, name, now, owners=owners, waits=lambda _read: "")
    if batch := session.scalar(select(SourceBatch).filter_by(act_id=act_id)):
        batch.settle("taken", counts_of(imported))
    return imported, told


def give_back(session: Session, act_id: int, reasons: str, by: Identity, now: datetime) -> None:
    """Import nothing of it, with the reasons. Raises as `release`."""
    act = decide(session, act_id, by, False, now)
    act.details = {**act.details, "reasons": reasons}
    if batch := session.scalar(select(SourceBatch).filter_by(act_id=act_id)):
        batch.settle("returned", batch.counts, dict.fromkeys(LANGUAGES, reasons))
    session.flush()
