"""The tables of cases, the platform's own watch and the ledger's checkpoints, with their constraints; no rules."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, column_property, mapped_column

from extensions import Base, Instant, SignedRow, partial_index
from workflow.calendar import as_counted


class TimerRow(Base):
    """A deadline of one case: its budget and its ledger. The due date is derived, and stored for the index."""

    __tablename__ = "timer"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    deadline: Mapped[str] = mapped_column(String(30))
    rule: Mapped[str] = mapped_column(String(60))
    owner: Mapped[str] = mapped_column(String(12))
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))
    round: Mapped[int]
    started_on: Mapped[date]
    born_on: Mapped[date | None]
    n: Mapped[int]
    unit: Mapped[str] = mapped_column(String(10))
    rolls: Mapped[bool]
    extended: Mapped[int] = mapped_column(default=0)
    holds: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    stopped_on: Mapped[date | None]
    due_on: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    next_rung: Mapped[str] = mapped_column(String(40), default="")
    next_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def due_day(self) -> date | None:
        """The due day as it is written."""
        return self.due_on and as_counted(self.due_on, self.provisional)

    __table_args__ = (partial_index("ix_timer_next", "next_at", where="next_at IS NOT NULL"),)


ON_THE_BOARD = "closed_at IS NULL AND board_timer_id IS NOT NULL"


class Case(Base):
    """A case as it stands. `head` and `length` seal its chain; `length` is also its version."""

    __tablename__ = "case_"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    check_code: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(20))
    variant: Mapped[str] = mapped_column(String(30), default="")
    definition: Mapped[str] = mapped_column(String(16))
    one_open: Mapped[bool] = mapped_column(default=True)
    """Whether its kind allows one open case a record and filer (D19)."""
    state: Mapped[str] = mapped_column(String(40))
    desk: Mapped[str | None] = mapped_column(String(12))
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("credit_record.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    filed_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(String(30), default="")
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    first_closed_at: Mapped[datetime | None] = mapped_column(Instant)
    due_on: Mapped[date | None] = mapped_column()
    due_of: Mapped[str] = mapped_column(String(30), default="")
    due_may_move: Mapped[bool] = column_property(
        exists().where(
            TimerRow.case_id == id, TimerRow.due_on == due_on, TimerRow.stopped_on.is_(None), TimerRow.provisional
        ),
        deferred=True,
    )
    """Whether the count of its due day read days that are not announced."""
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    """Who has taken it, among those of the desk where it lies."""
    sent_back_to_id: Mapped[int | None]
    """Who proposed last, where that was sent back and nobody has proposed since; written with each act."""
    board_timer_id: Mapped[int | None]
    board_bureau_id: Mapped[int | None]
    board_due_on: Mapped[date | None]
    board_left: Mapped[int | None]
    board_paused: Mapped[bool] = mapped_column(default=False)
    board_sheet: Mapped[bool] = mapped_column(default=False)
    """What the overdue board says of it, derived in `cases/engine/standing.py`: the official deadline that is due
    first, none where it waits for the firm alone; whose that is, none for the office; its day, or while it is held the
    days it has left; whether it has stood still before; whether the supervision sheet for that day went out."""
    complained_of: Mapped[str] = mapped_column(String(12), default="")
    complained_bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))
    """From whom the case is kept (D16)."""
    length: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default="")

    @property
    def due_day(self) -> date | None:
        """The due day as it is written."""
        return self.due_on and as_counted(self.due_on, self.due_may_move)

    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (desk IS NOT NULL)", name="closed_means_no_desk"),
        CheckConstraint("(outcome <> '') = (closed_at IS NOT NULL)", name="closed_means_outcome"),
        partial_index(
            "uq_case_open", "record_id", "kind", "enterprise_id", where="closed_at IS NULL AND one_open", unique=True
        ),
        partial_index("ix_case_open", "record_id", "kind", "enterprise_id", where="closed_at IS NULL"),
        partial_index("ix_case_queue", "desk", "bureau_id", "due_on", "id", where="closed_at IS NULL"),
        Index("ix_case_opened", "opened_at", "id"),
        partial_index("ix_case_kept", "number", "id", where="complained_of <> ''"),
        partial_index("ix_case_board", "board_due_on", "board_left", "id", where=ON_THE_BOARD),
        partial_index("ix_case_board_row", "board_bureau_id", "board_due_on", "board_left", "id", where=ON_THE_BOARD),
    )


class CaseBureau(Base):
    """A bureau the case was routed to: it reads the events from there until another has it (D25)."""

    __tablename__ = "case_bureau"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), primary_key=True)
    from_seq: Mapped[int] = mapped_column(primary_key=True)
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureau.id"), index=True)
    until_seq: Mapped[int | None]


class CaseLink(Base):
    """One case opened the other, or added what it found to one that was open already (D7, D19).

    The event of that number in `to_case` carries the number of `from_case`.
    """

    __tablename__ = "case_link"

    to_case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    from_case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)


class Event(SignedRow, Base):
    """One link of a case's chain. The database refuses UPDATE and DELETE on it."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("case_id", "seq"), Index("ix_event_at", "at"))


