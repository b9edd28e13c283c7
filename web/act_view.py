"""The page of one act: what it is about, what it brings about, and for a decision what the record will then say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cases.tables import Attachment
from cases.words import disputes
from registry.credit_records import changes_of
from web.case_acts import EFFECTS, consequences, is_final
from web.case_clocks import Clock, clocks
from web.case_path import milestones
from web.case_reading import Happened, Reading
from web.case_turn import stops
from web.case_view import claim_rows, heading
from web.field_words import field_label
from web.parts.claim import Row
from web.parts.turn import Stop
from web.parts.words import Words
from workflow.decide import Open
from workflow.findings import GRANTED, UNDECIDABLE
from workflow.refusal import Message, say

PROPOSES = ("propose", "propose_review", "correct_own")
DECIDES = ("approve", "confirm")
SAYS = {
    "answer": say("Once sent, the answer cannot be called back. A change then needs a review or a correction."),
    "withdraw": say("The case ends here. You may file again, as a new case."),
    "refuse": say("The case ends here. The firm may ask for a review, once."),
    "transfer": say("The case ends here. The firm is told where to go."),
    "lapse": say("The case ends here. The firm may file again at once."),
    "withdraw_review": say("The first decision then stands. A review can be asked only once."),
}


@dataclass(frozen=True)
class Signer:
    """One of those who check each other: their part, their name and when."""

    part: Message
    name: Words
    at: datetime | None = None


@dataclass(frozen=True)
class Since:
    """Something that happened after the proposal."""

    at: datetime
    what: Message


@dataclass(frozen=True)
class ActView:
    """Everything that the page of an act shows beside its form."""

    reading: Reading
    name: str
    label: Message
    heading: Message
    final: bool
    warning: Message | None
    brings: tuple[Message, ...]
    rows: tuple[Row, ...]
    stops: tuple[Stop, ...]
    clock: Clock | None
    said: str
    proposed: Happened | None
    reasons: str
    signers: tuple[Signer, ...]
    since: tuple[Since, ...]
    back: tuple[str, Message] | None

    @property
    def number(self) -> str:
        return self.reading.file.number

    @property
    def files(self) -> Sequence[Attachment]:
        return self.reading.files


def act_view(reading: Reading, chosen: Open) -> ActView:
    """Work out the page of an act."""
    action, running = chosen.action, clocks(reading)
    proposed = next((event for event in reversed(reading.events) if event.action.name in PROPOSES), None)
    return ActView(
        reading=reading,
        name=action.name,
        label=say(action.label),
        heading=heading(reading),
        final=is_final(reading, action),
        warning=SAYS.get(action.name),
        brings=(*_done_to_record(reading, action.name), *consequences(reading, action)),
        rows=_rows(reading, action.name),
        stops=tuple(stops(reading, milestones(reading))),
        clock=next((one for one in running if one.deadline.owner == reading.state.desk), None),
        said=reading.words.get(1, {}).get("words", ""),
        proposed=proposed,
        reasons=reading.words.get(proposed.seq, {}).get("reasons", "") if proposed else "",
        signers=tuple(_signers(reading, proposed)) if action.name.startswith(DECIDES) else (),
        since=tuple(_since(reading, proposed)) if proposed else (),
        back=_back(reading),
    )


def _rows(reading: Reading, name: str) -> tuple[Row, ...]:
    """What is disputed; where the reader is to find, without findings that were sent back or are now reviewed."""
    rows = claim_rows(reading)
    return tuple(replace(row, state="open") for row in rows) if name in PROPOSES else rows


def _done_to_record(reading: Reading, name: str) -> Iterator[Message]:
    """What approving will do to the record, field by field: carried out and answered by the office afterwards."""
    if not name.startswith("approve"):
        return
    for one in disputes(reading.definition, reading.past, reading.words):
        label = field_label(reading.record, one.field)
        if one.finding in GRANTED:
            value = one.claim if one.finding == "as_claimed" else one.value
            if one.field == "display":
                yield say("The office ends the display of the record.")
            else:
                yield say("The office changes {field} to {value}; what stood there is kept.", field=label, value=value)
        elif one.finding == UNDECIDABLE:
            yield say("Beside {field} stand the firm's words and that it could not be established.", field=label)
    yield EFFECTS["unflag"]
    yield say("The office sends the written answer with reasons, remedies, body and period.")


def _signers(reading: Reading, proposed: Happened | None) -> Iterator[Signer]:
    if proposed and proposed.person is not None:
        yield Signer(say("Proposes"), reading.names.get(proposed.person, ""), proposed.at)
    record = reading.record
    if record is not None:
        yield Signer(say("Entered the record"), _entered_by(reading))
        yield Signer(say("Handler on the record"), record.handler or say("the sheet names none"))
    yield Signer(say("Approves"), reading.person.name)


def _entered_by(reading: Reading) -> Words:
    """Who typed the record; an import has no author in this sense (D27)."""
    record = reading.record
    first = changes_of(reading.session, record)[:1] if record else []
    if record and record.entered_by_id and first:
        return say("typed by a person")
    return say("imported from a sheet")


def _since(reading: Reading, proposed: Happened | None) -> Iterator[Since]:
    for event in reading.events:
        if proposed and event.seq > proposed.seq:
            yield Since(event.at, say(event.action.done))


def _back(reading: Reading) -> tuple[str, Message] | None:
    """The act that sends the proposal back, offered beside the approval."""
    for action in reading.definition.actions_from(reading.state.name, reading.file.snapshot.variant):
        if action.name == "send_back" and any(role in reading.person.roles for role in action.by):
            return action.name, say(action.label)
    return None
