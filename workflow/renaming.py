"""What a kind calls otherwise than it did: states and deadlines by their old names, and a case's past read by the new.

The chain keeps the words in which it was written. What reads it to decide something, a guard, a limit, who has the
case in hand, reads the names that the definition has now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from workflow.definition import MAPPED, Definition
from workflow.refusal import Impossible, say
from workflow.snapshot import Past, Snapshot

ENDS: Final = "-"
"""In place of a new name: the deadline has no successor."""

RENAMED: Final = "renamed"
"""Under which code an event says it: `states` and `deadlines` with their new names, and the `definition` before."""


@dataclass(frozen=True)
class Names:
    """Old names and what they have become; a deadline may have become `ENDS`."""

    states: Mapping[str, str] = field(default_factory=dict)
    deadlines: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.states or self.deadlines)

    def of(self, case: Snapshot, passed: Collection[str]) -> Names:
        """Those of a case: the state it stands in, the states it has `passed`, the deadlines it holds."""
        held = held_by(case)
        return Names(
            {old: new for old, new in self.states.items() if old == case.state or old in passed},
            {old: new for old, new in self.deadlines.items() if old in held},
        )


def held_by(case: Snapshot) -> set[str]:
    """The deadlines of this round, running or not; what has been ended for want of a successor is without a rule."""
    return {timer.deadline for timer in case.timers if timer.rule and timer.round == case.round}


def names_for(definition: Definition, pairs: Sequence[tuple[str, str]]) -> Names:
    """Each old name with its new one, told apart by the new one. Raises Impossible with what cannot be."""
    states: dict[str, str] = {}
    deadlines: dict[str, str] = {}
    for old, new in pairs:
        if new in definition.by_state and old not in definition.by_state:
            states[old] = new
        if new in (*definition.deadline_names, ENDS) and old not in definition.deadline_names:
            deadlines[old] = new
        if old not in states and old not in deadlines:
            raise _unfit(definition, old, new)
    return Names(states, deadlines)


def _unfit(definition: Definition, old: str, new: str) -> Impossible:
    kind, named = definition.kind, {*definition.by_state, *definition.deadline_names}
    if new not in (*named, ENDS):
        return Impossible(say("{kind} has no state and no deadline '{new}'. States: {states}. Deadlines: {deadlines}.",
                              kind=kind, new=new, states=_listed(definition.by_state),
                              deadlines=_listed(definition.deadline_names)))  # fmt: skip
    return Impossible(say("{kind} still has '{old}': only what is gone can be mapped.", kind=kind, old=old))


def _listed(names: Collection[str]) -> str:
    return ", ".join(names if isinstance(names, dict) else sorted(names))


def called_now(past: Sequence[Past]) -> tuple[Past, ...]:
    """The events of a case, those before a change of names by the names it brought."""
    found: list[Past] = []
    states: dict[str, str] = {}
    deadlines: dict[str, str] = {}
    for event in reversed(past):
        if event.action == MAPPED.name:
            said: Mapping[str, Any] = event.codes.get(RENAMED, {})  # type: ignore[assignment]
            states |= {old: states.get(new, new) for old, new in said.get("states", {}).items()}
            deadlines |= {old: deadlines.get(new, new) for old, new in said.get("deadlines", {}).items()}
        found.append(_renamed(event, states, deadlines) if states or deadlines else event)
    return tuple(reversed(found))


def _renamed(event: Past, states: Mapping[str, str], deadlines: Mapping[str, str]) -> Past:
    source, target = (states.get(name, name) for name in (event.source, event.target))
    return replace(event, source=source, target=target, codes=_codes(event.codes, deadlines))


def _codes(codes: Mapping[str, object], deadlines: Mapping[str, str]) -> Mapping[str, object]:
    """Codes in which deadlines are named: the one that fired, and those that a calendar moved."""
    changed = dict(codes)
    for name, code in codes.items() if deadlines else ():
        if name == "deadline" and isinstance(code, str):
            changed[name] = _still(code, deadlines)
        elif name in ("from", "to") and isinstance(code, Mapping):
            changed[name] = {_still(deadline, deadlines): day for deadline, day in code.items()}
    return changed


def _still(name: str, deadlines: Mapping[str, str]) -> str:
    """What a deadline is called now; one that has ended keeps its name."""
    return name if deadlines.get(name, ENDS) == ENDS else deadlines[name]
