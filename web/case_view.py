"""The case page, worked out: what it is about, whose turn it is, its days, what was found, what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.decision_values import stood
from cases.kinds import all_kinds
from cases.reading import CaseFile
from cases.tables import Attachment, Case
from cases.visibility import visible_to
from cases.words import Dispute, disputes
from registry.columns import Type, column_of
from registry.credit_records import flags_of
from registry.organisations import remedy_ready
from registry.people import Standing
from web.bodies import bureau_name
from web.case_acts import Choices, choices_of, open_to
from web.case_clocks import Clock, clocks, together
from web.case_dates import Ahead, IfLate, if_late, rail, review_until
from web.case_line import line_of
from web.case_papers import PaperLine, papers
from web.case_path import milestones
from web.case_reading import DECIDES, PROPOSES, Reading, reading_of
from web.case_turn import desk_name, turn
from web.field_words import field_label
from web.parts.claim import Row, rows
from web.parts.clocks import Clocks
from web.parts.timeline import Timeline
from web.parts.turn import Turn
from web.parts.words import Words
from workflow.findings import DISPLAY
from workflow.refusal import Message, say
from workflow.snapshot import Past, World

PARTS = {
    "reviewer": say("Verifies"), "approver": say("Approves"), "head": say("Heads the bureau"),
    "officer": say("Accepts and answers"), "chief": say("Heads the office"),
}  # fmt: skip
"""What somebody does in a case, by the role in which they acted."""


@dataclass(frozen=True)
class Handler:
    """Somebody who acted on the case: their part in it, their name and where they sit."""

    did: Message
    name: str
    place: Words


@dataclass(frozen=True)
class Related:
    """Another case on the same record."""

    number: str
    kind: Message
    state: Message
    filed_on: date
    closed: bool


@dataclass(frozen=True)
class CaseView:
    """Everything the page shows; `reading` is what it was worked out from."""

    reading: Reading
    heading: Message
    supplied_by: str
    flagged: bool
    turn: Turn
    clocks: tuple[Clock, ...]
    together: Clocks | None
    rows: tuple[Row, ...]
    decided: bool
    said: str
    line: Timeline
    choices: Choices
    papers: tuple[PaperLine, ...]
    rail: tuple[Ahead, ...]
    handlers: tuple[Handler, ...]
    if_late: tuple[IfLate, ...]
    related: tuple[Related, ...]

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

    @property
    def files(self) -> Sequence[Attachment]:
        return self.reading.files

    @property
    def clock(self) -> Clock | None:
        """The deadline that the desk has to keep."""
        return next((one for one in self.clocks if one.deadline.owner == self.reading.state.desk), None)


def case_view(session: Session, world: World, file: CaseFile, standing: Standing, now: datetime) -> CaseView:
    """Work out the page of a case that the scope has let this person read."""
    reading = reading_of(session, world, file, standing, now)
    acts, running, ahead = open_to(reading), clocks(reading), milestones(reading)
    supplied = reading.bureaus.get(reading.record.supplied_by_id) if reading.record else None
    return CaseView(
        reading=reading,
        heading=heading(reading),
        supplied_by=bureau_name(supplied) if supplied else "",
        flagged=bool(reading.record and flags_of(session, [reading.record.id])),
        turn=turn(reading, running, ahead, acts, review_until(reading)),
        clocks=running,
        together=together(reading, running),
        rows=claim_rows(reading),
        decided=is_decided(reading),
        said=reading.words.get(1, {}).get("words", ""),
        line=line_of(reading),
        choices=choices_of(reading, acts),
        papers=papers(reading),
        rail=rail(reading, running, ahead),
        handlers=tuple(_handlers(reading)),
        if_late=if_late(reading, running),
        related=tuple(_related(reading)),
    )


def heading(reading: Reading) -> Message:
    """What the case is called: its kind and the first thing that is disputed."""
    kind = say(reading.definition.label)
    named = disputes(reading.definition, reading.past, reading.words)
    if not named:
        return say("{kind} {number}", kind=kind, number=reading.file.number)
    what = _what(reading, named[0].field)
    if len(named) > 1:
        what = say("{what} and {n} more", what=what, n=len(named) - 1)
    return say("{kind} to “{what}”", kind=kind, what=what)


def _what(reading: Reading, field: str) -> Message:
    label = field_label(reading.record, field)
    column = column_of(reading.record.kind, field) if reading.record else None
    if reading.record is None or column is None or field == DISPLAY:
        return label
    value = stood(reading.session, reading.record, reading.file.id, field)
    if column.type is Type.AMOUNT and value:
        return say("{field} {value} × 10,000 yuan", field=label, value=value)
    return say("{field} {value}", field=label, value=value) if column.type is Type.DATE and value else label


def is_decided(reading: Reading) -> bool:
    """Whether the findings in force are a decision; a sending back makes them a proposal again."""
    found = [past.action for past in reading.past if past.action in DECIDES or past.action.startswith(PROPOSES)]
    return bool(found) and found[-1] in DECIDES


def claim_rows(reading: Reading) -> tuple[Row, ...]:
    """What is disputed, field by field. The firm does not see a proposal before it is a decision."""
    decided = is_decided(reading)
    named = disputes(reading.definition, _shown_past(reading, decided), reading.words)
    if reading.record is None:
        return ()
    was = {one.field: stood(reading.session, reading.record, reading.file.id, one.field) for one in named}
    return rows([_without_code(one) for one in named], was, decided=decided)


def _without_code(dispute: Dispute) -> Dispute:
    """Of a disputed display the claim is a code, not words: the part says it itself."""
    return replace(dispute, claim="") if dispute.field == DISPLAY else dispute


def _shown_past(reading: Reading, decided: bool) -> tuple[Past, ...]:
    if decided or not reading.mine:
        return reading.past
    last = max((past.seq for past in reading.past if past.action in DECIDES), default=1)
    return tuple(past for past in reading.past if past.seq <= last)


def _handlers(reading: Reading) -> list[Handler]:
    """Who acted last in each way, newest first, three at most; never the reader's own side."""
    found: dict[int, Handler] = {}
    for event in reversed(reading.events):
        party = next((role.party for role in event.action.by if role.name == event.body["role"]), None)
        if event.person is None or event.person in found or party is None or party == "enterprise":
            continue
        place = desk_name(reading, party, event.body.get("by_bureau"))
        found[event.person] = Handler(
            PARTS.get(event.body["role"], say(event.action.done)), reading.names.get(event.person, ""), place
        )
    return list(found.values())[:3]


def _related(reading: Reading) -> list[Related]:
    if reading.file.record_id is None:
        return []
    others = select(Case).where(
        Case.record_id == reading.file.record_id, Case.id != reading.file.id, visible_to(reading.standing)
    )
    found = []
    for case in reading.session.scalars(others.order_by(Case.id)):
        definition = all_kinds()[case.kind]
        found.append(Related(case.number, say(definition.label), say(definition.state(case.state).label),
                             case.filed_on, case.closed_at is not None))  # fmt: skip
    return found
