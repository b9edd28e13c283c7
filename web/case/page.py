"""The pages of a case and of one deadline, and the cases, papers and readers that belong to a case."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Final

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cases.engine.marks import ApprovalMark
from cases.kinds import all_kinds
from cases.letters.telling import paper_form
from cases.lists.worklists import count, on_desk_of, others_have, rows
from cases.model.drafts import drafts_in
from cases.model.reading import LoadedCase, read_cases
from cases.model.related import links_of
from cases.model.tables import Case
from cases.model.visibility import ABOUT_AN_OFFICER, find_case, visible_to
from extensions import db
from notifications.letters import Letter
from notifications.papers import Paper, papers_of
from registry.credit_records import flags_of
from registry.identity import Identity
from registry.organisations import remedy_ready
from web.case.choices import Choices, addition_of, choices_of, keys_of, open_to
from web.case.claims import Table, claim_table, heading, label_of
from web.case.deadlines import (
    Ahead,
    IfLate,
    RunningDeadline,
    clock_of,
    clock_of_desk,
    clocks,
    held_back,
    if_late,
    if_sent_today,
    proof_of,
    rail,
    together,
)
from web.case.events import (
    Confirmation,
    Decision,
    Exhibit,
    Said,
    Timeline,
    after_the_end,
    confirmations,
    decision_of,
    exhibits,
    filed_answers,
    line_of,
)
from web.case.list_row import firm_in_list, next_step
from web.case.path import desk_name, milestones
from web.case.reading import Reading, reading_of
from web.case.turn import Turn, turn
from web.parts.lanes import Clocks
from web.parts.words import DaysLeft, Words, listed
from web.site.access import EVERYBODY, identity, note_read, now, requires, world
from web.site.language import bureau_name, bureau_short
from workflow.definition import AUDITOR, CHIEF, FILER, Party
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext

HOW: Final = {
    "opened": say("Opened from here"),
    "opened_by": say("Opened this case"),
    "joined": say("What was found here was added there"),
    "joined_by": say("What was found there was added here"),
}


@dataclass(frozen=True)
class Related:
    """Another case, and how it belongs to this one; `how` is none where only the record is the same."""

    number: str
    kind: Message
    state: Message
    filed_on: date
    closed: bool
    how: Message | None = None


def linked(reading: Reading) -> tuple[Related, ...]:
    """The cases that this one opened or was opened by, as far as the reader may read them and knows of them."""
    links = {
        link.number: link
        for link in links_of(reading.session, reading.identity, reading.file.id)
        if not link.how.endswith("_by") or reading.span.holds(link.seq)
    }
    if not links:
        return ()
    return tuple(replace(one, how=HOW[links[one.number].how]) for one in _read(reading, Case.number.in_(links)))


def on_the_same_record(reading: Reading, but: Collection[str]) -> tuple[Related, ...]:
    """The other cases on the record that the reader may read."""
    if reading.file.record_id is None:
        return ()
    here = (Case.record_id == reading.file.record_id, Case.id != reading.file.id, Case.number.not_in(but))
    return tuple(_read(reading, *here))


def _read(reading: Reading, *conditions: ColumnElement[bool]) -> Iterator[Related]:
    for case in reading.session.scalars(
        select(Case).where(visible_to(reading.identity), *conditions).order_by(Case.id)
    ):
        definition = all_kinds()[case.kind]
        lost = Party.BUREAU in reading.identity.parties and case.bureau_id not in reading.identity.bureau_ids
        state = say("with another bureau now") if lost else say(definition.state(case.state).label)
        yield Related(case.number, say(definition.label), state, case.filed_on, case.closed_at is not None)


@dataclass(frozen=True)
class PaperLine:
    """A paper as a list shows it."""

    id: int
    title: Message
    number: str
    code: str
    day: date


def papers(reading: Reading) -> tuple[PaperLine, ...]:
    """The papers, newest first: the firm's own for the firm, what was issued in its time for a bureau that lost it."""
    return tuple(
        PaperLine(paper.id, say(paper_form(paper.form).title), paper.number, paper.spoken_code, paper.issued_on)
        for paper in readable(reading)
    )


def readable(reading: Reading) -> Sequence[Paper]:
    found = papers_of(reading.session, reading.file.number)
    if reading.mine:
        served = set(
            reading.session.scalars(
                select(Letter.paper_id).where(
                    Letter.case_number == reading.file.number,
                    Letter.to_party == str(Party.ENTERPRISE),
                    Letter.to_id == reading.file.enterprise_id,
                )
            )
        )
        return [paper for paper in found if paper.id in served]
    if reading.lost:
        last = max((event.at for event in reading.events), default=reading.file.opened_at)
        # the last move took the case away: its paper is for the bureau that has it now
        return [paper for paper in found if paper.issued_at < last]
    return found


@dataclass(frozen=True)
class CaseReader:
    """Somebody, what of the case they read (`all`, `part` or `none`), and that in words."""

    who: Words
    how: str
    words: Message | None = None


