"""Lists of cases for those who work on them: their rows, and the conditions by which they are chosen.

Every list goes through `visible_to`; what a list does not show is not counted in it either.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache, partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, Text, and_, case, cast, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from cases.kinds import all_kinds, closed_kinds, digests
from cases.model.bisect import readable
from cases.model.reading import timer_from
from cases.model.tables import Case, Event
from cases.model.visibility import roles_about, visible_to
from registry.credit_records import CreditRecord, names_that_bar
from registry.identity import Identity
from registry.organisations import Bureau, Enterprise
from registry.people import Membership, User
from workflow.calendar import as_counted
from workflow.definition import DECIDES, PROPOSES, START, STAY, Action, Definition, Party, Role
from workflow.guards import About, may_name
from workflow.timing import Timer

MOST = 200
FIRST_DUE = (Case.due_on.nulls_last(), Case.id)
NEWEST = (Case.opened_at.desc(), Case.id.desc())
DECIDES_WHO_ANSWERS = frozenset(("route", "set_variant"))
"""The effects that give a case to a bureau, or to one of the ways of its kind."""


@dataclass(frozen=True)
class WorkRow:
    """One case of a list."""

    case_id: int
    number: str
    kind: str
    variant: str
    state: str
    desk: str | None
    outcome: str
    enterprise_id: int
    enterprise: str
    bureau_id: int | None
    bureau: str
    document_number: str
    offence: str
    due_on: date | None
    due_of: str
    filed_on: date
    opened_at: datetime
    closed_at: datetime | None
    holder_id: int | None = None
    holder: str = ""
    """Who has taken it, among those of its desk."""
    length: int = 0
    """Its version, as the list shows it."""
    ahead: bool = False
    """It holds what stands `first` in the list, whatever its day."""
    handled: bool = False
    """The reader is named as handler of the record, or entered it: others decide on it (D10)."""
    lost: bool = False
    """Another bureau has it now: what happens to it since then is not the reader's to know (D25)."""


def rows(
    session: Session,
    identity: Identity,
    *conditions: ColumnElement[bool],
    most: int = MOST,
    skip: int = 0,
    newest: bool = False,
    first: ColumnElement[bool] | None = None,
) -> list[WorkRow]:
    """The cases that hold these conditions and that the person may read, the first due or the newest first; before
    them all those that hold `first`.

    Newest is by opening: when a case was closed is not told to a bureau that has lost it."""
    here = _statement().where(visible_to(identity), *conditions)
    if first is not None:
        ahead = case((first, True), else_=False).label("ahead")
        here = here.add_columns(ahead).order_by(ahead.desc())
    here = here.order_by(*(NEWEST if newest else FIRST_DUE))
    return [_row(identity, row) for row in session.execute(here.limit(most).offset(skip))]


@dataclass(frozen=True)
class KeyedPage:
    """A page of a list in the order of a key: what comes between does not move its rows. The keys before and after."""

    rows: Sequence[WorkRow]
    before: str
    after: str


def each_page(
    session: Session,
    identity: Identity,
    *conditions: ColumnElement[bool],
    sort: str = "due",
    most: int | None = MOST,
    after: str = "",
    before: str = "",
) -> KeyedPage:
    """The cases that hold these conditions and that the person may read, by a key of `_key`, `-` before it: from the
    end. All of them where `most` is none."""
    key, read = _key(identity, sort.removeprefix("-"))
    down, back = sort.startswith("-"), bool(before and not after)
    statement = _statement().add_columns(key.label("key")).where(visible_to(identity), *conditions)
    try:
        text, _, id = (before or after).rpartition(",")
        place = (read(text), int(id)) if id and int(id) < 2**31 else None
    except ValueError:
        place = None
    # on the way back the same order is read from the other end
    if place:
        more, same = (key < place[0], Case.id < place[1]) if down is not back else (key > place[0], Case.id > place[1])
        statement = statement.where(or_(more, and_(key == place[0], same)))
    order = (key.desc(), Case.id.desc()) if down is not back else (key, Case.id)
    found = list(session.execute(statement.order_by(*order).limit(None if most is None else most + 1)))
    here = found[:most][::-1] if back else found[:most]
    rest = most is not None and len(found) > most
    keys = [f"{row.key},{row.case_id}" for row in [*here[:1], *here[-1:]]] or ["", ""]
    first, last = keys[0] if (rest if back else place) else "", keys[-1] if (place if back else rest) else ""
    return KeyedPage([_row(identity, row) for row in here], first, last)