class EventText(Base):
    """Words and file names of an event. A lawful disposal may empty `text`; the chain holds its salted hash."""

    __tablename__ = "event_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))

    __table_args__ = (UniqueConstraint("event_id", "name"),)


class RungFired(Base):
    """A rung of a timer that has fired for a due date: the unique row that no second sweep can write."""

    __tablename__ = "rung_fired"

    timer_id: Mapped[int] = mapped_column(ForeignKey("timer.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    rung: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_seq: Mapped[int]


class Attachment(SignedRow, Base):
    """A file handed in with an event; its bytes lie outside the web root under their SHA-256."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    field: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


class Closing(Base):
    """What one body had of a case up to a closing, as the figures count it: the whole, the office or a bureau.

    Written with the closing itself, by the calendar that held; `closings.py` counts it from the events again. Of a
    closing after a review there is one row, for whose decision it was, that says whether it was changed. Of all rows of
    a closing one bears its outcome.
    """

    __tablename__ = "closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    party: Mapped[str] = mapped_column(String(12))
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))
    closed_on: Mapped[date]
    days: Mapped[int]
    office_days: Mapped[int]
    firm_days: Mapped[int]
    late: Mapped[bool]
    returned: Mapped[bool]
    extended: Mapped[bool]
    changed: Mapped[bool]
    reviewed: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str] = mapped_column(String(30), default="")

    __table_args__ = (Index("ix_closing_month", "closed_on", "party"),)


class SignalRow(Base):
    """What an act shows that is worth a look, as it was written with it (`cases/engine/signalling.py`); `flask figures
    check` reads it again from the events."""

    __tablename__ = "signal"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    seen_on: Mapped[date]
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))

    __table_args__ = (Index("ix_signal_newest", "name", "at", "case_id"),)


class CaseSeries(Base):
    """The last number drawn in a year and kind; drawn in the filing transaction, so without holes."""

    __tablename__ = "case_series"

    year: Mapped[int] = mapped_column(primary_key=True)
    letters: Mapped[str] = mapped_column(String(2), primary_key=True)
    last: Mapped[int]


class Heartbeat(Base):
    """When a task of the scheduler last went well."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class ClockDoubt(Base):
    """A process whose clock ran ahead: nothing is done at `said_at` or later until that is settled."""

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
    host: Mapped[str] = mapped_column(String(12), default="")
    """Which host made it, hashed: that host's log has it. Empty in those made before hosts were told apart."""
    said: Mapped[str] = mapped_column(Text, default="")
    """What it says beside the heads, as JSON: the key that signs from here on, or that a backup was restored."""
    register: Mapped[str] = mapped_column(String(64), default="")
    """The hash of the register's last entry then."""
    sealed: Mapped[str] = mapped_column(String(64), default="")
    """The root over the rows that it seals; empty where none was new."""
    root_sm3: Mapped[str] = mapped_column(String(64), default="")
    """The root over the same heads by SM3."""


class RegisterEntry(Base):
    """What a row said after somebody changed it, as a salted digest; chained, never changed."""

    __tablename__ = "register_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    tab: Mapped[str] = mapped_column(String(20))
    row_key: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    sig: Mapped[str | None] = mapped_column(String(160))
    """Signed where it is entered: a migration that enters rows may come before this column."""

    __table_args__ = (Index("ix_register_entry_row", "tab", "row_key"),)


class SealedRow(Base):
    """A row that is never changed, as a checkpoint has sealed it: a leaf of its tree, salted."""

    __tablename__ = "sealed_row"

    tab: Mapped[str] = mapped_column(String(20), primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    checkpoint_id: Mapped[int] = mapped_column(index=True)
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))


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
    """Which part of the check found it: `checkpoints`, `cases`, `records` or `seals`."""
    case_number: Mapped[str] = mapped_column(String(20))
    seq: Mapped[int | None]
    what: Mapped[dict[str, Any]] = mapped_column(JSON)
    since: Mapped[datetime] = mapped_column(Instant)


class LedgerWatch(Base):
    """How far the check in the background has come: one row, claimed while a scheduler checks."""

    __tablename__ = "ledger_watch"

    id: Mapped[int] = mapped_column(primary_key=True)
    after_case: Mapped[int] = mapped_column(default=0)
    """Where the round through all cases stands."""
    after_checkpoint: Mapped[int] = mapped_column(default=0)
    """Cases that moved up to this checkpoint have been checked."""
    after_record: Mapped[int] = mapped_column(default=0)
    after_seal: Mapped[int] = mapped_column(default=0)
    """Where the rounds through all records and through the seals of all checkpoints stand."""
    round_ended_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)


class PaperFile(SignedRow, Base):
    """A rendering of a paper that was handed out, known by its bytes; without a hash, a try that gave none.

    A sealed one lies in the store; `sealer` says who sealed it, `certificate` is the SHA-256 of the certificate.
    """

    __tablename__ = "paper_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    language: Mapped[str] = mapped_column(String(2))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    renderer: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
    sealer: Mapped[str] = mapped_column(String(10), default="")
    certificate: Mapped[str] = mapped_column(String(64), default="")

    __table_args__ = (
        UniqueConstraint("paper_id", "language", "sha256"),
        partial_index("uq_paper_file_sealed", "paper_id", where="sealer <> ''", unique=True),
    )
