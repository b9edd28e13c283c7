"""The words of letters and the forms of papers, as data: a kind brings those that are its own.

A letter without words of its own goes out as the general one; a paper without a sheet of its own on the general sheet.
"""

from dataclasses import dataclass
from typing import Final

from workflow.refusal import Message, say


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, written only where the value `needs` is given; with `equals` where that is its code.

    With `absent` it is written only where the value is not given.
    """

    message: Message
    needs: str = ""
    equals: str = ""
    absent: bool = False


@dataclass(frozen=True)
class Wording:
    """A letter in words. A paragraph without condition raises where what it names is not given.

    A `closed` letter goes to somebody who may not know of the case: neither it nor its row names one.
    `paper` names the form of the official paper that goes with it.
    """

    subject: Message
    body: tuple[Paragraph, ...]
    closed: bool = False
    paper: str = ""


@dataclass(frozen=True)
class PaperForm:
    """The form of an official paper; `word` stands in its number.

    `needs` are values without which it is not issued; `to` names the value that says whom it is sent to.
    An `adverse` one needs reasons and remedies. `only` "adverse" or "closing": issued at such an end alone.
    Without the value `unless[0]` the paper is one of the form `unless[1]`.
    A `closed` form goes to somebody who may not know of the case: it keeps what it needs and nothing else (D16).
    """

    name: str
    title: str
    word: str
    needs: tuple[str, ...]
    adverse: bool = False
    closed: bool = False
    to: str = "enterprise"
    only: str = ""
    unless: tuple[str, str] | None = None

    @property
    def decides(self) -> bool:
        """Whether it tells what was decided: what it needs says so."""
        return not {"result", "done", "remedies"}.isdisjoint(self.needs)


def wording(subject: str, *body: str | Paragraph, closed: bool = False, paper: str = "") -> Wording:
    """A wording, written as it reads. One with a paper ends by naming it, unless it is closed."""
    parts = tuple(part if isinstance(part, Paragraph) else Paragraph(say(part)) for part in body)
    return Wording(say(subject), (*parts, PAPER) if paper and not closed else parts, closed, paper)


def when(name: str, words: str, equals: str = "") -> Paragraph:
    """A paragraph written only where the value is given (and, with `equals`, is that code)."""
    return Paragraph(say(words), name, equals)


def unless(name: str, words: str) -> Paragraph:
    """A paragraph written only where the value is not given."""
    return Paragraph(say(words), name, absent=True)


WHOLE = when("whole_due", "The whole case is to be answered by {whole_due} ({whole_basis}).")
PROVISIONAL = Paragraph(
    say(
        "A date marked as provisional will be recounted when the holidays of that year are announced; "
        "we will tell you if it moves."
    )
)
"""Written in every letter that names such a date."""
NEXT = when("due", "Next: {stage}, by {due} ({basis}).")
DUE = when("due", "Due: {stage}, by {due} ({basis}).")
NOTHING_TO_DO = "You don't need to do anything now."
NUMBERS = "Number {number}, case code {check_code}. Name them whenever you ask about this case."
REASONS = "Reasons: {reasons}"
GIVEN_REASONS = when("reasons", REASONS)
REFILE = when("refile", "{refile}")
LAW = when("law", "Legal basis: {law}")
WHERE = when("where", "Where to go instead: {where}")
NOWHERE = when("nowhere", "No body is competent for it, for the reasons given.")
WHOSE = when("whose", "Responsible in its view: {whose}")
RETURNABLE = when(
    "return_due",
    "If it is not your matter, return it by {return_due} ({return_basis}), with reasons; it can be returned only once.",
)
FREE = when("free", "Repair is free of charge: nobody may ask you for a fee ({free}).")
REMEDIES = "If you do not agree:\n{remedies}"
GIVEN_REMEDIES = when("remedies", REMEDIES)
REVIEW_AGAIN = when(
    "review_again", "The review of case {review_again} can be asked again, until {review_until} ({review_basis})."
)
PAPER = when("paper_number", "The document belonging to this letter: {paper_number}, paper code {paper_code}.")

COMMON: Final = ("office", "enterprise", "record")
FILED: Final = (*COMMON, "filed_on")
LIMIT: Final = ("due", "days", "unit", "basis")
EXTENSION: Final = ("stage", "old_due", "new_due", "basis", "reasons", "approved_by")
"""Values that many papers need."""
