"""What the files of a place say, an entry each: bodies, remedies, display periods, grounds, phrases, fees, the place.

Each is checked as it is read. Limits are `limits.py`. It knows no file (that is `rules.py`), and no place by name.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from workflow.calendar import Unit
from workflow.limits import Certainty, Count, Dated, Entry, Words

Language = Literal["zh", "en"]
Branch = Literal["general", "market_regulation"]
"""Of which law a record is: market regulation has rules of its own."""


class Text(Entry):
    """The same words in both languages; the Chinese ones are the official ones."""

    zh: Words
    en: Words

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class Body(Entry):
    """A bureau or the office, with whoever its decisions can be taken to, and how we know (D11)."""

    name: Words
    name_en: Words
    short_name: Words
    short_name_en: Words
    email: str = ""
    review_body: str = ""
    review_body_en: str = ""
    review_source: str = ""
    review_on: date | None = None
    review_confirmed: StrictBool = False
    court: str = ""
    court_en: str = ""
    court_source: str = ""
    court_on: date | None = None
    court_confirmed: StrictBool = False


class Office(Body):
    """The credit office that operates the platform. `address`: where one comes with papers, and when it is open."""

    address: str = ""
    address_en: str = ""


class BureauEntry(Body):
    """A bureau that supplies or decides records. `successor` is the name of the body that took it over."""

    code: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")] | None = None
    former_names: tuple[Words, ...] = ()
    kinds_of_records: tuple[Words, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    successor: str = ""
    certainty: Certainty = "read"
    note: str = ""


class Remedy(Entry):
    """What can be done against a decision, or against silence. `text` has {review_body} and {court} to fill.

    `after` says what it follows: a decision, silence (it then opens when the time is over, until then it is not
    there), a decision on review, or the opinion on a petition.
    """

    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Text
    after: Literal["decision", "silence", "review", "petition", "petition_review"]
    n: Count
    unit: Unit
    rolls: StrictBool = False
    counted_from: Words
    body: Literal["review_body", "court", "superior"]
    text: Text
    citation: Words
    citation_en: Words
    certainty: Certainty
    note: str = ""


class Display(Dated):
    """How long records of a class are shown at least and at most; no class: of any class; no `records`: of any kind
    that speaks against an enterprise."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    field: Branch = "general"
    records: tuple[Words, ...] = ()
    severity: Literal["", "minor", "general", "serious"] = ""
    label: Words
    at_least: Annotated[StrictInt, Field(ge=0)] | None = None
    at_most: Count | None = None
    unit: Unit = Unit.MONTH
    counted_from: Literal["decided_on", "displayed_from"]
    ends_by_itself: StrictBool = False
    citation: Words
    citation_en: Words
    certainty: Certainty
    note: str = ""


class Bar(Dated):
    """What a false commitment bars, and for how long; a consequence kept as data."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Words
    n: Count
    unit: Unit
    counted_from: Words
    citation: Words
    citation_en: Words
    certainty: Certainty
    note: str = ""


class NotEndedEarly(Dated):
    """A sort of penalty whose display may not be ended early."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Text
    field: Branch
    citation: Words
    citation_en: Words
    certainty: Certainty


class RepairWindow(Dated):
    """Where a repair of these kinds of records is applied for (D12). `where` has {bureau} to fill: who decided."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    field: Branch = "general"
    records: Annotated[tuple[Words, ...], Field(min_length=1)]
    where: Text
    citation: Words
    citation_en: Words
    certainty: Certainty


class Ground(Entry):
    """One of the grounds of an objection."""

    number: Count
    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Text
    citation: Words
    citation_en: Words
    certainty: Certainty


class Suggested(Entry):
    """A phrase that officials may put into their reasons, in the words of papers. `fits`: for which text it is meant,
    a field of a form by its name, of one act's form alone as `act.field`, `finding` for the reason of one field, or
    nothing for any; `holds`: only where the disputed field holds that; `kinds`: only in cases of these."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Text
    fits: Annotated[str, Field(pattern=r"^[a-z_.]*$")] = ""
    holds: Literal["", "amount", "date"] = ""
    kinds: tuple[str, ...] = ()
    text: Words


class Fee(Entry):
    """What a procedure costs whoever asks for it."""

    kind: Words
    free: StrictBool
    citation: Words
    citation_en: Words
    certainty: Certainty


class OfficeHours(Entry):
    """When ladder letters may go out. Ours until the place publishes its own."""

    opens: time
    closes: time
    basis: Literal["promise", "proposal"]


class LeadingGroup(Entry):
    """Who is told at the last rung of the ladder."""

    name: Text
    email: str = ""


class Place(Entry):
    """What `place.toml` says, with what it extends filled in."""

    name: Text
    zone: Words
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    paper_prefix: Words
    begins: date
    office_hours: OfficeHours
    office: Office
    leading_group: LeadingGroup
    readings_kept_years: Annotated[int, Field(ge=1, le=30)] = 3
    """How long it is kept who has read what."""
    invented: bool = False
