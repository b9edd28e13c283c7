"""Two people acted from two open pages: what took effect, what the other wrote, and the ways on that they have.

Nothing of what was typed is lost. It decides nothing: which acts are open the workflow has said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wtforms import FormField

from web.act_form import ActForm
from web.case_acts import open_to
from web.case_clocks import Clock, clocks
from web.case_reading import Happened, Reading
from web.case_turn import desk_name
from web.field_words import FINDINGS
from web.language import in_words
from web.parts.words import Words
from workflow.decide import Open
from workflow.definition import Action
from workflow.refusal import Message, say

INTERNAL_NOTE = "note"


@dataclass(frozen=True)
class TookEffect:
    """An event since the page was opened."""

    what: Message
    who: str
    at: datetime
    seconds: int


@dataclass(frozen=True)
class Compared:
    """One field: what was recorded in it by the others, what the reader wrote, and whether that is the same."""

    label: str
    theirs: str
    yours: str

    @property
    def same(self) -> bool:
        return self.theirs == self.yours


@dataclass(frozen=True)
class Merge:
    """The page that shows it. `again`: the act is still open; `note`: what was written may be left as a note."""

    reading: Reading
    action: Action
    shown: int
    effects: tuple[TookEffect, ...]
    fields: tuple[Compared, ...]
    state: Message
    desk: Words
    clock: Clock | None
    again: bool
    why_not: Message | None
    note: bool
    written: str

    @property
    def number(self) -> str:
        return self.reading.file.number

    @property
    def label(self) -> Message:
        return say(self.action.label)

    @property
    def first(self) -> TookEffect:
        return self.effects[0]


def merge_view(reading: Reading, chosen: Open, form: ActForm, shown: int) -> Merge:
    """Work out the page; the reading is of the case as it stands now, the form holds what was written."""
    since = [event for event in reading.events if event.seq > shown and event.person is not None]
    told = [event for event in since if reading.tells(event)]
    yours = dict(_written(form))
    theirs = _recorded(reading, told)
    running = clocks(reading)
    notes = any(one.action.name == INTERNAL_NOTE and one.why_not is None for one in open_to(reading))
    return Merge(
        reading=reading,
        action=chosen.action,
        shown=shown,
        effects=tuple(_took_effect(reading, event) for event in since),
        fields=tuple(Compared(label, theirs.get(name, ""), text) for name, (label, text) in yours.items()),
        state=say(reading.state.label),
        desk=desk_name(reading, reading.state.desk) if reading.state.desk else say("nobody"),
        clock=next((one for one in running if one.deadline.owner == reading.state.desk), None),
        again=chosen.why_not is None,
        why_not=chosen.why_not,
        note=notes,
        written="\n".join(f"{label}: {text}" for label, text in yours.values()),
    )


def _took_effect(reading: Reading, event: Happened) -> TookEffect:
    seconds = max(int((reading.now - event.at).total_seconds()), 0)
    return TookEffect(say(event.action.done), reading.names.get(event.person or 0, ""), event.at, seconds)


def _written(form: ActForm) -> Iterator[tuple[str, tuple[str, str]]]:
    """What was typed, field by field: its name, its label and its words."""
    for asked in form.asked:
        if asked.name in form:
            yield from _said(form[asked.name], asked.name)


def _said(field: Any, name: str, label: str = "") -> Iterator[tuple[str, tuple[str, str]]]:
    own = str(field.label.text)
    if isinstance(field, FormField):
        for inner in field.form:
            yield from _said(inner, f"{name}.{inner.short_name}", label or (own if "." in name else ""))
        return
    data = field.data
    if data is True or (isinstance(data, str) and data.strip()):
        text = in_words(FINDINGS[data]) if field.short_name == "finding" and data in FINDINGS else str(data).strip()
        yield name, (f"{label}: {own}" if label else own, text)


def _recorded(reading: Reading, since: list[Happened]) -> dict[str, str]:
    """The words and findings that the others recorded, by the names that a form gives its fields."""
    found: dict[str, str] = {}
    for event in since:
        shown = {field.name for field in event.action.asks if reading.shows(field)}
        said = reading.words.get(event.seq, {})
        found.update({name: text for name, text in said.items() if name.partition(".")[0] in shown})
        for name, code in event.body.get("codes", {}).items():
            if isinstance(code, dict):
                found.update({f"{name}.{field}.finding": in_words(FINDINGS[value])
                              for field, value in code.items() if value in FINDINGS})  # fmt: skip
            elif isinstance(code, str):
                found[name] = code
    return found
