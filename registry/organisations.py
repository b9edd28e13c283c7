"""Bodies: enterprises, bureaus and the office; what the head of the office writes about them, and who succeeds whom.

Every change of a body is kept with its value before. A merged, split or renamed bureau is in law the same body (D26):
its records and people follow here, its open cases in `cases/engine/succession.py` in the same transaction.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from sqlalchemy import JSON, ForeignKey, String, Text, and_, distinct, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from extensions import Base, Instant, SignedRow
from registry.columns import LONGEST, MARKET_REGULATION
from registry.credit_records import CreditRecord, follow_successor
from registry.people import Membership, User
from workflow.jurisdiction import Branch, BureauEntry, OfficeEntry
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

    @property
    def branch(self) -> Branch:
        """The branch of law whose display rules its records follow."""
        return "market_regulation" if MARKET_REGULATION in self.name else "general"


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
    """Every bureau, read once: finds one by its code, its name or a former name, and follows successors."""

    bureaus: dict[int, Bureau]
    by_code: dict[str, int]
    by_name: dict[str, tuple[int, ...]]

    def find(self, code: str, name: str) -> Bureau | Message:
        """The bureau of this code and name, or the reason why there is none. One of the two may be empty."""
        if not code and not name:
            return say("The bureau is missing: enter its code or its name.")
        coded = self.by_code.get(code) if code else None
        named = self._named(name, coded) if name else None
        if code and coded is None:
            return say("No bureau here has the code {code}: enter it on the organisations page first.", code=code)
        if isinstance(named, Message):
            return named
        if coded is not None and named is not None and self.now(coded) is not self.now(named):
            owner = self.bureaus[coded].name
            said = say("The code {code} belongs to {owner}, not to {name}: correct one of the two.")
            return say(said.id, code=code, owner=owner, name=name)
        known = coded if coded is not None else named
        assert known is not None
        return self.now(known)

    def now(self, id: int) -> Bureau:
        """The bureau that this one has become, itself where it has no successor."""
        bureau, met = self.bureaus[id], {id}
        while bureau.successor_id is not None and bureau.successor_id not in met:
            met.add(bureau.successor_id)
            bureau = self.bureaus[bureau.successor_id]
        return bureau

    def _named(self, name: str, coded: int | None) -> int | Message:
        ids = self.by_name.get(folded(name), ())
        if not ids:
            return say("No bureau here is or was named {name}: look under Organisations or ask the office.", name=name)
        if coded in ids:
            return coded
        if len({self.now(id).id for id in ids}) > 1:
            return say("More than one bureau was named {name}: enter the code as well.", name=name)
        return ids[0]


def directory(session: Session) -> Directory:
    """Every bureau, as the table has it now."""
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
    """The bureaus that existed on a day from the first to before the end: one that became another counts until then."""
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
        return say("A credit code has 18 characters, {code} {n}: look at the licence.", code=code, n=len(code))
    try:
        uscc.validate(code)
    except ValidationError:
        return say("{code} is no credit code: the check character is wrong. Look at the licence.", code=code)
    return None


@lru_cache(maxsize=50_000)
def folded(name: str) -> str:
    """A name as names are compared: width, brackets, spaces and letter case do not count."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def names_of(body: Bureau | Enterprise) -> list[str]:
    """The name and every former one."""
    return [body.name, *body.former_names]


def rename(body: Bureau | Enterprise, name: str) -> None:
    """Give a new name, other than today's; the old one stays known."""
    body.former_names = [*(old for old in body.former_names if old != name), body.name]
    body.name = name


def load_bureaus(session: Session, entries: Sequence[BureauEntry], office: OfficeEntry) -> None:
    """Fill a jurisdiction's bureaus and office into the tables. It may be repeated: nothing entered is overwritten."""
    here = directory(session)
    rows: dict[str, Bureau] = {}
    for entry in entries:
        named = (id for name in (entry.name, *entry.former_names) for id in here.by_name.get(folded(name), ()))
        id = here.by_code.get(entry.code or "") or next(named, 0)
        bureau = rows[entry.name] = here.bureaus.get(id) or Bureau(
            name=entry.name, former_names=list(entry.former_names), kinds_of_records=list(entry.kinds_of_records)
        )
        session.add(bureau)
        renamed = bureau.name != entry.name
        _fill(bureau, entry, tuple(name for name in BUREAU_FIELDS if not renamed or name not in NAMES_BESIDE))
        known = names_of(bureau)
        bureau.former_names = [*bureau.former_names, *(name for name in entry.former_names if name not in known)]
    session.flush()
    for entry in entries:
        if entry.successor and rows[entry.name].successor_id is None:
            successor = next(other for other in entries if entry.successor in (other.name, other.code))
            rows[entry.name].successor_id = rows[successor.name].id
    row = session.get(Office, 1) or Office(id=1, name=office.name)
    session.add(row)
    _fill(row, office, OFFICE_FIELDS)
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


def _fill(row: Bureau | Office, entry: BureauEntry | OfficeEntry, fields: Iterable[str]) -> None:
    for name in fields:
        value = getattr(entry, name)
        if value and not getattr(row, name):
            setattr(row, name, value)


MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def mail_faults(mail: str) -> Iterator[tuple[str, Message]]:
    """The fault of a mail address that is none; an empty one is fine."""
    if (mail := mail.strip()) and not MAIL.fullmatch(mail):
        yield "email", say("Enter a mail address, for example office@example.cn, or leave it empty.")


Value = str | date | bool | None


class OrganisationChange(SignedRow, Base):
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
    """Write these values of a body; gives what was changed. A bureau's old name stays known. Raises `Incomplete`."""
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    after = {name: values.get(name, getattr(body, name)) for name in fields_of(body)}
    refuse_faulty(_faults(session, body, after, today))
    return _write(session, body, values, now, actor)


def _write(
    session: Session, body: Bureau | Office, values: Mapping[str, Value], now: datetime, actor: str
) -> list[OrganisationChange]:
    changes = []
    for name in fields_of(body):
        before, after = getattr(body, name), values.get(name, getattr(body, name))
        if before == after:
            continue
        kept = {"field": name, "before": _text(before), "after": _text(after)}
        changes.append(OrganisationChange(body=key_of(body), at=now, actor=actor, **kept))
        if name == "name" and isinstance(body, Bureau):
            rename(body, str(after))
        else:
            setattr(body, name, after)
    session.add_all(changes)
    session.flush()
    return changes


def changes_of(session: Session, body: Bureau | Office) -> list[OrganisationChange]:
    """What was changed of a body, the newest first."""
    found = select(OrganisationChange).where(OrganisationChange.body == key_of(body))
    return list(session.scalars(found.order_by(OrganisationChange.id.desc())))


def fields_of(body: Bureau | Office) -> tuple[str, ...]:
    """What is written of a bureau, or of the office."""
    return ("name", *(OFFICE_FIELDS if isinstance(body, Office) else BODY_FIELDS))


def key_of(body: Bureau | Office) -> str:
    return "office" if isinstance(body, Office) else f"bureau:{body.id}"


def _faults(
    session: Session, body: Bureau | Office, after: Mapping[str, Value], today: date
) -> Iterator[tuple[str, Message]]:
    if not after["name"]:
        yield "name", say("Enter the name.")
    elif isinstance(body, Bureau) and _is_taken(session, body, str(after["name"])):
        yield "name", TAKEN
    yield from mail_faults(str(after["email"] or ""))
    for remedy, name in (("review", "review_body"), ("court", "court")):
        source, on, confirmed = (after[f"{remedy}_{part}"] for part in ("source", "on", "confirmed"))
        if isinstance(on, date) and on > today:
            yield f"{remedy}_on", say("This day is still to come. Enter the day of the source.")
        if confirmed and not after[name]:
            yield name, say("Enter the body before you confirm it.")
        elif confirmed and not source:
            yield f"{remedy}_source", say("Say where this is written before you confirm it.")
        elif confirmed and not on:
            yield f"{remedy}_on", say("Enter the day of the source before you confirm it.")


TAKEN: Final = say("Another bureau bears or bore this name. Enter one that tells them apart.")


def _is_taken(session: Session, body: Bureau, name: str) -> bool:
    return any(id != body.id for id in directory(session).by_name.get(folded(name), ()))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value or "")


MERGED, SPLIT, RENAMED = "merged", "split", "renamed"


class Succession(SignedRow, Base):
    """A bureau became another on a day, by a document; of a renamed one, old and new are the same row."""

    __tablename__ = "succession"

    id: Mapped[int] = mapped_column(primary_key=True)
    old_bureau_id: Mapped[int] = mapped_column(ForeignKey("bureau.id"), index=True)
    new_bureau_id: Mapped[int] = mapped_column(ForeignKey("bureau.id"))
    how: Mapped[str] = mapped_column(String(10))
    old_name: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(200))
    on_day: Mapped[date]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class Order:
    """What the head of the office records: a merged or split bureau has a successor, a renamed one a new name."""

    old_id: int
    new_id: int | None
    new_name: str
    how: str
    document: str
    on: date | None


def bodies(session: Session, order: Order, today: date, *, lock: bool = False) -> tuple[Bureau, Bureau]:
    """The bureau and what it becomes, itself where it is renamed. Raises `Impossible`, or `Incomplete` by field.

    With `lock` nobody else writes either of them until the transaction ends.
    """
    ids = {order.old_id} if order.how == RENAMED or order.new_id is None else {order.old_id, order.new_id}
    found = select(Bureau).where(Bureau.id.in_(ids)).order_by(Bureau.id)
    locked = found.with_for_update(key_share=True).execution_options(populate_existing=True) if lock else found
    bureaus = {bureau.id: bureau for bureau in session.scalars(locked)}
    old = bureaus[order.old_id]
    if old.successor_id is not None:
        raise Impossible(say("This body has a successor already. Nothing was changed: look at it under Organisations."))
    new = old if order.how == RENAMED else bureaus.get(order.new_id or 0)
    refuse_faulty(_order_faults(session, order, old, new, today))
    assert new is not None
    return old, new


