"""The page of one act: what it is about, what it brings about, and what was proposed where it decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from cases.model.related import Change
from cases.model.words import disputes
from registry.credit_records import changes_of
from web.acts.appeals import Appeal, appeals
from web.acts.earlier import SameMistake, earlier, same_mistakes
from web.acts.follows import BY_FIELD, at_the_end, on_record
from web.acts.sent_back import sent_back
from web.case.answers import Said, answers_of
from web.case.beside import Related
from web.case.claims import Exhibit, Table, claim_table, exhibits, filed_answers, heading, since_proposal
from web.case.consequences import consequences, in_a_list
from web.case.deadlines import RunningDeadline, clock_of_desk, clocks
from web.case.path import ends, milestones
from web.case.reading import CaseEvent, Reading
from web.case.turn import asked_of_firm, stops
from web.parts.turn import Stop
from web.parts.words import Words
from workflow.decide import AvailableAction
from workflow.definition import DECIDES, FILER, PROPOSES, SENDS_BACK, STAY, Action, FieldKind, Party
from workflow.findings import GRANTED, KEPT, UNDECIDABLE
from workflow.guards import NotHandler, Once
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Signer:
    """One of those who check each other: their part, their name and when."""

    part: Message
    name: Words
    at: datetime | None = None


@dataclass(frozen=True)
class SentBack:
    """That the last proposal was sent back: by whom, when, and why."""

    by: str
    at: datetime
    said: tuple[Said, ...]


@dataclass(frozen=True)
class ActView:
    """Everything that the page of an act shows beside its form."""

    reading: Reading
    name: str
    label: Message
    heading: Message
    final: bool
    warnings: tuple[Message, ...]
    brings: tuple[Message, ...]
    claims: Table
    filed: tuple[Said, ...]
    stops: tuple[Stop, ...]
    clock: RunningDeadline | None
    proposed: tuple[Said, ...]
    signers: tuple[Signer, ...]
    handlers_barred: bool
    since: tuple[Change, ...]
    back: tuple[str, Message] | None
    exhibits: tuple[Exhibit, ...]
    sums: Words
    appeals: tuple[Appeal, ...]
    last: Message | None
    wanted: Said | None
    """What the firm is asked for, where the act is its answer."""
    sent_back: SentBack | None

    @property
    def number(self) -> str:
        return self.reading.file.number

    @cached_property
    def earlier(self) -> tuple[Related, ...]:
        """The other cases of the record."""
        return earlier(self.reading)

    @cached_property
    def same_mistakes(self) -> tuple[SameMistake, ...]:
        """The mistakes of this case that the bureau has met before."""
        return tuple(same_mistakes(self.reading))


def act_view(reading: Reading, chosen: AvailableAction) -> ActView:
    """Work out the page of an act."""
    action, proposal = chosen.action, reading.proposal
    decides = action.part is DECIDES and proposal is not None
    return ActView(
        reading=reading,
        name=action.name,
        label=say(action.label),
        heading=heading(reading),
        final=ends(reading.definition, action),
        warnings=tuple(_warnings(reading, action)),
        brings=tuple(_brings(reading, action, decides)),
        claims=_claims(reading, action),
        filed=filed_answers(reading),
        stops=tuple(stops(reading, milestones(reading))),
        clock=clock_of_desk(reading, clocks(reading)),
        proposed=answers_of(reading, proposal, tabled=False) if proposal else (),
        signers=tuple(_signers(reading, proposal)) if proposal and decides else (),
        handlers_barred=any(isinstance(guard, NotHandler) for guard in action.guard),
        since=since_proposal(reading),
        back=_back(reading),
        exhibits=exhibits(reading),
        sums=_sums(reading) if decides else "",
        appeals=tuple(appeals(reading, action)) if decides else (),
        last=next(at_the_end(reading, action), None) if decides else None,
        wanted=asked_of_firm(reading) if _answers_what_was_asked(reading, action) else None,
        sent_back=_sent_back(reading, action),
    )


def _sent_back(reading: Reading, action: Action) -> SentBack | None:
    event = sent_back(reading, action)
    return SentBack(reading.names.get(event.person or 0, ""), event.at, answers_of(reading, event)) if event else None


def _answers_what_was_asked(reading: Reading, action: Action) -> bool:
    """Whether it is the firm's step onward, and not its way out."""
    return reading.state.desk is Party.ENTERPRISE and action.moves and not ends(reading.definition, action)


