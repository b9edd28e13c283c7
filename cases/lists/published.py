"""Records as everybody may read them: one by the end of its address, those of a firm, those of a list; what has ended.

It does not matter who reads: each query holds records to what is public on that day (`registry/publication.py`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from registry.cleaning import clean_document_number
from registry.columns import LISTS
from registry.credit_records import CreditRecord, RecordFlag, value_of
from registry.display import ONE_DAY, End
from registry.organisations import Bureau, Enterprise
from registry.publication import ENDED_FOR, in_time, is_public, may_be_public, public_until, published_kinds
from workflow.jurisdiction import Jurisdiction, PublicKind, PublicList

SHORTEST: Final = 4
"""Characters of a firm's name that are looked for; of a shorter one too many firms would be shown."""
MOST: Final = 30
"""Records that a search shows; whoever finds more is asked for more of the name."""
AT_ONCE: Final = 1000
CODE: Final = re.compile(r"[0-9A-Z]{18}")
MARK: Final = "objection"
FIELDS: Final = (
    "key", "kind", "name", "uscc", "document_number", "list_name", "offence", "basis", "penalty_kind", "fine",
    "confiscated", "decided_on", "determined_by", "public_until", "marks",
)  # fmt: skip
"""Of a record as data: the keys of `PublicRecord.data`, in their order."""


@dataclass(frozen=True)
class PublicRecord:
    """A record that everybody may read: whose, by whom, whether it is under objection, and the last day on which it is
    public; None: no end is known."""

    record: CreditRecord
    enterprise: Enterprise
    determined_by: Bureau
    flagged: bool
    end: End | None

    @property
    def data(self) -> dict[str, str]:
        """The record as data: amounts in 万元, days as ISO, nothing for what it does not say."""
        says = {name: value_of(self.record, name) for name in ("list_name", "offence", "basis", "penalty_kind")}
        return {
            "key": self.record.key,
            "kind": self.record.kind,
            "name": self.enterprise.name,
            "uscc": self.enterprise.code,
            "document_number": self.record.document_number,
            **says,
            "fine": value_of(self.record, "fine"),
            "confiscated": value_of(self.record, "confiscated"),
            "decided_on": self.record.decided_on.isoformat(),
            "determined_by": value_of(self.record, "determined_by") or self.determined_by.name,
            "public_until": self.end.day.isoformat() if self.end else "",
            "marks": MARK if self.flagged else "",
        }


def record_at(session: Session, law: Jurisdiction, key: str, on: date) -> PublicRecord | None:
    """The record at that address, while it is public."""
    return next(iter(_read(session, law, on, _public(law, on).where(CreditRecord.key == key))), None)


def searched(session: Session, law: Jurisdiction, text: str, on: date) -> list[PublicRecord] | None:
    """Those of the firms that a code, a document's number or part of a name finds, one more than `MOST` at most; None
    where the text is too short for a name, and no such number."""
    number, code = clean_document_number(text), "".join(text.split()).upper()
    if CODE.fullmatch(code):
        wanted: ColumnElement[bool] = Enterprise.code == code
    else:
        named = [Enterprise.name.icontains(text, autoescape=True)] if len(text) >= SHORTEST else []
        wanted = or_(CreditRecord.document_number == number, *named)
    newest = _public(law, on).where(wanted).order_by(Enterprise.name, CreditRecord.decided_on.desc(), CreditRecord.id)
    found = _read(session, law, on, newest.limit(MOST + 1))
    return None if not found and len(text) < SHORTEST else found


def in_list(one: PublicKind | PublicList) -> ColumnElement[bool]:
    """The records of a kind, or of a list: those that bear one of its names."""
    of_kind = CreditRecord.kind == one.kind
    if isinstance(one, PublicKind):
        return of_kind
    return and_(of_kind, CreditRecord.values["list_name"].as_string().in_(one.names))


def lists_on(law: Jurisdiction, on: date) -> Mapping[str, PublicKind | PublicList]:
    """What records are shown together in: every kind that is published, and the lists of those kinds."""
    kinds = published_kinds(law, on)
    return {**kinds, **{one.code: one for one in law.lists if one.holds_on(on) and one.kind in kinds}}


