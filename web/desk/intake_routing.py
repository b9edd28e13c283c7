"""Where a case at intake will go, and why: the bureau by the record, or the route by what the opening says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cases.model.custody import returns
from registry.credit_records import changes_of
from registry.organisations import Bureau
from web.case.reading import Reading
from web.parts.words import length
from web.site.action_form import INPUTS
from web.site.bodies import bureau_name
from workflow.answers import suggested
from workflow.decide import AvailableAction
from workflow.definition import Action, FieldKind
from workflow.guards import Within
from workflow.refusal import Message, say

BY_RECORD = {
    "supplied_by": (
        say("This bureau supplied the record."),
        say("It also made the decision."),
        say("The decision was made by {bureau}."),
    ),
    "determined_by": (
        say("This bureau made the decision."),
        say("It also supplied the data."),
        say("The data were supplied by {bureau}."),
    ),
}
"""By which column of the record it goes there, and what the other column says: the same bureau, or another."""


@dataclass(frozen=True)
class Goes:
    """The bureau to which the case goes and why; what it lacks before it can decide; how it may send it back."""

    bureau: str
    why: Message
    more: Message
    entered_on: date | None
    lacks: tuple[Message, ...]
    may_return: Message | None


@dataclass(frozen=True)
class PutForward:
    """What is put forward for a choice of a form, and why: nobody is bound by it."""

    act: str
    field: str
    answer: str
    label: Message
    words: Message
    because: Message


def goes(reading: Reading) -> Goes | None:
    """By the record and the procedure; none where a route, or a person, chooses the bureau."""
    record, column = reading.record, _column(reading)
    if record is None or not column:
        return None
    named = {"supplied_by": record.supplied_by_id, "determined_by": record.determined_by_id}
    ids = (named.pop(column), *named.values())
    bureau, other = (reading.bureaus[id] for id in ids)
    why, also, by_another = BY_RECORD[column]
    more = also if bureau is other else say(by_another.id, bureau=bureau_name(other))
    first = changes_of(reading.session, record)[:1]
    return Goes(
        bureau=bureau_name(bureau),
        why=why,
        more=more,
        entered_on=reading.world.jurisdiction.day_of(first[0].at) if first else None,
        lacks=tuple(_lacks(bureau)),
        may_return=_may_return(reading),
    )


def put_forward(reading: Reading, acts: tuple[AvailableAction, ...]) -> tuple[PutForward, ...]:
    """What the kind puts forward for the choices of these acts, by what the opening of this case says."""
    said = reading.past[0].codes if reading.past else {}
    return tuple(
        PutForward(
            one.action.name,
            field.name,
            found.answer,
            say(field.label),
            say(next(choice.label for choice in field.choices if choice.code == found.answer)),
            say(found.because),
        )
        for one in acts
        for field in one.action.asks
        if (found := suggested(field, said))
    )


def kept_from(reading: Reading) -> Message | None:
    """Whom a case is about that is kept from them."""
    name = reading.definition.closed_to
    field = next((field for field in reading.events[0].action.asks if field.name == name), None)
    if field is None or field.kind is not FieldKind.CHOICE:
        return None
    bureau = reading.bureaus.get(reading.file.snapshot.complained_bureau or 0)
    whom = (
        bureau_name(bureau) if bureau else INPUTS[field.kind].said(field, reading.file.snapshot.complained_of, reading)
    )
    return say("{whom} reads nothing of it.", whom=whom)


def _column(reading: Reading) -> str:
    routes = (effect.of for action in _rows(reading) for effect in action.does if effect.name == "route")
    return next((column for column in routes if column in BY_RECORD), "")


def _rows(reading: Reading) -> Iterator[Action]:
    """The rows of the procedure that are open to officials and to this variant."""
    variant = reading.file.snapshot.variant
    for action in reading.definition.actions:
        if not action.variants or variant in action.variants:
            yield action


def _lacks(bureau: Bureau) -> Iterator[Message]:
    if not bureau.review_body:
        yield say("the body that reviews its decisions")
    if not bureau.court:
        yield say("the court")


def _may_return(reading: Reading) -> Message | None:
    """How long the bureau may say that it is not its own."""
    for action in _rows(reading):
        for guard in action.guard:
            if isinstance(guard, Within) and any(returns(reading.definition, action, one) for one in action.source):
                rule = reading.world.limit_of(reading.file.snapshot, guard.rule)
                return say("If it is not its own it may send it back within {span}.", span=length(rule.n, rule.unit))
    return None
