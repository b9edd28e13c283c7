"""Who may read which case, and what a person may be in it: the one scope that every read goes through.

What a person may not see does not exist for them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from cases.tables import Attachment, Case, CaseBureau, Event
from notifications.post import Address
from registry.credit_records import CreditRecord
from registry.people import Standing
from workflow.definition import AUDITOR, CHIEF, FILER, OFFICER, Party, Role
from workflow.snapshot import Person


def visible_to(standing: Standing) -> ColumnElement[bool]:
    """The condition on `Case` that holds for the cases this person may read."""
    if standing.holds(OFFICER, CHIEF, AUDITOR):
        return true()
    conditions: list[ColumnElement[bool]] = []
    if standing.holds(FILER) and standing.enterprise_ids:
        conditions.append(Case.enterprise_id.in_(standing.enterprise_ids))
    if Party.BUREAU in standing.parties and standing.bureau_id is not None:
        had = select(CaseBureau.case_id).where(CaseBureau.bureau_id == standing.bureau_id)
        conditions.append(Case.id.in_(had))
    return or_(*conditions) if conditions else false()


def records_visible_to(standing: Standing) -> ColumnElement[bool]:
    """The condition on `CreditRecord`: its enterprise, the bureaus that made, supplied or had it, the office."""
    if standing.holds(OFFICER, CHIEF, AUDITOR):
        return true()
    conditions: list[ColumnElement[bool]] = []
    if standing.holds(FILER) and standing.enterprise_ids:
        conditions.append(CreditRecord.enterprise_id.in_(standing.enterprise_ids))
    if Party.BUREAU in standing.parties and standing.bureau_id is not None:
        conditions.append(CreditRecord.supplied_by_id == standing.bureau_id)
        conditions.append(CreditRecord.determined_by_id == standing.bureau_id)
        conditions.append(
            CreditRecord.id.in_(
                select(Case.record_id)
                .join(CaseBureau, CaseBureau.case_id == Case.id)
                .where(CaseBureau.bureau_id == standing.bureau_id)
            )
        )
    return or_(*conditions) if conditions else false()


def roles_of(standing: Standing, enterprise_id: int, bureau_id: int | None) -> frozenset[Role]:
    """What a person may be in a case of this enterprise that is routed to this bureau (D25)."""
    return frozenset(
        role
        for role in standing.roles
        if role.party is Party.OFFICE
        or (role.party is Party.ENTERPRISE and enterprise_id in standing.enterprise_ids)
        or (role.party is Party.BUREAU and bureau_id is not None and bureau_id == standing.bureau_id)
    )


def person_in(standing: Standing, enterprise_id: int, bureau_id: int | None) -> Person:
    """The person as the rules of one case see them."""
    roles = roles_of(standing, enterprise_id, bureau_id)
    return Person(standing.user_id, roles, standing.name, standing.bureau_id)


@dataclass(frozen=True)
class Span:
    """The events that a reader may read, by their numbers; None means to the end."""

    until: int | None = None

    def holds(self, seq: int) -> bool:
        return self.until is None or seq <= self.until


def find_case(session: Session, standing: Standing, number: str) -> Case | None:
    """The case of that number, if the person may read it. What cannot be a number is not asked for."""
    if not number.isprintable():
        return None
    return session.scalars(select(Case).where(Case.number == number, visible_to(standing))).one_or_none()


def span_of(session: Session, standing: Standing, case: Case) -> Span:
    """A bureau that has lost the case reads what it had (D25); everybody else reads it whole."""
    if Party.BUREAU not in standing.parties or case.bureau_id == standing.bureau_id:
        return Span()
    ends = session.scalars(
        select(CaseBureau.until_seq).where(CaseBureau.case_id == case.id, CaseBureau.bureau_id == standing.bureau_id)
    ).all()
    return Span(max((end or case.length for end in ends), default=0))


def find_file(session: Session, standing: Standing, attachment_id: int) -> Attachment | None:
    """A file, through the scope of its case and of the event that it came with (D25)."""
    found = session.execute(
        select(Attachment, Case, Event.seq)
        .join(Case, Case.id == Attachment.case_id).join(Event, Event.id == Attachment.event_id)
        .where(Attachment.id == attachment_id, visible_to(standing))
    ).one_or_none()  # fmt: skip
    if found is None or not span_of(session, standing, found.Case).holds(found.seq):
        return None
    attachment: Attachment = found.Attachment
    return attachment


def addresses_of(standing: Standing) -> list[Address]:
    """The addresses whose letters this person reads."""
    found = [Address(str(Party.ENTERPRISE), id, str(FILER)) for id in sorted(standing.enterprise_ids)]
    for role in sorted(standing.roles, key=str):
        if role.party is Party.BUREAU:
            found.append(Address(str(Party.BUREAU), standing.bureau_id, str(role)))
        elif role.party is Party.OFFICE:
            found.append(Address(str(Party.OFFICE), 1, str(role)))
    return found
