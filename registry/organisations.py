"""Who a record is about and who made it: enterprises, bureaus with their successors, the office.

It knows no record, no case and no person. Codes are unified social credit codes (18 characters).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import JSON, ForeignKey, String, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from extensions import Base
from workflow.jurisdiction import BureauEntry, OfficeEntry
from workflow.refusal import Impossible, Message, say


class WithRemedy:
    """Where a decision of this body can be taken further (D11); a body without both may decide nothing adverse."""

    name_en: Mapped[str] = mapped_column(String(200), default="")
    short_name_en: Mapped[str] = mapped_column(String(60), default="")
    review_body: Mapped[str] = mapped_column(String(200), default="")
    review_body_en: Mapped[str] = mapped_column(String(200), default="")
    review_source: Mapped[str] = mapped_column(String(200), default="")
    review_on: Mapped[date | None]
    review_confirmed: Mapped[bool] = mapped_column(default=False)
    court: Mapped[str] = mapped_column(String(200), default="")
    court_en: Mapped[str] = mapped_column(String(200), default="")
    court_source: Mapped[str] = mapped_column(String(200), default="")
    court_on: Mapped[date | None]
    court_confirmed: Mapped[bool] = mapped_column(default=False)


class Enterprise(Base):
    """A firm. The office renames it; sheets that still bear a former name are understood."""

    __tablename__ = "enterprise"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    former_names: Mapped[list[str]] = mapped_column(JSON, default=list)
    email: Mapped[str] = mapped_column(String(200), default="")


class Bureau(WithRemedy, Base):
    """A body that decides on or supplies records, from one day to another; then its successor."""

    __tablename__ = "bureau"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short_name: Mapped[str] = mapped_column(String(60), default="")
    former_names: Mapped[list[str]] = mapped_column(JSON, default=list)
    kinds_of_records: Mapped[list[str]] = mapped_column(JSON, default=list)
    email: Mapped[str] = mapped_column(String(200), default="")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"))


class Office(WithRemedy, Base):
    """The office that runs the platform: one row."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    """Where one comes with papers, and when it is open."""
    address_en: Mapped[str] = mapped_column(String(200), default="")


@dataclass(frozen=True)
class Directory:
    """Every bureau, read once: finds one by its code, its name or a name it bore, and follows successors."""

    bureaus: dict[int, Bureau]
    by_code: dict[str, int]
    by_name: dict[str, tuple[int, ...]]

    def find(self, code: str, name: str) -> Bureau | Message:
        """The bureau of this code and name, or the reason why there is none. One of the two may be empty."""
        if not code and not name:
            return say("The bureau is missing: write its code or its name.")
        coded = self.by_code.get(code) if code else None
        named = self._named(name, coded) if name else None
        if code and coded is None:
            return say("No bureau here has the code {code}: enter it on the organisations page first.", code=code)
        if isinstance(named, Message):
            return named
        if coded is not None and named is not None and self.now(coded) is not self.now(named):
            return say(
                "The code {code} belongs to {owner}, not to {name}.",
                code=code,
                owner=self.bureaus[coded].name,
                name=name,
            )
        known = coded if coded is not None else named
        assert known is not None
        return self.now(known)

    def now(self, id: int) -> Bureau:
        """The bureau that stands today for this one."""
        bureau, met = self.bureaus[id], {id}
        while bureau.successor_id is not None and bureau.successor_id not in met:
            met.add(bureau.successor_id)
            bureau = self.bureaus[bureau.successor_id]
        return bureau

    def _named(self, name: str, coded: int | None) -> int | Message:
        ids = self.by_name.get(folded(name), ())
        if not ids:
            return say("No bureau here is or was named {name}.", name=name)
        if coded in ids:
            return coded
        if len({self.now(id).id for id in ids}) > 1:
            return say("More than one bureau was named {name}: write the code as well.", name=name)
        return ids[0]


def directory(session: Session) -> Directory:
    """The bureaus as they stand now."""
    bureaus = {bureau.id: bureau for bureau in session.scalars(select(Bureau).order_by(Bureau.id))}
    by_name: dict[str, tuple[int, ...]] = {}
    for bureau in bureaus.values():
        for name in dict.fromkeys(map(folded, names_of(bureau))):
            by_name[name] = (*by_name.get(name, ()), bureau.id)
    return Directory(bureaus, {bureau.code: bureau.id for bureau in bureaus.values() if bureau.code}, by_name)


def find_bureau(session: Session, code: str = "", name: str = "") -> Bureau:
    """One bureau by code, name or former name; raises `Impossible` with the reason."""
    found = directory(session).find(code, name)
    if isinstance(found, Message):
        raise Impossible(found)
    return found


def stood_between(session: Session, first: date, end: date) -> set[int]:
    """The bureaus that stood on a day from the first to before the end: one that became another counts until then."""
    began = or_(Bureau.valid_from.is_(None), Bureau.valid_from < end)
    lasted = or_(Bureau.valid_until >= first, and_(Bureau.valid_until.is_(None), Bureau.successor_id.is_(None)))
    return set(session.scalars(select(Bureau.id).where(began, lasted)))


def remedy_ready(body: WithRemedy) -> bool:
    """Whether review body and court are entered, so that an adverse decision can name them (D11)."""
    return bool(body.review_body and body.court)


@lru_cache(maxsize=100_000)
def valid_code(code: str) -> Message | None:
    """Why this is no unified social credit code, or None. The check character is checked (GB 32100-2015)."""
    if len(code) != 18:
        return say("A credit code has 18 characters; {code} has {length}.", code=code, length=len(code))
    try:
        uscc.validate(code)
    except ValidationError:
        return say("{code} is not a credit code: its characters do not agree with its check character.", code=code)
    return None


@lru_cache(maxsize=50_000)
def folded(name: str) -> str:
    """A name as names are compared: width, brackets, spaces and letter case do not count."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def names_of(body: Bureau | Enterprise) -> list[str]:
    """The name and every former one."""
    return [body.name, *body.former_names]


