"""A case as one person may read it: the events of their span, without what is internal to others.

It writes no sentence and knows no page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property, partial
from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.letters.decision import stood, stood_by
from cases.model.bisect import readable
from cases.model.disputed import disputes
from cases.model.reading import LoadedCase
from cases.model.readings import opened_by_decider
from cases.model.related import neighbours
from cases.model.tables import Attachment, Case
from cases.model.visibility import NextDesk, ReadableEvents, desk_of, person_in, span_of, visible_to
from registry.credit_records import CreditRecord
from registry.identity import Identity, deputies_in_force, identity_of
from registry.organisations import Bureau
from registry.people import User, people_with
from web.case.around import Around, around
from workflow.decide import AvailableAction, choices
from workflow.definition import CALLS_BACK, DECIDES, PROPOSES, ROLES, Action, Definition, Field, FieldKind, Party, State
from workflow.past import part_of, waiting_proposal
from workflow.refusal import Impossible
from workflow.snapshot import EventFacts, Person, RuleContext

PeopleOfDesk = Callable[[NextDesk], Sequence[Identity]]


@dataclass(frozen=True)
class Reading:
    """What the reader may read of a case, and who they are in it."""

    session: Session
    world: RuleContext
    file: LoadedCase
    record: CreditRecord | None
    identity: Identity
    person: Person
    now: datetime
    span: ReadableEvents
    events: tuple[CaseEvent, ...]
    words: Mapping[int, Mapping[str, str]]

    @property
    def definition(self) -> Definition:
        return all_kinds()[self.file.kind]

    @property
    def today(self) -> date:
        return self.world.jurisdiction.day_of(self.now)

    @property
    def mine(self) -> bool:
        """Whether the reader is the firm that the case is about."""
        return Party.ENTERPRISE in self.identity.parties

    @property
    def lost(self) -> bool:
        """Whether another bureau has the case now, so that the reader sees what lay here before."""
        return self.span.until is not None

    @cached_property
    def past(self) -> tuple[EventFacts, ...]:
        return tuple(past for past in self.file.snapshot.past if self.span.holds(past.seq))

    @cached_property
    def state(self) -> State:
        """Where the case stands, or stood when the reader's bureau last had it."""
        name = self.past[-1].target if self.lost and self.past else self.file.snapshot.state
        return self.definition.state(name)

    @cached_property
    def open_acts(self) -> tuple[AvailableAction, ...]:
        """The acts of this state that belong to the reader's roles in this case; of a lost one none."""
        if self.lost:
            return ()
        found = choices(self.definition, self.file.snapshot, self.world, self.person, self.now)
        return tuple(map(self._unless_opened, found))

    def _unless_opened(self, one: AvailableAction) -> AvailableAction:
        opened = (
            one.action.part is CALLS_BACK and not one.refusal and opened_by_decider(self.session, self.file, self.today)
        )
        return replace(one, refusal=Impossible(opened)) if opened else one

    @cached_property
    def people_at(self) -> PeopleOfDesk:
        """The people of a desk, read once for all acts that ask for it."""
        return people_reader(self.session, self.today)

    @property
    def finds(self) -> bool:
        """Whether anybody makes findings in this case."""
        return self.definition.finds(self.file.snapshot.variant)

    @cached_property
    def around(self) -> Around:
        """What lies around it, asked together when something of it is wanted first."""
        desk = desk_of(self.file.snapshot)
        values = {
            "case": self.file.id,
            "number": self.file.number,
            "firm": self.file.enterprise_id,
            "record": self.file.record_id,
            "user": self.identity.user_id,
            "people": sorted(self._people),
            "roles": sorted(role.name for role in desk.roles),
            "bureau": desk.bureau,
        }
        return around(self.session, values)

    @cached_property
    def before(self) -> Mapping[str, str]:
        """What the record said in each disputed field before the case changed it, or the one whose findings it
        carries out."""
        if self.record is None:
            return {}
        fields = [one.field for one in disputes(self.definition, self.past, self.words)]
        by = next((row.from_case_id for row in self.around.opened_by), None)
        if self.finds or by is None:
            return stood_by(self.around.corrected, self.record, fields)
        return stood(self.session, self.record, by, fields)

    @property
    def colleagues(self) -> Sequence[tuple[int, str]]:
        """To whom of the desk the case can be handed, by id and name."""
        return self.around.colleagues

    @cached_property
    def neighbours(self) -> Mapping[int, Case]:
        """The cases that are linked to it or on the same record, as far as the reader may read them, by id."""
        ids = {id for link in self.around.links for id in (link.from_case_id, link.to_case_id)}
        ids |= {row.id for row in self.around.on_the_record}
        return neighbours(self.session, self.identity, ids - {self.file.id})

    @property
    def bureaus(self) -> Mapping[int, Bureau]:
        return self.file.bodies.bureaus

    @property
    def bureau(self) -> Bureau | None:
        """The bureau that has the case; before it is routed, the one to which the procedure leads it."""
        record = self.file.snapshot.record
        routes = (effect.of for action in self.definition.actions for effect in action.does if effect.name == "route")
        column = next((of for of in routes if of in ("supplied_by", "determined_by")), "")
        led_to = getattr(record, column) if record and column else None
        return self.bureaus.get(self.file.snapshot.bureau or led_to or 0)

    @property
    def _people(self) -> set[int]:
        """Who acted, for whom, and who has the case in hand."""
        ids = {self.file.holder_id, *(one for event in self.events for one in event.people)}
        handed = {
            field.name for action in self.definition.actions for field in action.asks if field.kind is FieldKind.PERSON
        }
        ids |= {int(event.codes[name]) for event in self.events for name in handed if name in event.codes}
        return {id for id in ids if id is not None}

    @cached_property
    def names(self) -> dict[int, str]:
        """What these people are called, by id."""
        return {row.id: row.name for row in self.around.names}

    @property
    def holder(self) -> str:
        """Who has taken the case, among those of the desk where it lies."""
        return "" if self.lost else self.names.get(self.file.holder_id or 0, "")

    @cached_property
    def known_cases(self) -> frozenset[str]:
        """Of the cases that acted on this one, those that the reader may read."""
        named = {event.codes["opened_by"] for event in self.events if "opened_by" in event.codes}
        found = select(Case.number).where(Case.number.in_(named), visible_to(self.identity))
        return frozenset(self.session.scalars(found)) if named else frozenset()

    @cached_property
    def files(self) -> Mapping[int, Attachment]:
        """The evidence handed in with the events the reader may read, and with no finding kept from them: each by the
        number that it has among all files of the case."""
        shown = {event.id for event in self.events if self.tells(event)}
        return {n: file for n, file in enumerate(self.around.files, start=1) if file.event_id in shown}

    def shows(self, field: Field) -> bool:
        """Whether the reader may read what was written there."""
        return not (field.internal and self.mine)

    def tells(self, event: CaseEvent) -> bool:
        """Whether the reader may read the words of an event: the firm reads nothing proposed that nobody decided on."""
        return not self.mine or event.action.part is not PROPOSES or event.seq in self._decided

    @cached_property
    def _decided(self) -> frozenset[int]:
        """The proposals on which a decision followed; one that was sent back was replaced or is still open."""
        proposed, decided = 0, set()
        for past in self.past:
            part = part_of(self.definition, past)
            if part is PROPOSES:
                proposed = past.seq
            elif past.source != past.target:
                decided |= {proposed} if part is DECIDES else set()
                proposed = 0
        return frozenset(decided)

    @cached_property
    def last_move(self) -> CaseEvent | None:
        """What brought the case where it lies, of what the reader may read."""
        return next((event for event in reversed(self.events) if event.moved), None)

    @cached_property
    def proposal(self) -> CaseEvent | None:
        """The proposal that waits for a decision."""
        waiting = waiting_proposal(self.definition, self.past)
        return next((event for event in self.events if waiting and event.seq == waiting.seq), None)


