"""What was filed, what is proposed or decided, what has been confirmed, and what was said after the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from web.case.answers import Said, answers_of
from web.case.events import Happened
from web.case.reading import Reading
from workflow.answers import choices_for
from workflow.definition import DECIDES, FILER, PROPOSES, SENDS_BACK, STAY, Action, Branch, Field, FieldKind
from workflow.guards import Once
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Decision:
    """What stands as decided, or is proposed: the act, its day, and its answers that no table shows."""

    decided: bool
    title: Message
    on: date
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Confirmation:
    """One of several things to be confirmed, and on which day it was done; None: not yet."""

    label: Message
    on: date | None


def filed_answers(reading: Reading) -> tuple[Said, ...]:
    """What the opening says, but for what the table of claims shows."""
    return answers_of(reading, reading.events[0], tabled=False)


def decision_of(reading: Reading) -> Decision | None:
    """The last decision or proposal that the reader may read; what was sent back is none."""
    sent_back = False
    for event in reversed(reading.events):
        part = event.action.part
        sent_back = sent_back or part is SENDS_BACK
        if part is DECIDES or (part is PROPOSES and not sent_back and reading.tells(event)):
            said = tuple(_said(reading, event))
            return Decision(part is DECIDES, say(event.action.done), event.on, said) if said else None
    return None


def _said(reading: Reading, event: Happened) -> Iterator[Said]:
    """The answers of a decision: of what was proposed, where there was a proposal, and its own."""
    if event.action.part is DECIDES:
        before = [one for one in reading.events if one.seq < event.seq and one.moved]
        if before and before[-1].action.part is PROPOSES:
            yield from answers_of(reading, before[-1], tabled=False)
    yield from answers_of(reading, event, tabled=False)


def confirmations(reading: Reading) -> tuple[Confirmation, ...]:
    """A list that an act goes through one by one: what is confirmed, each with its day, and what is still open.

    What was undone again is no longer so.
    """
    if any("show_again" in event.body.get("effects", ()) for event in reading.events):
        return ()
    for action in reading.definition.actions:
        field = _listed(action)
        done = {
            event.codes.get(field.name): _day(event) for event in reading.events if field and event.action is action
        }
        if field and (done or reading.state.name in action.source):
            kind = reading.record.kind if reading.record else ""
            return tuple(Confirmation(say(choice.label), done.get(choice.code)) for choice in choices_for(field, kind))
    return ()


def _listed(action: Action) -> Field | None:
    """The choice that an act goes through: once for each answer, and the case stays until the last."""
    per = {guard.per for guard in action.guard if isinstance(guard, Once)}
    stays = isinstance(action.target, Branch) and STAY in action.targets
    return next((field for field in action.asks if stays and field.name in per), None)


def _day(event: Happened) -> date:
    """The day that the form named, else that of the act."""
    named = (event.codes.get(field.name) for field in event.action.asks if field.kind is FieldKind.DATE)
    return next((date.fromisoformat(str(day)) for day in named if day), event.on)


def after_the_end(reading: Reading) -> tuple[Said, ...]:
    """What the firm said once the case had ended."""
    final = {state.name for state in reading.definition.states if state.final}
    later = (event for event in reading.events if event.body["source"] in final and not event.moved)
    return tuple(said for event in later if FILER in event.action.by for said in answers_of(reading, event))
