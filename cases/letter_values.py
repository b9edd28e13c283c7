"""The facts of a move, as a letter or a paper may name them. The post office chooses the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.acts import Act
from cases.reading import office_of
from cases.words import disputes, words_of
from registry.columns import column_of
from registry.credit_records import CreditRecord, RecordChange, value_of
from registry.organisations import Bureau, Office
from workflow.calendar import add_months
from workflow.definition import Party
from workflow.findings import DISPLAY, in_force
from workflow.limits import Rule, mark_of
from workflow.refusal import Message, say
from workflow.snapshot import World
from workflow.timing import Timer, due_of, left

MONTHS_OF_SILENCE = 2
"""After how many months a body that has not acted can be sued: 《行政诉讼法》第四十七条 (D3)."""


def values_for(session: Session, world: World, act: Act, timers: Sequence[Timer]) -> Mapping[str, object]:
    """Everything that a letter about this move may name."""
    file, move = act.file, act.move
    bureau = session.get(Bureau, move.bureau) if move.bureau else None
    office = office_of(session)
    return {
        "number": file.number,
        "check_code": file.check_code,
        "enterprise": file.enterprise_name,
        "enterprise_code": file.enterprise_code,
        "record": file.document_number,
        "bureau": bureau.name if bureau else "",
        "office": office.name,
        "filed_on": file.filed_on,
        "today": move.on,
        "actor_name": move.person.name,
        "outcome": say(move.target.label),
        "reasons": "", "missing": "", "where": "", "question": "", "words": "", "letter": "",
        **_said(act),
        **_deadline(world, act, timers, bureau, office),
        "remedies": _remedies(world, bureau, office),
        "findings": _findings(session, act),
    }  # fmt: skip


def _said(act: Act) -> dict[str, object]:
    """The words of the act that others may read: never the internal ones."""
    shown = {field.name for field in act.move.action.asks if not field.internal}
    return {name: text for name, text in act.move.words.items() if name.split(".")[0] in shown}


def _deadline(
    world: World, act: Act, timers: Sequence[Timer], bureau: Bureau | None, office: Office
) -> dict[str, object]:
    """The deadline a letter names: the one that fired, else the one that runs for the step that comes next."""
    timer = _named_timer(act, timers)
    since = add_months(act.file.filed_on, MONTHS_OF_SILENCE)
    whole = next((t for t in timers if t.deadline == "whole" and t.stopped is None), None)
    found: dict[str, object] = {
        "remedy_from": since,
        "whole_due": due_of(whole, world.calendar).day if whole else None,
        "stage": "", "due": None, "days": 0, "limit": "", "basis": "", "responsible": "",
    }  # fmt: skip
    if timer:
        rule = _rule(world, act, timer)
        found |= {
            "stage": say(act.move.definition.deadline(timer.deadline).label),
            "due": due_of(timer, world.calendar).day,
            "days": max(-left(timer, world.calendar, act.move.on), 0),
            "limit": limit_words(timer.budget, str(timer.unit)),
            "basis": basis_words(rule),
            "responsible": _responsible(timer, bureau, office),
        }
    return found


def _named_timer(act: Act, timers: Sequence[Timer]) -> Timer | None:
    if act.timer:
        return act.timer
    running = [timer for timer in timers if timer.stopped is None]
    asked = act.move.codes.get("deadline") or _extended(act)
    for timer in running:
        if timer.deadline == asked:
            return timer
    own = [timer for timer in running if timer.owner == act.move.desk and timer.deadline != "whole"]
    return own[-1] if own else None


def _extended(act: Act) -> str:
    return next((effect.of for effect in act.move.effects if effect.name == "extend"), "")


def _rule(world: World, act: Act, timer: Timer) -> Rule:
    return world.jurisdiction.limit(timer.rule, act.move.variant, act.file.filed_on)


def limit_words(n: int, unit: str) -> Message:
    """A limit in words, in its own unit."""
    words = {"workday": say("{n} working days", n=n), "day": say("{n} days", n=n), "month": say("{n} months", n=n)}
    return words[unit]


def basis_words(rule: Rule) -> Message:
    """What a limit rests on: a proposal is never called a promise, a promise never law."""
    if mark_of(rule) == "proposal":
        return say("proposed, not yet published")
    if mark_of(rule) == "promise":
        return say("promised: {citation}", citation=rule.citation)
    if mark_of(rule) == "analogy":
        return say("borrowed from {citation}", citation=rule.citation)
    if mark_of(rule) == "statute_unverified":
        return say("{citation}, unverified", citation=rule.citation)
    return say("{citation}", citation=rule.citation)


def _responsible(timer: Timer, bureau: Bureau | None, office: Office) -> Message | str:
    """Who answers for a deadline once it is missed."""
    if timer.owner == Party.BUREAU and bureau:
        return say("the head of {body}", body=bureau.name)
    return say("the head of {body}", body=office.name) if timer.owner == Party.OFFICE else ""


def _remedies(world: World, bureau: Bureau | None, office: Office) -> list[dict[str, object]]:
    """Against a decision: what can be asked, of which body, within which period (law.md 1.5)."""
    body: Bureau | Office = bureau if bureau and bureau.review_body else office
    return [
        {
            "zh": remedy.text["zh"].format(review_body=body.review_body, court=body.court),
            "en": remedy.text["en"].format(review_body=body.review_body, court=body.court),
            "confirmed": body.review_confirmed and body.court_confirmed,
        }
        for remedy in world.jurisdiction.remedies
        if remedy.after == "decision"
    ]


def _findings(session: Session, act: Act) -> list[dict[str, object]]:
    """For an answer: each disputed field, what stood there, what was claimed, what was found, and why."""
    if act.file.record_id is None or not in_force(act.move.definition, act.file.snapshot.past):
        return []
    record = session.get_one(CreditRecord, act.file.record_id)
    words = words_of(session, act.file.id)
    return [
        {
            "field": field_words(record.kind, dispute.field),
            "before": stood(session, record, act.file.id, dispute.field),
            "claim": dispute.claim,
            "finding": dispute.finding,
            "value": dispute.value,
            "reason": dispute.reason,
        }
        for dispute in disputes(act.move.definition, act.file.snapshot.past, words)
    ]


def field_words(kind: str, field: str) -> Message:
    """What a disputed field is called."""
    column = column_of(kind, field)
    return say(column.label if column else "Display") if field != DISPLAY else say("Display")


def stood(session: Session, record: CreditRecord, case_id: int, field: str) -> str:
    """What the record said in a field before this case changed it."""
    if field == DISPLAY:
        return record.display_until.isoformat() if record.display_until else ""
    changed = select(RecordChange.before).where(
        RecordChange.record_id == record.id, RecordChange.case_id == case_id, RecordChange.field == field
    )
    before = session.scalars(changed.order_by(RecordChange.id).limit(1)).first()
    return value_of(record, field) if before is None else before
