"""What an action asks: fields, the answers of a choice, and what is put forward. A part of the language."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflow.effects import Only
from workflow.vocabulary import FieldKind, Role


@dataclass(frozen=True)
class Choice:
    """One answer of a choice: its code and the words shown; given `records`, only for these kinds of records."""

    code: str
    label: str
    records: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """An answer that is put forward where the opening answered a field so, and why; whoever acts chooses freely."""

    field: str
    said: str
    answer: str
    because: str


@dataclass(frozen=True)
class Field:
    """What an action asks.

    `by` limits it to those roles, `only` to forms in which another field is answered so. `internal` words are never
    shown to the filer. A date that is the `day_of_filing` counts instead of the day of typing (D17, D30), and one
    `since_filing` lies not before it. Of claims: `display` disputes the display itself and no value. Of findings:
    `settles` leaves none open, `review` asks only for what was not granted and is laid over the first ones (D21).
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    by: tuple[Role, ...] = ()
    internal: bool = False
    only: Only | None = None
    day_of_filing: bool = False
    since_filing: bool = False
    display: bool = False
    settles: bool = False
    review: bool = False
    suggests: tuple[Suggestion, ...] = field(default=(), repr=False)
    """Not in the digest: what is only put forward changes no procedure."""
