"""Succession (D26): a bureau is merged into another, split, or renamed; its records and its people follow.

In law it is the same body. Its open cases follow in `cases/engine/succession.py`, in the same transaction; here no case
is known. What was written under the old name stays as it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, String, distinct, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from extensions import Base, Instant
from registry.credit_records import CreditRecord, follow_successor
from registry.organisations import NAMES_BESIDE, Bureau, OrganisationChange, directory, folded, key_of, rename
from registry.people import Membership, User
from workflow.refusal import Impossible, Incomplete, Message, say

MERGED, SPLIT, RENAMED = "merged", "split", "renamed"
HOW = (MERGED, SPLIT, RENAMED)
LONGEST = 200


class Succession(Base):
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
        raise Impossible(say("This body has a successor already."))
    new = old if order.how == RENAMED else bureaus.get(order.new_id or 0)
    faults = dict(_faults(session, order, old, new, today))
    if faults or new is None:
        raise Incomplete(faults)
    return old, new


def succeed(
    session: Session,
    old: Bureau,
    new: Bureau,
    how: str,
    document: str,
    on: date,
    by_id: int,
    now: datetime,
    name: str = "",
) -> Succession:
    """Record what a bureau became and let records and people follow; a renamed one is given the name and keeps them."""
    row = Succession(
        old_bureau_id=old.id,
        new_bureau_id=new.id,
        how=how,
        old_name=old.name,
        document=document.strip(),
        on_day=on,
        recorded_by_id=by_id,
        recorded_at=now,
    )
    session.add(row)
    if how == RENAMED:
        _rename(session, old, name.strip(), by_id, now)
    else:
        _follow(session, old, new, now, f"user:{by_id}")
        old.successor_id, old.valid_until = new.id, on - timedelta(days=1)
        for earlier in session.scalars(select(Bureau).where(Bureau.successor_id == old.id)):
            earlier.successor_id = new.id  # it leads at once to the body that stands
        new.kinds_of_records = list(dict.fromkeys([*new.kinds_of_records, *old.kinds_of_records]))
    session.flush()
    return row


def successions_of(session: Session, bureau_id: int) -> list[Succession]:
    """What a bureau became, and what became it, the latest first."""
    either = or_(Succession.old_bureau_id == bureau_id, Succession.new_bureau_id == bureau_id)
    return list(session.scalars(select(Succession).where(either).order_by(Succession.id.desc())))


def latest_old_name(session: Session, bureau_id: int) -> str:
    """The name that a bureau bore before it was last renamed; empty where it never was, by a document."""
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


def _follow(session: Session, old: Bureau, new: Bureau, now: datetime, actor: str) -> None:
    """Records and people, with the roles they hold; who has left stays where they were."""
    _tell_apart(session, old, new)
    follow_successor(session, old.id, new.id, now, actor)
    there = select(User.id).where(User.ended_at.is_(None))
    moved = update(Membership).where(Membership.bureau_id == old.id, Membership.user_id.in_(there))
    session.execute(moved.values(bureau_id=new.id).execution_options(synchronize_session="fetch"))


def _tell_apart(session: Session, old: Bureau, new: Bureau) -> None:
    """Where both bureaus decided on one document, sheets from now on mean the successor's record by its number."""
    theirs, ours = aliased(CreditRecord), aliased(CreditRecord)
    twice = (
        select(theirs)
        .join(
            ours,
            (ours.known_as == theirs.known_as)
            & (ours.enterprise_id == theirs.enterprise_id)
            & (ours.kind == theirs.kind)
            & (ours.determined_by_id == new.id),
        )
        .where(theirs.determined_by_id == old.id)
    )
    for record in session.scalars(twice):
        record.known_as = told_apart(record.known_as, record.id)
    session.flush()


def told_apart(known_as: str, record_id: int) -> str:
    """The number of a record that sheets no longer mean by it: with a mark of its own."""
    mark = f" #{record_id}"
    return known_as[: LONGEST - len(mark)] + mark


def _rename(session: Session, bureau: Bureau, name: str, by_id: int, now: datetime) -> None:
    """Replace the name; the old one's short and English forms are removed, to be entered again."""
    for field, after in {"name": name, **dict.fromkeys(NAMES_BESIDE, "")}.items():
        if before := getattr(bureau, field):
            session.add(
                OrganisationChange(
                    body=key_of(bureau), at=now, actor=f"user:{by_id}", field=field, before=before, after=after
                )
            )
    rename(bureau, name)
    for field in NAMES_BESIDE:
        setattr(bureau, field, "")


def _faults(
    session: Session, order: Order, old: Bureau, new: Bureau | None, today: date
) -> Iterator[tuple[str, Message]]:
    if order.how not in HOW:
        yield "how", say("Choose one of the answers offered.")
    elif order.how == RENAMED:
        yield from _name_faults(session, order, old)
    elif new is None or new is old or new.successor_id is not None or _over(new, today):
        yield "successor", say("Choose another bureau, one that stands today.")
    if not order.document.strip():
        yield "document", say("Write the document that says so, with its number.")
    elif len(order.document.strip()) > LONGEST:
        yield "document", say("Too long: at most {n} characters.", n=LONGEST)
    yield from _day_faults(order, old, today)


def _name_faults(session: Session, order: Order, old: Bureau) -> Iterator[tuple[str, Message]]:
    name = order.new_name.strip()
    if not name:
        yield "name", say("Write the new name.")
    elif len(name) > LONGEST:
        yield "name", say("Too long: at most {n} characters.", n=LONGEST)
    elif name == old.name:
        yield "name", say("This is its name already.")
    elif any(id != old.id for id in directory(session).by_name.get(folded(name), ())):
        yield "name", say("Another bureau bears or bore this name. Write one that tells them apart.")


LONG_AGO: Final = timedelta(days=80 * 366)


def _day_faults(order: Order, old: Bureau, today: date) -> Iterator[tuple[str, Message]]:
    if order.on is None:
        yield "on_day", say("Write the day from which it holds.")
    elif order.on > today:
        yield "on_day", say("This day is still to come: record it when it has come.")
    elif order.on < today - LONG_AGO:
        yield "on_day", say("This day lies too far back: look at the year.")
    elif old.valid_from is not None and order.on <= old.valid_from:
        yield "on_day", say("The body began on {day}: write a later day.", day=old.valid_from)


def _over(bureau: Bureau, today: date) -> bool:
    return bureau.valid_until is not None and bureau.valid_until < today
