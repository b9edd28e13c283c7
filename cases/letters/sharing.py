"""To whom a letter of a case is mailed: to the body's address, to people's own, or to nobody but the inbox.

An official paper goes to the body's address whatever anybody has chosen; where it has none, to everybody there who has
one. Any other letter goes to those who want each at once. The body's address stands for readers without an
address of their own. No address gets a letter twice, and nobody one that they could not open (D16, D25):
what is the head of the office's alone goes to no address that the whole office reads.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.bisect import bisect
from cases.model.visibility import CHIEF_ALONE, addresses_of, letters_readable_by
from extensions import transaction
from notifications.letters import NO_MAIL, PERSON, SHARING, WAITING, Letter
from registry.identity import Authority, Identity, authority_in_force, identity_of
from registry.organisations import Bureau
from registry.people import AT_ONCE, WITH_PAPERS, Membership, User, choice_of
from workflow.definition import FILER, Party
from workflow.jurisdiction import Jurisdiction

log = logging.getLogger("redress.cases")

SHARED: Final = (Party.ENTERPRISE, Party.BUREAU, Party.OFFICE)
"""Bodies whose letters people read; the leading group has an address and nobody here."""
BATCH: Final = 100


@dataclass(frozen=True)
class Own:
    """Somebody's own address, and the language they read."""

    user_id: int
    mail: str
    language: str
    encloses: bool = False


@dataclass(frozen=True)
class Ways:
    """Where a letter is mailed: to the body's address or not, in which language, and to whom besides."""

    body: bool
    people: tuple[Own, ...] = ()
    language: str = ""
    """That of the person whose own address it is; empty: as it was written."""
    encloses: bool = False
    """Whether the person whose own address it is wants papers enclosed."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads an inbox."""

    user: User
    identity: Identity

    @property
    def mail(self) -> str:
        """Their own address, as addresses are compared."""
        return self.user.email.casefold()

    @property
    def at_once(self) -> bool:
        return choice_of(self.user, self.identity.holds(FILER)) in (AT_ONCE, WITH_PAPERS)

    @property
    def own(self) -> Own:
        return Own(self.user.id, self.user.email, self.user.language, self.user.notices == WITH_PAPERS)


def share_out(law: Jurisdiction, now: datetime) -> int:
    """Decide where each letter served by `now` is mailed to; gives how many were decided on.

    One that cannot be decided on holds up no other: those that failed together are tried by themselves, and the log
    names the one that fails alone. It waits, in its inbox already, and is tried with every beat.
    """
    shared = 0
    stuck: list[int] = []
    while True:
        known = len(stuck)
        try:
            done = _share(law, now, None, stuck)
        except Exception as error:
            with transaction(user_initiated=False) as session:
                ids = [letter.id for letter in _to_share(session, now, BATCH, but=stuck)]
            done = bisect(ids, error, partial(_share, law, now), partial(_cannot, stuck))
        shared += len(done)
        if not done and len(stuck) == known:
            return shared


def _share(law: Jurisdiction, now: datetime, of: Sequence[int] | None, but: Collection[int] = ()) -> list[int]:
    """Decide on the next letters, or of these, but for what another scheduler has; gives those that are done."""
    with transaction() as session:
        letters = _to_share(session, now, BATCH, of, but)
        readers = _Readers(session, law.day_of(now), letters)
        for letter in letters:
            share(session, letter, ways_of(letter, readers.of(letter)))
    return [letter.id for letter in letters]


def _to_share(
    session: Session, now: datetime, limit: int, of: Sequence[int] | None = None, but: Collection[int] = ()
) -> Sequence[Letter]:
    """Letters served by now, the oldest first, `of` these alone and without those; locked, so that no other scheduler
    shares them too."""
    served = select(Letter).where(Letter.mail_state == SHARING, Letter.served_at <= now, Letter.id.not_in(but))
    if of is not None:
        served = served.where(Letter.id.in_(of))
    oldest = served.order_by(Letter.served_at, Letter.id).limit(limit).with_for_update(skip_locked=True)
    return session.scalars(oldest.execution_options(populate_existing=True)).all()


def share(session: Session, letter: Letter, ways: Ways) -> None:
    """Let a letter go these ways."""
    mailed = ways.body and bool(letter.mail)
    letter.mail = letter.mail if mailed else ""
    letter.mail_state = WAITING if mailed else NO_MAIL
    letter.next_try_at = letter.served_at if mailed else None
    letter.language = (mailed and ways.language) or letter.language
    letter.encloses = mailed and ways.encloses
    session.add_all(_copy(letter, one) for one in ways.people)


