"""What a decision says, for its letter and its paper: findings, what was done, reasons, remedies with their bodies."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from cases.model.disputed import Dispute, disputes
from cases.model.reading import Act, Words
from cases.model.tables import CaseLink
from exchange.queue import OUTWARD, told_elsewhere
from notifications.languages import LANGUAGES, Basis, Bilingual, ToldRemedy, day_in_full, span, told, told_review
from registry.columns import CLASSES, Type, column_of, shown_in
from registry.credit_records import CreditRecord, RecordChange, changes_of, value_of
from registry.display import barred, eligibility
from registry.organisations import Bureau, Office
from registry.people import User
from workflow.answers import LAW_DAY
from workflow.definition import (
    CALLS_BACK,
    DECIDES,
    FILER,
    PROPOSES,
    ROLES,
    SENDS_BACK,
    STAY,
    Action,
    Definition,
    FieldKind,
    Part,
    Party,
)
from workflow.guards import HasRemedy, taken_up_again
from workflow.past import DISPLAY, findings_in_force, rows_of
from workflow.refusal import Message, say
from workflow.snapshot import EventFacts, RuleContext
from workflow.timing import Timer

Facts = dict[str, object]
"""What a letter may name: days as dates, labels as messages, lengths as numbers, codes and people's words as texts."""

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
NOTED = say("beside “{field}” it is noted that it could not be established")
NOT_ALL_AGREE = say(
    "Other places that show the record and are told of it: {n}; seen to show the same so far: {m}. "
    "The rest are to show it by {day} at the latest ({basis}). The page of the case says which of them do."
)
NONE_AGREES = say(
    "Other places that show the record and are told of it: {n}; none was seen to show the same yet. "
    "They are to show it by {day} at the latest ({basis}). The page of the case says which of them do."
)
ALL_AGREE = say("Other places that show the record and were told of it: {n}. All of them were seen to show the same.")
AT_ONCE = say("You may file again at once.")
BARRED = say("You may file again from {day} ({law}).")
BARRED_UNVERIFIED = say("You may file again from {day} ({law}; unverified).")
OFFICIALS = {role.name for role in ROLES.values() if role.party in (Party.BUREAU, Party.OFFICE)}
SIGNED = {PROPOSES: say("Proposed by"), DECIDES: say("Approved by"), None: say("Handled by")}


DECIDED_ALONE = say("Decision by")
"""Who decided where nobody proposed: nothing was there to approve."""


@dataclass(frozen=True)
class LetterContext:
    """An act with what its letters are written from."""

    session: Session
    world: RuleContext
    act: Act
    timers: tuple[Timer, ...]
    """Of the case, once the act is done."""
    words: Words
    """Of the case, this act's too."""
    record: CreditRecord | None
    bureau: Bureau | None

    @property
    def office(self) -> Office:
        return self.act.file.bodies.office


def decision_facts(of: LetterContext) -> Facts:
    """Findings, results and remedies of a decision."""
    act, record = of.act, of.record
    return {
        **_heard(of),
        **_proposed(of),
        "review_of": reviewed.on if (reviewed := review_of(act)) else None,
        "review_open": taken_up_again(act.move.definition, act.after) is not None,
        "result": Message(act.move.target.label),
        "adverse": act.move.target.adverse,
        "reasons": act.move.words.get("reasons") or _said(act, of.words, "reasons"),
        "findings": _findings(of, record) if record else [],
        **(_done_to(of, record) if record else {"done": [], "elsewhere": None}),
        "law": _law(of),
        "refile": _refile(of) if act.move.target.adverse else [],
        "missing": _last_said(of, "missing"),
        **_led_to(of),
        "grounds": _grounds(of),
        "limits": list(_limits(of)),
        "remedies": _remedies(of),
        "signers": _signers(of),
    }


