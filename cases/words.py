"""The words of a case's events, read back: claims, findings and reasons, by event. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.tables import Event, EventText
from workflow.definition import Definition, FieldKind
from workflow.findings import disputed, in_force
from workflow.snapshot import Past

PARTS = ("value", "reason")

Words = Mapping[int, Mapping[str, str]]
"""Words by event's seq, then by name (`findings.fine.reason`). Disposed words are missing."""


@dataclass(frozen=True)
class Dispute:
    """One disputed field: what the enterprise says it should be, and what was found."""

    field: str
    claim: str
    finding: str = ""
    value: str = ""
    reason: str = ""


def words_of(session: Session, case_id: int) -> dict[int, dict[str, str]]:
    """Every word of a case, by event."""
    statement = (
        select(Event.seq, EventText.name, EventText.text)
        .join(EventText, EventText.event_id == Event.id)
        .where(EventText.case_id == case_id, EventText.text.is_not(None))
    )
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for seq, name, text in session.execute(statement):
        found[seq][name] = text or ""
    return found


def disputes(definition: Definition, past: Sequence[Past], words: Words) -> tuple[Dispute, ...]:
    """Each disputed field with its claim and the finding in force."""
    claims = _claims(definition, past, words)
    codes = in_force(definition, past)
    said = _findings(definition, past, words)
    return tuple(
        Dispute(name, claims.get(name, ""), codes.get(name, ""), *(said.get((name, part), "") for part in PARTS))
        for name in disputed(definition, past)
    )


def granted_values(definition: Definition, past: Sequence[Past], words: Words) -> dict[str, str]:
    """What the record should say now, by field: the claim as claimed, or the other value that was found."""
    values = {}
    for dispute in disputes(definition, past, words):
        if dispute.finding == "as_claimed":
            values[dispute.field] = dispute.claim
        elif dispute.finding == "other":
            values[dispute.field] = dispute.value
    return values


def _claims(definition: Definition, past: Sequence[Past], words: Words) -> dict[str, str]:
    for event in past:
        for field in _asked(definition, event, FieldKind.CLAIMS):
            prefix = f"{field}."
            said = words.get(event.seq, {})
            return {name.removeprefix(prefix): text for name, text in said.items() if name.startswith(prefix)}
    return {}


def _findings(definition: Definition, past: Sequence[Past], words: Words) -> dict[tuple[str, str], str]:
    """Values and reasons by field; of each field those of the last event that found on it."""
    found: dict[tuple[str, str], str] = {}
    for event in past:
        for field in _asked(definition, event, FieldKind.FINDINGS):
            codes = event.codes[field]
            assert isinstance(codes, Mapping)
            for name in codes:
                for part in PARTS:
                    found[name, part] = words.get(event.seq, {}).get(f"{field}.{name}.{part}", "")
    return found


def _asked(definition: Definition, event: Past, kind: FieldKind) -> tuple[str, ...]:
    action = definition.action(event.action, event.source) or definition.actions_named(event.action)[0]
    return tuple(field.name for field in action.asks if field.kind is kind and field.name in event.codes)
