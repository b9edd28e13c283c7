"""The receipt of a filing: what comes and when, by the rules of the filing day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from cases.tables import Case
from cases.visibility import addresses_of
from notifications.inbox import letters_of
from registry.credit_records import CreditRecord
from registry.organisations import Bureau
from registry.people import Standing
from web.bodies import bureau_name
from web.parts.words import Words, span
from workflow.calendar import due
from workflow.limits import Rule
from workflow.refusal import Message, say
from workflow.snapshot import World


@dataclass(frozen=True)
class Coming:
    """One thing to come: by which day, or so long after what; what it is; on which rule it rests."""

    by: date | None
    after: Message | None
    what: Message
    rule: Rule
    provisional: bool = False


@dataclass(frozen=True)
class Receipt:
    """What the filer keeps of a filing."""

    number: str
    code: str
    at: datetime
    document_number: str
    coming: tuple[Coming, ...]
    letter_id: int | None
    mail: bool
    record_id: int | None

    @property
    def proposed(self) -> bool:
        """Whether a limit here is ours and not yet published."""
        return any(one.rule.basis == "proposal" for one in self.coming)

    @property
    def all_proposed(self) -> bool:
        return all(one.rule.basis == "proposal" for one in self.coming)


def receipt_of(session: Session, standing: Standing, case: Case, world: World, now: datetime) -> Receipt:
    """The receipt of a case that the person may read."""
    record = session.get_one(CreditRecord, case.record_id)
    supplier = session.get_one(Bureau, record.supplied_by_id)
    letters = letters_of(session, addresses_of(standing), case.number, now)
    first = letters[-1] if letters else None
    return Receipt(
        number=case.number,
        code=f"{case.check_code[:5]} {case.check_code[5:]}",
        at=case.opened_at,
        document_number=record.document_number,
        coming=_coming(case, bureau_name(supplier), world),
        letter_id=first.id if first else None,
        mail=bool(first and first.mail),
        record_id=case.record_id,
    )


def _coming(case: Case, supplier: str, world: World) -> tuple[Coming, ...]:
    accept, refer, verify, carry_out, answer, whole = (
        world.jurisdiction.limit(f"objection.{stage}", "", case.filed_on)
        for stage in ("accept", "refer", "verify", "carry_out", "answer", "whole")
    )
    return (
        _by(case, accept, world, say(
            "The office tells you whether your objection is accepted. If papers are missing, it says at once what all"
            " of them are. Once accepted, the record is marked as under objection.")),
        _after(refer, say("{span} after acceptance", span=_span(refer)), say(
            "The office compares its copy with the bureau's data and refers the objection to the bureau that supplied"
            " the record: {bureau}.", bureau=supplier)),
        _after(verify, say("{span} after the referral", span=_span(verify)), say(
            "The bureau verifies the record and gives a finding for every field. Days on which it waits for your"
            " papers do not count.")),
        _after(carry_out, say("{span} after the approval", span=_span(carry_out)), say(
            "The record is put right, where the finding says so.")),
        _after(answer, say("{span} after that", span=_span(answer)), say("The written answer comes to your inbox.")),
        _by(case, whole, world, _whole(whole)),
    )  # fmt: skip


def _whole(rule: Rule) -> Message:
    said = say("The whole case: {span}.", span=_span(rule))
    if rule.extension is None:
        return said
    more = say("If the bureau extends its time, at most {span} more; you are told why.",
               span=span(rule.extension, rule.unit))  # fmt: skip
    return say("{first} {rest}", first=said, rest=more)


def _by(case: Case, rule: Rule, world: World, what: Message) -> Coming:
    day, provisional = due(world.calendar, case.filed_on, rule.n, rule.unit, rolls=rule.rolls)
    return Coming(day, None, what, rule, provisional)


def _after(rule: Rule, after: Message, what: Message) -> Coming:
    return Coming(None, after, what, rule)


def _span(rule: Rule) -> Words:
    return span(rule.n, rule.unit)
