"""What the API gives, as pydantic says it; the document is made from these."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field


class Given(BaseModel):
    """What is given out."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class NamedBody(Given):
    """A bureau, a firm or the office."""

    code: str = Field(description="Unified social credit code; empty where none is entered.")
    name: str


class NamedState(Given):
    """Where a case stands."""

    name: str
    label: str
    outcome: str = Field(description="How it ended; empty while it is open.")


class ShownEvent(Given):
    """One event of the chain, with what of it the body may read."""

    seq: int
    at: datetime
    on: date = Field(description="The day on which it counts as done.")
    action: str
    done: str
    by: str
    state: str = Field(description="Where the case stood after it.")
    said: list["ShownAnswer"]
    hash: str


class ShownAnswer(Given):
    """What was asked, and what was answered."""

    field: str
    label: str
    words: str


class ShownDueDay(Given):
    """A last day. On hold there is none."""

    on: date | None
    provisional: bool = Field(description="It was counted over days whose holidays are not announced.")


class ShownCase(Given):
    """A case as the body may read it. `version` is also its ETag."""

    number: str
    version: int
    kind: str
    label: str
    variant: str
    state: NamedState
    desk: str = Field(description="With whom it lies: enterprise, bureau, office; empty once it is closed.")
    filed_on: date
    closed_at: datetime | None
    record: int | None
    document_number: str
    enterprise: NamedBody
    bureau: NamedBody | None
    due: ShownDueDay | None = Field(description="Of the deadline that the desk has to keep.")
    lost: bool = Field(description="Another bureau has it now: what lay here before is shown.")
    events: list[ShownEvent]


class ShownDay(Given):
    """One day of the proof."""

    day: date
    ordinal: int | None = Field(description="Which day of the limit it is; none: it does not count.")
    why: str
    said: str
    source: str
    provisional: bool


class ShownLimit(Given):
    """The limit that a deadline follows."""

    key: str
    n: int
    unit: str
    basis: str
    citation: str


class ShownDeadline(Given):
    """A deadline that runs, day by day."""

    name: str
    label: str
    owner: str
    started_on: date
    due: ShownDueDay
    left: int = Field(description="Days of its unit that are left; negative: late.")
    limit: ShownLimit
    days: list[ShownDay]


class ShownDeadlines(Given):
    """The deadlines of a case that run."""

    number: str
    version: int
    deadlines: list[ShownDeadline]


class OfferedValue(Given):
    """One answer that may be given, or one field of a record."""

    code: str | int
    label: str


class OfferedField(Given):
    """What an act asks."""

    name: str
    label: str
    kind: str
    required: bool
    only: dict[str, list[str]] = Field(description="Asked only where that field is answered with one of these.")
    hint: str
    values: list[OfferedValue] = Field(description="The answers of which one is sent.")
    about: list[OfferedValue] = Field(description="The fields of the record that can be named.")


class OfferedStep(Given):
    """An act, and why it cannot be taken where it cannot."""

    name: str
    label: str
    open: bool
    why_not: str
    asks: list[OfferedField]


class ShownChoices(Given):
    """What a person may do with a case through a system."""

    number: str
    version: int
    acts: list[OfferedStep]


class RecordedAct(Given):
    """What was done: the event's number is the new version."""

    number: str
    version: int
    action: str
    state: NamedState
    hash: str


class ListedCase(Given):
    """A case in a list. Of one that another bureau has now, only what it was is told."""

    number: str
    kind: str
    label: str
    state: NamedState | None
    desk: str
    filed_on: date
    document_number: str
    enterprise: str
    due: ShownDueDay | None
    version: int | None
    lost: bool


class ListedCases(Given):
    """A page of cases; `next` is empty at the end."""

    cases: list[ListedCase]
    next: str


class ShownRecord(Given):
    """A credit record; `values` are its columns that say something."""

    id: int
    kind: str
    document_number: str
    enterprise: NamedBody
    determined_by: NamedBody
    supplied_by: NamedBody
    displayed: bool
    values: dict[str, str]


class ListedRecords(Given):
    """A page of records; `next` is empty at the end."""

    records: list[ShownRecord]
    next: str


class ShownFigures(Given):
    """What one body had of the cases closed in a month; days are working days, of all its cases together."""

    party: str = Field(description="whole, office or bureau.")
    bureau: NamedBody | None
    closed: int
    late: int
    median: float | None
    ninetieth: int | None
    returned: int
    extended: int
    reviewed: int
    overturned: int
    office_days: int
    firm_days: int
    days: int


class ShownMonth(Given):
    """A month by body."""

    month: str
    bodies: list[ShownFigures]


class ShownProofDay(Given):
    """One day of a count."""

    day: date
    ordinal: int | None
    why: str
    source: str
    provisional: bool


class ShownCount(Given):
    """A last day with its proof."""

    due: date
    provisional: bool
    days: list[ShownProofDay]


class ShownPaper(Given):
    """A paper that was issued; the file is at `/cases/NUMBER/papers/ID.pdf`."""

    id: int
    number: str
    title: str
    issued_on: date
    check_code: str


class ShownPapers(Given):
    """The papers of a case, the newest first."""

    number: str
    papers: list[ShownPaper]


class FeedItem(Given):
    """Something that happened: to which case or record, and of a case which version came of it."""

    type: str = Field(description="case.changed or record.changed.")
    ref: str = Field(description="The number of the case, or the id of the record.")
    version: int | None
    at: datetime


class ShownFeed(Given):
    """What has happened since; `next` is where to go on, now where there is `more`, else later."""

    entries: list[FeedItem]
    next: str
    more: bool


class RejectedCell(Given):
    """What is wrong with one cell of a sheet."""

    row: int
    column: str
    reason: str


class SheetReceipt(Given):
    """What became of a sheet: the first four counts add up to its rows."""

    imported: int
    updated: int
    unchanged: int
    rejected: int
    conflicts: int = Field(description="Rows that say otherwise than a case has decided: a bureau finds on them.")
    repeated: int = Field(description="Rows that say again what was found wrong.")
    told: int = Field(description="Open cases on records that changed.")
    faults: list[RejectedCell]
    waits: bool = Field(
        default=False,
        description="Nothing is written: too many rows say otherwise than decisions. The head of the office decides.",
    )
