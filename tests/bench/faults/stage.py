"""Where a bench plays: the usual place with more people at its desks and many records, so that there is always work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.credit_records import CreditRecord, RecordChange, beginning, promoted
from registry.organisations import Bureau, Enterprise, Office
from registry.people import DEMO_PASSWORD, add_person
from registry.sign_in import set_password
from tests.builders import START, VALUES, Place, make_place

RECORDS: Final = 120
"""Records of each firm."""


@dataclass(frozen=True)
class Person:
    """Who acts in a bench: a name to sign in with and the desk where they work."""

    name: str
    desk: str


CAST: Final = (
    Person("enterprise", "enterprise"), Person("enterprise2", "enterprise"), Person("reviewer", "bureau"),
    Person("approver", "bureau"), Person("reviewer2", "bureau"), Person("approver2", "bureau"),
    Person("office", "office"), Person("officer2", "office"), Person("chief", "office"),
)  # fmt: skip


def populate(session: Session) -> None:
    """Fill an empty database."""
    place = make_place(session)
    place.people["reviewer3"] = add_person(session, "reviewer3", "第三人", ("reviewer",), bureau_id=place.bureau.id,
                                           demo=True)  # fmt: skip
    for user in place.people.values():
        user.email = f"{user.username}@people.example"
        set_password(user, DEMO_PASSWORD)
    for body in (*session.scalars(select(Bureau)), *session.scalars(select(Office))):
        body.email = f"{type(body).__name__.lower()}{body.id}@bodies.example"
    for number in range(RECORDS):
        session.add_all(_records(place, number))
    session.flush()
    begun = set(session.scalars(select(RecordChange.record_id)))
    for record in session.scalars(select(CreditRecord).where(CreditRecord.id.not_in(begun))):
        session.add(
            RecordChange(record_id=record.id, at=START, what="imported", after=beginning(record), actor="bench")
        )
    session.commit()


def _records(place: Place, number: int) -> list[CreditRecord]:
    kind = "serious_list" if number % 6 == 5 else "penalty"
    pairs = ((place.firm, place.bureau), (place.other_firm, place.other_bureau))
    return [_record(firm, bureau if number % 4 else pairs[not at][1], f"{kind} {at}-{number}", kind)
            for at, (firm, bureau) in enumerate(pairs)]  # fmt: skip


def _record(firm: Enterprise, bureau: Bureau, number: str, kind: str) -> CreditRecord:
    values: Mapping[str, str] = {
        **VALUES, "name": firm.name, "uscc": firm.code, "document_number": number, "determined_by": bureau.name,
        "supplied_by": bureau.name,
    }  # fmt: skip
    return CreditRecord(kind=kind, enterprise_id=firm.id, determined_by_id=bureau.id, supplied_by_id=bureau.id,
                        known_as=number, values=dict(values), **promoted(values))  # fmt: skip
