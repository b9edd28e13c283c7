"""What a decision says, for its letter and its paper: findings, what was done, reasons, remedies with their bodies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from cases.model.reading import Act
from cases.model.tables import CaseLink
from cases.model.words import Words, disputes
from notifications import remedies
from notifications.languages import Words as InBoth
from notifications.languages import basis_message
from notifications.numbers import day_in_full
from notifications.remedies import Told
from registry.columns import Type, column_of, shown_in
from registry.credit_records import CreditRecord, RecordChange, value_of
from registry.organisations import Bureau, Office
from registry.people import User
from workflow.definition import DECIDES, PROPOSES, ROLES, SENDS_BACK, STAY, Action, Definition, Part, Party
from workflow.findings import DISPLAY, findings_in_force, rows_of
from workflow.guards import HasRemedy
from workflow.refusal import Message, say
from workflow.snapshot import EventFacts, RuleContext

DONE = {
    "corrected": say("{field} has been corrected"),
    "display_ended": say("the display has ended"),
    "delisted": say("the enterprise is off the list"),
    "sharing_stopped": say("sharing and use have stopped"),
    "shown_again": say("the record is displayed again"),
    "listed_again": say("the enterprise is on the list again"),
    "shared_again": say("the record is shared again"),
    "statement_kept": say("beside “{field}” your own words are kept, and that it could not be established"),
    "unflagged": say("the mark “under objection” is taken off"),
}


def decision_values(
    session: Session, world: RuleContext, act: Act, words: Words, bureau: Bureau | None, office: Office
) -> dict[str, object]:
    """Findings, results and remedies of a decision."""
    record = session.get(CreditRecord, act.file.record_id) if act.file.record_id is not None else None
    return {
        **_proposed(act, words),
        "result": act.move.target.label,
        "adverse": act.move.target.adverse,
        "reasons": act.move.words.get("reasons") or _reasons(act, words),
        "findings": _findings(session, act, record, words) if record else [],
        "done": _done(session, act, record) if record else [],
        "grounds": _grounds(world, act),
        "limits": list(_limits(world, act)),
        "remedies": _remedies(world, act, bureau, office),
        "signers": _signers(session, act),
        **_issuer(act, bureau),
    }


def tells_a_decision(act: Act) -> bool:
    """Whether the act's letters need findings, reasons and remedies read: it decides, or ends what was decided."""
    action = act.move.action
    return action.part is DECIDES or bool(_remedies_of(action)) or (act.move.closes and bool(of_part(act, DECIDES)))


def answers_itself(definition: Definition) -> bool:
    """Whether a bureau answers the enterprise in such cases, and its papers bear its own name."""
    return any(
        _remedies_of(row) == [Party.BUREAU]
        and any(definition.by_state[str(target)].final for target in row.targets if target is not STAY)
        for row in definition.actions
    )


def _issuer(act: Act, bureau: Bureau | None) -> dict[str, object]:
    """The bureau whose decision it is, where bureaus answer themselves."""
    own = bureau and _decided_by(act) is Party.BUREAU and answers_itself(act.move.definition)
    return {"issuer": in_both(bureau)} if bureau and own else {}


def _proposed(act: Act, words: Words) -> dict[str, object]:
    """What was proposed and is decided now, by field: its choice, and the words that are not internal."""
    if act.move.action.part is not DECIDES or _sent_back(act) or not (events := of_part(act, PROPOSES)):
        return {}
    event, row = events[-1]
    shown = {field.name for field in row.asks if not field.internal}
    said = {name: text for name, text in words.get(event.seq, {}).items() if name in shown}
    return {**said, **{name: code for name, code in event.codes.items() if isinstance(code, str)}}


def _signers(session: Session, act: Act) -> list[dict[str, object]]:
    """Who answers for a decision: who proposed it, who decided, who carried it out or answered; officials alone."""
    made = () if _sent_back(act) else of_part(act, PROPOSES, DECIDES)
    parts = {**{row.part: event for event, row in made}, None: act.move.past}
    signed = [(SIGNED[part], event.person) for part, event in parts.items() if event.person and _is_official(event)]
    first: dict[int, Message] = {}
    for words, person in signed:
        first.setdefault(person, words)
    people = session.scalars(select(User).where(User.id.in_(first)))
    names = {person.id: person.name for person in people}
    return [{"part": words, "name": names[person]} for person, words in first.items()]


