"""A proposal in one line, for lists: field by field what becomes of the record, or what is to be decided."""

from __future__ import annotations

from collections.abc import Iterator

from cases.model.words import Dispute, disputes
from registry.columns import shown_in
from web.case.answers import answers_of
from web.case.consequences import target_of
from web.case.list_row import LONGEST
from web.case.reading import Reading
from web.parts.words import Words
from web.site.record_words import FINDINGS, column_in, field_label
from workflow.definition import Action, FieldKind
from workflow.findings import AS_CLAIMED, DISPLAY, GRANTED
from workflow.refusal import say

BRIEF = 60
"""Characters of a proposal in words that a list shows."""


def proposed(reading: Reading) -> tuple[Words, ...]:
    """What the proposal that waits comes to; empty where none waits."""
    if reading.proposal is None:
        return ()
    named = disputes(reading.definition, reading.past, reading.words)
    return tuple(_found(reading, one) for one in named if one.finding) or tuple(_answered(reading))


def is_against(reading: Reading, decision: Action) -> bool:
    """Whether it refuses the firm anything: a field stays as it was, or the case ends against it."""
    if any(one.finding not in GRANTED for one in disputes(reading.definition, reading.past, reading.words)):
        return True
    target = target_of(reading, decision)
    return target is not None and target.adverse


def _found(reading: Reading, one: Dispute) -> Words:
    label = field_label(reading.record, one.field)
    if one.finding not in GRANTED:
        return say("{field}: {finding}", field=label, finding=FINDINGS[one.finding])
    if one.field == DISPLAY:
        return say("The display ends")
    value = one.claim if one.finding == AS_CLAIMED else one.value
    now = str(reading.record.values.get(one.field, "")) if reading.record else ""
    if max(len(value), len(now)) > LONGEST:
        return say("{field}: {finding}", field=label, finding=FINDINGS[one.finding])
    column = column_in(reading.record, one.field)
    old, new = (shown_in(text, column) for text in (now, value))
    return (
        say("{field} {old} → {new}", field=label, old=old, new=new)
        if now
        else say("{field} {value}", field=label, value=new)
    )


def _answered(reading: Reading) -> Iterator[Words]:
    """What was chosen, else the beginning of what was written."""
    assert reading.proposal
    said = answers_of(reading, reading.proposal)
    chosen = [one.words for one in said if one.field.kind is FieldKind.CHOICE]
    written = [one.words for one in said if isinstance(one.words, str)]
    yield from chosen or [_brief(words) for words in written[:1]]


def _brief(words: str) -> str:
    return words if len(words) <= BRIEF else words[: BRIEF - 1] + "…"
