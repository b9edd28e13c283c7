"""The evidence of a case, numbered so that findings can cite it: ① is the first file handed in, for every reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import select

from cases.model.tables import Attachment
from web.case.desks import desk_name
from web.case.reading import Reading
from web.parts.words import Words
from workflow.definition import DESKS

CIRCLED_ONE, MOST_CIRCLED = 0x2460, 20


@dataclass(frozen=True)
class Exhibit:
    """One file: its number, who handed it in and when. `new`: it came after the proposal, or the act that asked."""

    number: int
    file: Attachment
    by: Words
    at: datetime

    @property
    def mark(self) -> str:
        """The number in a circle, as far as there are such signs."""
        return chr(CIRCLED_ONE + self.number - 1) if self.number <= MOST_CIRCLED else f"({self.number})"

    @property
    def title(self) -> str:
        return PurePath(self.file.name).stem

    @property
    def image(self) -> bool:
        return self.file.media_type.startswith("image/")


def exhibits(reading: Reading) -> tuple[Exhibit, ...]:
    """The files that the reader may open, each with the number that it has among all files of the case."""
    every = select(Attachment.id).where(Attachment.case_id == reading.file.id).order_by(Attachment.id)
    places = {id: place for place, id in enumerate(reading.session.scalars(every), start=1)}
    events = {event.id: event for event in reading.events}
    return tuple(
        Exhibit(places[file.id], file, _handed_in_by(reading, file), events[file.event_id].at) for file in reading.files
    )


def _handed_in_by(reading: Reading, file: Attachment) -> Words:
    """The desk whose act brought the file."""
    event = next(event for event in reading.events if event.id == file.event_id)
    party = next((role.party for role in event.action.by if role.name == event.body["role"]), None)
    return desk_name(reading, party, event.body.get("by_bureau")) if party in DESKS else ""
