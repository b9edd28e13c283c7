"""A place and its law, read whole and frozen: limits, calendar, bodies, remedies, display periods, phrases, fees.

Each entry of its files is a class here and is checked as it is read; the files themselves are `rules.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import Field, StrictBool, StrictInt, model_validator

from workflow.calendar import Calendar, Unit
from workflow.limits import ONE_DAY, Certainty, Count, Dated, FileEntry, MissingRule, Rule, Words

Language = Literal["zh", "en"]
Branch = Literal["general", "market_regulation"]
NaturalUnit = Literal[Unit.DAY, Unit.MONTH]
"""In what is counted that no holiday moves."""
"""Of which law a record is: market regulation has rules of its own."""


class Text(FileEntry):
    """The same words in both languages; the Chinese ones are the official ones."""

    zh: Words
    en: Words

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class Body(FileEntry):
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


class OfficeEntry(Body):
    """The credit office that operates the platform. `address`: where one comes with papers, and when it is open."""

    address: str = ""
    address_en: str = ""
    part_of: str = ""
    """The code of the bureau that the office is part of: it does not investigate that one either (D42)."""


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


class Remedy(FileEntry):
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
    unit: NaturalUnit = Unit.MONTH
    counted_from: Literal["decided_on", "displayed_from"]
    ends_by_itself: StrictBool = False
    citation: Words
    citation_en: Words
    certainty: Certainty
    note: str = ""


class CommitmentBar(Dated):
    """What a false commitment bars, and for how long; a consequence kept as data."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Words
    n: Count
    unit: NaturalUnit
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
    """Where a repair of these kinds of records is applied for (D12). `where` has {bureau} to fill: who decided. `link`:
    its address, where it is a site."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    field: Branch = "general"
    records: Annotated[tuple[Words, ...], Field(min_length=1)]
    where: Text
    link: Annotated[str, Field(pattern=r"^https://[a-z0-9.]+/$")] = ""
    citation: Words
    citation_en: Words
    certainty: Certainty


class Ground(FileEntry):
    """One of the grounds of an objection."""

    number: Count
    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Text
    citation: Words
    citation_en: Words
    certainty: Certainty


class Article(Dated):
    """What an end of a case rests on (D60). Without a citation the texts seen give nothing, and a person names it.

    `finding`: only where a field was found so; no `variant`, no `records`: of any. An analogy says so in its citation.
    """

    kind: Words
    ends: Annotated[tuple[Words, ...], Field(min_length=1)]
    variant: str = ""
    finding: str = ""
    records: tuple[Words, ...] = ()
    basis: Literal["statute", "analogy", "none"]
    citation: str = ""
    citation_en: str = ""
    certainty: Certainty

    @model_validator(mode="after")
    def _is_cited_if_seen(self) -> Self:
        seen = self.basis != "none"
        if bool(self.citation) is not seen or bool(self.citation_en) is not seen:
            raise ValueError(
                "citation: a statute or an analogy names its article in both languages, none names nothing"
            )
        if seen is (self.certainty == "none"):
            raise ValueError(f"certainty {self.certainty} with {self.basis}: say how far the article was seen")
        return self


class Suggested(FileEntry):
    """A phrase that officials may put into their reasons, in the words of papers. `fits`: for which text it is meant,
    a field of a form by its name, of one act's form alone as `act.field`, `finding` for the reason of one field, or
    nothing for any; `holds`: only where the disputed field holds that; `kinds`: only in cases of these."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    label: Text
    fits: Annotated[str, Field(pattern=r"^[a-z_.]*$")] = ""
    holds: Literal["", "amount", "date"] = ""
    kinds: tuple[str, ...] = ()
    text: Words


class Fee(FileEntry):
    """What a procedure costs whoever asks for it."""

    kind: Words
    free: StrictBool
    citation: Words
    citation_en: Words
    certainty: Certainty