def succeed(session: Session, order: Order, old: Bureau, new: Bureau, by_id: int, now: datetime) -> Succession:
    """Record what a bureau became and let records and people follow; a renamed one is given the name and keeps them."""
    assert order.on is not None
    row = Succession(
        old_bureau_id=old.id,
        new_bureau_id=new.id,
        how=order.how,
        old_name=old.name,
        document=order.document.strip(),
        on_day=order.on,
        recorded_by_id=by_id,
        recorded_at=now,
    )
    session.add(row)
    actor = f"user:{by_id}"
    if order.how == RENAMED:  # the short and English forms of the old name are entered again
        _write(session, old, {"name": order.new_name.strip(), **dict.fromkeys(NAMES_BESIDE, "")}, now, actor)
        return row
    _tell_apart(session, old, new)
    follow_successor(session, old.id, new.id, now, actor)
    there = select(User.id).where(User.ended_at.is_(None))  # who has left stays where they were
    moved = update(Membership).where(Membership.bureau_id == old.id, Membership.user_id.in_(there))
    session.execute(moved.values(bureau_id=new.id).execution_options(synchronize_session="fetch"))
    old.successor_id, old.valid_until = new.id, order.on - timedelta(days=1)
    for earlier in session.scalars(select(Bureau).where(Bureau.successor_id == old.id)):
        earlier.successor_id = new.id  # it leads at once to the body of today
    new.kinds_of_records = list(dict.fromkeys([*new.kinds_of_records, *old.kinds_of_records]))
    session.flush()
    return row


def successions_of(session: Session, bureau_id: int) -> list[Succession]:
    """What a bureau became, and what became it, the latest first."""
    either = or_(Succession.old_bureau_id == bureau_id, Succession.new_bureau_id == bureau_id)
    return list(session.scalars(select(Succession).where(either).order_by(Succession.id.desc())))


def latest_old_name(session: Session, bureau_id: int) -> str:
    """The name of a bureau before it was last renamed; empty where it never was, by a document."""
    renamed = select(Succession.old_name).where(Succession.old_bureau_id == bureau_id, Succession.how == RENAMED)
    return session.scalar(renamed.order_by(Succession.id.desc()).limit(1)) or ""


def records_following(session: Session, bureau_id: int) -> int:
    """How many records a bureau decided on or supplied."""
    theirs = or_(CreditRecord.determined_by_id == bureau_id, CreditRecord.supplied_by_id == bureau_id)
    return session.scalar(select(func.count()).select_from(CreditRecord).where(theirs)) or 0


def people_following(session: Session, bureau_id: int) -> int:
    """How many people have an account at a bureau."""
    found = select(func.count(distinct(Membership.user_id))).join(User, User.id == Membership.user_id)
    return session.scalar(found.where(Membership.bureau_id == bureau_id, User.ended_at.is_(None))) or 0


def _tell_apart(session: Session, old: Bureau, new: Bureau) -> None:
    """Where both bureaus decided on one document, sheets from now on mean the successor's record by its number."""
    theirs, ours = aliased(CreditRecord), aliased(CreditRecord)
    same = (
        ours.known_as == theirs.known_as,
        ours.enterprise_id == theirs.enterprise_id,
        ours.kind == theirs.kind,
        ours.determined_by_id == new.id,
    )
    twice = select(theirs).join(ours, and_(*same)).where(theirs.determined_by_id == old.id)
    for record in session.scalars(twice):
        record.known_as = told_apart(record.known_as, record.id)
    session.flush()


def told_apart(known_as: str, record_id: int) -> str:
    """The number of a record that sheets no longer mean by it: with a mark of its own."""
    mark = f" #{record_id}"
    return known_as[: LONGEST - len(mark)] + mark


def _order_faults(
    session: Session, order: Order, old: Bureau, new: Bureau | None, today: date
) -> Iterator[tuple[str, Message]]:
    name, document = order.new_name.strip(), order.document.strip()
    if order.how not in (MERGED, SPLIT, RENAMED):
        yield "how", say("Choose one of the answers offered.")
    elif order.how == RENAMED:
        if not name:
            yield "name", say("Enter the new name.")
        elif len(name) > LONGEST:
            yield "name", say("Too long: at most {n} characters.", n=LONGEST)
        elif name == old.name:
            yield "name", say("This is its name already: enter the new one.")
        elif _is_taken(session, old, name):
            yield "name", TAKEN
    elif new is None or new is old or new.successor_id is not None or (new.valid_until or today) < today:
        yield "successor", say("Choose another bureau, one that stands today.")
    if not document:
        yield "document", say("Enter the document that says so, with its number.")
    elif len(document) > LONGEST:
        yield "document", say("Too long: at most {n} characters.", n=LONGEST)
    if order.on is None:
        yield "on_day", say("Enter the day from which it holds.")
    elif order.on > today:
        yield "on_day", say("This day is still to come: record it when it has come.")
    elif order.on < today - timedelta(days=80 * 366):
        yield "on_day", say("This day is too far in the past: check the year.")
    elif old.valid_from is not None and order.on <= old.valid_from:
        yield "on_day", say("The body began on {day}: enter a later day.", day=old.valid_from)