def _brings(reading: Reading, action: Action, decides: bool) -> Iterator[Message]:
    """What the act brings about; of a decision also what it does to the record, field by field, and how it ends."""
    if not decides:
        yield from consequences(reading, action)
        return
    yield from on_record(reading, action)
    yield from consequences(reading, action, BY_FIELD)
    yield from at_the_end(reading, action)


def _sums(reading: Reading) -> Words:
    """What the proposal comes to, counted: so many fields changed, kept, not established."""
    found = [one.finding for one in disputes(reading.definition, reading.past, reading.words)]
    counts = (
        (say("{n} changed", n=sum(one in GRANTED for one in found)), any(one in GRANTED for one in found)),
        (say("{n} kept", n=found.count(KEPT)), KEPT in found),
        (say("{n} not established", n=found.count(UNDECIDABLE)), UNDECIDABLE in found),
    )
    said = [words for words, any_there in counts if any_there]
    return in_a_list(said) if said else ""


def template_of(reading: Reading, action: Action) -> str:
    """The page that fits an act: findings field by field, a proposal to decide on, or a plain form."""
    if action.part is PROPOSES and any(field.kind is FieldKind.FINDINGS for field in action.asks):
        return "acts/propose.html"
    nothing_else = all(field.internal and not field.required for field in action.asks)
    return "acts/approve.html" if action.part is DECIDES and nothing_else and reading.proposal else "acts/act.html"


def _claims(reading: Reading, action: Action) -> Table:
    """What is disputed; where the reader is to find, without findings that were sent back or are now reviewed."""
    table = claim_table(reading)
    if action.part is not PROPOSES:
        return table
    return replace(table, rows=tuple(replace(row, state="open") for row in table.rows))


def _warnings(reading: Reading, action: Action) -> Iterator[Message]:
    """What an act that ends the case leaves, before it is taken."""
    if not ends(reading.definition, action):
        return
    if FILER in action.by and reading.file.snapshot.round > 1:
        yield say("What was decided before then stands. This cannot be asked a second time.")
    elif FILER in action.by:
        yield say("The case ends here. You may file again, as a new case.")
    else:
        yield say("Once sent, it cannot be called back: the case ends here.")
        yield from (say("The firm can then: {act}.", act=say(row.label)) for row in _ways_back(reading, action))


def _ways_back(reading: Reading, action: Action) -> Iterator[Action]:
    """How the firm can take the case up again after such an end, where it was not used yet."""
    used = {past.action for past in reading.past}
    rows = {
        row
        for target in action.targets
        if target is not STAY
        for row in reading.definition.actions_from(str(target), reading.file.snapshot.variant)
    }
    for row in sorted(rows, key=lambda row: row.name):
        once = any(isinstance(guard, Once) for guard in row.guard)
        if row.reopens and FILER in row.by and not (once and row.name in used):
            yield row


def _signers(reading: Reading, proposed: CaseEvent) -> Iterator[Signer]:
    if proposed.person is not None:
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


def _back(reading: Reading) -> tuple[str, Message] | None:
    """The act that sends the proposal back, offered beside the approval."""
    for action in reading.definition.actions_from(reading.state.name, reading.file.snapshot.variant):
        if action.part is SENDS_BACK and any(role in reading.person.roles for role in action.by):
            return action.name, say(action.label)
    return None