def people_reader(session: Session, day: date) -> PeopleOfDesk:
    """Give those who hold one of the roles of a desk, and who stands in for them that day; each desk is read once."""

    @cache
    def of(desk: NextDesk) -> list[Identity]:
        people = people_with(session, desk.roles, bureau_id=desk.bureau) if desk.roles else []
        ids = {user.id for user in people}
        lent = {row.deputy_id for row in deputies_in_force(session, day) if row.person_id in ids}
        more = session.scalars(select(User).where(User.id.in_(lent - ids), User.ended_at.is_(None)))
        return [identity_of(session, user, day) for user in (*people, *more)]

    return of


def reading_of(session: Session, world: RuleContext, file: LoadedCase, identity: Identity, now: datetime) -> Reading:
    """Read a case that the scope has let this person see."""
    return _reading(session, world, identity, now, file, *session.execute(_CASES, {"ids": [file.id]}).one())


def readings_of(
    session: Session, world: RuleContext, files: Sequence[LoadedCase], identity: Identity, now: datetime
) -> list[Reading]:
    """Read cases that the scope has let this person see: as many statements as for one. What cannot be read is left
    out, and the log says so."""
    rows = {row.Case.id: row for row in session.execute(_CASES, {"ids": [file.id for file in files]})}
    read = partial(_reading, session, world, identity, now)
    found = [readable(file.number, partial(read, file, *rows[file.id])) for file in files]
    return [reading for reading in found if reading]


