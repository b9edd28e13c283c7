"""Two people acted from two open pages: what took effect, what the other wrote, and the ways on that they have.

Nothing of what was typed is lost. It decides nothing: which acts are open the workflow has said. A proposal that is
another than the one on the old page is shown beside that, without a button that decides (D37).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from wtforms import FormField, HiddenField

from cases.model.disputed import disputes
from registry.columns import shown_in
from web.acts.page import template_of
from web.case.choices import note_of
from web.case.claims import ValuePart, compare_texts
from web.case.deadlines import clock_of_desk, clocks
from web.case.events import answers_of, exhibits
from web.case.path import actor_of, desk_name
from web.case.reading import CaseEvent, Reading
from web.site.action_form import INPUTS, ActForm
from web.site.language import day_words, in_words
from web.site.record_words import FINDINGS, column_in, field_label, in_this_language
from workflow.decide import AvailableAction
from workflow.definition import CASE, CLOCK, PROPOSES, Action, Field, FieldKind
from workflow.past import AS_CLAIMED, DISPLAY, GRANTED, KEPT, OTHER
from workflow.refusal import Message, say


class WrittenField(NamedTuple):
    """One field of a form, by its name there: its label, and what was typed or chosen in it."""

    name: str
    label: str
    text: str


def merge_view(reading: Reading, chosen: AvailableAction, form: ActForm, shown: int) -> dict[str, Any]:
    """What the page shows: `reading` is of the case as it is now, `form` holds what was written.

    `again`: what was written may be sent from there; `fresh`: the act is open, and goes on from a page of the case as
    it is now; `note`: the act by which it may be left as a note.
    """
    since = [event for event in reading.events if event.seq > shown > 0 and event.person is not None]
    yours = list(written_in(reading, form))
    theirs = _recorded(reading, [event for event in since if reading.tells(event)])
    is_open = chosen.why_not is None
    bound = not shown or chosen.action.judges or not form.asked or any(map(_rewrites, since))
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
        "again": is_open and not bound,
        "fresh": is_open and bound,
        "why_not": chosen.why_not,
        "note": note_of(reading.open_acts),
        "written": "\n".join(_of(one.label, one.text) for one in yours),
    }


def _rewrites(event: CaseEvent) -> bool:
    """Whether what others act on is another since: a proposal, claims, what another case found."""
    action = event.action
    return action.part is PROPOSES or CASE in action.by or any(field.kind is FieldKind.CLAIMS for field in action.asks)


class ComparedAnswer(NamedTuple):
    """One answer of two proposals, with its reasons: as it was shown, and as it is now with what is new marked."""

    label: str
    was: str
    reason_was: str
    now: tuple[ValuePart, ...]
    reason: tuple[ValuePart, ...]
    verdict: Message
    same: bool


def superseded_view(reading: Reading, action: Action, waiting: CaseEvent, seq: int) -> dict[str, Any]:
    """The proposal that waits beside the one that the form showed, and what came in between."""
    events = {event.seq: event for event in reading.events}
    shown = events[seq] if seq in events and events[seq].action.part is PROPOSES else None
    compared = list(_compared(reading, shown, waiting))
    since = (event for event in reading.events if event.seq > (shown or waiting).seq)
    later = [event for event in since if event is not waiting and event.body["role"] != CLOCK.name]
    return {
        "proposal": waiting,
        "old": shown,
        "renewed": shown is not waiting,
        "by": {one.seq: actor_of(reading, one) for one in (shown, *later, waiting) if one},
        "later": [(event, say(event.action.done), answers_of(reading, event)) for event in later],
        "compared": compared,
        "differ": sum(not one.same for one in compared),
        "queue": template_of(reading, action) == "acts/approve.html",
    }


def _compared(reading: Reading, shown: CaseEvent | None, now: CaseEvent) -> Iterator[ComparedAnswer]:
    before, after = _answered(reading, shown or now), _answered(reading, now)
    for label in dict.fromkeys((*before, *after)):
        was, reason_was = before.get(label, ("", ""))
        value, reason = after.get(label, ("", ""))
        verdict = say("the same") if reason_was == reason else say("other reasons")
        if was != value:
            verdict = say("new") if not was else say("changed") if value else say("dropped")
        same = (was, reason_was) == (value, reason)
        yield ComparedAnswer(label, was, reason_was, _new(was, value), _new(reason_was, reason), verdict, same)


def _new(was: str, now: str) -> tuple[ValuePart, ...]:
    return tuple(ValuePart(piece.text, "new" if piece.differs else "") for piece in compare_texts(was, now).right)


def _answered(reading: Reading, proposal: CaseEvent) -> dict[str, tuple[str, str]]:
    """What a proposal answers, by label: its words, and the reasons of a finding."""
    past = [event for event in reading.past if event.seq <= proposal.seq]
    found: dict[str, tuple[str, str]] = {}
    for one in disputes(reading.definition, past, reading.words):
        label = in_words(field_label(reading.record, one.field))
        words = in_words(FINDINGS[one.finding]) if one.finding else ""
        if one.field != DISPLAY and one.finding in (*GRANTED, KEPT):
            value = {AS_CLAIMED: one.claim, OTHER: one.value, KEPT: reading.before.get(one.field, "")}[one.finding]
            words = _of(words, in_this_language(shown_in(value, column_in(reading.record, one.field))))
        found[label] = words, one.reason
    for said in answers_of(reading, proposal, tabled=False):
        found[in_words(said.label)] = in_this_language(said.words), ""
    files = [f"{one.mark} {one.file.name}" for one in exhibits(reading) if one.file.event_id == proposal.id]
    return {**found, in_words(say("Evidence")): ("\n".join(files), "")} if files else found


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