def _led_to(of: LetterContext) -> Facts:
    """Where a refusal that is upheld led the enterprise: the answer takes its place (D31, D61)."""
    act = of.act
    led = [event for event, row in of_part(act, DECIDES) if any(field.name == "where" for field in row.asks)]
    if not led or led[-1].seq == act.seq or not act.move.target.adverse:
        return {}
    if findings_in_force(act.move.definition, act.past):
        return {}
    refused = led[-1]
    return {"where": of.words.get(refused.seq, {}).get("where", ""), "nowhere": refused.codes.get("nowhere")}


def _last_said(of: LetterContext, name: str) -> str:
    """The last words of that name, whoever said them."""
    return next((said[name] for _seq, said in sorted(of.words.items(), reverse=True) if said.get(name)), "")


def tells_a_decision(act: Act) -> bool:
    """Whether the letters need findings, reasons and remedies: the act decides, or ends what was decided."""
    action = act.move.action
    return action.part is DECIDES or bool(_remedies_of(action)) or (act.move.closes and bool(of_part(act, DECIDES)))


def answers_itself(definition: Definition) -> bool:
    """Whether a bureau answers the enterprise in such cases, and its papers bear its own name."""
    return any(
        _remedies_of(row) == [Party.BUREAU]
        and any(definition.by_state[str(target)].final for target in row.targets if target is not STAY)
        for row in definition.actions
    )


def answered(definition: Definition, event: EventFacts) -> Facts:
    """An event's answers beside its words: codes, and days as days."""
    days = {field.name for row in rows_of(definition, event) for field in row.asks if field.kind is FieldKind.DATE}
    return {
        name: date.fromisoformat(code) if name in days else code
        for name, code in event.codes.items()
        if isinstance(code, str)
    }


def _proposed(of: LetterContext) -> Facts:
    """What was proposed and is now decided, by field: choices, and words that are not internal."""
    act = of.act
    if act.move.action.part is not DECIDES or _sent_back(act) or not (events := of_part(act, PROPOSES)):
        return {}
    event, row = events[-1]
    shown = {field.name for field in row.asks if not field.internal}
    said = {name: text for name, text in of.words.get(event.seq, {}).items() if name in shown}
    return {**said, **answered(act.move.definition, event)}


def _heard(of: LetterContext) -> Facts:
    """What a bureau took the case up again with, and what the enterprise said to it (`views`)."""
    facts: Facts = {}
    for event in (past for past in of.act.past if past.round == of.act.move.round > 1):
        said = of.words.get(event.seq, {})
        for row in rows_of(of.act.move.definition, event):
            shown = {field.name for field in row.asks if not field.internal}
            if row.reopens and event.bureau is not None and FILER not in row.by:
                facts |= {name: text for name, text in said.items() if name in shown}
            elif event.role == FILER.name and row.moves and not row.reopens:
                facts["views"] = said.get("words", "")
    return facts


def _signers(of: LetterContext) -> list[Facts]:
    """The officials who answer for a decision: who proposed, decided, and carried it out or answered."""
    act = of.act
    made = () if _sent_back(act) else of_part(act, PROPOSES, DECIDES)
    parts = {**{row.part: event for event, row in made}, None: act.move.past}
    first: dict[int, Message] = {}
    for part, event in parts.items():
        if event.person and event.role in OFFICIALS:
            first.setdefault(event.person, SIGNED[part])
    together = any(row.part is PROPOSES and event.round == act.move.round for event, row in made)
    first = {
        person: DECIDED_ALONE if said is SIGNED[DECIDES] and not together else said for person, said in first.items()
    }
    names = {person.id: person.name for person in of.session.scalars(select(User).where(User.id.in_(first)))}
    return [{"part": words, "name": names[person]} for person, words in first.items()]


