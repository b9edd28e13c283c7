"""post(): letters written and added to the transaction that is open, with their papers.

A move that is rolled back takes its letters with it, so nothing is ever told that did not happen. It sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from notifications.letters import NO_MAIL, SHARING, WAITING, Address, Letter
from notifications.papers import NewPaper, Paper, issue
from notifications.wording import WORDINGS
from notifications.writing import write
from workflow.letters import Wording

__all__ = ["Address", "NewLetter", "post"]

Texts = dict[str, dict[str, str]]
"""Subject and body by language."""
LETTERS: Final = insert(cast(Table, Letter.__table__))
"""One statement for all: by the ORM, letters with and without an address are written apart, one by one."""


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
    papers = issue(session, _each_once(letter.paper for letter in new if letter.paper), now)
    texts: dict[tuple[str, int, int, int], Texts] = {}
    rows = []
    for letter in new:
        paper, same = papers.get(id(letter.paper)), (letter.name, id(letter.words), id(letter.values), id(letter.paper))
        texts[same] = texts.get(same) or _texts(letter, paper, now)  # several addressees of one letter read the same
        rows.append(_row(letter, paper, texts[same], now))
    session.connection().execute(LETTERS, rows)
    return len(new)


def _each_once(papers: Iterable[NewPaper]) -> list[NewPaper]:
    return list({id(paper): paper for paper in papers}.values())


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
        "texts": texts,
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
    written = write(letter.name, letter.words, values, today if isinstance(today, date) else now.date())
    return {language: {"subject": text.subject, "body": text.body} for language, text in written.items()}
