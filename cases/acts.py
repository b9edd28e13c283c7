"""An act that has been decided on a case that was read: what the writer records and the letters tell of."""

from __future__ import annotations

from dataclasses import dataclass

from cases.reading import CaseFile
from workflow.decide import Move
from workflow.snapshot import Past
from workflow.timing import Firing, Timer


@dataclass(frozen=True)
class Act:
    """A decided move of a case; for the clock's, the timer and the rung that fired."""

    file: CaseFile
    move: Move
    timer: Timer | None = None
    firing: Firing | None = None

    @property
    def seq(self) -> int:
        return self.file.length + 1

    @property
    def past(self) -> tuple[Past, ...]:
        """What has happened in the case, this act included."""
        return (*self.file.snapshot.past, self.move.past)

    @property
    def actor(self) -> str:
        """Who acted, as the chain names them: an id, never a name."""
        return f"user:{self.move.person.id}" if self.move.person.id is not None else self.move.role.name
