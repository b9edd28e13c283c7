"""Guards that look at who acts and about whom: why this person, or this body, may not take an action."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from workflow.definition import Party
from workflow.guards import Guard, Refers
from workflow.holding import holder
from workflow.refusal import Forbidden, Message, Refusal, say
from workflow.snapshot import Facts


@dataclass(frozen=True)
class NotBy(Guard):
    """D10: nobody approves what they proposed. Persons are compared, deputies included."""

    refuses: ClassVar[type[Refusal]] = Forbidden
    actions: tuple[str, ...]

    def why_not(self, facts: Facts) -> Message | None:
        taken = [facts.last(action) for action in self.actions]
        if any(past and past.person is not None and past.person == facts.person.id for past in taken):
            return _else_a_deputy(facts, say("You took the step before this one: a second person must decide."))
        return None

    def refers(self) -> Refers:
        return Refers(actions=self.actions)


_SEVERAL = re.compile(r"\s*[、，,；;/\n]\s*")
"""What stands between the names of several handlers."""


@dataclass(frozen=True)
class NotHandler(Guard):
    """D10, D27: neither who entered the record nor whom it names as handler."""

    refuses: ClassVar[type[Refusal]] = Forbidden

    def why_not(self, facts: Facts) -> Message | None:
        record = facts.snapshot.record
        if record is None:
            return None
        if record.entered_by is not None and record.entered_by == facts.person.id:
            return _else_a_deputy(facts, say("You entered this record: somebody else must decide on it."))
        if facts.person.name.strip() in {name for name in _SEVERAL.split(record.handler.strip()) if name}:
            return _else_a_deputy(facts, say("The record names you as its handler: somebody else must decide on it."))
        return None


def _else_a_deputy(facts: Facts, why: Message) -> Message:
    """D18: where that leaves nobody, a deputy is named, by the head of the bureau or of the office."""
    if facts.party is Party.BUREAU:
        return say("{why} Where there is nobody else, the head of the bureau names a deputy.", why=why)
    return say("{why} Where there is nobody else, the head of the office names a deputy.", why=why)


@dataclass(frozen=True)
class OwnRecord(Guard):
    """Somebody of a bureau opens such a case only where their own bureau stands in that column of the record."""

    refuses: ClassVar[type[Refusal]] = Forbidden
    column: str

    def why_not(self, facts: Facts) -> Message | None:
        record = facts.snapshot.record
        if facts.party is not Party.BUREAU or record is None:
            return None
        if getattr(record, self.column) == facts.person.bureau:
            return None
        return say("Another bureau decided on this record: the application is entered there.")


@dataclass(frozen=True)
class NotComplainedOf(Guard):
    """No unit handles a complaint about itself."""

    field: str

    def why_not(self, facts: Facts) -> Message | None:
        named = facts.answers.get(self.field)
        if named and named == facts.snapshot.complained_bureau:
            return say("The complaint is about this bureau: choose another one.")
        return None

    def refers(self) -> Refers:
        return Refers(fields=(self.field,))


@dataclass(frozen=True)
class InHand(Guard):
    """Whether whoever acts has taken the case: to give it back they must, to take it they must not."""

    mine: bool

    def why_not(self, facts: Facts) -> Message | None:
        held = holder(facts.definition, facts.snapshot.past, facts.snapshot.state, facts.snapshot.bureau)
        if (held is not None and held == facts.person.id) is self.mine:
            return None
        if self.mine:
            return say("You have not taken this case.")
        return say("You have taken this case already.")


not_handler = NotHandler
own_record = OwnRecord
not_complained_of = NotComplainedOf


def not_by(*actions: str) -> NotBy:
    return NotBy(actions)


def in_hand() -> InHand:
    return InHand(mine=True)


def not_in_hand() -> InHand:
    return InHand(mine=False)
