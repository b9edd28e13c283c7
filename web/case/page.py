"""The case page, worked out: what it is about, whose turn it is, its days, what was found, what can be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from cases.model.drafts import drafts_in
from cases.model.reading import LoadedCase
from registry.credit_records import flags_of
from registry.identity import Identity
from registry.organisations import remedy_ready
from web.case.answers import Said
from web.case.beside import CaseReader, PaperLine, Related, linked, on_the_same_record, papers, read_only_by, readers
from web.case.choices import Choices, addition_of, choices_of, open_to
from web.case.claims import (
    Confirmation,
    Decision,
    Exhibit,
    Table,
    after_the_end,
    claim_table,
    confirmations,
    decision_of,
    exhibits,
    filed_answers,
    heading,
    label_of,
)
from web.case.deadlines import (
    Ahead,
    IfLate,
    RunningDeadline,
    clock_of_desk,
    clocks,
    if_late,
    if_sent_today,
    rail,
    reopening,
    together,
)
from web.case.desks import desk_name
from web.case.path import milestones
from web.case.reading import Reading, reading_of
from web.case.timeline import line_of
from web.case.turn import turn
from web.parts.lanes import Clocks
from web.parts.timeline import Timeline
from web.parts.turn import Turn
from web.parts.words import Words
from web.site.bodies import bureau_name
from workflow.definition import FILER
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext

PARTS = {
    "reviewer": say("Verifies"),
    "approver": say("Approves"),
    "head": say("Heads the bureau"),
    "officer": say("Accepts and answers"),
    "chief": say("Heads the office"),
}
"""What somebody does in a case, by the role in which they acted."""
TYPED = say("Entered it from paper")
"""An official who did no more than enter what the firm may file itself."""


@dataclass(frozen=True)
class Handler:
    """Somebody who acted on the case: their part in it, their name and where they sit."""

    did: Message
    name: str
    place: Words


@dataclass(frozen=True)
class OwnDraft:
    """A form of an act that the reader has not sent: what it is called, when it was kept."""

    action: str
    label: Message
    at: datetime


@dataclass(frozen=True)
class CaseView:
    """Everything the page shows; `reading` is what it was worked out from."""

    reading: Reading
    heading: Message
    supplied_by: str
    flagged: bool
    turn: Turn
    clocks: tuple[RunningDeadline, ...]
    together: Clocks | None
    sent_today: Message | None
    claims: Table
    filed: tuple[Said, ...]
    decision: Decision | None
    confirmed: tuple[Confirmation, ...]
    afterwards: tuple[Said, ...]
    line: Timeline
    choices: Choices
    addition: str
    papers: tuple[PaperLine, ...]
    rail: tuple[Ahead, ...]
    handlers: tuple[Handler, ...]
    if_late: tuple[IfLate, ...]
    linked: tuple[Related, ...]
    related: tuple[Related, ...]
    drafts: tuple[OwnDraft, ...]
    read_by: tuple[CaseReader, ...]
    only_by: Message | None

    @property
    def number(self) -> str:
        return self.reading.file.number

    @property
    def mine(self) -> bool:
        return self.reading.mine

    @property
    def version(self) -> int:
        return self.reading.span.until or self.reading.file.length

    @property
    def decided_by(self) -> str:
        """The bureau that decided, by its whole name."""
        record = self.reading.record
        return bureau_name(self.reading.bureaus[record.determined_by_id]) if record else ""

    @property
    def lacks_remedy(self) -> bool:
        """Whether review body or court of the bureau to decide are not entered (D11)."""
        return self.reading.bureau is not None and not remedy_ready(self.reading.bureau)

    @cached_property
    def exhibits(self) -> tuple[Exhibit, ...]:
        """The evidence, numbered."""
        return exhibits(self.reading)

    @property
    def clock(self) -> RunningDeadline | None:
        """The deadline that the desk has to keep."""
        return clock_of_desk(self.reading, self.clocks)

    def label(self, column: str) -> Message:
        """What a column of the record is called."""
        return label_of(self.reading.record, column) if self.reading.record else say("Value")


def case_view(session: Session, world: RuleContext, file: LoadedCase, identity: Identity, now: datetime) -> CaseView:
    """Work out the page of a case that the scope has let this person read."""
    reading = reading_of(session, world, file, identity, now)
    acts, running, ahead = open_to(reading), clocks(reading), milestones(reading)
    supplied = reading.bureaus.get(reading.record.supplied_by_id) if reading.record else None
    links, addition = linked(reading), addition_of(acts)
    return CaseView(
        reading=reading,
        heading=heading(reading),
        supplied_by=bureau_name(supplied) if supplied else "",
        flagged=bool(reading.record and flags_of(session, [reading.record.id])),
        turn=turn(reading, running, ahead, acts, reopening(reading)),
        clocks=running,
        together=together(reading, running),
        sent_today=if_sent_today(reading, running),
        claims=claim_table(reading),
        filed=filed_answers(reading),
        decision=decision_of(reading),
        confirmed=confirmations(reading),
        afterwards=after_the_end(reading),
        line=line_of(reading),
        choices=choices_of(reading, acts),
        addition=addition.name if addition else "",
        papers=papers(reading),
        rail=rail(reading, running, ahead),
        handlers=tuple(_handlers(reading)),
        if_late=if_late(reading, running),
        linked=links,
        related=on_the_same_record(reading, [one.number for one in links]),
        drafts=tuple(_drafts(reading)),
        read_by=readers(reading),
        only_by=read_only_by(reading),
    )


def _drafts(reading: Reading) -> Iterator[OwnDraft]:
    """What the reader has begun to write here, the latest first."""
    for draft in drafts_in(reading.session, reading.identity.user_id, reading.file.id):
        row = next(iter(reading.definition.actions_named(draft.action)), None)
        if row:
            yield OwnDraft(draft.action, say(row.label), draft.saved_at)


def _handlers(reading: Reading) -> list[Handler]:
    """Who has it in hand, and who acted last in each way, newest first, three at most; never the reader's own side."""
    found: dict[int, Handler] = {}
    for event in reversed(reading.events):
        party = next((role.party for role in event.action.by if role.name == event.body["role"]), None)
        if event.person is None or event.person in found or party is None or party == "enterprise":
            continue
        place = desk_name(reading, party, event.body.get("by_bureau"))
        typed = event.seq == 1 and FILER in event.action.by
        did = TYPED if typed else PARTS.get(event.body["role"], say(event.action.done))
        found[event.person] = Handler(did, reading.names.get(event.person, ""), place)
    acted = list(found.values())[:3]
    if not reading.holder:
        return acted
    holder = Handler(say("Has it in hand"), reading.holder, desk_name(reading, reading.state.desk))
    return [holder, *(one for one in acted if one.name != reading.holder)]