SIGNED = {PROPOSES: say("Proposed by"), DECIDES: say("Approved by"), None: say("Handled by")}


def _is_official(event: EventFacts) -> bool:
    return any(role.name == event.role and role.party in (Party.BUREAU, Party.OFFICE) for role in ROLES.values())


def _sent_back(act: Act) -> bool:
    """Whether what was proposed last was sent back, so that nobody stands for it."""
    events = of_part(act, PROPOSES, SENDS_BACK)
    return bool(events) and events[-1][1].part is SENDS_BACK and events[-1][0].round == act.move.round


def of_part(act: Act, *parts: Part) -> list[tuple[EventFacts, Action]]:
    """The events of the case, this act included, that proposed or decided, each with its row."""
    rows = ((event, row) for event in act.past for row in rows_of(act.move.definition, event))
    return [(event, row) for event, row in rows if row.part in parts]


def _reasons(act: Act, words: Words) -> str:
    """The reasons of the decision that stands: of its findings, or of whoever proposed or decided last."""
    found = {finding.event.seq for finding in findings_in_force(act.move.definition, act.past).values()}
    deciding = found or {event.seq for event, _row in of_part(act, PROPOSES, DECIDES)}
    return next((said for seq in sorted(deciding, reverse=True) if (said := words.get(seq, {}).get("reasons"))), "")


def _findings(session: Session, act: Act, record: CreditRecord, words: Words) -> list[dict[str, object]]:
    """Each disputed field: what stood there, what was claimed, what was found, and why; nothing that was sent back."""
    if not findings_in_force(act.move.definition, act.past) or _sent_back(act):
        return []
    named = disputes(act.move.definition, act.past, words)
    before = stood(session, record, act.file.id, [dispute.field for dispute in named])
    return [
        {
            "field": field_words(record.kind, dispute.field),
            "unit": unit_words(record.kind, dispute.field),
            "before": value_words(record.kind, dispute.field, before[dispute.field]),
            "claim": claim_words(record.kind, dispute.field, dispute.claim),
            "finding": dispute.finding,
            "value": value_words(record.kind, dispute.field, dispute.value),
            "reason": dispute.reason,
        }
        for dispute in named
    ]


def field_words(kind: str, field: str) -> Message:
    """What a disputed field is called."""
    column = column_of(kind, field)
    return Message(column.label) if column else say("The display itself")


def value_words(kind: str, field: str, value: str) -> InBoth | Message | str:
    """A value as papers write it: a day in full, a class by its name."""
    column = column_of(kind, field)
    if column and column.type is Type.DATE and value:
        day = date.fromisoformat(value)
        return InBoth(day_in_full(day, "zh"), day_in_full(day, "en"))
    return shown_in(value, column)


def claim_words(kind: str, field: str, claim: str) -> InBoth | Message | str:
    """What the enterprise says a field should be; of the display itself it names no value."""
    return "" if field == DISPLAY else value_words(kind, field, claim)


def unit_words(kind: str, field: str) -> Message | str:
    """The unit in which papers write a value; empty where it has none."""
    column = column_of(kind, field)
    return say("10,000 yuan") if column and column.type is Type.AMOUNT else ""


_CORRECTED: Final = (
    select(RecordChange.field, RecordChange.before)
    .where(RecordChange.record_id == bindparam("record"), RecordChange.what == "corrected")
    .where(
        or_(
            RecordChange.case_id == bindparam("case"),
            RecordChange.case_id.in_(select(CaseLink.from_case_id).where(CaseLink.to_case_id == bindparam("case"))),
        )
    )
    .order_by(RecordChange.id.desc())
)
"""Asked of every letter: it is built once."""


def stood(session: Session, record: CreditRecord, case_id: int, fields: Iterable[str]) -> dict[str, str]:
    """What the record said in each field before this case changed it, or the case that opened this one."""
    changed = session.execute(_CORRECTED, {"record": record.id, "case": case_id})
    before = {row.field: row.before for row in changed}
    until = record.display_until.isoformat() if record.display_until else ""
    return {
        field: until if field == DISPLAY else before[field] if field in before else value_of(record, field)
        for field in fields
    }