def review_of(act: Act) -> EventFacts | None:
    """The request whose review an act answers; None where the case was taken up again and decided as at first."""
    rows = [(event, row) for event in act.past for row in rows_of(act.move.definition, event)]
    asked = next((event for event, row in reversed(rows) if row.reopens), None)
    made = [(event, row) for event, row in of_part(act, PROPOSES, DECIDES) if asked and event.seq > asked.seq]
    if asked is None or not made:
        return None
    reviewed = made[-1][0].source == asked.target or any(field.review for _event, row in made for field in row.asks)
    return asked if reviewed else None


def _sent_back(act: Act) -> bool:
    """Whether the last proposal was sent back, so that nobody answers for it."""
    events = of_part(act, PROPOSES, SENDS_BACK, CALLS_BACK)
    return bool(events) and events[-1][1].part is not PROPOSES and events[-1][0].round == act.move.round


def of_part(act: Act, *parts: Part) -> list[tuple[EventFacts, Action]]:
    """The case's events with these parts, this act included, each with its row."""
    rows = ((event, row) for event in act.past for row in rows_of(act.move.definition, event))
    return [(event, row) for event, row in rows if row.part in parts]


def _said(act: Act, words: Words, name: str) -> str:
    """Words of that name in force: those of the findings, or of the last proposal or decision."""
    found = {finding.reasoned.event.seq for finding in findings_in_force(act.move.definition, act.past).values()}
    deciding = found or {event.seq for event, _row in of_part(act, PROPOSES, DECIDES)}
    return next((said for seq in sorted(deciding, reverse=True) if (said := words.get(seq, {}).get(name))), "")


def _law(of: LetterContext) -> Bilingual | Message | str:
    """What a decision rests on (D60): the article that was named, in both languages where it is one of the table, else
    with the day on which it was compared; in a case decided before articles were named, what the table gives."""
    act, law = of.act, of.world.jurisdiction
    found = {finding.code for finding in findings_in_force(act.move.definition, act.past).values()}
    record = of.record.kind if of.record else ""

    def told(end: str) -> Bilingual | None:
        variant, day = act.move.variant, act.move.filed_on
        text = law.rests_on(act.file.kind, end, day, variant=variant, record=record, found=found)
        return Bilingual(text.zh, text.en) if text else None

    named = act.move.words.get("law") or _said(act, of.words, "law")
    if not named:
        return told(act.move.target.name) or ""
    offers = [one for state in act.move.definition.states if state.final and (one := told(state.name))]
    return next((one for one in offers if named in (one.zh, one.en)), "") or _compared(of, named)


def _compared(of: LetterContext, named: str) -> Message | str:
    """An article that is not of the table, with the day on which whoever named it compared the official text."""
    said = {**of.words, of.act.seq: of.act.move.words}
    days = (past.codes.get(LAW_DAY) for past in reversed(of.act.past) if said.get(past.seq, {}).get("law") == named)
    day = next((date.fromisoformat(str(day)) for day in days if day), None)
    if day is None:
        return named
    return say("{law} (compared with the official text on {day})", law=named, day=_in_full(day))


def _in_full(day: date) -> Bilingual:
    return Bilingual(day_in_full(day, "zh"), day_in_full(day, "en"))


def _refile(of: LetterContext) -> list[Message]:
    """From which day one may file again (D36): at once, or each class's first day where one is given."""
    record, move = of.record, of.act.move
    if not (record and move.definition.records):
        return [AT_ONCE]
    _revoked, bars = barred(of.world.jurisdiction, changes_of(of.session, record), move.on)
    if bars:
        bar, last = max(bars, key=lambda one: one[1])
        source = Bilingual(f"{bar.citation}", bar.citation_en)
        sentence = BARRED_UNVERIFIED if bar.certainty == "second_hand" else BARRED
        return [say(sentence.id, day=last + timedelta(days=1), law=source)]
    found = eligibility(record, of.session.get_one(Bureau, record.determined_by_id), of.world.jurisdiction, move.on)
    said = [(one.severity, max(one.acted_on.day, move.on)) for one in found.classes]
    return [
        say("Where its class is {severity}, you may file again from {day}.", severity=CLASSES[severity], day=day)
        if severity and not found.stated
        else say("You may file again from {day}.", day=day)
        for severity, day in said
    ] or [AT_ONCE]


