"""An act that has been decided on a case that was read: what the writer records and the letters tell of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cases.model.reading import LoadedCase
from workflow.decide import Move
from workflow.snapshot import EventFacts, Snapshot
from workflow.timing import Firing, Timer


@dataclass(frozen=True)
class Act:
    """A decided move of a case; for the clock's, the timer and the rung that fired."""

    file: LoadedCase
    move: Move
    timer: Timer | None = None
    firing: Firing | None = None

    @property
    def seq(self) -> int:
        return self.file.length + 1

    @property
    def past(self) -> tuple[EventFacts, ...]:
        """What has happened in the case, this act included."""
        return (*self.file.snapshot.past, self.move.past)

    @property
    def after(self) -> Snapshot:
        """The case with this act in it, as far as limits and guards look at it."""
        move = self.move
        return replace(
            self.file.snapshot,
            state=move.target.name,
            variant=move.variant,
            round=move.round,
            bureau=move.bureau,
            filed_on=move.filed_on,
            past=self.past,
        )

    @property
    def actor(self) -> str:
        """Who acted, as the chain names them: an id, never a name."""
        return f"user:{self.move.person.id}" if self.move.person.id is not None else self.move.role.name
