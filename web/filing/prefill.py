"""How one's own words begin: with what was said to be wrong on the page before, as a sentence to go on from."""

from __future__ import annotations

from collections.abc import Mapping

from registry.columns import Column
from web.acts.form import ActForm
from web.filing.answers import answers_of
from web.filing.request import Scene
from web.filing.steps import Step
from web.site.language import in_a_row, in_words
from web.site.record_words import in_this_language, value_in_a_sentence
from workflow.definition import Field, FieldKind
from workflow.refusal import say


def begin_words(scene: Scene, step: Step, form: ActForm) -> None:
    """Put the sentence that what was ticked makes where own words are asked and there are none yet, and say so."""
    field = _words_of(scene, step)
    sentence = "" if field is None or (form[field.name].data or "").strip() else _sentence(scene)
    if field and sentence:
        form[field.name].data = sentence
        form[field.name].description = in_words(
            say("This begins with what you ticked. Go on from there, or write it in your own way.")
        )


def _words_of(scene: Scene, step: Step) -> Field | None:
    """The text that the firm itself has to write here about a record."""
    if not scene.mine:
        return None
    return next((field for field in step.fields if field.kind is FieldKind.TEXT and field.required), None)


def _sentence(scene: Scene) -> str:
    asked = next((field for field in scene.way.action.asks if field.kind is FieldKind.CLAIMS), None)
    claims = answers_of(scene.asked, scene.filled).get(asked.name) if asked else None
    if not isinstance(claims, Mapping):
        return ""
    known = {column.key: column for column in scene.offered.columns}
    said = (
        _said(known[name], scene.offered.record.get(name, ""), str(claim))
        for name, claim in claims.items()
        if name in known
    )
    return in_a_row(*said).unescape()  # it is put into a field, and is sent as it stands there: no markup


def _said(column: Column, record: str, claim: str) -> str:
    field, claim = say(column.label), in_this_language(value_in_a_sentence(column, claim))
    if not record:
        return in_words(say("{field}: the record says nothing, it should say {claim}.", field=field, claim=claim))
    record = in_this_language(value_in_a_sentence(column, record))
    return in_words(
        say("{field}: the record says {record}, it should say {claim}.", field=field, record=record, claim=claim)
    )
