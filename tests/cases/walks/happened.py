"""What the rows say has happened in a case, in the shape in which the invariants of moves look at it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.tables import Event
from workflow.decide import Resolved
from workflow.definition import CASE, CLOCK, ROLES, Action, Definition, Notice, Role, State
from workflow.snapshot import Person

ROLE = {**ROLES, CLOCK.name: CLOCK, CASE.name: CASE}


@dataclass(frozen=True)
class Happened:
    """An event with the row that it took; `variant` is that after it, `taken_in` that before."""

    seq: int
    action: Action
    role: Role
    person: Person
    at: datetime
    on: date
    source: str
    target: State
    round: int
    variant: str
    taken_in: str
    bureau: int | None
    holder: int | None
    codes: Mapping[str, Any]
    words: Mapping[str, str]
    effects: tuple[Resolved, ...]

    @property
    def closes(self) -> bool:
        return self.target.final and self.source != self.target.name

    @property
    def tells(self) -> Sequence[Notice]:
        return self.action.tells


def events_after(
    session: Session, definition: Definition, case_id: int, seq: int, variant: str, actors: Mapping[int, Person]
) -> Iterator[Happened]:  # fmt: skip
    """The events behind that one, oldest first; `actors` are those we know ourselves, by event."""
    found = select(Event).where(Event.case_id == case_id, Event.seq > seq).order_by(Event.seq)
    for row in session.scalars(found):
        body = json.loads(row.body)
        variant = variant if row.seq > 1 else body["variant"]
        action = definition.action(row.action, body["source"], variant)
        if action is None and row.seq == 1:  # what it became is not what it was opened as
            action = definition.actions_named(row.action)[0]
        assert action, f"event {row.seq} took {row.action} from {body['source']}, which no row gives"
        role = ROLE[body["role"]]
        yield Happened(
            row.seq, action, role, actors.get(row.seq) or _person(row.actor, role, body), row.at,
            date.fromisoformat(body["on"]), body["source"], definition.by_state[body["target"]], body["round"],
            body["variant"], variant, body["bureau"], body["holder"], body["codes"], body["texts"],
            tuple(Resolved(name, value=_given(name, body)) for name in body["effects"]),
        )  # fmt: skip
        variant = body["variant"]


def _given(effect: str, body: Mapping[str, Any]) -> object:
    """Of what an event keeps, what its effect acts on: the person whom a case was handed to."""
    return body["codes"].get("person") if effect == "hand_to" else None


def _person(actor: str, role: Role, body: Mapping[str, Any]) -> Person:
    id = int(actor.removeprefix("user:")) if actor.startswith("user:") else None
    return Person(id, frozenset({role}), bureau=body["by_bureau"])
