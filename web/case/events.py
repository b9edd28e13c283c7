"""What the events of a case say to its reader: answers, the decision, the evidence, and the time line with its chain.

What the reader may not read is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, Final

from cases.ledger.verify import verify_case
from cases.model.custody import returns
from cases.model.related import Change, Since, changed_since
from cases.model.tables import Attachment
from registry.columns import shown_in
from web.case.path import actor_of, desk_name, waits
from web.case.reading import CaseEvent, Reading
from web.parts.words import Words
from web.site.action_form import INPUTS
from web.site.record_words import FINDINGS, column_in, field_label
from workflow.answers import choices_for
from workflow.calendar import as_counted
from workflow.definition import (
    CALLS_BACK,
    CLOCK,
    DECIDES,
    DESKS,
    FILER,
    PROPOSES,
    RECOUNTED,
    SENDS_BACK,
    STAY,
    Action,
    Branch,
    Field,
    FieldKind,
)
from workflow.guards import Once
from workflow.past import DISPLAY, disputed, filing
from workflow.refusal import Message, say
from workflow.timing import due_of

LONG: Final = 40
"""Characters from which on an answer is set as a paragraph."""
TABLED: Final = (FieldKind.CLAIMS, FieldKind.FINDINGS)
"""What the table of claims shows where there is one."""

OF_THE_FIRM: Final[Mapping[str, Message]] = {
    "Account of what happened": say("In the firm's words"),
    "What you want to say": say("What the firm wants to say"),
    "Why you are withdrawing": say("Why the firm withdraws"),
}
"""What the firm was asked, as others read it: "you" would be the reader."""


@dataclass(frozen=True)
class Said:
    """One answer: what was asked, and what was answered."""

    field: Field
    label: Message
    words: Words

    @property
    def long(self) -> bool:
        if self.field.kind is FieldKind.COMMITMENT:
            return True
        return isinstance(self.words, str) and (len(self.words) > LONG or "\n" in self.words)

    @property
    def line(self) -> Message:
        if self.label.id.endswith("?"):
            return say("{question} {answer}", question=self.label, answer=self.words)
        return say("{field}: {words}", field=self.label, words=self.words)


def answers_of(reading: Reading, event: CaseEvent, *, tabled: bool = True) -> tuple[Said, ...]:
    """The answers of an event that the reader may read; untabled, without those that the table of claims shows."""
    if not reading.tells(event):
        return ()
    shown = [field for field in event.action.asks if reading.shows(field)]
    fields = [field for field in shown if tabled or field.waits or field.kind not in TABLED]
    words = reading.words.get(event.seq, {})
    said = (one for field in fields for one in _said(reading, field, event.codes, words))
    by_another = not reading.mine and FILER in event.action.by
    return tuple(replace(one, label=OF_THE_FIRM.get(one.label.id, one.label)) if by_another else one for one in said)


def _said(reading: Reading, field: Field, codes: Mapping[str, object], words: Mapping[str, str]) -> Iterator[Said]:
    code = codes.get(field.name)
    if field.kind is FieldKind.CLAIMS:
        for name in code if isinstance(code, list) else ():
            label, value = field_label(reading.record, str(name)), words.get(f"{field.name}.{name}", "")
            if value and name != DISPLAY:
                should = shown_in(value, column_in(reading.record, str(name)))
                label = say("{field}, should be {value}", field=label, value=should)
            yield Said(field, say("Disputed"), label)
    elif field.kind is FieldKind.FINDINGS:
        found = code if isinstance(code, dict) else {}
        for name in disputed(reading.definition, reading.past):
            if name in found:
                yield Said(field, field_label(reading.record, name), FINDINGS[found[name]])
    else:
        said = words.get(field.name) or (INPUTS[field.kind].said(field, code, reading) if code is not None else "")
        if said:
            yield Said(field, say(field.label), said)


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
    """What the opening says, or as the firm has changed it since (D70), but for what the table of claims shows."""
    filed = _filing(reading)
    said = answers_of(reading, filed, tabled=False)
    if filed.seq == 1:
        return said
    when = say("{day}; what was filed first stands in the time line.", day=filed.on)
    return (*said, Said(filed.action.asks[0], say("Changed by the firm on"), when))


def came_back(reading: Reading) -> dict[str, Any] | None:
    """That the proposal was sent or called back last: who did so, when, and why; None where neither was the last
    move."""
    last = reading.last_move
    if last is None or last.action.part not in (SENDS_BACK, CALLS_BACK):
        return None
    by, said = reading.names.get(last.person or 0, ""), answers_of(reading, last)
    return {"by": by, "at": last.at, "said": said, "called": last.action.part is CALLS_BACK}


def _filing(reading: Reading) -> CaseEvent:
    seq = filing(reading.definition, reading.past).seq
    return next(event for event in reading.events if event.seq == seq)


def decision_of(reading: Reading) -> Decision | None:
    """The last decision or proposal that the reader may read; what was sent back is none."""
    sent_back = False
    for event in reversed(reading.events):
        part = event.action.part
        sent_back = sent_back or part in (SENDS_BACK, CALLS_BACK)
        if part is DECIDES or (part is PROPOSES and not sent_back and reading.tells(event)):
            said = tuple(_decided(reading, event))
            return Decision(part is DECIDES, say(event.action.done), event.on, said) if said else None
    return None


def _decided(reading: Reading, event: CaseEvent) -> Iterator[Said]:
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
            event.codes.get(field.name): _confirmed_on(event)
            for event in reading.events
            if field and event.action is action
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


def _confirmed_on(event: CaseEvent) -> date:
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
    """One file: its number, which desk handed it in and when."""

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
    """The files that the reader may open."""
    events = {event.id: event for event in reading.events}
    found = []
    for number, file in reading.files.items():
        event = events[file.event_id]
        party = next((role.party for role in event.action.by if role.name == event.body["role"]), None)
        by = desk_name(reading, party, event.body.get("by_bureau")) if party in DESKS else ""
        found.append(Exhibit(number, file, by, event.at))
    return tuple(found)


@dataclass(frozen=True)
class NewsSince:
    """Something that has happened since a proposal, and what was said with it; `files` were handed in by its event."""

    change: Change
    lines: tuple[Words, ...] = ()
    event_id: int | None = None
    files: int = 0


def since_proposal(reading: Reading) -> tuple[NewsSince, ...]:
    """Papers, notes, a changed record, other cases on it; nothing where no proposal waits."""
    since = proposal_of(reading)
    return news_of(reading, changed_since(reading.session, reading.identity, since)) if since else ()


def news_of(reading: Reading, changes: Sequence[Change]) -> tuple[NewsSince, ...]:
    """The same with the words of each: of an event its answers, of the record its values before and after."""
    return tuple(_news(reading, change) for change in changes)


def _news(reading: Reading, change: Change) -> NewsSince:
    event = next((event for event in reading.events if change.seq and event.seq == change.seq), None)
    if event:
        said = tuple(one.line for one in answers_of(reading, event))
        return NewsSince(change, said, event.id, len(event.body.get("files", ())))
    moved = []
    for field, before, after in change.values:
        label, column = field_label(reading.record, field), column_in(reading.record, field)
        old, new = (shown_in(value, column) or say("left empty") for value in (before, after))
        moved.append(say("{field} {old} → {new}", field=label, old=old, new=new))
    return NewsSince(change, tuple(moved))


def proposal_of(reading: Reading) -> Since | None:
    """From where on something is news to whoever decides; None where no proposal waits."""
    proposal = reading.proposal
    return Since(reading.file, proposal.seq, proposal.at) if proposal else None


def line_of(reading: Reading) -> Timeline:
    """The time line, verified now."""
    verdict = verify_case(reading.session, reading.file.id)
    stays: dict[str, list[CaseEvent]] = {}
    key = "0"
    for event in reading.events:
        key = str(event.seq) if event.moved else key
        stays.setdefault(key, []).append(event)
    return timeline(
        [_entry(reading, event, key) for key, inside in stays.items() for event in inside],
        [_stage(reading, key, inside) for key, inside in stays.items()],
        verified_at=reading.now.astimezone(reading.world.jurisdiction.zone),
        broken_at=min((fault.seq or reading.file.length for fault in verdict.faults), default=None),
        fault=verdict.faults[0].what if verdict.faults else None,
    )


def _entry(reading: Reading, event: CaseEvent, stage: str) -> TimelineEntry:
    codes, words = event.codes, say(event.action.done)
    if isinstance(codes.get("deadline"), str):
        label = say(reading.definition.deadline(codes["deadline"], event.body["variant"]).label)
        if codes.get("due"):
            words = say(
                "{what}: {deadline}, due {day}",
                what=words,
                deadline=label,
                day=_due(reading, codes["due"], "provisional" in codes),
            )
        else:
            words = say("{what}: {deadline}", what=words, deadline=label)
    at, details = event.at.astimezone(reading.world.jurisdiction.zone), list(_details(reading, event))
    by_clock = event.body["role"] == CLOCK.name
    return TimelineEntry(event.seq, at, words, actor_of(reading, event), event.hash, stage, details, by_clock)


def _details(reading: Reading, event: CaseEvent) -> Iterator[Words]:
    """The words of an event that this reader may read, field by field; what was filed stands above the line."""
    if event.seq > 1 or _filing(reading) is not event:
        yield from (said.line for said in answers_of(reading, event) if said.field.kind is not FieldKind.DEADLINE)
    files = len(event.body.get("files", {})) if reading.tells(event) else 0
    if files:
        yield say("1 file") if files == 1 else say("{n} files", n=files)
    if event.action.name == RECOUNTED:
        codes = event.codes
        for name, day in codes.get("to", {}).items():
            label = say(reading.definition.deadline(name, event.body["variant"]).label)
            old, new = _due(reading, codes["from"][name]), _due(reading, day, name in codes.get("provisional", ()))
            yield say("{deadline}: from {old} to {new}", deadline=label, old=old, new=new)
        if "notice" in codes:
            yield say("Moved by: {notice}", notice=codes["notice"])
    for name, days in event.body.get("due", {}).items():
        old, new = (_due(reading, days[end], end in days.get("provisional", ())) for end in ("from", "to"))
        label = say(reading.definition.deadline(name, event.body["variant"]).label)
        if new:
            yield say("{deadline}: from {old} to {new}", deadline=label, old=old, new=new)
        else:
            yield say("{deadline}: stands still; it was due on {old}", deadline=label, old=old)
    if "as_of" in event.body:
        yield say("It counts as done on {day}; it was written down later.", day=event.on)
    if "behind" in event.body:
        then = datetime.fromisoformat(event.body["behind"]).astimezone(reading.world.jurisdiction.zone)
        yield say(
            "An entry before this one bears a later time ({day}, {time}). The order is that of the entries.",
            day=then.date(),
            time=f"{then:%H:%M:%S}",
        )


def _stage(reading: Reading, key: str, inside: Sequence[CaseEvent]) -> Stage:
    """A stay at a desk or a bureau, which begins with the move there, by its events."""
    first = inside[0].body
    desk = desk_name(reading, first["desk"], first["bureau"]) if first["desk"] else ""
    stood_out = tuple(say(event.action.done) for event in inside if _stands_out(reading, event))
    return Stage(key, say(reading.definition.state(first["target"]).label), desk, stood_out)


def _stands_out(reading: Reading, event: CaseEvent) -> bool:
    """What is named where a stage is folded: papers were asked for, a longer time, a return, a sending back."""
    action = event.action
    longer = any(effect.name == "extend" for effect in action.does)
    back = action.part in (SENDS_BACK, CALLS_BACK) or returns(reading.definition, action, event.body["source"])
    return longer or back or waits(reading.definition, action)


def _due(reading: Reading, text: object, provisional: bool = False) -> date | str:
    """A due day that an event names; one that still runs says whether it may move, any other whether it might then."""
    days = [due_of(timer, reading.world.calendar).day for timer in reading.file.snapshot.timers if not timer.stopped]
    day = date.fromisoformat(text) if isinstance(text, str) else None
    runs = next((due for due in days if due and due == day), None)
    return runs or (as_counted(day, provisional) if day else "")


FOLDED_FROM: Final = 12
"""With more entries than that, earlier stages are folded."""

VERIFIED, UNKNOWN, BROKEN = "verified", "unknown", "broken"


@dataclass(frozen=True)
class TimelineEntry:
    """One event. `at` is aware, in the place's time; `hash` is whole; `stage` names the `Stage` it belongs to.

    `link` is worked out by `timeline`: `verified`, `unknown` (after a fault) or `broken`.
    """

    seq: int
    at: datetime
    words: Words
    actor: Words = ""
    hash: str = ""
    stage: str = ""
    details: Sequence[Words] = ()
    by_clock: bool = False
    link: str = VERIFIED
    fault: Message | None = None

    @property
    def short(self) -> str:
        """First and last four of the hash."""
        return f"{self.hash[:4]}\u2026{self.hash[-4:]}" if len(self.hash) > 8 else self.hash


@dataclass(frozen=True)
class Stage:
    """A stage of a case: its name, at which desk it lay, and what stood out in it (an extension, a return)."""

    key: str
    name: Words
    desk: Words = ""
    stood_out: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Folded:
    """A stage that is over, its entries newest first."""

    stage: Stage
    entries: tuple[TimelineEntry, ...]

    @property
    def link(self) -> str:
        links = {entry.link for entry in self.entries}
        return next(link for link in (BROKEN, UNKNOWN, VERIFIED) if link in links)

    @property
    def first(self) -> datetime:
        return self.entries[-1].at

    @property
    def last(self) -> datetime:
        return self.entries[0].at


@dataclass(frozen=True)
class Timeline:
    """The verdict in a word and a sentence, then what stands open, what is folded, and the first entry."""

    intact: bool
    tag: Message
    sentence: Message
    entries: tuple[TimelineEntry, ...]
    folded: tuple[Folded, ...] = ()
    first: tuple[TimelineEntry, ...] = ()

    @property
    def by_clock(self) -> int:
        """How many entries no person made: they can be hidden."""
        lists = (self.entries, self.first, *(part.entries for part in self.folded))
        return sum(entry.by_clock for entries in lists for entry in entries)


def timeline(
    entries: Iterable[TimelineEntry],
    stages: Sequence[Stage] = (),
    *,
    verified_at: datetime,
    broken_at: int | None = None,
    fault: Message | None = None,
) -> Timeline:
    """The time line. `broken_at` is the seq of the first event that does not match; everything after it is unknown.

    `verified_at`: when the chain was last verified, in the place's time. `stages` in order of time; the last one stays
    open.
    """
    found = []
    for entry in sorted(entries, key=lambda one: -one.seq):
        if entry.seq == broken_at:
            words = fault or say("This entry does not match the one before it; from here on all wait for a check.")
            entry = replace(entry, link=BROKEN, fault=words)
        found.append(replace(entry, link=UNKNOWN) if broken_at is not None and entry.seq > broken_at else entry)
    tag, sentence = (
        say("Chain intact"),
        say(
            "{n} entries, each linked to the one before it; verified {when}. A change to any would break it.",
            n=len(found),
            when=verified_at,
        ),
    )
    if broken_at is not None:
        wait = sum(1 for entry in found if entry.link != VERIFIED)
        tag, sentence = say("Chain broken"), say("{wait} of {n} entries wait for a check.", wait=wait, n=len(found))
    if len(found) <= FOLDED_FROM or len(stages) < 2:
        return Timeline(broken_at is None, tag, sentence, tuple(found))
    *later, first = found
    *over, last = ((stage, tuple(entry for entry in later if entry.stage == stage.key)) for stage in stages)
    folded = tuple(Folded(stage, inside) for stage, inside in reversed(over) if inside)
    return Timeline(broken_at is None, tag, sentence, last[1], folded, (first,))
