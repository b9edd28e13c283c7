"""What the reader can do with a case: each act with its consequences and its key; who else could, where they cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from string import ascii_lowercase
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.reading import LoadedCase
from cases.model.visibility import NextDesk, person_in
from registry.identity import Identity, deputies_in_force, identity_of
from registry.people import User, people_with
from web.case.consequences import consequences
from web.case.path import Way, ahead, ends, leading_on
from web.case.reading import Reading, is_holding, is_internal
from workflow.decide import AvailableAction, choices
from workflow.definition import FILER, SENDS_BACK, START, STAY, Action, Addressee, Definition, FieldKind, Party
from workflow.guards import NOT_HERE, NOT_YET
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext


@dataclass(frozen=True)
class OfferedAct:
    """An act that is open, with what it brings about; `final` when it cannot be undone."""

    name: str
    label: Message
    moves: bool
    final: bool
    main: bool
    brings: tuple[Message, ...]


@dataclass(frozen=True)
class UsedUp:
    """An act that cannot be taken any more, and why; one that comes after a step not yet taken is none."""

    name: str
    label: Message
    why: Message


@dataclass(frozen=True)
class Choices:
    """`steps` move the case on, `others` leave it where it is, `hands` only say whose work it is."""

    steps: tuple[OfferedAct, ...] = ()
    others: tuple[OfferedAct, ...] = ()
    hands: tuple[OfferedAct, ...] = ()
    used: tuple[UsedUp, ...] = ()

    @property
    def all(self) -> tuple[OfferedAct, ...]:
        return (*self.steps, *self.others, *self.hands)


def open_to(reading: Reading) -> tuple[AvailableAction, ...]:
    """The acts of this state that belong to the reader's roles in this case."""
    if reading.lost:
        return ()
    return choices(reading.definition, reading.file.snapshot, reading.world, reading.person, reading.now)


def open_acts(file: LoadedCase, identity: Identity, world: RuleContext, now: datetime) -> tuple[AvailableAction, ...]:
    """The same for a list, which reads no event's words: of a case that its reader has not lost."""
    return choices(all_kinds()[file.kind], file.snapshot, world, person_in(identity, file), now)


def moves_on(file: LoadedCase, one: AvailableAction) -> bool:
    """Whether the act is a step of the desk where the case lies."""
    return one.action.moves and one.role.party is all_kinds()[file.kind].state(file.snapshot.state).desk


def choices_of(reading: Reading, acts: Sequence[AvailableAction]) -> Choices:
    """Sorted for the page: one of the steps is the main one, the first that can be undone."""
    open_acts = [one for one in acts if one.why_not is None]
    moving = [one.action for one in open_acts if one.action.moves and one.role.party is reading.state.desk]
    main = main_of(reading, moving)
    made = [(one, _choice(reading, one.action, main)) for one in open_acts]
    made = sorted(made, key=lambda pair: (not pair[1].main, pair[0].action.part is SENDS_BACK, pair[1].final))
    steps = tuple(choice for one, choice in made if one.action in moving)
    holding = [(one, choice) for one, choice in made if is_holding(one.action)]
    hands = tuple(choice for one, choice in holding if not _asks_for_nobody(reading, one.action))
    others = tuple(choice for one, choice in made if one.action not in moving and not is_holding(one.action))
    used = tuple(
        UsedUp(one.action.name, say(one.action.label), one.why_not)
        for one in acts
        if one.why_not and one.why_not not in (NOT_YET, NOT_HERE) and not is_holding(one.action)
    )
    return Choices(steps, others, hands, used)


def _asks_for_nobody(reading: Reading, action: Action) -> bool:
    """Whether an act asks for a colleague where there is none."""
    asks = any(field.kind is FieldKind.PERSON for field in action.asks)
    return asks and not any(id != reading.person.id for id, _ in reading.colleagues)


def main_of(reading: Reading, moving: Sequence[Action]) -> Action | None:
    """The step along which most cases go on; else the first that can be undone, a sending back never: where all else
    ends the case, nothing is put forward."""
    way = Way.of(reading)
    on = leading_on(way, reading.state.name)
    first = ahead(way, reading.state.name)[:1]
    undone = [action for action in moving if not ends(reading.definition, action) and action.part is not SENDS_BACK]
    leads = [action for action in undone if action in on]
    straight = (action for action in leads if first and first[0] in action.targets)
    return next(straight, next(iter(leads), next(iter(undone), None)))


