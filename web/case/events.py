"""What the events of a case say to its reader: their answers, and the time line with whether its chain holds.

What the reader may not read is not there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from cases.ledger.verify import verify_case
from cases.model.custody import returns
from web.case.path import actor_of, desk_name, waits
from web.case.reading import CaseEvent, Reading
from web.parts.timeline import Stage, Timeline, TimelineEntry, timeline
from web.parts.words import Words
from web.site.action_form import INPUTS
from web.site.record_words import FINDINGS, field_label
from workflow.definition import FILER, RECOUNTED, SENDS_BACK, Field, FieldKind
from workflow.findings import disputed
from workflow.refusal import Message, say

LONG: Final = 40
"""Characters from which on an answer is set as a paragraph."""
TABLED: Final = (FieldKind.CLAIMS, FieldKind.FINDINGS)
"""What the table of claims shows where there is one."""

OF_THE_FIRM: Final[Mapping[str, Message]] = {
    "What happened, in your own words": say("In the firm's words"),
    "What you want to say": say("What the firm wants to say"),
    "Why you withdraw": say("Why the firm withdraws"),
}
"""What the firm was asked, as others read it: "you" would be the reader."""

Codes = Mapping[str, object]


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
    fields = [field for field in event.action.asks if reading.shows(field) and (tabled or field.kind not in TABLED)]
    words = reading.words.get(event.seq, {})
    said = (one for field in fields for one in _said(reading, field, event.codes, words))
    by_another = not reading.mine and FILER in event.action.by
    return tuple(replace(one, label=OF_THE_FIRM.get(one.label.id, one.label)) if by_another else one for one in said)


def _said(reading: Reading, field: Field, codes: Codes, words: Mapping[str, str]) -> Iterator[Said]:
    code = codes.get(field.name)
    if field.kind is FieldKind.CLAIMS:
        for name in code if isinstance(code, list) else ():
            yield Said(field, say("Disputed"), field_label(reading.record, str(name)))
    elif field.kind is FieldKind.FINDINGS:
        found = code if isinstance(code, dict) else {}
        for name in disputed(reading.definition, reading.past):
            if name in found:
                yield Said(field, field_label(reading.record, name), FINDINGS[found[name]])
    else:
        said = words.get(field.name) or (INPUTS[field.kind].said(field, code, reading) if code is not None else "")
        if said:
            yield Said(field, say(field.label), said)


def line_of(reading: Reading) -> Timeline:
    """The time line, verified now."""
    verdict = verify_case(reading.session, reading.file.id)
    broken = min((fault.seq or reading.file.length for fault in verdict.faults), default=None)
    stages = tuple(_stages(reading))
    zone = reading.world.jurisdiction.zone
    return timeline(
        [_entry(reading, event, stages) for event in reading.events],
        stages,
        verified_at=reading.now.astimezone(zone),
        broken_at=broken,
        fault=verdict.faults[0].what if verdict.faults else None,
    )


def _entry(reading: Reading, event: CaseEvent, stages: tuple[Stage, ...]) -> TimelineEntry:
    return TimelineEntry(
        seq=event.seq,
        at=event.at.astimezone(reading.world.jurisdiction.zone),
        words=_words(reading, event),
        actor=actor_of(reading, event),
        hash=event.hash,
        stage=_stage_key(reading, event),
        details=list(_details(reading, event)),
    )


def _words(reading: Reading, event: CaseEvent) -> Message:
    codes, done = event.codes, say(event.action.done)
    if isinstance(codes.get("deadline"), str):
        label = say(reading.definition.deadline(codes["deadline"], event.body["variant"]).label)
        if codes.get("due"):
            return say("{what}: {deadline}, due {day}", what=done, deadline=label, day=_day(codes["due"]))
        return say("{what}: {deadline}", what=done, deadline=label)
    return done


def _details(reading: Reading, event: CaseEvent) -> Iterator[Words]:
    """The words of an event that this reader may read, field by field; what was filed stands above the line."""
    if event.seq > 1:
        yield from (said.line for said in answers_of(reading, event) if said.field.kind is not FieldKind.DEADLINE)
    files = len(event.body.get("files", {})) if reading.tells(event) else 0
    if files:
        yield say("1 file") if files == 1 else say("{n} files", n=files)
    if event.action.name == RECOUNTED:
        codes = event.codes
        for name, day in codes.get("to", {}).items():
            label = say(reading.definition.deadline(name, event.body["variant"]).label)
            yield say("{deadline}: from {old} to {new}", deadline=label, old=_day(codes["from"][name]), new=_day(day))
    if "as_of" in event.body:
        yield say("It counts as done on {day}; it was written down later.", day=event.on)
    if "behind" in event.body:
        then = datetime.fromisoformat(event.body["behind"]).astimezone(reading.world.jurisdiction.zone)
        yield say(
            "The server's clock had been put back: an entry before this one bears a later time ({day}, {time}). "
            "The order is that of the entries.",
            day=then.date(),
            time=f"{then:%H:%M:%S}",
        )


def _stages(reading: Reading) -> Iterator[Stage]:
    """One stage for each stay at a desk, the first and the last included."""
    keys = dict.fromkeys(_stage_key(reading, event) for event in reading.events)
    for key in keys:
        inside = [event for event in reading.events if _stage_key(reading, event) == key]
        stood_out = tuple(say(event.action.done) for event in inside if _stands_out(reading, event))
        first = inside[0]
        state = reading.definition.state(first.body["target"])
        desk = desk_name(reading, first.body["desk"], first.body["bureau"]) if first.body["desk"] else ""
        yield Stage(key, say(state.label), desk, stood_out)


def _stands_out(reading: Reading, event: CaseEvent) -> bool:
    """What is named where a stage is folded: papers were asked for, a longer time, a return, a sending back."""
    action = event.action
    longer = any(effect.name == "extend" for effect in action.does)
    back = action.part is SENDS_BACK or returns(reading.definition, action, event.body["source"])
    return longer or back or waits(reading.definition, action)


def _stage_key(reading: Reading, event: CaseEvent) -> str:
    """The stay to which an event belongs: it begins with the move to a desk or a bureau."""
    begins = [one.seq for one in reading.events if one.seq <= event.seq and one.moved]
    return str(begins[-1] if begins else 0)


def _day(text: object) -> date | str:
    return date.fromisoformat(text) if isinstance(text, str) else ""
