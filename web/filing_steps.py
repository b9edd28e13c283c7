"""Filing an objection step by step: which questions are asked, in which order, and what they come to.

Pure. The ground comes first: grounds 2 to 4 dispute the display itself, so that no field is asked then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cases.answers import ENDED, WRONG
from cases.kinds import all_kinds
from cases.tables import Draft
from registry.cleaning import Unfit, clean
from registry.columns import disputable
from registry.credit_records import CreditRecord
from workflow.definition import Field
from workflow.findings import DISPLAY
from workflow.refusal import Message, say

KIND: Final = "objection"
ACTION: Final = "file"
STEPS: Final = ("ground", "fields", "evidence", "check")
ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "ground": ("ground",), "fields": ("claims",), "evidence": ("words", "files"), "check": (),
}  # fmt: skip
"""The fields of the definition that each step asks."""


@dataclass(frozen=True)
class Place:
    """Where in the filing a step stands: `now` of `of`, the step before and after it."""

    step: str
    now: int
    of: int
    before: str
    after: str


def steps_for(ground: str) -> tuple[str, ...]:
    """The steps of a ground; of none yet, all."""
    return STEPS if ground in ("", WRONG) else tuple(step for step in STEPS if step != "fields")


def place_of(step: str, ground: str) -> Place:
    """Raises ValueError for a step that this ground does not have."""
    steps = steps_for(ground)
    at = steps.index(step)
    return Place(
        step=step,
        now=at + 1,
        of=len(steps),
        before=steps[at - 1] if at else "",
        after=steps[at + 1] if at + 1 < len(steps) else "",
    )


def step_of(field: str) -> str:
    """The step on which a field of the definition is asked."""
    head = field.partition(".")[0]
    return next((step for step, fields in ASKED.items() if head in fields), "ground")


def asked_on(step: str) -> tuple[Field, ...]:
    """The definition's fields that a step asks, as the definition has them."""
    row = all_kinds()[KIND].actions_named(ACTION)[0]
    return tuple(field for field in row.asks if field.name in ASKED[step])


def ground_of(draft: Draft | None) -> str:
    return str(draft.answers.get("ground", "")) if draft else ""


def claims_of(draft: Draft, record: CreditRecord) -> dict[str, str]:
    """What the record should say, by field, where it can be read and differs; on grounds 2 to 4 that display end."""
    if ground_of(draft) != WRONG:
        return {DISPLAY: ENDED}
    typed = draft.answers.get("claims", {})
    claims = {}
    for column in disputable(record.kind):
        value = _typed(typed, column.key)
        try:
            cleaned = clean(column, value) if value else ""
        except Unfit:
            continue
        if cleaned and cleaned != record.values.get(column.key, ""):
            claims[column.key] = cleaned
    return claims


def ticked(answers: Mapping[str, Any], keys: Iterable[str]) -> set[str]:
    """The fields that were marked as wrong, or given a value."""
    typed = answers.get("claims", {})
    return {key for key in keys if _typed(typed, key) or typed.get(key, {}).get("wrong")}


def first_unfinished(draft: Draft, record: CreditRecord) -> str:
    """The first step that lacks an answer; the last where none does."""
    ground = ground_of(draft)
    if ground not in GROUNDS:
        return "ground"
    typed = draft.answers.get("claims", {})
    claims = claims_of(draft, record)
    if ground == WRONG and (not claims or ticked(draft.answers, typed) - set(claims)):
        return "fields"
    return "evidence" if not str(draft.answers.get("words", "")).strip() else "check"


def missing(step: str, draft: Draft, record: CreditRecord) -> dict[str, Message]:
    """What a step asks and the draft lacks, by field."""
    if step == "ground" and ground_of(draft) not in GROUNDS:
        return {"ground": say("Choose one of the answers offered.")}
    if step == "fields" and not claims_of(draft, record):
        return {"claims": say("Tick at least one field that is wrong, and write what it should say.")}
    if step == "evidence" and not str(draft.answers.get("words", "")).strip():
        return {"words": say("Write at least a sentence.")}
    return {}


GROUNDS: Final = tuple(choice.code for field in asked_on("ground") for choice in field.choices)


def _typed(claims: Mapping[str, Any], key: str) -> str:
    claim = claims.get(key, {})
    return str(claim.get("value") or "").strip() if claim.get("wrong") else ""
