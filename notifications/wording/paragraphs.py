"""The shape of a letter's words: a subject and paragraphs, some only where a value is there. Data, no letter."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.refusal import Message


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. `needs` names a value without which it is left out; `equals` asks that value for a code."""

    message: Message
    needs: str = ""
    equals: str = ""


@dataclass(frozen=True)
class Wording:
    """A letter in words. What a paragraph without condition names must be given."""

    subject: Message
    body: tuple[Paragraph, ...]


def wording(subject: Message, *body: Message | Paragraph) -> Wording:
    """A wording, written as it reads."""
    return Wording(subject, tuple(part if isinstance(part, Paragraph) else Paragraph(part) for part in body))


def when(name: str, message: Message, equals: str = "") -> Paragraph:
    """A paragraph that stands only where the value is given (and, with `equals`, is that code)."""
    return Paragraph(message, name, equals)
