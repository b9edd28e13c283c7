"""What the platform notes of itself: its beats, its clock, cases it cannot move, and what seals and checks the ledger.

Tables and constraints, no rules.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base, Instant


class Heartbeat(Base):
    """When a task of the scheduler last went well."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class ClockDoubt(Base):
    """A process whose clock ran ahead: nothing is done at `said_at` or later until that is settled (`doubts.py`)."""

    __tablename__ = "clock_doubt"

    id: Mapped[int] = mapped_column(primary_key=True)
    why: Mapped[str] = mapped_column(String(10))
    noticed_at: Mapped[datetime] = mapped_column(Instant)
    """What the time should have been when it was first noticed."""
    said_at: Mapped[datetime] = mapped_column(Instant)
    """What the process's clock said at its last look."""
    seen_at: Mapped[datetime] = mapped_column(Instant)
    """What the time should have been at its last look."""
    settled_at: Mapped[datetime | None] = mapped_column(Instant, index=True)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    """Who confirmed the time; nobody where the clock was put right."""


class StuckCase(Base):
    """A case that the clock could not move when something of it fell due; gone once it moves again."""

    __tablename__ = "stuck_case"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(String(300))


class Checkpoint(Base):
    """A signed statement over the heads of all chains at one moment, chained to the one before.

    The database refuses UPDATE and DELETE on it. `key` is the public key that its signature fits.
    """

    __tablename__ = "checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    cases: Mapped[int]
    events: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    hash: Mapped[str] = mapped_column(String(64))
    promised: Mapped[str] = mapped_column(String(64), default="")
    """The seal of the last promise that stood then; empty where there was none."""


class CheckpointHead(Base):
    """The end of a case's chain as the newest checkpoint in which it moved has it: a leaf of the tree.

    No key ties it to the case: it must outlive one that somebody removes.
    """

    __tablename__ = "checkpoint_head"

    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(20))
    length: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    checkpoint_id: Mapped[int] = mapped_column(index=True)


class LedgerFault(Base):
    """Something that does not match, as the check in the background found it; gone once it matches again."""

    __tablename__ = "ledger_fault"

    id: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(12))
    """Which part of the check found it: `checkpoints` or `cases`."""
    case_number: Mapped[str] = mapped_column(String(20))
    seq: Mapped[int | None]
    what: Mapped[dict[str, Any]] = mapped_column(JSON)
    since: Mapped[datetime] = mapped_column(Instant)


class LedgerWatch(Base):
    """How far the check in the background has come: one row, claimed by whoever checks."""

    __tablename__ = "ledger_watch"

    id: Mapped[int] = mapped_column(primary_key=True)
    after_case: Mapped[int] = mapped_column(default=0)
    """Where the round through all cases stands."""
    after_checkpoint: Mapped[int] = mapped_column(default=0)
    """Cases that moved up to this checkpoint have been checked."""
    round_ended_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