def _reading(
    session: Session,
    world: RuleContext,
    identity: Identity,
    now: datetime,
    file: LoadedCase,
    case: Case,
    record: CreditRecord | None,
) -> Reading:
    span = span_of(session, identity, case)
    mine = Party.ENTERPRISE in identity.parties
    events = {
        event.seq: event
        for event in _happened(file)
        if span.holds(event.seq) and not (mine and event.action.is_internal)
    }
    words = {seq: said for seq, said in file.words.items() if seq in events}
    person = person_in(identity, case)
    return Reading(session, world, file, record, identity, person, now, span, tuple(events.values()), words)


@dataclass(frozen=True)
class CaseEvent:
    """One event of the chain, with the row of the procedure it followed."""

    id: int
    seq: int
    at: datetime
    actor: str
    action: Action
    body: Mapping[str, Any]
    hash: str

    @property
    def on(self) -> date:
        return date.fromisoformat(self.body["on"])

    @property
    def moved(self) -> bool:
        return bool(self.body["source"] != self.body["target"])

    @property
    def person(self) -> int | None:
        return int(self.actor.removeprefix("user:")) if self.actor.startswith("user:") else None

    @property
    def through(self) -> int | None:
        """The service person of the system that acted for them (D63)."""
        return self.body.get("through")

    @property
    def people(self) -> tuple[int | None, ...]:
        """Whom it names as having acted."""
        return self.person, self.acted_for, self.through

    @property
    def acted_for(self) -> int | None:
        """For whom a deputy acted (D18)."""
        named = self.body.get("for")
        return int(named) if named is not None else None

    @property
    def codes(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.body.get("codes", {})
        return found


def _happened(file: LoadedCase) -> Iterator[CaseEvent]:
    """The events of a case, by the names that its kind has now."""
    definition, past = all_kinds()[file.kind], {event.seq: event for event in file.snapshot.past}
    for event in file.events:
        body, now = event.body, past.get(event.seq)
        if now:
            body = {**body, "source": now.source, "target": now.target, "codes": now.codes}
        action = _row_of(definition, event.action, body)
        yield CaseEvent(event.id, event.seq, event.at, event.actor, action, body, event.hash)


def _row_of(definition: Definition, name: str, body: Mapping[str, Any]) -> Action:
    """The row that an event followed; of an action that the kind has no more, one that only says who and that."""
    action = definition.action(name, body["source"], body["variant"])
    named = definition.actions_named(name)
    by = tuple(role for role in ROLES.values() if role.name == body["role"])
    return action or (*named, Action(name, label=name, done=name, by=by, source=(), target=body["target"]))[0]


_THESE: Final[BindParameter[int]] = bindparam("ids", expanding=True)
_CASES: Final = (
    select(Case, CreditRecord).outerjoin(CreditRecord, CreditRecord.id == Case.record_id).where(Case.id.in_(_THESE))
)