def is_closed_to_some(reading: Reading) -> bool:
    return bool(reading.file.snapshot.complained_of)


def read_only_by(reading: Reading) -> Message | None:
    """The line at the top of the page; none where the case is kept from nobody."""
    if not is_closed_to_some(reading):
        return None
    who = listed(one.who for one in readers(reading) if one.how == "all")
    return say("Only these read this case: {who}", who=who)


def readers(reading: Reading) -> tuple[CaseReader, ...]:
    """Everybody who might be thought to read it, with what they do read; empty where nothing is kept from anybody."""
    return tuple(_readers(reading)) if is_closed_to_some(reading) else ()


def _readers(reading: Reading) -> Iterator[CaseReader]:
    snapshot = reading.file.snapshot
    firm: Words = say("your firm") if reading.mine else reading.file.enterprise_name
    yield CaseReader(firm, "all", say("what it wrote, what it was sent, what came of it"))
    if snapshot.complained_of == ABOUT_AN_OFFICER:
        yield CaseReader(say("the officers"), "none", say("the head of the office handles it alone"))
    else:
        yield CaseReader(say("the officers"), "all")
    yield CaseReader(say("the head of the office"), "all")
    yield CaseReader(say("the auditor"), "all", say("writes nothing"))
    unit = reading.bureaus.get(snapshot.bureau or 0) if reading.state.desk is Party.BUREAU else None
    if unit:
        yield CaseReader(bureau_short(unit), "all", say("while it lies there"))
    complained = reading.bureaus.get(snapshot.complained_bureau or 0)
    if complained:
        yield CaseReader(
            bureau_short(complained),
            "part",
            say("only what the office writes to it: no name, no number, no text, no file"),
        )
    yield CaseReader(say("all other bureaus"), "none")


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
        turn=turn(reading, running, ahead, acts),
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


pages = Blueprint("cases", __name__)


@pages.get("/cases/<number>")
@requires(roles=EVERYBODY)
def show(number: str) -> ResponseReturnValue:
    """A case."""
    view = case_view(db.session(), world(), found_file(number), identity(), now())
    keys = {} if view.mine else keys_of(view.reading.file.kind)
    return render_template(
        "case/case.html",
        case=view,
        keys=keys,
        onward=onward(db.session(), view.reading, identity()),
        may_audit=identity().holds(AUDITOR, CHIEF),
    )


@pages.get("/cases/<number>/deadlines/<name>")
@requires(roles=EVERYBODY)
def deadline(number: str, name: str) -> ResponseReturnValue:
    """Day by day, why a deadline is due when it is."""
    reading = reading_of(db.session(), world(), found_file(number), identity(), now())
    timers = [timer for timer in reading.file.snapshot.timers if timer.deadline == name]
    if not timers or reading.lost:
        abort(404)
    clock = clock_of(reading, timers[-1])
    return render_template(
        "case/deadline.html",
        reading=reading,
        clock=clock,
        heading=heading(reading),
        holds=held_back(clock, reading),
        proof=proof_of(reading, clock),
    )


def found_file(number: str) -> LoadedCase:
    """The case of that number, for whoever may read it; else the page is not there."""
    case = find_case(db.session(), identity(), number) or abort(404)
    note_read("case", number, case.id)
    return read_cases(db.session(), [case.id])[0]


@dataclass(frozen=True)
class Onward:
    """The next case: its number, whose it is, when it is due, where its next step is taken; and how many there are."""

    number: str
    firm: Words
    due: Message | None
    to: str
    count: int


def same_work(session: Session, reading: Reading, identity: Identity) -> str:
    """Where the next step is taken of the reader's most urgent other case that stands as this one did; else empty."""
    file = reading.file
    waits = _waits(reading, identity)
    alike = (Case.kind == file.kind, Case.state == file.snapshot.state)
    row = next(iter(rows(session, identity, *waits, *alike, most=1)), None)
    return next_step(row, identity) if row else ""


def onward(session: Session, reading: Reading, identity: Identity) -> Onward | None:
    """The most urgent other case of the reader's desk that no colleague has taken; none for who has no desk."""
    if identity.holds(AUDITOR) or identity.parties.isdisjoint((Party.BUREAU, Party.OFFICE)):
        return None
    waits = _waits(reading, identity)
    row = next(iter(rows(session, identity, *waits, most=1)), None)
    if row is None:
        return None
    left = DaysLeft.to(row.due_on, reading.world.calendar, reading.today)
    due = left.words if left else None
    firm = firm_in_list(row.kind, row.enterprise)
    return Onward(row.number, firm, due, next_step(row, identity), count(session, identity, *waits))


def _waits(reading: Reading, identity: Identity) -> tuple[ColumnElement[bool], ...]:
    """The other cases of the reader's desk: not what a colleague has taken, nor what the reader has marked already."""
    unmarked = Case.id.not_in(select(ApprovalMark.case_id).where(ApprovalMark.user_id == identity.user_id))
    return on_desk_of(identity), ~others_have(identity), Case.id != reading.file.id, unmarked