def _key(identity: Identity, name: str) -> tuple[Any, Callable[[str], Any]]:
    """By what cases are sorted, and how it is read from an address. A place in a list tells nobody the firm of a case
    that is kept from somebody (D16), nor a bureau what became of one that it has lost (D25)."""
    closed = closed_kinds()
    known = kept(identity)
    if name == "filed":
        return Case.filed_on, date.fromisoformat
    if name == "number":
        return Case.number, str
    if name == "firm":
        return case((Case.kind.in_(closed), ""), else_=Enterprise.name), str
    if name == "bureau":
        return case((known, func.coalesce(Bureau.name, "")), else_=""), str
    due = case((and_(known, Case.due_on.is_not(None)), Case.due_on), else_=date.max)
    return due, date.fromisoformat


def kept(identity: Identity) -> ColumnElement[bool]:
    """The cases that no other bureau has got since: of those the reader may know all that a list says."""
    return Case.bureau_id.in_(identity.bureau_ids) if Party.BUREAU in identity.parties else true()


def count(session: Session, identity: Identity, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(number_of(identity, *conditions)) or 0


def number_of(identity: Identity, *conditions: ColumnElement[bool]) -> Select[int]:
    """The same as a question, to be asked together with others."""
    return select(func.count()).select_from(Case).where(visible_to(identity), *conditions)


def how_many(session: Session, identity: Identity, *conditions: ColumnElement[bool]) -> int:
    """The same where a condition asks for firm or record."""
    joined = select(func.count()).select_from(Case).join(Enterprise, Enterprise.id == Case.enterprise_id)
    joined = joined.outerjoin(CreditRecord, CreditRecord.id == Case.record_id)
    return session.scalar(joined.where(visible_to(identity), *conditions)) or 0


def may_read(session: Session, identity: Identity, numbers: Collection[str]) -> dict[str, bool]:
    """Of the cases that bear these numbers, by number: whether the person may read it."""
    found = select(Case.number, visible_to(identity).label("seen")).where(Case.number.in_(numbers))
    return {row.number: bool(row.seen) for row in session.execute(found)}


def latest_acts(session: Session, identity: Identity, most: int) -> Sequence[Any]:
    """What people did last in the cases that the person may read, the newest first: event, number and kind."""
    acts = (
        select(Event.seq, Event.at, Event.actor, Event.action, Event.body, Event.hash, Case.number, Case.kind)
        .join(Case, Case.id == Event.case_id)
        .where(Event.actor.startswith("user:"), visible_to(identity))
    )
    return session.execute(acts.order_by(Event.id.desc()).limit(most)).all()


def counts(
    session: Session, identity: Identity, named: Mapping[str, ColumnElement[bool]], *conditions: ColumnElement[bool]
) -> dict[str, int]:
    """How many open cases hold each of the named conditions, in one statement."""
    if not named:
        return {}
    columns = [func.count().filter(condition) for condition in named.values()]
    statement = select(*columns).select_from(Case).where(visible_to(identity), is_open(), *conditions)
    return dict(zip(named, session.execute(statement).one(), strict=True))


@cache
def is_open() -> ColumnElement[bool]:
    return Case.closed_at.is_(None)


def on_desk_of(identity: Identity) -> ColumnElement[bool]:
    """The cases whose next step is this person's to take, by the roles they hold."""
    of_code = tuple((code, frozenset(roles_about(identity, code))) for code in _codes(digests()))
    return _lies_there(digests(), of_code, identity.parties, identity.bureau_ids, frozenset(identity.enterprise_ids))


@cache
def _codes(_kinds: tuple[str, ...]) -> tuple[str, ...]:
    """All that an opening may say of whom a case is kept from."""
    return tuple(dict.fromkeys(code for definition in all_kinds().values() for code in _about_whom(definition)))


@lru_cache(maxsize=500)
def _lies_there(
    _kinds: tuple[str, ...],
    of_code: tuple[tuple[str, frozenset[Role]], ...],
    parties: frozenset[Party],
    bureau_ids: frozenset[int],
    enterprise_ids: frozenset[int],
) -> ColumnElement[bool]:
    """Open, on one of these desks, in one of these states of a kind, about whom the code says.

    Built once for all who hold the same: a page asks for it a dozen times.
    """
    desks = []
    if Party.BUREAU in parties:
        desks.append(and_(Case.desk == str(Party.BUREAU), Case.bureau_id.in_(bureau_ids)))
    if Party.OFFICE in parties:
        desks.append(Case.desk == str(Party.OFFICE))
    if Party.ENTERPRISE in parties:
        desks.append(and_(Case.desk == str(Party.ENTERPRISE), Case.enterprise_id.in_(enterprise_ids)))
    roles = dict(of_code)
    mine = (
        and_(Case.kind == definition.kind, Case.complained_of == code, Case.state.in_(found))
        for definition in all_kinds().values()
        for code in _about_whom(definition)
        if (found := _states_of(definition, code, roles[code]))
    )
    return and_(is_open(), or_(*desks), or_(false(), *mine))


def _about_whom(definition: Definition) -> list[str]:
    """What the opening may say of whom the case is kept from; one empty word where nobody is."""
    asked = [field for row in definition.actions if START in row.source for field in row.asks]
    return [choice.code for field in asked if field.name == definition.closed_to for choice in field.choices] or [""]


def _states_of(definition: Definition, code: str, roles: frozenset[Role]) -> tuple[str, ...]:
    """The open states in which one of these roles moves a case about whom the code says."""
    return tuple(
        state.name
        for state in definition.states
        if state.desk
        and any(
            row.moves_on and not roles.isdisjoint(role for role in row.by if role.party is state.desk)
            for row in definition.actions
            if state.name in row.source and _may_be_about(row, code)
        )
    )


def _may_be_about(row: Action, code: str) -> bool:
    """Whether the row's guards let a case about this one through."""
    return all((code in guard.codes) is not guard.unless for guard in row.guard if isinstance(guard, About))


@lru_cache(maxsize=100)
def in_states(*of_kinds: tuple[str, tuple[str, ...]]) -> ColumnElement[bool]:
    """The cases of one of these kinds, each in one of its states."""
    return or_(false(), *(and_(Case.kind == kind, Case.state.in_(states)) for kind, states in of_kinds if states))


def taken_by(identity: Identity) -> ColumnElement[bool]:
    return Case.holder_id == identity.user_id


def others_have(identity: Identity) -> ColumnElement[bool]:
    """A colleague has taken it who still works there; never unknown, so that its contrary can be asked."""
    return _taken_by_another_than(identity.user_id)


@lru_cache(maxsize=500)
def _taken_by_another_than(user_id: int) -> ColumnElement[bool]:
    # who works anywhere, asked once a statement: asked for each case it took most of a desk's time
    at_work = select(Membership.user_id).join(User, User.id == Membership.user_id).where(User.ended_at.is_(None))
    at_a_bureau = at_work.add_columns(Membership.bureau_id).where(Membership.bureau_id.is_not(None))
    there = or_(
        and_(Case.desk == str(Party.OFFICE), Case.holder_id.in_(at_work)),
        tuple_(Case.holder_id, Case.bureau_id).in_(at_a_bureau),
    )
    return func.coalesce(and_(Case.holder_id != user_id, there), false())


def in_hand(identity: Identity) -> ColumnElement[bool]:
    """The open cases for which the person's desk answers, wherever they lie for the moment."""
    return _open_at(identity.bureau_ids) if Party.BUREAU in identity.parties else is_open()


@lru_cache(maxsize=500)
def _open_at(bureau_ids: frozenset[int]) -> ColumnElement[bool]:
    return and_(is_open(), Case.bureau_id.in_(bureau_ids))


def awaits_decision_of(identity: Identity) -> ColumnElement[bool]:
    """The cases on the person's desk with a proposal on which one of the person's roles decides.

    Those that a guard keeps from them are among them.
    """
    return and_(on_desk_of(identity), awaits_decision(identity.roles))


def awaits_decision(roles: frozenset[Role] | None = None) -> ColumnElement[bool]:
    """A proposal waits there for one of these roles, or for anybody."""
    return in_states(*((kind, _deciding(kind, definition.digest, roles)) for kind, definition in all_kinds().items()))


@cache
def _deciding(kind: str, _digest: str, roles: frozenset[Role] | None) -> tuple[str, ...]:
    """The states into which a proposal leads and in which one of these roles, or anybody, decides on it."""
    actions = all_kinds()[kind].actions
    proposed = {str(target) for action in actions if action.part is PROPOSES for target in action.targets}
    deciding = {
        state
        for action in actions
        if action.part is DECIDES and (roles is None or not roles.isdisjoint(action.by))
        for state in action.source
    }
    return tuple(sorted(proposed & deciding))


def intake_to_decide(identity: Identity) -> ColumnElement[bool]:
    """Of those that lie with the office, the ones that this person can move and no colleague has taken."""
    return and_(at_intake(Party.OFFICE), on_desk_of(identity), ~others_have(identity))


def at_intake(desk: Party) -> ColumnElement[bool]:
    """The open cases before the office's first decision, who is to answer them: they lie with the office, or with the
    firm, of which the office has asked papers."""
    found = ((kind, _intake_states(kind, definition.digest, desk)) for kind, definition in all_kinds().items())
    return and_(is_open(), in_states(*found))


@cache
def _intake_states(kind: str, _digest: str, desk: Party) -> tuple[str, ...]:
    """The states of a desk to which a new case comes before it is decided who answers it.

    That is decided by giving it to a bureau or a route, by a proposal, or by an end.
    """
    definition = all_kinds()[kind]
    reached = {state for variant in definition.variants or ("",) for state in _reached(definition, variant)}
    return tuple(state.name for state in definition.states if state.name in reached and state.desk is desk)


def _reached(definition: Definition, variant: str) -> set[str]:
    found: set[str] = set()
    ahead = [START]
    while ahead:
        for action in definition.actions_from(ahead.pop(), variant):
            for state in set(_undecided(definition, action)) - found:
                found.add(state)
                ahead.append(state)
    return found


def _undecided(definition: Definition, action: Action) -> Iterator[str]:
    """Where an action leads without having decided it."""
    if action.part is PROPOSES or any(effect.name in DECIDES_WHO_ANSWERS for effect in action.does):
        return
    for target in action.targets:
        if target is not STAY and not definition.state(str(target)).final:
            yield str(target)


def search(
    session: Session, identity: Identity, text: str, *, most: int = 50, skip: int = 0
) -> tuple[list[WorkRow], int]:
    """Cases by number, firm (its former names too), credit code or document number: any part of two characters.

    A page of them, the newest first, and how many there are in all. A firm finds its complaints too, for who may open
    them (D16). The row does not name the firm, as no list does: a list is read by bystanders, and says no more than its
    reader has asked.
    """
    if len("".join(text.split())) < 2:
        return [], 0
    matches = found_by(text)
    found = rows(session, identity, matches, most=most, skip=skip, newest=True)
    short = not skip and len(found) < most
    return found, len(found) if short else how_many(session, identity, matches)


def found_by(text: str) -> ColumnElement[bool]:
    """The cases that every word names: by number, firm, credit code or document."""
    return each_found(text, _matches)


def _matches(word: str) -> ColumnElement[bool]:
    """Former names are kept as a list: what is sought there is written as the list writes it."""
    columns = (Case.number, Enterprise.name, Enterprise.code, CreditRecord.document_number)
    former = cast(Enterprise.former_names, Text).icontains(json.dumps(word, ensure_ascii=False)[1:-1], autoescape=True)
    return or_(former, *(column.icontains(word, autoescape=True) for column in columns))


def timers_in(here: Sequence[WorkRow], running: Sequence[Any]) -> dict[int, list[Timer]]:
    """Of these rows the timers of each case; none of one whose own cannot be read: it takes the list from nobody."""
    found: dict[int, list[Any]] = {row.case_id: [] for row in here}
    for timer in running:
        found[timer.case_id].append(timer)
    return {row.case_id: readable(row.number, partial(_read, found[row.case_id])) or [] for row in here}


def _read(timers: Sequence[Any]) -> list[Timer]:
    return [timer_from(timer) for timer in timers]


def _statement() -> Any:
    return (
        select(
            Case.id.label("case_id"),
            Case.number,
            Case.kind,
            Case.variant,
            Case.state,
            Case.desk,
            Case.outcome,
            Case.enterprise_id,
            Enterprise.name.label("enterprise"),
            Case.bureau_id,
            Bureau.name.label("bureau"),
            CreditRecord.document_number,
            CreditRecord.values,
            CreditRecord.entered_by_id,
            CreditRecord.handlers,
            CreditRecord.handler,
            CreditRecord.handler_doubt,
            Case.due_on,
            Case.due_may_move,
            Case.due_of,
            Case.filed_on,
            Case.opened_at,
            Case.closed_at,
            Case.holder_id,
            Case.length,
            User.name.label("holder"),
        )
        .outerjoin(User, User.id == Case.holder_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .outerjoin(Bureau, Bureau.id == Case.bureau_id)
        .outerjoin(CreditRecord, CreditRecord.id == Case.record_id)
    )


def _row(identity: Identity, row: Row[Any]) -> WorkRow:
    said = dict(row._mapping)
    may_move = said.pop("due_may_move")
    said["due_on"] = said["due_on"] and as_counted(said["due_on"], may_move)
    said.pop("key", None)
    said["offence"] = (said.pop("values") or {}).get("offence", "")
    said["handled"] = _handled(identity, *(said.pop(name) for name in HANDLED))
    found = WorkRow(**said | {name: said[name] or "" for name in ("bureau", "document_number", "holder")})
    if Party.BUREAU not in identity.parties or found.bureau_id in identity.bureau_ids:
        return found
    # the same cut as `visibility.span_of` makes in the case itself
    return replace(found, lost=True, outcome="", bureau="", due_on=None, due_of="", holder_id=None, holder="")


HANDLED: Final = ("entered_by_id", "handlers", "handler", "handler_doubt")


def _handled(identity: Identity, entered_by: int | None, chosen: list[int] | None, named: str, doubt: str) -> bool:
    named_here = may_name(names_that_bar(chosen, named or "", doubt or ""), identity.name)
    return identity.user_id in (entered_by, *(chosen or ())) or named_here


LONGEST_SEARCH: Final = 400
"""Characters: a firm's name and the number of a document, each as long as a record keeps them."""
MOST_WORDS: Final = 12
"""Words, each counted once."""


def each_found(text: str, matches: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
    """The condition that every word matches; of a text that is none for a list, one that holds nowhere."""
    words = dict.fromkeys(text.split())
    if len(text) > LONGEST_SEARCH or len(words) > MOST_WORDS:
        return false()
    return and_(true(), *map(matches, words))