class ShowingPlace(FileEntry):
    """Where records are shown or kept, and who keeps that place. `bureau`: the code of a body whose records alone it
    shows. `via`: the place through which it is told; nothing is sent to it. Without a `connection` it is told by hand.

    `can`: what of a record it is able to show. What is not known of it stays empty.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
    label: Text
    sort: Literal["own", "bureau", "upper", "national", "third"]
    keeper: Text | None = None
    kinds: tuple[Words, ...] = ()
    bureau: str = ""
    branch: Branch | None = None
    can: tuple[Literal["flag", "statement"], ...] = ()
    via: str = ""
    connection: str = ""
    read_back: Literal["service", "sheet", "hand", "none"] = "hand"
    receipt_suffices: StrictBool = False
    source: str = ""
    certainty: Certainty = "none"

    @model_validator(mode="after")
    def _can_be_confirmed(self) -> Self:
        if self.read_back == "none" and not self.receipt_suffices and not self.via:
            raise ValueError("read_back: nobody could say that it shows what it should; set receipt_suffices or a way")
        return self


class PublicKind(Dated):
    """A kind of record that everybody may read here, and on which basis; a kind without one is not published."""

    kind: Words
    basis: Literal["statute", "promise", "proposal"]
    citation: Words
    citation_en: Words
    certainty: Certainty


class Domain(FileEntry):
    """A field of business in which lists are published, and who keeps them. `link`: where, if that is not here."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,29}$")]
    label: Text
    bodies: Text
    link: Annotated[str, Field(pattern=r"^(https://[a-z0-9./-]+)?$")] = ""


class PublicList(Dated):
    """Records shown together under the name that their basis gives them (D58): those of one `kind` on lists of these
    `names`. Without a basis that can be cited there is no list."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,29}$")]
    domain: str
    colour: Literal["red", "black"]
    label: Text
    kind: Words
    names: Annotated[tuple[Words, ...], Field(min_length=1)]
    basis: Literal["statute", "promise", "proposal"]
    citation: Words
    citation_en: Words
    certainty: Certainty


class OfficeHours(FileEntry):
    """When ladder letters may go out. Ours until the place publishes its own."""

    opens: time
    closes: time
    basis: Literal["promise", "proposal"]


Above = Literal["office", "chief"]
"""Whom somebody above investigates: codes of a complaint's subject."""


class LeadingGroup(FileEntry):
    """Who is told at the last rung of the ladder."""

    name: Text
    email: str = ""


class AtMost(FileEntry):
    """What one firm may bring at most; its own people alone are counted."""

    filings_an_hour: Annotated[int, Field(ge=1)] = 60
    complaints_open: Annotated[int, Field(ge=1)] = 20
    """Open at once, of each kind of case that is about no record."""
    files_a_case: Annotated[int, Field(ge=10)] = 200
    files_a_day: Annotated[int, Field(ge=10)] = 400
    megabytes_a_day: Annotated[int, Field(ge=100)] = 1000


class PlaceEntry(FileEntry):
    """What `place.toml` says, with what it extends filled in."""

    name: Text
    zone: Words
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    paper_prefix: Words
    begins: date
    office_hours: OfficeHours
    office: OfficeEntry
    leading_group: LeadingGroup
    above: dict[Above, Text] = {}
    """Who investigates the office, and its head (D42)."""
    all_in_one: bool = False
    """Whether one person may be reviewer, approver and head of a body at once, where it has nobody else."""
    readings_kept_years: Annotated[int, Field(ge=1, le=30)] = 3
    """How long it is kept who has read what."""
    at_most: AtMost = AtMost()
    invented: bool = False


class RuleSet(NamedTuple):
    """Which limits were in force: the first 12 digits of the SHA-256 over them, since when, and from where: the place
    and each document that promised one. Their days of force are not in it: a later promise names no old set anew."""

    id: str
    since: date
    source: str