def rename(body: Bureau | Enterprise, name: str) -> None:
    """Give a new name; the old one stays known."""
    if name != body.name:
        body.former_names = [*(old for old in body.former_names if old != name), body.name]
        body.name = name


def load_bureaus(session: Session, entries: Iterable[BureauEntry], office: OfficeEntry) -> None:
    """Write a jurisdiction's bureaus and office into the tables: what is missing is filled in, what is there stays.

    It may be repeated: what the office entered is never overwritten.
    """
    entries = tuple(entries)
    here = directory(session)
    rows = {entry.name: _known(here, entry) or _new(session, entry) for entry in entries}
    for entry in entries:
        bureau = rows[entry.name]
        _fill(bureau, entry, BUREAU_FIELDS if bureau.name == entry.name else RENAMED_FIELDS)
        known = names_of(bureau)
        bureau.former_names = [*bureau.former_names, *(name for name in entry.former_names if name not in known)]
    session.flush()
    for entry in entries:
        if entry.successor and rows[entry.name].successor_id is None:
            successor = next(
                row
                for other, row in zip(entries, rows.values(), strict=True)
                if entry.successor in (other.name, other.code)
            )
            rows[entry.name].successor_id = successor.id
    session.add(_fill(session.get(Office, 1) or Office(id=1, name=office.name), office, OFFICE_FIELDS))
    session.flush()


NAMES_BESIDE = ("name_en", "short_name", "short_name_en")
"""Other names than the name itself: they are those of that name, and of no later one."""
BODY_FIELDS = (
    *NAMES_BESIDE,
    "email",
    *("review_body", "review_body_en", "review_source", "review_on", "review_confirmed"),
    *("court", "court_en", "court_source", "court_on", "court_confirmed"),
)
OFFICE_FIELDS = (*BODY_FIELDS, "address", "address_en")
BUREAU_FIELDS = (*BODY_FIELDS, "code", "valid_from", "valid_until")
RENAMED_FIELDS = tuple(field for field in BUREAU_FIELDS if field not in NAMES_BESIDE)


def _known(here: Directory, entry: BureauEntry) -> Bureau | None:
    """The row of an entry: by code, else by its name, else by a name that the row or the entry bore."""
    ids = [here.by_code[entry.code]] if entry.code in here.by_code else []
    for name in (entry.name, *entry.former_names):
        ids += here.by_name.get(folded(name), ())
    return here.bureaus[ids[0]] if ids else None


def _new(session: Session, entry: BureauEntry) -> Bureau:
    bureau = Bureau(
        name=entry.name, former_names=list(entry.former_names), kinds_of_records=list(entry.kinds_of_records)
    )
    session.add(bureau)
    return bureau


Row = TypeVar("Row", Bureau, Office)


def _fill(row: Row, entry: BureauEntry | OfficeEntry, fields: tuple[str, ...]) -> Row:
    for name in fields:
        value = getattr(entry, name)
        if value and not getattr(row, name):
            setattr(row, name, value)
    return row
