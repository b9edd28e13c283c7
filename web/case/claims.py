"""What a case is called, and its table: what the record says, what it should say, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cases.model.words import Dispute, disputes
from registry.columns import KINDS, Type, column_of
from registry.credit_records import CreditRecord
from web.case.answers import code_words
from web.case.reading import Reading, part_of
from web.parts.claim import Row, rows
from web.site.bodies import bureau_short
from web.site.field_words import field_label
from web.site.record_words import amount_words
from workflow.definition import DECIDES, FILER, PROPOSES, Party
from workflow.findings import AS_CLAIMED, DISPLAY
from workflow.refusal import Message, say
from workflow.snapshot import EventFacts


@dataclass(frozen=True)
class Table:
    """The table of claims. `by_firm`: the firm claims it; `found`: findings are made; `decided`: they took effect.

    Where none are made, another case has found it: what stood before, and what has to stand now.
    """

    rows: tuple[Row, ...]
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
        whom = code_words(reading, chosen, reading.file.snapshot.complained_of)
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
