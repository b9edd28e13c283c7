"""Why an act may not be done: sentences as message ids with named values.

The door that shows a sentence translates it; nothing here knows a language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from string import Formatter
from typing import Final


@dataclass(frozen=True)
class Message:
    """A sentence: an English message id with `{named}` places, and the values that fill them."""

    id: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.id.rpartition(CONTEXT)[2].format(**self.values)

    @property
    def names(self) -> list[str]:
        """The values that its words name."""
        return [name for _text, name, _format, _how in Formatter().parse(self.id) if name]


def say(id: str, **values: object) -> Message:
    """A message, written as it reads."""
    return Message(id, values)


def any_of(words: Iterable[Message]) -> Message:
    """Things of which one is meant; at least one."""
    return reduce(lambda first, other: say("{first} or {other}", first=first, other=other), words)


CONTEXT: Final = "\x04"
"""Between a context and a message id: what `msgctxt` becomes in a catalog."""


def said_by(kind: str, label: str) -> str:
    """A label that this kind means otherwise than other kinds that say the same English words."""
    return f"{kind}{CONTEXT}{label}"


class Refusal(Exception):
    """A move that may not be made. `message` says why and what the person can do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class Forbidden(Refusal):
    """This person may not take this action."""


class Impossible(Refusal):
    """Nobody may take this action now: wrong state, used up, too late."""


class NotYet(Impossible):
    """Too early: another step comes first."""


class NotHere(Impossible):
    """No step of this case: of another type of case, or of another course than it has taken."""


class Outdated(Refusal):
    """The case has moved since the page was shown."""

    def __init__(self, message: Message, shown: int, now: int) -> None:
        super().__init__(message)
        self.shown = shown
        self.now = now


class Incomplete(Refusal):
    """Something that the action asks is missing or unfit; `fields` says what, by field name."""

    def __init__(self, fields: Mapping[str, Message]) -> None:
        super().__init__(say("Some answers are missing or cannot be used."))
        self.fields = dict(fields)

    def __str__(self) -> str:
        return "; ".join(f"{name}: {message}" for name, message in self.fields.items())


def refuse_faulty(faults: Mapping[str, Message] | Iterable[tuple[str, Message]]) -> None:
    """Raise `Incomplete` where there is any fault."""
    if found := dict(faults):
        raise Incomplete(found)
