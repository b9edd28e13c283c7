"""What belongs to a case beside itself: linked cases, cases on the same record, papers, and who may read it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, select

from cases.kinds import all_kinds
from cases.letters.telling import paper_form
from cases.model.related import links_of
from cases.model.tables import Case
from cases.model.visibility import ABOUT_AN_OFFICER, visible_to
from notifications.letters import Letter
from notifications.papers import Paper, papers_of
from web.case.consequences import in_a_list
from web.case.reading import Reading
from web.parts.words import Words
from web.site.bodies import bureau_short
from workflow.definition import Party
from workflow.refusal import Message, say

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
        PaperLine(paper.id, paper_form(paper.form).title, paper.number, paper.spoken_code, paper.issued_on)
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
    who = in_a_list([one.who for one in readers(reading) if one.how == "all"])
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
