"""Who may read a case, open one or take its next step: the one scope that every read goes through.

What a person may not see does not exist for them. A kind may keep its cases from those they are about (D16): a bureau
then reads one only while it is on its desk, and never one about itself; an officer none about an officer.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select, true, union_all
from sqlalchemy.orm import Session, aliased

from cases.kinds import all_kinds, closed_kinds
from cases.model.tables import Attachment, Case, CaseBureau, Event
from notifications.letters import Address, Letter
from registry.credit_records import CreditRecord
from registry.identity import Identity
from registry.organisations import Bureau
from registry.people import people_with
from workflow.definition import AUDITOR, CHIEF, FILER, OFFICER, START, Action, Definition, Party, Role
from workflow.snapshot import Person, Snapshot

ABOUT_AN_OFFICER: Final = "officer"
"""What the opening of a case says that is kept from the officers (D16)."""
CHIEF_ALONE: Final = "chief_alone"
"""Where letters of such a case go: to the head of the office, and to no deputy."""


ALL: Final = true()
BUT_OF_AN_OFFICER: Final = Case.complained_of != ABOUT_AN_OFFICER


def visible_to(identity: Identity) -> ColumnElement[bool]:
    """The condition on `Case` that holds for the cases this person may read."""
    if identity.holds(AUDITOR) or alone(identity):
        return ALL
    if identity.holds(OFFICER, CHIEF):
        return BUT_OF_AN_OFFICER
    files, of_bureau = identity.holds(FILER), Party.BUREAU in identity.parties
    whole = identity.enterprise_ids.difference(identity.narrowed) if files else frozenset()
    narrowed = frozenset(identity.narrowed.items()) if files else frozenset()
    return _visible(whole, narrowed, identity.bureau_id if of_bureau else None)


@lru_cache(maxsize=1000)
def _visible(
    firms: frozenset[int], narrowed: frozenset[tuple[int, frozenset[str]]], bureau_id: int | None
) -> ColumnElement[bool]:
    """The cases of these firms, of these in some kinds, and what a bureau reads: built once, as it is asked with every
    page."""
    conditions: list[ColumnElement[bool]] = [Case.enterprise_id.in_(sorted(firms))] if firms else []
    conditions += [and_(Case.enterprise_id == id, Case.kind.in_(sorted(kinds))) for id, kinds in sorted(narrowed)]
    if bureau_id is not None:
        conditions.append(_read_by_bureau(bureau_id))
    return or_(*conditions) if conditions else false()


def alone(identity: Identity) -> bool:
    """Whether this is the head of the office, who alone acts in a complaint about an officer: not a deputy (D16)."""
    return identity.holds(CHIEF) and CHIEF not in identity.acts_for


def roles_about(identity: Identity, complained_of: str) -> frozenset[Role]:
    """The person's roles in a case about somebody: about an officer, the head of the office has the officers' too."""
    if complained_of != ABOUT_AN_OFFICER:
        return identity.roles
    others = identity.roles - {OFFICER, CHIEF}
    return others | {OFFICER, CHIEF} if alone(identity) else others


@cache
def _read_by_bureau(bureau_id: int) -> ColumnElement[bool]:
    """What lay there once, read as it lay there (D25); of what is kept from somebody, what lies there now (D16).

    A condition is built once: to build one costs more than to ask the database by it.
    """
    once, now = aliased(Case), aliased(Case)
    had = select(CaseBureau.case_id).join(once, once.id == CaseBureau.case_id)
    had = had.where(CaseBureau.bureau_id.in_(_same_body(bureau_id)), once.complained_of == "")
    there_now = select(now.id).where(
        now.complained_of != "",
        now.closed_at.is_(None),
        now.desk == str(Party.BUREAU),
        now.bureau_id == bureau_id,
        or_(now.complained_bureau_id.is_(None), now.complained_bureau_id.not_in(_same_body(bureau_id))),
    )
    # by their ids: as two conditions joined by "or" they were held against every case there is
    return Case.id.in_(union_all(had, there_now))


def _same_body(bureau_id: int) -> Select[Any]:
    """A bureau and those that have become it: in law one body (D26)."""
    return select(Bureau.id).where(or_(Bureau.id == bureau_id, Bureau.successor_id == bureau_id))


def records_visible_to(identity: Identity) -> ColumnElement[bool]:
    """The condition on `CreditRecord`: its enterprise, the bureaus that made, supplied or had it, the office."""
    if identity.holds(OFFICER, CHIEF, AUDITOR):
        return true()
    conditions: list[ColumnElement[bool]] = []
    if identity.holds(FILER) and identity.enterprise_ids:
        conditions.append(CreditRecord.enterprise_id.in_(identity.enterprise_ids))
    if Party.BUREAU in identity.parties and identity.bureau_id is not None:
        conditions.append(CreditRecord.supplied_by_id == identity.bureau_id)
        conditions.append(CreditRecord.determined_by_id == identity.bureau_id)
        conditions.append(CreditRecord.id.in_(select(Case.record_id).where(_read_by_bureau(identity.bureau_id))))
    return or_(*conditions) if conditions else false()


class Concerned(Protocol):
    """What of a case says who is who in it: a row or a case as it was read."""

    @property
    def kind(self) -> str: ...
    @property
    def enterprise_id(self) -> int: ...
    @property
    def bureau_id(self) -> int | None: ...
    @property
    def complained_of(self) -> str: ...


def roles_of(identity: Identity, case: Concerned) -> frozenset[Role]:
    """What a person may be in a case: a bureau's people once it is routed there (D25), the office's always."""
    roles = roles_about(identity, case.complained_of)
    return frozenset(role for role in roles if _is_theirs(identity, role, case))


def _is_theirs(identity: Identity, role: Role, case: Concerned) -> bool:
    match role.party:
        case Party.OFFICE:
            return True
        case Party.ENTERPRISE:
            return identity.acts_in(case.enterprise_id, case.kind)
        case _:
            return case.bureau_id in identity.bureau_ids


def person_in(identity: Identity, case: Concerned) -> Person:
    """The person as the rules of one case see them."""
    return _person(identity, roles_of(identity, case))


def person_opening(identity: Identity, record: CreditRecord | None, enterprise_id: int) -> Person:
    """The person as the rules see them before there is a case: also who may enter what came on paper (D17)."""
    own = record is not None and identity.bureau_id in (record.supplied_by_id, record.determined_by_id)
    roles = frozenset(
        role
        for role in identity.roles
        if role.party is Party.OFFICE
        or (role.party is Party.BUREAU and own)
        or (role.party is Party.ENTERPRISE and enterprise_id in identity.enterprise_ids)
    )
    return _person(identity, roles)


def _person(identity: Identity, roles: frozenset[Role]) -> Person:
    return Person(identity.user_id, roles, identity.name, identity.bureau_id, identity.acts_for, identity.through)


@dataclass(frozen=True)
class ReadableEvents:
    """The events that a reader may read, by their numbers; None means to the end."""

    until: int | None = None

    def holds(self, seq: int) -> bool:
        return self.until is None or seq <= self.until


def find_case(session: Session, identity: Identity, number: str) -> Case | None:
    """The case of that number, if the person may read it. What cannot be a number is not asked for."""
    if not number.isprintable():
        return None
    return session.scalars(select(Case).where(Case.number == number, visible_to(identity))).one_or_none()


def last_act_in(session: Session, identity: Identity, number: str) -> tuple[str, str, datetime] | None:
    """What the person did last in the case of that number, whoever may read it now: its kind, the act, when."""
    if not number.isprintable():
        return None
    acts = select(Case.kind, Event.action, Event.at).join(Case, Case.id == Event.case_id)
    own = acts.where(Case.number == number, Event.actor == f"user:{identity.user_id}").order_by(Event.seq.desc())
    found = session.execute(own.limit(1)).first()
    return (found.kind, found.action, found.at) if found else None


def span_of(session: Session, identity: Identity, case: Case) -> ReadableEvents:
    """A bureau that has lost the case reads what it had (D25); everybody else reads it whole."""
    if Party.BUREAU not in identity.parties or case.bureau_id in identity.bureau_ids:
        return ReadableEvents()
    ends = session.scalars(
        select(CaseBureau.until_seq).where(CaseBureau.case_id == case.id, CaseBureau.bureau_id.in_(identity.bureau_ids))
    ).all()
    return ReadableEvents(max((end or case.length for end in ends), default=0))


def find_file(session: Session, identity: Identity, attachment_id: int) -> Attachment | None:
    """A file, through the scope of its case and of the event that it came with (D25)."""
    found = session.execute(
        select(Attachment, Case, Event.seq)
        .join(Case, Case.id == Attachment.case_id)
        .join(Event, Event.id == Attachment.event_id)
        .where(Attachment.id == attachment_id, visible_to(identity))
    ).one_or_none()
    if found is None or not span_of(session, identity, found.Case).holds(found.seq):
        return None
    attachment: Attachment = found.Attachment
    return attachment


def addresses_of(identity: Identity) -> list[Address]:
    """The addresses whose letters this person reads."""
    found = [Address(str(Party.ENTERPRISE), id, str(FILER)) for id in sorted(identity.enterprise_ids)]
    for role in sorted(identity.roles, key=str):
        if role.party is Party.BUREAU:
            found += [Address(str(Party.BUREAU), id, str(role)) for id in sorted(identity.bureau_ids)]
        elif role.party is Party.OFFICE:
            found.append(Address(str(Party.OFFICE), 1, str(role)))
    if alone(identity):
        found.append(Address(str(Party.OFFICE), 1, CHIEF_ALONE))
    return found


def letters_readable_by(identity: Identity) -> ColumnElement[bool]:
    """The condition on `Letter`: of a case that is kept from somebody, a bureau reads letters while it has it (D16).

    An agent whose letter of authority names kinds reads the letters of cases of these kinds.
    """
    if identity.narrowed:
        numbers = select(Case.number).where(visible_to(identity))
        return or_(Letter.to_id.not_in(identity.narrowed), Letter.case_number.in_(numbers))
    if Party.BUREAU not in identity.parties:
        return true()
    readable = select(Case.id).where(visible_to(identity), Case.complained_of != "")
    gone = exists().where(Case.number == Letter.case_number, Case.complained_of != "", Case.id.not_in(readable))
    # asked of the letters that are looked at, not joined to all there are
    return not_(func.coalesce(gone.correlate(Letter), false()))


@dataclass(frozen=True)
class OpeningOption:
    """One way in: the kind, its row, the variant where several rows share the name, and as whom."""

    kind: str
    action: Action
    variant: str
    role: Role


def ways_to_open(identity: Identity, record: CreditRecord | None) -> tuple[OpeningOption, ...]:
    """The opening rows of every kind that fit the record and belong to the person; without one, of those about none."""
    return tuple(
        way
        for definition in all_kinds().values()
        if _fits(definition, record)
        for way in _ways(definition, identity, record)
    )


def _fits(definition: Definition, record: CreditRecord | None) -> bool:
    if record is None or definition.without_record:
        return record is None and definition.without_record
    return not definition.records or record.kind in definition.records


def _ways(definition: Definition, identity: Identity, record: CreditRecord | None) -> list[OpeningOption]:
    firms = [record.enterprise_id] if record else sorted(identity.enterprise_ids)
    theirs = [id for id in firms if identity.acts_in(id, definition.kind)]
    person = person_opening(identity, record, theirs[0] if theirs else 0)
    rows = [row for row in definition.actions if START in row.source]
    named = [row.name for row in rows]
    return [
        OpeningOption(definition.kind, row, row.variants[0] if named.count(row.name) > 1 and row.variants else "", role)
        for row in rows
        if (role := next((role for role in row.by if role in person.roles), None))
    ]


People = list[tuple[int, str]]
"""By id and name."""


@dataclass(frozen=True)
class NextDesk:
    """Whose step is next: these roles, at that bureau or at the office; none while it is with the enterprise."""

    roles: frozenset[Role] = frozenset()
    bureau: int | None = None


def desk_of(case: Snapshot) -> NextDesk:
    """The desk where a case lies, and the roles there that move it on."""
    state = all_kinds()[case.kind].state(case.state)
    if state.desk not in (Party.OFFICE, Party.BUREAU):
        return NextDesk()
    roles = frozenset(role for role in all_kinds()[case.kind].movers(case.state) if role.party is state.desk)
    about_an_officer = case.complained_of == ABOUT_AN_OFFICER
    return NextDesk(
        frozenset({CHIEF}) if about_an_officer else roles, case.bureau if state.desk is Party.BUREAU else None
    )


def people_of(session: Session, desk: NextDesk) -> People:
    """The people of a desk."""
    found = people_with(session, desk.roles, bureau_id=desk.bureau) if desk.roles else []
    return [(user.id, user.name) for user in found]


def colleagues_in(session: Session, case: Snapshot) -> People:
    """The people of its desk who can move the case on; nobody while it is with the enterprise."""
    return people_of(session, desk_of(case))


def letters_new_to(identity: Identity) -> ColumnElement[bool]:
    """The condition on `Letter`: this person may read it, and it still asks something of them.

    The case of a letter to people who work here has ended or moved since: it stays in the inbox, only the number
    beside it leaves it out. A firm's letters are the firm's answers: each counts until it is opened.
    """
    readable = letters_readable_by(identity)
    return readable if Party.ENTERPRISE in identity.parties else and_(readable, _not_overtaken())


def letters_overtaken(identity: Identity) -> ColumnElement[bool]:
    """The condition on `Letter`: this person may read it, and its case has ended or moved since."""
    return and_(letters_readable_by(identity), not_(_not_overtaken()))


def _not_overtaken() -> ColumnElement[bool]:
    """Of no case; of a case that is open and has not moved since; or of a kind that is kept from somebody: nothing is
    said of such a case, and the letter counts until it is opened.

    Every page of an official asks this, and unopened letters pile up for years: the open cases are found once, not
    for each letter.
    """
    return _has_not_moved(closed_kinds(), moves())


@lru_cache(maxsize=20)
def _has_not_moved(kept: tuple[str, ...], moves: tuple[str, ...]) -> ColumnElement[bool]:
    is_open = Letter.case_number.in_(select(Case.number).where(Case.closed_at.is_(None)))
    is_kept = exists().where(Case.number == Letter.case_number, Case.kind.in_(kept)).correlate(Letter)
    since = (Event.case_id == Case.id, Event.at > Letter.served_at, Event.action.in_(moves))
    moved = exists().where(Case.number == Letter.case_number, Case.kind.not_in(kept), *since).correlate(Letter)
    return or_(Letter.case_number == "", and_(or_(is_open, is_kept), ~moved))


def moves() -> tuple[str, ...]:
    """The actions by which a case comes to another state."""
    return tuple(sorted({row.name for kind in all_kinds().values() for row in kind.actions if row.moves}))