def _findings(of: LetterContext, record: CreditRecord) -> list[Facts]:
    """Each disputed field with its old value, claim, finding and reason; nothing that was sent back."""
    act = of.act
    if not findings_in_force(act.move.definition, act.past) or _sent_back(act):
        return []
    return [
        {
            **row,
            "finding": dispute.finding,
            "value": value_words(record.kind, dispute.field, dispute.value),
            "reason": dispute.reason,
        }
        for dispute, row in disputed_rows(of, record)
    ]


def disputed_rows(of: LetterContext, record: CreditRecord) -> list[tuple[Dispute, Facts]]:
    """Each disputed field: its name, what the record said, and what the enterprise says it should be."""
    named = disputes(of.act.move.definition, of.act.past, of.words)
    before = stood(of.session, record, of.act.file.id, [dispute.field for dispute in named])
    return [
        (
            dispute,
            {
                "field": field_words(record.kind, dispute.field),
                "before": value_words(record.kind, dispute.field, before[dispute.field]),
                # of the display itself no value is claimed
                "claim": "" if dispute.field == DISPLAY else value_words(record.kind, dispute.field, dispute.claim),
            },
        )
        for dispute in named
    ]


def field_words(kind: str, field: str) -> Message:
    """The name of a disputed field."""
    column = column_of(kind, field)
    return Message(column.label) if column else say("The display itself")


def value_words(kind: str, field: str, value: str) -> Bilingual | Message | str:
    """A value as papers write it: a day in full, a class by its name, an amount with its unit."""
    column = column_of(kind, field)
    if column and column.type is Type.DATE and value:
        return _in_full(date.fromisoformat(value))
    return shown_in(value, column)


def value_line(kind: str, field: str, before: str, after: str, words: Message) -> Message:
    """A line in these words on two values of a field."""
    said = [value_words(kind, field, value) or "—" for value in (before, after)]
    return say(words.id, what=field_words(kind, field), before=said[0], after=said[1])


