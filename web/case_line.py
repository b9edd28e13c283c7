"""The time line of a case: what each event says to this reader, and whether its chain holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from cases.verify import verify_case
from web.bodies import bureau_short, office_short
from web.case_reading import Happened, Reading
from web.case_turn import desk_name
from web.field_words import FINDINGS, field_label
from web.parts.timeline import Entry, Stage, Timeline, timeline
from web.parts.words import Words
from workflow.definition import CLOCK, RECOUNTED, STAY, Field, FieldKind, Party
from workflow.refusal import Message, say

STANDS_OUT = ("extend", "return", "ask", "ask_papers", "send_back")
"""Acts that are named where a stage is folded."""


def line_of(reading: Reading) -> Timeline:
    """The time line, verified now."""
    verdict = verify_case(reading.session, reading.file.id)
    broken = min((fault.seq or reading.file.length for fault in verdict.faults), default=None)
    stages = tuple(_stages(reading))
    zone = reading.world.jurisdiction.zone
    return timeline(
        [_entry(reading, event, stages) for event in reading.events], stages,
        verified_at=reading.now.astimezone(zone), broken_at=broken,
        fault=verdict.faults[0].what if verdict.faults else None,
    )  # fmt: skip


def _entry(reading: Reading, event: Happened, stages: tuple[Stage, ...]) -> Entry:
    return Entry(
        seq=event.seq,
        at=event.at.astimezone(reading.world.jurisdiction.zone),
        words=_words(reading, event),
        actor=_actor(reading, event),
        hash=event.hash,
        stage=_stage_key(reading, event),
        details=list(_details(reading, event)),
    )


def _words(reading: Reading, event: Happened) -> Message:
    codes, done = event.body.get("codes", {}), say(event.action.done)
    if isinstance(codes.get("deadline"), str):
        label = say(reading.definition.deadline(codes["deadline"]).label)
        if codes.get("due"):
            return say("{what}: {deadline}, due {day}", what=done, deadline=label, day=_day(codes["due"]))
        return say("{what}: {deadline}", what=done, deadline=label)
    return done


def _actor(reading: Reading, event: Happened) -> Words:
    if event.person is None:
        return say("the clock") if event.body["role"] == CLOCK.name else say("another case")
    name = reading.names.get(event.person, "")
    party = next(role.party for role in event.action.by if role.name == event.body["role"])
    if party is Party.ENTERPRISE:
        place: Words = reading.file.enterprise_name
    elif party is Party.OFFICE:
        place = office_short()
    else:
        bureau = reading.bureaus.get(event.body.get("by_bureau") or 0)
        place = bureau_short(bureau) if bureau else desk_name(reading, party)
    return say("{name}, {place}", name=name, place=place)


def _details(reading: Reading, event: Happened) -> Iterator[Words]:
    """The words of an event that this reader may read, field by field."""
    said = reading.words.get(event.seq, {}) if reading.tells(event) else {}
    codes = event.body.get("codes", {}) if reading.tells(event) else {}
    for field in event.action.asks:
        if reading.shows(field):
            yield from _field(reading, field, said, codes)
    files = len(event.body.get("files", {}))
    if files:
        yield say("1 file") if files == 1 else say("{n} files", n=files)
    if event.action.name == RECOUNTED:
        for name, day in codes.get("to", {}).items():
            label = say(reading.definition.deadline(name).label)
            yield say("{deadline}: from {old} to {new}", deadline=label, old=_day(codes["from"][name]), new=_day(day))
    if "as_of" in event.body:
        yield say("It counts as done on {day}; it was written down later.", day=event.on)


def _field(reading: Reading, field: Field, said: Mapping[str, str], codes: Mapping[str, object]) -> Iterator[Words]:
    if field.kind is FieldKind.CLAIMS:
        names = codes.get(field.name)
        labels = [field_label(reading.record, str(name)) for name in names] if isinstance(names, list) else []
        yield from (say("Disputed: {field}", field=label) for label in labels)
    elif field.kind is FieldKind.FINDINGS:
        found = codes.get(field.name)
        for name, code in found.items() if isinstance(found, dict) else ():
            yield say("{field}: {finding}", field=field_label(reading.record, name), finding=say(FINDINGS[code].id))
    elif field.kind is FieldKind.BUREAU:
        bureau = reading.bureaus.get(int(str(codes.get(field.name) or 0)))
        if bureau:
            yield say("{field}: {words}", field=say(field.label), words=bureau_short(bureau))
    elif field.kind is FieldKind.CHOICE:
        label = next((choice.label for choice in field.choices if choice.code == codes.get(field.name)), "")
        if label:
            yield say("{field}: {words}", field=say(field.label), words=say(label))
    elif said.get(field.name):
        yield say("{field}: {words}", field=say(field.label), words=said[field.name])


def _stages(reading: Reading) -> Iterator[Stage]:
    """One stage for each stay at a desk, the first and the last included."""
    keys = dict.fromkeys(_stage_key(reading, event) for event in reading.events)
    for key in keys:
        inside = [event for event in reading.events if _stage_key(reading, event) == key]
        stood_out = tuple(say(event.action.done) for event in inside if event.action.name in STANDS_OUT)
        first = inside[0]
        state = reading.definition.state(first.body["target"])
        desk = desk_name(reading, first.body["desk"], first.body["bureau"]) if first.body["desk"] else ""
        yield Stage(key, say(state.label), desk, stood_out)


def _stage_key(reading: Reading, event: Happened) -> str:
    """The stay to which an event belongs: it begins with the move to a desk or a bureau."""
    begins = [
        one.seq for one in reading.events
        if one.seq <= event.seq and one.action.target is not STAY and one.moved
    ]  # fmt: skip
    return str(begins[-1] if begins else 0)


def _day(text: object) -> date | str:
    return date.fromisoformat(text) if isinstance(text, str) else ""


def local(reading: Reading, instant: datetime) -> datetime:
    return instant.astimezone(reading.world.jurisdiction.zone)