@dataclass(frozen=True, eq=False)
class Jurisdiction:
    """A place with everything that holds there. Cases filed before `begins` have no limits here."""

    code: str
    place: PlaceEntry
    rules: tuple[Rule, ...]
    calendar: Calendar
    bureaus: tuple[BureauEntry, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    displays: tuple[Display, ...] = ()
    bars: tuple[CommitmentBar, ...] = ()
    not_ended_early: tuple[NotEndedEarly, ...] = ()
    repair_windows: tuple[RepairWindow, ...] = ()
    grounds: tuple[Ground, ...] = ()
    phrases: tuple[Suggested, ...] = ()
    fees: tuple[Fee, ...] = ()
    articles: tuple[Article, ...] = ()
    published: tuple[PublicKind, ...] = ()
    """What everybody may read; none where the place publishes nothing here."""
    domains: tuple[Domain, ...] = ()
    lists: tuple[PublicList, ...] = ()
    places: tuple[ShowingPlace, ...] = ()
    """Where else records are shown; none while nothing is exchanged."""
    seals: bool = False
    """Whether a paper that is issued now gets a seal."""
    promised: str = ""
    """The seal of the last promise of the database that lies over `rules`; empty where none does."""
    shipped: Jurisdiction | None = None
    """The same place as its files alone say it, where promises lie over them."""

    def limit(self, name: str, variant: str, on: date) -> Rule:
        """The rule for a case filed on a day; a variant without one of its own has the variantless one.

        Raises `MissingRule`, which says what is missing where and when.
        """
        for key in ((name, variant), (name, "")):
            for rule in self._versions.get(key, ()):
                if rule.holds_on(on):
                    return rule
        which = f"{name} ({variant})" if variant else name
        raise MissingRule(f"{self.code} has no rule {which} on {on}: add it to its rules.toml")

    def rests_on(
        self, kind: str, end: str, on: date, *, variant: str = "", record: str = "", found: Collection[str] = ()
    ) -> Text | None:
        """The articles read that such an end of a case filed on that day rests on; None where the table gives none."""
        held = [
            one
            for one in self.articles
            if one.kind == kind
            and end in one.ends
            and one.variant in ("", variant)
            and (not one.records or record in one.records)
            and (not one.finding or one.finding in found)
            and one.certainty == "read"
            and one.holds_on(on)
        ]
        held.sort(key=lambda one: one.basis == "analogy")
        if not held:
            return None
        return Text(zh="；".join(one.citation for one in held), en="; ".join(one.citation_en for one in held))

    def in_force(self, on: date) -> tuple[Rule, ...]:
        """Every limit for cases filed on that day: kind by kind, those of one name together."""
        names = list(dict.fromkeys(rule.name for rule in self.rules))
        kinds = list(dict.fromkeys(rule.kind for rule in self.rules))
        held = (rule for rule in self.rules if rule.holds_on(on))
        return tuple(sorted(held, key=lambda rule: (kinds.index(rule.kind), names.index(rule.name), rule.variant)))

    def rule_set(self, on: date) -> RuleSet:
        """The set of limits for cases filed on that day, as events name it."""
        changes = (rule.valid_from for rule in self.rules if rule.valid_from <= on)
        ends = (rule.valid_until + ONE_DAY for rule in self.rules if rule.valid_until and rule.valid_until < on)
        since = max((*changes, *ends), default=on)
        if since not in self._rule_sets:
            rules = self.in_force(since)
            without_days = [rule.model_dump(mode="json", exclude={"valid_from", "valid_until"}) for rule in rules]
            told = json.dumps(without_days, ensure_ascii=False, sort_keys=True)
            promised = dict.fromkeys(rule.citation for rule in rules if rule.basis == "promise")
            id = hashlib.sha256(told.encode()).hexdigest()[:12]
            self._rule_sets[since] = RuleSet(id, since, ", ".join((self.code, *promised)))
        return self._rule_sets[since]

    def day_of(self, instant: datetime) -> date:
        """The day here at an aware instant."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return instant.astimezone(self.zone).date()

    @cached_property
    def _rule_sets(self) -> dict[date, RuleSet]:
        return {}

    @cached_property
    def _versions(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        keys = dict.fromkeys((rule.name, rule.variant) for rule in self.rules)
        return {key: tuple(rule for rule in self.rules if (rule.name, rule.variant) == key) for key in keys}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.place.zone)

    @property
    def invented(self) -> bool:
        """Whether the place does not exist: its papers are specimens."""
        return self.place.invented

    @property
    def name(self) -> Text:
        return self.place.name

    @property
    def begins(self) -> date:
        return self.place.begins

    @property
    def office(self) -> OfficeEntry:
        return self.place.office

    @property
    def office_opens(self) -> time:
        return self.place.office_hours.opens

    @property
    def office_closes(self) -> time:
        return self.place.office_hours.closes

    @property
    def languages(self) -> tuple[Language, ...]:
        return self.place.languages

    @property
    def leading_group(self) -> LeadingGroup:
        return self.place.leading_group

    @property
    def paper_prefix(self) -> str:
        return self.place.paper_prefix