def _choice(reading: Reading, action: Action, main: Action | None) -> OfferedAct:
    final = ends(reading.definition, action)
    brings = tuple(consequences(reading, action))
    return OfferedAct(action.name, say(action.label), action.moves, final, action is main, brings)


def note_of(acts: Sequence[AvailableAction]) -> Action | None:
    """The act by which an official leaves words for colleagues alone, where it is open."""
    notes = (one.action for one in acts if one.why_not is None and is_internal(one.action))
    return next((note for note in notes if [field.kind for field in note.asks] == [FieldKind.TEXT]), None)


def addition_of(acts: Sequence[AvailableAction]) -> Action | None:
    """The act by which the firm writes to whoever handles the case, where it is open."""
    mine = (one.action for one in acts if one.why_not is None and one.role is FILER and one.action.target is STAY)
    return next((action for action in mine if any(notice.to is Addressee.DESK for notice in action.tells)), None)


OF_THE_LIST: Final = frozenset("jknx")
"""Down, up, the next one, and marking: no act has these."""


def keys_of(kind: str) -> Mapping[str, str]:
    """The letter of each act that officials take in a case of this kind, by the act's name."""
    definition = all_kinds()[kind]
    return _keys(definition.kind, definition.digest)


@cache
def _keys(kind: str, _digest: str) -> Mapping[str, str]:
    """The acts that stand in most states choose first, so that they are the same in every kind; endings choose last."""
    definition = all_kinds()[kind]
    states, part = _states(definition), {action.name for action in definition.actions if action.part}
    last = {action.name for action in definition.actions if _ends(definition, action)}
    chosen: dict[str, str] = {}
    for name in sorted(states, key=lambda name: (-len(states[name]), name in last, name not in part, name)):
        beside = {chosen[other] for other in chosen if states[other] & states[name]}
        chosen[name] = next((letter for letter in _wanted(name) if letter not in beside | OF_THE_LIST), "")
    return chosen


def _states(definition: Definition) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for action in definition.actions:
        if _is_an_officials(action):
            found[action.name] = found.get(action.name, frozenset()) | frozenset(action.source)
    return found


def _is_an_officials(action: Action) -> bool:
    officials = any(role.party in (Party.OFFICE, Party.BUREAU) for role in action.by)
    return officials and action.offered and START not in action.source


def _ends(definition: Definition, action: Action) -> bool:
    return all(target is not STAY and definition.state(str(target)).final for target in action.targets)


def _wanted(name: str) -> Iterator[str]:
    """The letters with which the words of a name begin, then its others, then any."""
    yield from (word[0] for word in name.split("_"))
    yield from (letter for letter in name if letter.isalpha())
    yield from ascii_lowercase


def who_can(
    reading: Reading, action: Action, standings: Callable[[NextDesk], list[Identity]] | None = None
) -> tuple[str, ...]:
    """Their names, deputies in force included; empty where nobody else can.

    `standings` gives the people of a desk, where somebody asks for several cases of the same one.
    """
    read = standings or partial(identities_of, reading.session, reading.today)
    roles = frozenset(role for role in action.by if role.party is reading.state.desk)
    desk = NextDesk(roles, reading.file.bureau_id if reading.state.desk is Party.BUREAU else None)
    others = (one for one in read(desk) if one.user_id != reading.person.id)
    return tuple(one.name for one in others if _may(reading, action, one))


def identities_of(session: Session, day: date, desk: NextDesk) -> list[Identity]:
    """Those who hold one of the roles of the desk, and who stands in for them that day."""
    people = people_with(session, desk.roles, bureau_id=desk.bureau) if desk.roles else []
    ids = {user.id for user in people}
    lent = {row.deputy_id for row in deputies_in_force(session, day) if row.person_id in ids}
    more = session.scalars(select(User).where(User.id.in_(lent - ids), User.ended_at.is_(None)))
    return [identity_of(session, user, day) for user in (*people, *more)]


def _may(reading: Reading, action: Action, other: Identity) -> bool:
    person = person_in(other, reading.file)
    found = choices(reading.definition, reading.file.snapshot, reading.world, person, reading.now)
    return any(one.action.name == action.name and one.why_not is None for one in found)
