"""The matter of a case: its table of claims and findings, the decision, the evidence by number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePath

from sqlalchemy import select

from cases.model.related import Change, Since, changed_since
from cases.model.tables import Attachment
from cases.model.words import Dispute, disputes
from registry.columns import KINDS, Type, column_of
from registry.credit_records import CreditRecord
from web.case.events import Said, answers_of
from web.case.path import desk_name
from web.case.reading import CaseEvent, Reading, part_of
from web.parts.claim import ClaimRow, rows
from web.parts.words import Words
from web.site.action_form import INPUTS
from web.site.language import bureau_short
from web.site.record_words import amount_words, field_label
from workflow.answers import choices_for
from workflow.definition import (
    DECIDES,
    DESKS,
    FILER,
    PROPOSES,
    SENDS_BACK,
    STAY,
    Action,
    Branch,
    Field,
    FieldKind,
    Party,
)
from workflow.findings import AS_CLAIMED, DISPLAY
from workflow.guards import Once
from workflow.refusal import Message, say
from workflow.snapshot import EventFacts


@dataclass(frozen=True)
class Table:
    """The table of claims. `by_firm`: the firm claims it; `found`: findings are made; `decided`: they took effect.

    Where none are made, another case has found it: what stood before, and what has to stand now.
    """

    rows: tuple[ClaimRow, ...]
    by_firm: bool = True
    found: bool = True
    decided: bool = False


def heading(reading: Reading) -> Message:
    """What the case is called: its kind, and the first thing that is disputed, the record, or whom it is about."""
    kind = say(reading.definition.label)
    named = disputes(reading.definition, reading.past, reading.words)
    if named:
        what = _what(reading, named[0].field)
        if len(named) > 1:
            what = say("{what} and {n} more", what=what, n=len(named) - 1)
        return say("{kind} to “{what}”", kind=kind, what=what)
    if reading.record is not None:
        return say("{kind} of {record}", kind=kind, record=reading.record.document_number)
    return _about(reading, kind)


def _what(reading: Reading, field: str) -> Message:
    label = field_label(reading.record, field)
    column = column_of(reading.record.kind, field) if reading.record else None
    if reading.record is None or column is None or field == DISPLAY:
        return label
    value = reading.before[field]
    if column.type is Type.AMOUNT and value:
        return say("{field} {value}", field=label, value=amount_words(value))
    return say("{field} {value}", field=label, value=value) if column.type is Type.DATE and value else label


def _about(reading: Reading, kind: Message) -> Message:
    """Whom a case is about that is about no record: a bureau by its name, else what the opening chose."""
    bureau = reading.bureaus.get(reading.file.snapshot.complained_bureau or 0)
    if bureau:
        return say("{kind} about {whom}", kind=kind, whom=bureau_short(bureau))
    chosen = next(
        (field for field in reading.events[0].action.asks if field.name == reading.definition.closed_to), None
    )
    if chosen:
        whom = INPUTS[chosen.kind].said(chosen, reading.file.snapshot.complained_of, reading)
        return say("{kind}: {whom}", kind=kind, whom=whom)
    return say("{kind} {number}", kind=kind, number=reading.file.number)


def claim_table(reading: Reading) -> Table:
    """What is disputed, field by field. The firm does not see a proposal before it is a decision."""
    past = _shown_past(reading)
    named = disputes(reading.definition, past, reading.words)
    record = reading.record
    if record is None or not named:
        return Table(())
    decided, found = is_decided(reading, past), reading.finds
    if not found:
        named, decided = tuple(replace(one, finding=AS_CLAIMED) for one in named), True
    drawn = rows(
        [_without_code(one) for one in named],
        reading.before,
        KINDS.get(record.kind, ()),
        decided=decided,
        over=reading.state.final,
        verified=reading.state.desk == Party.BUREAU,
    )
    return Table(drawn, _by_firm(reading), found, decided)


def is_decided(reading: Reading, past: Sequence[EventFacts]) -> bool:
    """Whether the findings in force are a decision; a sending back makes them a proposal again."""
    parts = [part for one in past if (part := part_of(reading.definition, one)) in (PROPOSES, DECIDES)]
    return bool(parts) and parts[-1] is DECIDES


def _shown_past(reading: Reading) -> tuple[EventFacts, ...]:
    if not reading.mine:
        return reading.past
    last = max((past.seq for past in reading.past if part_of(reading.definition, past) is DECIDES), default=1)
    return tuple(past for past in reading.past if past.seq <= last)


def _by_firm(reading: Reading) -> bool:
    """Whether the firm claims it, whoever typed it; else a bureau or another case says what is right."""
    return FILER in reading.events[0].action.by


def _without_code(dispute: Dispute) -> Dispute:
    """Of a disputed display the claim is a code, not words: the part says it itself."""
    return replace(dispute, claim="") if dispute.field == DISPLAY else dispute


def label_of(record: CreditRecord, key: str) -> Message:
    """What a column of this kind of record is called."""
    column = column_of(record.kind, key)
    return say(column.label) if column else field_label(record, key)


@dataclass(frozen=True)
class Decision:
    """What stands as decided, or is proposed: the act, its day, and its answers that no table shows."""

    decided: bool
    title: Message
    on: date
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Confirmation:
    """One of several things to be confirmed, and on which day it was done; None: not yet."""

    label: Message
    on: date | None


def filed_answers(reading: Reading) -> tuple[Said, ...]:
    """What the opening says, but for what the table of claims shows."""
    return answers_of(reading, reading.events[0], tabled=False)


def decision_of(reading: Reading) -> Decision | None:
    """The last decision or proposal that the reader may read; what was sent back is none."""
    sent_back = False
    for event in reversed(reading.events):
        part = event.action.part
        sent_back = sent_back or part is SENDS_BACK
        if part is DECIDES or (part is PROPOSES and not sent_back and reading.tells(event)):
            said = tuple(_said(reading, event))
            return Decision(part is DECIDES, say(event.action.done), event.on, said) if said else None
    return None


def _said(reading: Reading, event: CaseEvent) -> Iterator[Said]:
    """The answers of a decision: of what was proposed, where there was a proposal, and its own."""
    if event.action.part is DECIDES:
        before = [one for one in reading.events if one.seq < event.seq and one.moved]
        if before and before[-1].action.part is PROPOSES:
            yield from answers_of(reading, before[-1], tabled=False)
    yield from answers_of(reading, event, tabled=False)


def confirmations(reading: Reading) -> tuple[Confirmation, ...]:
    """A list that an act goes through one by one: what is confirmed, each with its day, and what is still open.

    What was undone again is no longer so.
    """
    if any("show_again" in event.body.get("effects", ()) for event in reading.events):
        return ()
    for action in reading.definition.actions:
        field = _listed(action)
        done = {
            event.codes.get(field.name): _day(event) for event in reading.events if field and event.action is action
        }
        if field and (done or reading.state.name in action.source):
            kind = reading.record.kind if reading.record else ""
            return tuple(Confirmation(say(choice.label), done.get(choice.code)) for choice in choices_for(field, kind))
    return ()


def _listed(action: Action) -> Field | None:
    """The choice that an act goes through: once for each answer, and the case stays until the last."""
    per = {guard.per for guard in action.guard if isinstance(guard, Once)}
    stays = isinstance(action.target, Branch) and STAY in action.targets
    return next((field for field in action.asks if stays and field.name in per), None)


def _day(event: CaseEvent) -> date:
    """The day that the form named, else that of the act."""
    named = (event.codes.get(field.name) for field in event.action.asks if field.kind is FieldKind.DATE)
    return next((date.fromisoformat(str(day)) for day in named if day), event.on)


def after_the_end(reading: Reading) -> tuple[Said, ...]:
    """What the firm said once the case had ended."""
    final = {state.name for state in reading.definition.states if state.final}
    later = (event for event in reading.events if event.body["source"] in final and not event.moved)
    return tuple(said for event in later if FILER in event.action.by for said in answers_of(reading, event))


CIRCLED_ONE, MOST_CIRCLED = 0x2460, 20


@dataclass(frozen=True)
class Exhibit:
    """One file: its number, who handed it in and when. `new`: it came after the proposal, or the act that asked."""

    number: int
    file: Attachment
    by: Words
    at: datetime

    @property
    def mark(self) -> str:
        """The number in a circle, as far as there are such signs."""
        return chr(CIRCLED_ONE + self.number - 1) if self.number <= MOST_CIRCLED else f"({self.number})"

    @property
    def title(self) -> str:
        return PurePath(self.file.name).stem

    @property
    def image(self) -> bool:
        return self.file.media_type.startswith("image/")


def exhibits(reading: Reading) -> tuple[Exhibit, ...]:
    """The files that the reader may open, each with the number that it has among all files of the case."""
    every = select(Attachment.id).where(Attachment.case_id == reading.file.id).order_by(Attachment.id)
    places = {id: place for place, id in enumerate(reading.session.scalars(every), start=1)}
    events = {event.id: event for event in reading.events}
    return tuple(
        Exhibit(places[file.id], file, _handed_in_by(reading, file), events[file.event_id].at) for file in reading.files
    )


def _handed_in_by(reading: Reading, file: Attachment) -> Words:
    """The desk whose act brought the file."""
    event = next(event for event in reading.events if event.id == file.event_id)
    party = next((role.party for role in event.action.by if role.name == event.body["role"]), None)
    return desk_name(reading, party, event.body.get("by_bureau")) if party in DESKS else ""


def since_proposal(reading: Reading) -> tuple[Change, ...]:
    """Papers, notes, a changed record, other cases on it; nothing where no proposal waits."""
    since = proposal_of(reading)
    return changed_since(reading.session, reading.identity, since) if since else ()


def proposal_of(reading: Reading) -> Since | None:
    """From where on something is news to whoever decides; None where no proposal waits."""
    proposal = reading.proposal
    return Since(reading.file, proposal.seq, proposal.at) if proposal else None
