"""A proposal that was sent back: why, and what had been proposed, so that nobody writes it a second time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from web.case.reading import CaseEvent, Reading
from workflow.definition import PROPOSES, SENDS_BACK, Action, FieldKind

WRITTEN = (FieldKind.TEXT, FieldKind.LINE)


def sent_back(reading: Reading, action: Action) -> CaseEvent | None:
    """The sending back after which the reader is to propose anew; None where nothing was sent back last."""
    last = reading.last_move
    return last if last and action.part is PROPOSES and last.action.part is SENDS_BACK else None


def proposed_before(reading: Reading, action: Action) -> dict[str, list[str]]:
    """What was proposed and sent back, as the form's fields say it; its files are to be handed in anew."""
    back = sent_back(reading, action)
    if back is None:
        return {}
    before = (event for event in reversed(reading.events) if event.seq < back.seq and event.action.part is PROPOSES)
    proposal = next((event for event in before if event.action.name == action.name), None)
    if proposal is None:
        return {}
    return {name: [said] for name, said in _said(action, proposal.codes, reading.words.get(proposal.seq, {})) if said}


def _said(action: Action, codes: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for field in action.asks:
        if field.kind is FieldKind.FINDINGS:
            for name, code in dict(codes.get(field.name) or {}).items():
                yield f"{field.name}-{name}-finding", str(code)
                for part in ("value", "reason"):
                    yield f"{field.name}-{name}-{part}", words.get(f"{field.name}.{name}.{part}", "")
        elif field.kind is FieldKind.CHOICE:
            yield field.name, str(codes.get(field.name) or "")
        elif field.kind in WRITTEN:
            yield field.name, words.get(field.name, "")