def _copy(letter: Letter, to: Own) -> Letter:
    return Letter(
        to_party=PERSON,
        to_id=to.user_id,
        to_role="",
        mail=to.mail,
        language=to.language,
        name=letter.name,
        case_number=letter.case_number,
        texts=letter.texts,
        paper_id=letter.paper_id,
        written_at=letter.written_at,
        served_at=letter.served_at,
        mail_state=WAITING,
        next_try_at=letter.served_at,
        encloses=to.encloses and letter.paper_id is not None,
    )


def _cannot(stuck: list[int], letter_id: int, error: Exception) -> None:
    log.error("letter %s cannot be given an address", letter_id, exc_info=error)
    stuck.append(letter_id)


def ways_of(letter: Letter, readers: Sequence[Reader]) -> Ways:
    """Whether the body's address gets a letter, and which people their own copy."""
    own = {reader.mail: reader for reader in reversed(readers) if reader.mail}
    shared = "" if letter.to_role == CHIEF_ALONE else letter.mail
    paper, body_mail = letter.paper_id is not None, shared.casefold()
    wanted = {mail for mail, reader in own.items() if reader.at_once or (paper and not body_mail)}
    stands_for_somebody = not readers or not all(reader.mail for reader in readers)
    body = bool(shared) and (paper or body_mail in wanted or (stands_for_somebody and body_mail not in own))
    copies = [own[mail].own for mail in wanted if not (body and mail == body_mail)]
    at_body = own[body_mail].own if body_mail in own else None
    return Ways(
        body,
        tuple(sorted(copies, key=lambda one: one.user_id)),
        at_body.language if at_body else "",
        at_body is not None and at_body.encloses and paper,
    )


class _Readers:
    """Who reads the letters of a batch; each person and each inbox is looked up once."""

    def __init__(self, session: Session, day: date, letters: Sequence[Letter]) -> None:
        self._session, self._day, self._ids = session, day, [letter.id for letter in letters]
        self._people: dict[int, Reader] = {}
        self._inboxes: dict[tuple[str, int | None], list[Reader]] = {}
        self._open_to: dict[int, frozenset[int]] = {}

    def of(self, letter: Letter) -> list[Reader]:
        return [
            reader
            for reader in self._at(letter.to_party, letter.to_id)
            if self._reads(reader, letter) and letter.id in self._readable(reader)
        ]

    def _reads(self, reader: Reader, letter: Letter) -> bool:
        inboxes = addresses_of(reader.identity)
        return any((to.party, to.id, to.role) == (letter.to_party, letter.to_id, letter.to_role) for to in inboxes)

    def _readable(self, reader: Reader) -> frozenset[int]:
        id = reader.user.id
        if id not in self._open_to:
            readable = select(Letter.id).where(Letter.id.in_(self._ids), letters_readable_by(reader.identity))
            self._open_to[id] = frozenset(self._session.scalars(readable))
        return self._open_to[id]

    def _at(self, party: str, id: int | None) -> list[Reader]:
        """People of that body today, and agents of that firm."""
        if (party, id) not in self._inboxes:
            of_body = select(User).where(User.id.in_(self._members(party, id)), User.ended_at.is_(None))
            self._inboxes[party, id] = [self._reader(user) for user in self._session.scalars(of_body.order_by(User.id))]
        return self._inboxes[party, id]

    def _reader(self, user: User) -> Reader:
        if user.id not in self._people:
            self._people[user.id] = Reader(user, identity_of(self._session, user, self._day))
        return self._people[user.id]

    def _members(self, party: str, id: int | None) -> list[int]:
        members = select(Membership.user_id)
        if party == Party.ENTERPRISE:
            agents = select(Authority.agent_id).where(Authority.enterprise_id == id, authority_in_force(self._day))
            return [
                *self._session.scalars(members.where(Membership.enterprise_id == id)),
                *self._session.scalars(agents),
            ]
        if party == Party.BUREAU:
            return [*self._session.scalars(members.where(Membership.bureau_id.in_(self._become(id))))]
        at_office = (Membership.bureau_id.is_(None), Membership.enterprise_id.is_(None), Membership.role != FILER.name)
        return [*self._session.scalars(members.where(*at_office))]

    def _become(self, id: int | None) -> list[int]:
        """The bureau and those that it has become, one after another (D26)."""
        line: list[int] = []
        while id is not None and id not in line:
            line.append(id)
            id = self._session.get_one(Bureau, id).successor_id
        return line
