"""Events of the ledger in words: who acted, for whom, and what it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.people import User
from web.case.desks import BY_NOBODY
from workflow.definition import CASE, Definition
from workflow.refusal import Message, say

Said = Mapping[str, Any]
"""What an event says, as `said_in` reads it."""


def people_of(session: Session, events: Iterable[tuple[str, Said]]) -> dict[str, str]:
    """The names of those who acted or were stood for, by actor; an event is its actor and what it says."""
    ids: set[int] = set()
    for actor, said in events:
        ids |= {int(id)} if (id := actor.removeprefix("user:")).isdecimal() else set()
        ids |= {int(stood_for)} if (stood_for := said.get("for")) is not None else set()
    return {f"user:{id}": name for id, name in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def who_acted(actor: str, said: Said, people: Mapping[str, str]) -> Message | str:
    """Who acted, and for whom where it was a deputy."""
    name, stood_for = people.get(actor, ""), said.get("for")
    if name and stood_for is not None:
        return say("{name} (for {other})", name=name, other=people.get(f"user:{stood_for}", ""))
    return name or BY_NOBODY.get(actor) or (say("another case") if actor == CASE.name else actor)


def what_was_done(definition: Definition, action: str, said: Said) -> Message | str:
    """What the action did, as its row from that state says; its bare name where the kind knows it no longer."""
    rows, source = definition.actions_named(action), said.get("source")
    row = next((one for one in rows if source in one.source), rows[0] if rows else None)
    return say(row.done) if row else action


def said_in(body: str) -> dict[str, Any]:
    """What an event says, or nothing where it can no longer be read."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
