"""What the last page of a filing shows: each answer beside the record, and what happens next with its day. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cases.drafts import files_of
from cases.records import RecordRow
from cases.tables import Draft
from cases.words import Dispute
from registry.columns import disputable
from web.filing_steps import claims_of, ground_of
from web.parts.claim import Row, rows
from workflow.calendar import due
from workflow.jurisdiction import Ground, Jurisdiction
from workflow.limits import Rule
from workflow.snapshot import World


@dataclass(frozen=True)
class CheckView:
    """The claims as rows, the ground with its article, the words and files, and when the office must have answered."""

    claims: tuple[Row, ...]
    ground: Ground | None
    words: str
    files: tuple[str, ...]
    accept: Rule
    accept_by: date
    provisional: bool

    @property
    def echoes(self) -> Mapping[str, Row]:
        """The rows by field: what a field's input says back."""
        return {row.field: row for row in self.claims}


def check_view(row: RecordRow, draft: Draft, law: Jurisdiction, world: World, now: datetime) -> CheckView:
    """The draft as it would be filed now."""
    day = law.day_of(now)
    accept = law.limit("objection.accept", "", day)
    accept_by, provisional = due(world.calendar, day, accept.n, accept.unit, rolls=accept.rolls)
    claims = [Dispute(field, claim) for field, claim in claims_of(draft, row.record).items()]
    return CheckView(
        claims=rows(claims, row.record.values, disputable(row.record.kind)),
        ground=next((ground for ground in law.grounds if ground.name == ground_of(draft)), None),
        words=str(draft.answers.get("words", "")),
        files=tuple(file.name for file in files_of(draft)),
        accept=accept,
        accept_by=accept_by,
        provisional=provisional,
    )