CORRECTED: Final = (
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
"""Read for every letter, so built once."""


def stood(session: Session, record: CreditRecord, case_id: int, fields: Iterable[str]) -> dict[str, str]:
    """The record's values before this case, or the case that opened it, changed them."""
    return stood_by(session.execute(CORRECTED, {"record": record.id, "case": case_id}), record, fields)


def stood_by(changed: Iterable[Any], record: CreditRecord, fields: Iterable[str]) -> dict[str, str]:
    """The same by what `CORRECTED` has given, asked together with something else."""
    before = {row.field: row.before for row in changed}
    until = record.display_until.isoformat() if record.display_until else ""
    return {
        field: until if field == DISPLAY else before[field] if field in before else value_of(record, field)
        for field in fields
    }


def _done_to(of: LetterContext, record: CreditRecord) -> Facts:
    """What this case has done to the record, each thing once, and how far other places are with it."""
    made = select(RecordChange).where(RecordChange.record_id == record.id, RecordChange.case_id == of.act.file.id)
    changes = of.session.scalars(made.order_by(RecordChange.id)).all()
    done = [
        Message(
            (NOTED if _only_noted(change) else DONE[change.what]).id, {"field": field_words(record.kind, change.field)}
        )
        for change in changes
        if change.what in DONE
    ]
    each_once = list({(message.id, str(message)): message for message in done}.values())
    outward = any(change.what in OUTWARD for change in changes)
    return {"done": each_once or [say("nothing was changed")], "elsewhere": _elsewhere(of, record) if outward else None}


def _elsewhere(of: LetterContext, record: CreditRecord) -> Message | None:
    """How far other places are with the record: "corrected" is said of this platform alone (D48)."""
    told = told_elsewhere(of.session, of.world, record.id) if of.world.jurisdiction.places else None
    if told is None or not told.places:
        return None
    if told.rule is None or told.due_on is None:
        return say(ALL_AGREE.id, n=told.places)
    day = Bilingual(*(day_in_full(told.due_on, language) for language in LANGUAGES))
    basis = Basis.of(told.rule)
    if not told.agreeing:
        return say(NONE_AGREES.id, n=told.places, day=day, basis=basis)
    return say(NOT_ALL_AGREE.id, n=told.places, m=told.agreeing, day=day, basis=basis)


def _only_noted(change: RecordChange) -> bool:
    """Whether nothing that the enterprise has said is kept beside a field, but the note of the check."""
    return change.what == "statement_kept" and not json.loads(change.after)["statement"]


def _grounds(of: LetterContext) -> list[Bilingual]:
    """The ground of the objection and the article it rests on."""
    code = next((event.codes["ground"] for event in of.act.file.snapshot.past if event.codes.get("ground")), "")
    return [
        Bilingual(f"{ground.citation}：{ground.label['zh']}", f"{ground.citation_en}: {ground.label['en']}")
        for ground in of.world.jurisdiction.grounds
        if ground.name == code
    ]


def _limits(of: LetterContext) -> Iterator[Message]:
    """The bureau's time and the whole case's, each with its basis: a proposal is called one."""
    definition, snapshot = of.act.move.definition, of.act.file.snapshot
    for timer in snapshot.timers:
        if timer.deadline not in definition.deadline_names or timer.round != snapshot.round:
            continue
        if timer.owner == Party.BUREAU or timer.deadline == "whole":
            yield say(
                "{stage}: {time}, {basis}",
                stage=say(definition.deadline(timer.deadline).label),
                time=span(timer.budget, str(timer.unit)),
                basis=basis_of(of.world, of.act, timer),
            )


def basis_of(world: RuleContext, act: Act, timer: Timer) -> Basis:
    return Basis.of(world.limit_of(act.after, timer.rule), extended=bool(timer.extended))


def _remedies(of: LetterContext) -> list[ToldRemedy]:
    """The next steps open: our own review where there is one, then the law's, by the body that decided."""
    act, world = of.act, of.world
    body = of.bureau if of.bureau and decided_by(act) is Party.BUREAU else of.office
    follows = {remedy.after for remedy in world.jurisdiction.remedies} & {act.move.variant} or {"decision"}
    law = [remedy for remedy in world.jurisdiction.remedies if remedy.after in follows]
    legal = [told(remedy, *_before(body, remedy.body)) for remedy in law]
    if again := taken_up_again(act.move.definition, act.after):
        _action, window, start = again
        rule = world.limit_of(act.after, window.rule, start.on)
        return [told_review(rule, in_both(of.office), window.ends(act.after, world, start)[0]), *legal]
    return legal


def in_both(body: Bureau | Office) -> Bilingual:
    """A body's name in both languages."""
    return Bilingual(body.name, body.name_en)


def _before(body: Bureau | Office, whom: str) -> tuple[Bilingual, bool]:
    """Whom a remedy goes to, and whether somebody confirmed it (D11)."""
    if whom == "court":
        return Bilingual(body.court, body.court_en), body.court_confirmed
    return Bilingual(body.review_body, body.review_body_en), body.review_confirmed


def decided_by(act: Act) -> Party:
    """The body that decided: the last one whose remedy alone an act needed, else the office."""
    rows = [row for event in act.past for row in rows_of(act.move.definition, event)]
    bodies = [remedies[0] for row in reversed(rows) if len(remedies := _remedies_of(row)) == 1]
    return bodies[0] if bodies else Party.OFFICE


def _remedies_of(action: Action) -> list[Party]:
    return [guard.of for guard in action.guard if isinstance(guard, HasRemedy)]
