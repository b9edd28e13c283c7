"""The shape of a letter's words: a subject and paragraphs, some only where a value is there. Data, no letter."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.refusal import Message


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. `needs` names a value without which it is left out; `equals` asks that value for a code.

    One for the `absent` value stands only where the value is not given.
    """

    message: Message
    needs: str = ""
    equals: str = ""
    absent: bool = False


@dataclass(frozen=True)
class Wording:
    """A letter in words. What a paragraph without condition names must be given.

    A `closed` one goes to somebody who may not know of the case: it names none, and neither does its row.
    """

    subject: Message
    body: tuple[Paragraph, ...]
    closed: bool = False


def wording(subject: Message, *body: Message | Paragraph, closed: bool = False) -> Wording:
    """A wording, written as it reads."""
    return Wording(subject, tuple(part if isinstance(part, Paragraph) else Paragraph(part) for part in body), closed)


def when(name: str, message: Message, equals: str = "") -> Paragraph:
    """A paragraph that stands only where the value is given (and, with `equals`, is that code)."""
    return Paragraph(message, name, equals)


def unless(name: str, message: Message) -> Paragraph:
    """A paragraph that stands only where the value is not given."""
    return Paragraph(message, name, absent=True)
