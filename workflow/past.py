"""What the past of a case says, read from recorded codes: what is disputed, what was found, who has taken the case.
Knows no table, no kind and no words.

A claim disputes one field of the record, or its display as a whole. A finding answers one disputed field; the
findings of a review are laid over the first ones (D21). Who has taken a case says whose work it is and bars nobody: a
deadline does not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from workflow.definition import CASE, FILER, PROPOSES, START, Action, Definition, Field, FieldKind, Part, Party
from workflow.snapshot import EventFacts
from workflow.vocabulary import Effect

AS_CLAIMED: Final = "as_claimed"
OTHER: Final = "other"
KEPT: Final = "kept"
UNDECIDABLE: Final = "undecidable"
FINDINGS: Final = (AS_CLAIMED, OTHER, KEPT, UNDECIDABLE)
GRANTED: Final = (AS_CLAIMED, OTHER)

DISPLAY: Final = "display"
"""The one disputed "field" where the display itself, not a value, is what is disputed."""
SAYS_WHOSE: Final = ("take", "give_back", "hand_to")
SUCCEEDS: Final = ("succeed",)


def disputed(definition: Definition, past: Iterable[EventFacts]) -> tuple[str, ...]:
    """The disputed fields, in the order in which they were claimed."""
    claimed = (_list(event.codes.get(field.name)) for event, field in claims_of(definition, past))
    return tuple(dict.fromkeys(name for names in claimed for name in names))


def claims_of(definition: Definition, past: Iterable[EventFacts]) -> list[tuple[EventFacts, Field]]:
    """What has to be found in the case: the claims of its opening, or as the firm has changed them since (D70), and
    those that another case has added (D39)."""
    found: list[tuple[EventFacts, Field]] = []
    for event in past:
        fields = [(event, field) for field in fields_of(definition, event, FieldKind.CLAIMS) if not field.waits]
        if event.source == START or any(CASE in row.by for row in rows_of(definition, event)):
            found += fields
        elif fields and event.role == FILER.name:
            found = [*fields, *((one, field) for one, field in found if one.source != START)]
    return found


def filing(definition: Definition, past: Sequence[EventFacts]) -> EventFacts:
    """What the case says of itself: its opening, or how the firm has changed it since (D70)."""
    amended = (event for event in reversed(past) if event.role == FILER.name and event.source == event.target)
    return next((event for event in amended if fields_of(definition, event, FieldKind.CLAIMS)), past[0])


@dataclass(frozen=True)
class GivenFinding:
    """A finding on one field: its code, the event that gave it, and what the event's form called it.

    `kept_by`: the review that keeps what was granted first; its reasons are the last word on it.
    """

    code: str
    event: EventFacts
    asked: str
    kept_by: GivenFinding | None = None

    @property
    def reasoned(self) -> GivenFinding:
        """The finding whose reasons hold."""
        return self.kept_by or self


def findings_in_force(definition: Definition, past: Sequence[EventFacts]) -> dict[str, GivenFinding]:
    """The finding that stands on each field: the last proposal's, with a review's laid over it (D21).

    What a review found is dropped again where it was sent back or withdrawn.
    """
    first: dict[str, GivenFinding] = {}
    review: dict[str, GivenFinding] = {}
    for event in past:
        if _drops(definition, event):
            review = {}
        for field in fields_of(definition, event, FieldKind.FINDINGS):
            said = {
                name: GivenFinding(code, event, field.name) for name, code in _map(event.codes.get(field.name)).items()
            }
            first, review = (first, said) if field.review else (said, {})
    return {**first, **{name: _laid_over(first.get(name), found) for name, found in review.items()}}


def _laid_over(first: GivenFinding | None, review: GivenFinding) -> GivenFinding:
    """What a review finds of a field: what it keeps is what the record has said since the first decision."""
    if first and review.code == KEPT and first.code in GRANTED:
        return replace(first, kept_by=review)
    return review


def in_force(definition: Definition, past: Sequence[EventFacts]) -> dict[str, str]:
    """The code of the finding that stands on each field."""
    return {name: found.code for name, found in findings_in_force(definition, past).items()}


def to_find(definition: Definition, field: Field, past: Sequence[EventFacts]) -> tuple[str, ...]:
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


def fields_of(definition: Definition, event: EventFacts, kind: FieldKind) -> tuple[Field, ...]:
    rows = rows_of(definition, event)
    return tuple(field for row in rows for field in row.asks if field.kind is kind and field.name in event.codes)


def rows_of(definition: Definition, event: EventFacts) -> tuple[Action, ...]:
    """The row that an event took; the first of that name where the definition has moved on since."""
    named = definition.actions_named(event.action)
    return tuple(row for row in named if event.source in row.source)[:1] or named[:1]


def part_of(definition: Definition, event: EventFacts) -> Part | None:
    """What an event was in the making of a decision."""
    return next((row.part for row in rows_of(definition, event)), None)


def last_move(past: Sequence[EventFacts]) -> EventFacts | None:
    """What brought the case where it lies."""
    return next((event for event in reversed(past) if event.source != event.target), None)


def waiting_proposal(definition: Definition, past: Sequence[EventFacts]) -> EventFacts | None:
    """The proposal that waits for a decision: what brought the case where it lies, where that proposes."""
    last = last_move(past)
    return last if last and part_of(definition, last) is PROPOSES else None


def _drops(definition: Definition, event: EventFacts) -> bool:
    if "drop_review" not in definition.effects_of.get(event.action, ()):
        return False
    return any(effect.name == "drop_review" for row in rows_of(definition, event) for effect in row.does)


def _reviews(definition: Definition, event: EventFacts) -> bool:
    return any(field.review for field in fields_of(definition, event, FieldKind.FINDINGS))


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def _map(value: object) -> dict[str, str]:
    return {str(key): str(code) for key, code in value.items()} if isinstance(value, Mapping) else {}


def holder(definition: Definition, past: Sequence[EventFacts], state: str, bureau: int | None) -> int | None:
    """The person who has it where it lies now; None: nobody. What was taken for another step does not count."""
    desk, movers = definition.state(state).desk, definition.movers(state)
    for event, effect in _latest(definition, past, SAYS_WHOSE):
        if definition.state(event.source).desk is not desk or definition.movers(event.source).isdisjoint(movers):
            continue
        if desk is Party.BUREAU and event.bureau not in same_body(definition, past, bureau):
            continue
        return _whose(effect, event)
    return None


def same_body(definition: Definition, past: Sequence[EventFacts], bureau: int | None) -> frozenset[int | None]:
    """A bureau with those it was before: in law a successor is the same body (D26)."""
    bodies: set[int | None] = {bureau}
    for event, effect in _latest(definition, past, SUCCEEDS):
        if event.codes.get(effect.by) in bodies:
            bodies.add(_number(event, effect.of))
    return frozenset(bodies)


def _latest(
    definition: Definition, past: Sequence[EventFacts], names: tuple[str, ...]
) -> Iterator[tuple[EventFacts, Effect]]:
    """The events that had one of these effects, with it, the latest first."""
    actions = definition.doing(names)
    for event in reversed(past):
        if event.action in actions:
            effects = (effect for row in rows_of(definition, event) for effect in row.does)
            if found := next((effect for effect in effects if effect.name in names), None):
                yield event, found


def _whose(effect: Effect, event: EventFacts) -> int | None:
    if effect.name == "take":
        return event.person
    return _number(event, effect.of) if effect.name == "hand_to" else None


def _number(event: EventFacts, field: str) -> int | None:
    named = event.codes.get(field)
    return named if isinstance(named, int) else None
