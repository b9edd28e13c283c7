"""Two people acted from two open pages: what took effect, what the other wrote, and the ways on that they have.

Nothing of what was typed is lost. It decides nothing: which acts are open the workflow has said.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from wtforms import FormField, HiddenField

from web.case.choices import note_of
from web.case.deadlines import clock_of_desk, clocks
from web.case.path import desk_name
from web.case.reading import CaseEvent, Reading
from web.site.action_form import INPUTS, ActForm
from web.site.language import day_words, in_words
from web.site.record_words import FINDINGS, in_this_language
from workflow.decide import AvailableAction
from workflow.definition import Field
from workflow.refusal import say


class WrittenField(NamedTuple):
    """One field of a form, by its name there: its label, and what was typed or chosen in it."""

    name: str
    label: str
    text: str


def merge_view(reading: Reading, chosen: AvailableAction, form: ActForm, shown: int) -> dict[str, Any]:
    """What the page shows: `reading` is of the case as it is now, `form` holds what was written.

    `again`: the act is still open; `note`: the act by which it may be left as a note.
    """
    since = [event for event in reading.events if event.seq > shown and event.person is not None]
    yours = list(written_in(reading, form))
    theirs = _recorded(reading, [event for event in since if reading.tells(event)])
    return {
        "reading": reading,
        "action": chosen.action,
        "shown": shown,
        "number": reading.file.number,
        "label": say(chosen.action.label),
        "seen_at": max((event.at for event in reading.events if event.seq <= shown), default=None),
        "effects": [
            {
                "what": say(event.action.done),
                "who": reading.names.get(event.person or 0, ""),
                "mine": event.person == reading.identity.user_id,
                "at": event.at,
            }
            for event in since
        ],
        "fields": [(one.label, theirs.get(one.name, ""), one.text) for one in yours],
        "state": say(reading.state.label),
        "desk": desk_name(reading, reading.state.desk) if reading.state.desk else say("nobody"),
        "clock": clock_of_desk(reading, clocks(reading)),
        "again": chosen.why_not is None,
        "why_not": chosen.why_not,
        "note": note_of(reading.open_acts),
        "written": "\n".join(_of(one.label, one.text) for one in yours),
    }


def _of(field: str, words: str) -> str:
    return in_words(say("{field}: {words}", field=field, words=words))


def written_in(reading: Reading, form: ActForm) -> Iterator[WrittenField]:
    """What was typed or chosen, field by field, in words."""
    for asked in form.asked:
        if asked.name in form:
            yield from _said(reading, asked, form[asked.name], asked.name)


def _said(reading: Reading, asked: Field, field: Any, name: str, label: str = "") -> Iterator[WrittenField]:
    own = str(field.label.text)
    if isinstance(field, FormField):
        for inner in field.form:
            yield from _said(reading, asked, inner, f"{name}.{inner.short_name}", label or (own if "." in name else ""))
    elif not isinstance(field, HiddenField) and (text := _text(reading, asked, field.short_name, field.data)):
        yield WrittenField(name, _of(label, own) if label else own, text)


def _text(reading: Reading, asked: Field, name: str, data: Any) -> str:
    """One answer as words; a choice by its label, not by its code."""
    if name == "finding" and data in FINDINGS:
        return in_words(FINDINGS[data])
    if isinstance(data, bool):
        return in_words(say("yes")) if data else ""
    if isinstance(data, date):
        return day_words(data)
    if isinstance(data, str) and data.strip() and INPUTS[asked.kind].chosen:
        code = int(data) if data.isdecimal() and len(data) < 19 else data
        return in_this_language(INPUTS[asked.kind].said(asked, code, reading)) or data
    return str(data).strip() if isinstance(data, (str, int)) else ""


def _recorded(reading: Reading, since: Sequence[CaseEvent]) -> dict[str, str]:
    """The words, choices and findings that the others recorded, by the names that a form gives its fields."""
    found: dict[str, str] = {}
    for event in since:
        shown = {field.name: field for field in event.action.asks if reading.shows(field)}
        said = reading.words.get(event.seq, {})
        found |= {name: text for name, text in said.items() if name.partition(".")[0] in shown}
        for name, code in event.codes.items():
            if isinstance(code, dict):
                known = {field: FINDINGS[value] for field, value in code.items() if value in FINDINGS}
                found |= {f"{name}.{field}.finding": in_words(words) for field, words in known.items()}
            elif name in shown and not isinstance(code, list):
                found[name] = in_this_language(INPUTS[shown[name].kind].said(shown[name], code, reading))
    return found
