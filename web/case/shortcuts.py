"""Which key stands for which act: one letter each, the same for the same act of a kind wherever it is offered.

Acts that can stand beside each other have different letters. What a desk does with a list has letters of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from string import ascii_lowercase
from typing import Final

from cases.kinds import all_kinds
from workflow.definition import START, STAY, Action, Definition, Party

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
