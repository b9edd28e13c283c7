"""Writes letters in both languages and adds them, with their papers, to the open transaction.

A move that is rolled back takes its letters with it. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from notifications.languages import LANGUAGES, MissingValue, ToldRemedy, catalog, listed, put, span
from notifications.letters import NO_MAIL, SHARING, WAITING, Address, Letter
from notifications.papers import NewPaper, Paper, issue
from notifications.wording import WORDINGS
from workflow.calendar import ProvisionalDay
from workflow.letters import PROVISIONAL, Paragraph, Wording, when
from workflow.refusal import Message, say

LETTERS: Final = insert(cast(Table, Letter.__table__))
"""One statement for all: the ORM would write letters with and without an address one by one."""
CASE = say("{kind} {number}")
ABOUT_RECORD = {
    "matter": say("{case} about the record {record}"),
    "matter_of": say("{case} about the record {record} of {enterprise}"),
}
"""The case and what it is about; of a case without a record, the case alone: whose it is stays unsaid (D16)."""
WRITTEN_LATE = when(
    "written_on",
    "This counts as of {fell_on}. The platform was not running then, or its clock stood wrong: it was written down "
    "on {written_on}, and what is said of days here is said as of {fell_on}.",
)
"""Of any letter about what fell due before it could be written down."""
LENGTHS = {"late_by": "days_late", "left_for": "days_left"}
"""Lengths of time in words, and the number each is made of; `unit` is theirs."""


@dataclass(frozen=True)
class WrittenLetter:
    """A letter in one language."""

    subject: str
    body: str


Texts = dict[str, WrittenLetter]
"""A letter by language."""


@dataclass(frozen=True)
class NewLetter:
    """A letter to be written: its name chooses the words, `values` fill them.

    `not_before` is the office hour that a letter of the ladder waits for. Letters that share one `paper` object go
    out with the same paper. To which addresses a `shared` one is mailed is decided once it is served (`sharing.py`).
    """

    to: Address
    name: str
    case_number: str
    values: Mapping[str, object]
    paper: NewPaper | None = None
    not_before: datetime | None = None
    shared: bool = False
    wording: Wording | None = None
    """The words of a letter about a case; None: those that its name has in WORDINGS."""

    @property
    def words(self) -> Wording:
        return self.wording or WORDINGS[self.name]


def post(session: Session, letters: Iterable[NewLetter], now: datetime) -> int:
    """Write the letters and issue their papers; gives the number of letters.

    Raises MissingValue or ValueError where a value is not given: a bug.
    """
    new = list(letters)
    if not new:
        return 0
    papers = issue(session, list({id(letter.paper): letter.paper for letter in new if letter.paper}.values()), now)
    texts: dict[tuple[str, int, int, int], Texts] = {}
    rows = []
    for letter in new:
        paper, same = papers.get(id(letter.paper)), (letter.name, id(letter.words), id(letter.values), id(letter.paper))
        texts[same] = texts.get(same) or _texts(letter, paper, now)  # several addressees of one letter read the same
        rows.append(_row(letter, paper, texts[same], now))
    session.connection().execute(LETTERS, rows)
    return len(new)


def _row(letter: NewLetter, paper: Paper | None, texts: Texts, now: datetime) -> dict[str, Any]:
    to = letter.to
    served_at = max(now, letter.not_before) if letter.not_before else now
    state = SHARING if letter.shared else WAITING if to.mail else NO_MAIL
    return {
        "to_party": to.party,
        "to_id": to.id,
        "to_role": to.role,
        "mail": to.mail,
        "language": to.language,
        "name": letter.name,
        "case_number": "" if letter.words.closed else letter.case_number,
        "texts": {language: vars(text) for language, text in texts.items()},
        "paper_id": paper.id if paper else None,
        "written_at": now,
        "served_at": served_at,
        "mail_state": state,
        "next_try_at": served_at if state == WAITING else None,
        "tries": 0,
        "last_error": "",
    }


def _texts(letter: NewLetter, paper: Paper | None, now: datetime) -> Texts:
    values = {"number": letter.case_number, **letter.values}
    if paper:
        values |= {"paper_number": paper.number, "paper_code": paper.spoken_code}
    today = values.get("today")
    return write(letter.name, letter.words, values, today if isinstance(today, date) else now.date())


def write(name: str, words: Wording, values: Mapping[str, object], today: date) -> Texts:
    """The letter in both languages. Raises `MissingValue` where it names what `values` does not give."""
    if values.get("adverse") and not (values.get("reasons") and values.get("remedies")):
        raise MissingValue(f"letter {name}: an adverse end needs reasons and remedies")
    texts: Texts = {}
    for language in LANGUAGES:
        told = _LetterValues(values, language, today, name)
        parts = [part for part in words.body if told.wants(part)]
        if any(may_move(values.get(name)) for part in parts for name in part.message.names):
            parts.append(PROVISIONAL)
        paragraphs = [told.fill(part.message) for part in (*parts, WRITTEN_LATE) if told.wants(part)]
        texts[language] = WrittenLetter(told.fill(words.subject), "\n\n".join(paragraphs))
    return texts


def may_move(value: object) -> bool:
    """Whether it is or names a day that may still move."""
    if isinstance(value, Message):
        return any(may_move(part) for part in value.values.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(may_move(part) for part in value)
    return isinstance(value, ProvisionalDay)


@dataclass(frozen=True)
class _LetterValues:
    """The values of a letter, put into a language as they are named."""

    given: Mapping[str, object]
    language: str
    today: date
    letter: str

    def wants(self, part: Paragraph) -> bool:
        if not part.needs:
            return True
        value = self.given.get(part.needs)
        if part.absent:
            return not value
        return value == part.equals if part.equals else bool(value)

    def fill(self, message: Message) -> str:
        return str(catalog(self.language).gettext(message.id)).format_map(self)

    def __getitem__(self, name: str) -> str:
        if name == "case" or name in ABOUT_RECORD:
            return self._case(name)
        value = self._length(name) if name in LENGTHS else self.given.get(name)
        if value is None or value in ("", (), []):
            raise MissingValue(f"letter {self.letter} needs {name}")
        if name == "remedies":
            if isinstance(value, Sequence) and all(isinstance(one, ToldRemedy) and one.complete for one in value):
                return listed(value, self.language)
            raise MissingValue("a remedy is told with its way, its body and its period")
        return put(value, self.language, self.today)

    def _case(self, name: str) -> str:
        if name != "case" and self.given.get("record"):
            return self.fill(ABOUT_RECORD[name])
        return self.fill(CASE) if self.given.get("kind") else self["number"]

    def _length(self, name: str) -> Message | None:
        n, unit = self.given.get(LENGTHS[name]), self.given.get("unit")
        return span(n, str(unit)) if isinstance(n, int) and unit else None
