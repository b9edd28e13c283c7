"""What is disputed and what was found, read from recorded codes. Knows no kind and no words.

A claim disputes one field of the record, or its display as a whole. A finding answers one disputed field; the
findings of a review are laid over the first ones (D21).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from workflow.definition import Definition, Field, FieldKind
from workflow.snapshot import Past

AS_CLAIMED: Final = "as_claimed"
OTHER: Final = "other"
KEPT: Final = "kept"
UNDECIDABLE: Final = "undecidable"
FINDINGS: Final = (AS_CLAIMED, OTHER, KEPT, UNDECIDABLE)
GRANTED: Final = (AS_CLAIMED, OTHER)

DISPLAY: Final = "display"
"""The one disputed "field" where the display itself, not a value, is what is disputed."""


def disputed(definition: Definition, past: Iterable[Past]) -> tuple[str, ...]:
    """The disputed fields, in the order in which they were claimed."""
    for event in past:
        for field in _fields(definition, event, FieldKind.CLAIMS):
            return tuple(_list(event.codes.get(field.name)))
    return ()


def in_force(definition: Definition, past: Sequence[Past]) -> dict[str, str]:
    """Finding by field: the last proposal's, with a review's laid over it."""
    found: dict[str, str] = {}
    for event in past:
        for field in _fields(definition, event, FieldKind.FINDINGS):
            said = _map(event.codes.get(field.name))
            found = {**found, **said} if field.review else said
    return found


def to_find(definition: Definition, field: Field, past: Sequence[Past]) -> tuple[str, ...]:
    """The fields for which `field` asks a finding now."""
    claimed = disputed(definition, past)
    if not field.review:
        return claimed
    first = in_force(definition, [event for event in past if not _reviews(definition, event)])
    return tuple(name for name in claimed if first.get(name) != AS_CLAIMED)


def may_find(field: Field, name: str) -> tuple[str, ...]:
    """The findings that may be given for one disputed field: a display has no other value."""
    return tuple(
        finding
        for finding in FINDINGS
        if not (name == DISPLAY and finding == OTHER) and not (field.settles and finding not in GRANTED)
    )


def _fields(definition: Definition, event: Past, kind: FieldKind) -> tuple[Field, ...]:
    action = definition.action(event.action, event.source)
    rows = (action,) if action else definition.actions_named(event.action)[:1]
    return tuple(field for row in rows for field in row.asks if field.kind is kind and field.name in event.codes)


def _reviews(definition: Definition, event: Past) -> bool:
    return any(field.review for field in _fields(definition, event, FieldKind.FINDINGS))


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def _map(value: object) -> dict[str, str]:
    return {str(key): str(code) for key, code in value.items()} if isinstance(value, Mapping) else {}