def _done(session: Session, act: Act, record: CreditRecord) -> list[Message]:
    """What this case has done to the record, in words."""
    changes = session.scalars(
        select(RecordChange)
        .where(RecordChange.record_id == record.id, RecordChange.case_id == act.file.id)
        .order_by(RecordChange.id)
    )
    done = [
        Message(DONE[change.what].id, {"field": field_words(record.kind, change.field)})
        for change in changes
        if change.what in DONE
    ]
    return list({(message.id, str(message)): message for message in done}.values()) or [say("nothing was changed")]


def _grounds(world: RuleContext, act: Act) -> list[InBoth]:
    """The ground of the objection and the article it rests on."""
    code = next((event.codes.get("ground") for event in act.file.snapshot.past if event.codes.get("ground")), "")
    return [
        InBoth(f"{ground.citation}：{ground.label['zh']}", f"{ground.citation_en}: {ground.label['en']}")
        for ground in world.jurisdiction.grounds
        if ground.name == code
    ]


def _limits(world: RuleContext, act: Act) -> Iterator[Message]:
    """The time the bureau had, and the whole case, each with what it rests on: a proposal is called one."""
    known = act.move.definition.deadline_names
    for timer in act.file.snapshot.timers:
        if timer.deadline not in known or timer.round != act.file.snapshot.round:
            continue
        if timer.owner == Party.BUREAU or timer.deadline == "whole":
            rule = world.limit_of(act.after, timer.rule)
            stage = say(act.move.definition.deadline(timer.deadline).label)
            time = remedies.lasting(timer.budget, str(timer.unit))
            yield say(
                "{stage}: {time}, {basis}",
                stage=stage,
                time=time,
                basis=basis_message(rule, extended=bool(timer.extended)),
            )


def _remedies(world: RuleContext, act: Act, bureau: Bureau | None, office: Office) -> list[Told]:
    """What can be asked next: our own review where there is one, then what law gives, of the deciding body's own."""
    body = bureau if bureau and _decided_by(act) is Party.BUREAU else office
    law = [remedy for remedy in world.jurisdiction.remedies if remedy.after == _follows(world, act)]
    told = [remedies.told(remedy, *_before(body, remedy.body)) for remedy in law]
    if _may_be_reviewed(act):
        rule = world.jurisdiction.limit(f"{act.file.kind}.review_ask", act.move.variant, act.file.filed_on)
        return [remedies.told_review(rule, in_both(office)), *told]
    return told


def in_both(body: Bureau | Office) -> InBoth:
    """A body's name in both languages."""
    return InBoth(body.name, body.name_en)


def _before(body: Bureau | Office, whom: str) -> tuple[InBoth, bool]:
    """Whom a remedy goes to, and whether somebody confirmed it (D11)."""
    if whom == "court":
        return InBoth(body.court, body.court_en), body.court_confirmed
    return InBoth(body.review_body, body.review_body_en), body.review_confirmed


def _follows(world: RuleContext, act: Act) -> str:
    """What the remedies follow: the opinion of a route that has remedies of its own, else any decision."""
    own = {remedy.after for remedy in world.jurisdiction.remedies}
    return act.move.variant if act.move.variant in own else "decision"


def _decided_by(act: Act) -> Party:
    """Whose decision it is: the last body whose remedy alone an act had to have; the office's where none did."""
    rows = [row for event in act.past for row in rows_of(act.move.definition, event)]
    bodies = [remedies[0] for row in reversed(rows) if len(remedies := _remedies_of(row)) == 1]
    return bodies[0] if bodies else Party.OFFICE


def _remedies_of(action: Action) -> list[Party]:
    return [guard.of for guard in action.guard if isinstance(guard, HasRemedy)]


def _may_be_reviewed(act: Act) -> bool:
    """Whether the state the case now ends in leaves a review to be asked, once."""
    taken = {event.action for event in act.file.snapshot.past}
    rows = act.move.definition.actions_from(act.move.target.name, act.move.variant)
    return any(
        row.reopens and row.name not in taken and Party.ENTERPRISE in {role.party for role in row.by} for row in rows
    )