def counted(session: Session, law: Jurisdiction, on: date) -> dict[str, int]:
    """How many records each list has."""
    of = (CreditRecord.kind, CreditRecord.values["list_name"].as_string())
    number = select(*of, func.count()).join(Enterprise, Enterprise.id == CreditRecord.enterprise_id)
    rows = session.execute(number.where(is_public(law, on)).group_by(*of)).all()
    of_kind = {code: [row for row in rows if row[0] == one.kind] for code, one in lists_on(law, on).items()}
    return {
        code: sum(n for _, name, n in of_kind[code] if isinstance(one, PublicKind) or name in one.names)
        for code, one in lists_on(law, on).items()
    }


def newest_in(
    session: Session, law: Jurisdiction, of: ColumnElement[bool], on: date, most: int, skip: int
) -> list[PublicRecord]:
    """Those of a list, the newest decision first: so many, after so many."""
    found = _public(law, on).where(of).order_by(CreditRecord.decided_on.desc(), CreditRecord.id.desc())
    return _read(session, law, on, found.limit(most).offset(skip))


def keyed_in(
    session: Session, law: Jurisdiction, of: ColumnElement[bool], on: date, after: str = "", most: int = AT_ONCE
) -> list[PublicRecord]:
    """Those of a list behind a key, at most so many, in the order of their keys, which says nothing."""
    found = _public(law, on).where(of, CreditRecord.key > after).order_by(CreditRecord.key)
    return _read(session, law, on, found.limit(most))


def every_in(session: Session, law: Jurisdiction, of: ColumnElement[bool], on: date) -> Iterator[PublicRecord]:
    """All of a list, read a page at a time."""
    after: str | None = ""
    while after is not None:
        page = keyed_in(session, law, of, on, after)
        yield from page
        after = page[-1].record.key if len(page) == AT_ONCE else None


def ended(session: Session, law: Jurisdiction, on: date) -> list[tuple[str, date]]:
    """The keys of what was public and is no longer, each with the first day on which it was not, newest first."""
    since, ends = on - ENDED_FOR, (CreditRecord.display_ended_on, CreditRecord.delisted_on)
    removed = CreditRecord.values["removed_on"].as_string()
    lately = or_(
        *(day >= since for day in (*ends, CreditRecord.sharing_stopped_on)),
        and_(removed >= since.isoformat(), removed <= on.isoformat()),
        and_(in_time(law.displays, since), not_(in_time(law.displays, on))),
    )
    found = _joined().where(may_be_public(law, on), lately, not_(is_public(law, on)))
    gone = ((record.key, _gone_on(record, body, law, on)) for record, _firm, body, _flag in session.execute(found))
    return sorted(((key, day) for key, day in gone if day and day >= since), key=lambda one: (one[1], one[0]))[::-1]


def _gone_on(record: CreditRecord, determined_by: Bureau, law: Jurisdiction, on: date) -> date | None:
    """The first day on which it was not public any more."""
    end, removed = public_until(record, determined_by, law.displays, on), value_of(record, "removed_on")
    days = [record.display_ended_on, record.sharing_stopped_on, end.day + ONE_DAY if end else None]
    days += [record.delisted_on] if record.kind in LISTS else []
    days += [date.fromisoformat(removed)] if removed else []
    return min((day for day in days if day and day <= on), default=None)


def _joined() -> Select[Any]:
    flagged = exists().where(RecordFlag.record_id == CreditRecord.id)
    columns: tuple[Any, ...] = (CreditRecord, Enterprise, Bureau, flagged)
    return (
        select(*columns)
        .join(Enterprise, Enterprise.id == CreditRecord.enterprise_id)
        .join(Bureau, Bureau.id == CreditRecord.determined_by_id)
    )


def _public(law: Jurisdiction, on: date) -> Select[Any]:
    return _joined().where(is_public(law, on))


def _read(session: Session, law: Jurisdiction, on: date, statement: Select[Any]) -> list[PublicRecord]:
    return [
        PublicRecord(record, firm, body, flagged, public_until(record, body, law.displays, on))
        for record, firm, body, flagged in session.execute(statement)
    ]
