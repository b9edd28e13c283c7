"""An event of a case with the row of the procedure that it followed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cases.model.reading import LoadedCase
from workflow.definition import ROLES, Action, Definition
from workflow.snapshot import EventFacts


@dataclass(frozen=True)
class Happened:
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
    def acted_for(self) -> int | None:
        """For whom a deputy acted (D18)."""
        named = self.body.get("for")
        return int(named) if named is not None else None

    @property
    def codes(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.body.get("codes", {})
        return found


def happened(rows: Sequence[Any], file: LoadedCase, definition: Definition) -> list[Happened]:
    """The events of a case, from their stored rows."""
    found, past = [], {event.seq: event for event in file.snapshot.past}
    for row in rows:
        body = _called_now(json.loads(row.body), past.get(row.seq))
        action = _row_of(definition, row.action, body)
        found.append(Happened(row.id, row.seq, row.at, row.actor, action, body, row.hash))
    return found


def _row_of(definition: Definition, name: str, body: Mapping[str, Any]) -> Action:
    """The row that an event followed; of an action that the kind has no more, one that only says who and that."""
    action = definition.action(name, body["source"], body["variant"])
    named = definition.actions_named(name)
    by = tuple(role for role in ROLES.values() if role.name == body["role"])
    return action or (*named, Action(name, label=name, done=name, by=by, source=(), target=body["target"]))[0]


def _called_now(body: Mapping[str, Any], past: EventFacts | None) -> Mapping[str, Any]:
    """What an event says, by the names that its kind has now."""
    return {**body, "source": past.source, "target": past.target, "codes": past.codes} if past else body
