"""The official papers of a case that this reader may open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from cases.letters.telling import paper_form
from notifications.letters import Letter
from notifications.papers import Paper, papers_of
from web.case.reading import Reading
from workflow.definition import Party
from workflow.refusal import Message


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
