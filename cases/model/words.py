"""The words of a case's events, read back: claims, findings and reasons, by event. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from cases.model.tables import Event, EventText
from workflow.definition import Definition, FieldKind
from workflow.findings import AS_CLAIMED, OTHER, GivenFinding, disputed, fields_of, findings_in_force
from workflow.snapshot import EventFacts

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


_WORDS: Final = (
    select(Event.case_id, Event.seq, EventText.name, EventText.text)
    .join(EventText, and_(EventText.event_id == Event.id, EventText.case_id == Event.case_id))
    .where(EventText.case_id.in_(bindparam("ids", expanding=True)), EventText.text.is_not(None))
)


def words_of(session: Session, case_id: int) -> Words:
    """Every word of a case, by event."""
    return words_of_many(session, [case_id])[case_id]


def words_of_many(session: Session, case_ids: Sequence[int]) -> dict[int, Words]:
    """Every word of each case, by event, in one statement; what names another case than its event is none."""
    found: dict[int, dict[int, dict[str, str]]] = {id: defaultdict(dict) for id in case_ids}
    for case_id, seq, name, text in session.execute(_WORDS, {"ids": case_ids}):
        found[case_id][seq][name] = text or ""
    return {**found}


def disputes(definition: Definition, past: Sequence[EventFacts], words: Words) -> tuple[Dispute, ...]:
    """Each disputed field with its claim and the finding that stands."""
    claims, found = _claims(definition, past, words), findings_in_force(definition, past)
    return tuple(
        Dispute(name, claims.get(name, ""), *(_finding(name, found[name], words) if name in found else ()))
        for name in disputed(definition, past)
    )


def _finding(field: str, found: GivenFinding, words: Words) -> tuple[str, str, str]:
    """The code of a finding, the other value where there is one, and the reason."""
    said = words.get(found.event.seq, {})
    value, reason = (said.get(f"{found.asked}.{field}.{part}", "") for part in ("value", "reason"))
    return found.code, value, reason


def granted_values(disputed_fields: Sequence[Dispute]) -> dict[str, str]:
    """What the record should say, by field: the claim as claimed, or the other value that was found."""
    values = {}
    for dispute in disputed_fields:
        if dispute.finding == AS_CLAIMED:
            values[dispute.field] = dispute.claim
        elif dispute.finding == OTHER:
            values[dispute.field] = dispute.value
    return values


def _claims(definition: Definition, past: Sequence[EventFacts], words: Words) -> dict[str, str]:
    for event in past:
        for field in fields_of(definition, event, FieldKind.CLAIMS):
            prefix = f"{field.name}."
            said = words.get(event.seq, {})
            return {name.removeprefix(prefix): text for name, text in said.items() if name.startswith(prefix)}
    return {}
