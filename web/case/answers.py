"""What an event says to its reader, field by field: codes put into words, words as they were written.

One place for page, time line, approval and merge. What the reader may not read is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from web.case.reading import CaseEvent, Reading
from web.parts.words import Words
from web.site.action_form import INPUTS
from web.site.record_words import FINDINGS, field_label
from workflow.definition import FILER, Field, FieldKind
from workflow.findings import disputed
from workflow.refusal import Message, say

LONG: Final = 40
"""Characters from which on an answer is set as a paragraph."""
TABLED: Final = (FieldKind.CLAIMS, FieldKind.FINDINGS)
"""What the table of claims shows where there is one."""

OF_THE_FIRM: Final[Mapping[str, Message]] = {
    "What happened, in your own words": say("In the firm's words"),
    "What you want to say": say("What the firm wants to say"),
    "Why you withdraw": say("Why the firm withdraws"),
}
"""What the firm was asked, as others read it: "you" would be the reader."""

Codes = Mapping[str, object]


@dataclass(frozen=True)
class Said:
    """One answer: what was asked, and what was answered."""

    field: Field
    label: Message
    words: Words

    @property
    def long(self) -> bool:
        if self.field.kind is FieldKind.COMMITMENT:
            return True
        return isinstance(self.words, str) and (len(self.words) > LONG or "\n" in self.words)

    @property
    def line(self) -> Message:
        if self.label.id.endswith("?"):
            return say("{question} {answer}", question=self.label, answer=self.words)
        return say("{field}: {words}", field=self.label, words=self.words)


def answers_of(reading: Reading, event: CaseEvent, *, tabled: bool = True) -> tuple[Said, ...]:
    """The answers of an event that the reader may read; untabled, without those that the table of claims shows."""
    if not reading.tells(event):
        return ()
    fields = [field for field in event.action.asks if reading.shows(field) and (tabled or field.kind not in TABLED)]
    words = reading.words.get(event.seq, {})
    said = (one for field in fields for one in _said(reading, field, event.codes, words))
    by_another = not reading.mine and FILER in event.action.by
    return tuple(replace(one, label=OF_THE_FIRM.get(one.label.id, one.label)) if by_another else one for one in said)


def _said(reading: Reading, field: Field, codes: Codes, words: Mapping[str, str]) -> Iterator[Said]:
    code = codes.get(field.name)
    if field.kind is FieldKind.CLAIMS:
        for name in code if isinstance(code, list) else ():
            yield Said(field, say("Disputed"), field_label(reading.record, str(name)))
    elif field.kind is FieldKind.FINDINGS:
        found = code if isinstance(code, dict) else {}
        for name in disputed(reading.definition, reading.past):
            if name in found:
                yield Said(field, field_label(reading.record, name), FINDINGS[found[name]])
    else:
        said = words.get(field.name) or (INPUTS[field.kind].said(field, code, reading) if code is not None else "")
        if said:
            yield Said(field, say(field.label), said)
