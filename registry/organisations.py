"""Bodies: enterprises, bureaus and the office; their names, and what the head of the office writes about them.

Every change of a body is kept with its value before. A merger or split is another matter: `successions.py`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import JSON, ForeignKey, String, Text, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from extensions import Base, Instant
from workflow.jurisdiction import BureauEntry, OfficeEntry
from workflow.refusal import Impossible, Message, refuse_faulty, say


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


OF_BUREAU = ("name", *BODY_FIELDS)
OF_OFFICE = ("name", *OFFICE_FIELDS)
REMEDIES = ("review", "court")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def mail_faults(mail: str) -> Iterator[tuple[str, Message]]:
    """The fault of a mail address that is no address; an empty one is fine."""
    if mail.strip() and not MAIL.fullmatch(mail.strip()):
        yield "email", say("Write a mail address, for example office@example.cn, or leave it empty.")


Value = str | date | bool | None


class OrganisationChange(Base):
    """One changed value of a body: which body (`bureau:3`, `office`), who (`user:7`), from what to what."""

    __tablename__ = "organisation_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(String(20), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)


def describe(
    session: Session, body: Bureau | Office, values: Mapping[str, Value], *, today: date, now: datetime, actor: str
) -> list[OrganisationChange]:
    """Write these values of a body; gives what was changed, nothing where nothing was. Raises `Incomplete`.

    A bureau's old name stays known, so that sheets that bear it are understood.
    """
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    refuse_faulty(_faults(session, body, values, today))
    changed = [name for name in fields_of(body) if name in values and values[name] != getattr(body, name)]
    changes = [
        OrganisationChange(
            body=key_of(body),
            at=now,
            actor=actor,
            field=name,
            before=_text(getattr(body, name)),
            after=_text(values[name]),
        )
        for name in changed
    ]
    for name in changed:
        _set(body, name, values[name])
    session.add_all(changes)
    session.flush()
    return changes


def changes_of(session: Session, body: Bureau | Office) -> list[OrganisationChange]:
    """What was changed of a body, the newest first."""
    found = select(OrganisationChange).where(OrganisationChange.body == key_of(body))
    return list(session.scalars(found.order_by(OrganisationChange.id.desc())))


def fields_of(body: Bureau | Office) -> tuple[str, ...]:
    """What is written of a bureau, or of the office."""
    return OF_OFFICE if isinstance(body, Office) else OF_BUREAU


def key_of(body: Bureau | Office) -> str:
    return "office" if isinstance(body, Office) else f"bureau:{body.id}"


def _set(body: Bureau | Office, name: str, value: Value) -> None:
    if name == "name" and isinstance(body, Bureau):
        rename(body, str(value))
    else:
        setattr(body, name, value)


def _faults(session: Session, body: Bureau | Office, values: Mapping[str, Value], today: date) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    after = {name: values.get(name, getattr(body, name)) for name in fields_of(body)}
    if not after["name"]:
        faults["name"] = say("Write the name.")
    elif isinstance(body, Bureau) and _is_taken(session, body, str(after["name"])):
        faults["name"] = say("Another bureau bears or bore this name. Write one that tells them apart.")
    faults |= dict(mail_faults(str(after["email"] or "")))
    for remedy in REMEDIES:
        faults |= _remedy_faults(remedy, after, today)
    return faults


def _remedy_faults(remedy: str, after: Mapping[str, Value], today: date) -> dict[str, Message]:
    name = "review_body" if remedy == "review" else "court"
    source, on, confirmed = (after[f"{remedy}_{part}"] for part in ("source", "on", "confirmed"))
    faults: dict[str, Message] = {}
    if isinstance(on, date) and on > today:
        faults[f"{remedy}_on"] = say("This day is still to come. Write the day of the source.")
    if confirmed and not after[name]:
        faults[name] = say("Write the body before you confirm it.")
    elif confirmed and not source:
        faults[f"{remedy}_source"] = say("Say where this is written before you confirm it.")
    elif confirmed and not on:
        faults[f"{remedy}_on"] = say("Write the day of the source before you confirm it.")
    return faults


def _is_taken(session: Session, body: Bureau, name: str) -> bool:
    return any(id != body.id for id in directory(session).by_name.get(folded(name), ()))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value or "")
