"""Phrases for reasons 常用语: a person's own, and those that a bureau or the office keeps for its people.

A phrase is put into a text that a person then changes as they like: it decides nothing, and no case refers to it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, String, Text, and_, false, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant
from registry.identity import Identity
from workflow.definition import AUDITOR, CHIEF, HEAD, Party
from workflow.refusal import Impossible, Message, refuse_faulty, say

FITS: Final[Mapping[str, Message]] = {
    "": say("Anything"),
    "finding": say("The reason of one field"),
    "reasons": say("Reasons"),
    "missing": say("What is missing"),
    "question": say("A question to a bureau"),
    "letter": say("Summary for the enterprise"),
    "propose.reasons": say("Reasons of a proposal"),
    "extend.reasons": say("Reasons for more time"),
    "refuse.reasons": say("Reasons for not accepting"),
    "refuse.where": say("Where to turn to instead"),
}
"""For what a phrase is meant: the field of a form, by its name, or of one act's form alone; nothing: any text."""
BLANKS: Final[Mapping[str, Message]] = {
    "document_number": say("the number of the decision"),
    "decided_on": say("its date"),
    "firm": say("the firm"),
    "record": say("what the record says in the field"),
    "claim": say("what it is said it should say"),
}
"""What a phrase may leave open, as {name}, for the case to fill in."""
LONGEST_NAME, LONGEST, MOST = 30, 1000, 100


class Phrase(Base):
    """A phrase: of a person, of a bureau, or (neither) of the office."""

    __tablename__ = "phrase"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_.id"), index=True)
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bureau.id"), index=True)
    name: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(Text)
    fits: Mapped[str] = mapped_column(String(20), default="")
    uses: Mapped[int] = mapped_column(default=0)
    """In how many acts it was put in."""
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user_.id"))


@dataclass(frozen=True)
class Wanted:
    """A phrase as somebody wants it; `shared`: for everybody of their bureau, or of the office."""

    name: str
    text: str
    fits: str = ""
    shared: bool = False


def phrases_of(session: Session, who: Identity) -> list[Phrase]:
    """The phrases that this person may put in: their own and those of their desk, the most used first."""
    return list(session.scalars(select(Phrase).where(_readable(who)).order_by(Phrase.uses.desc(), Phrase.id)))


def phrase_to_keep(session: Session, who: Identity, id: int) -> Phrase | None:
    """The phrase of that number, if it is this person's to change: their own, or of the desk whose head they are."""
    shared = _shared(who) if keeps_shared(who) else false()
    return session.scalar(select(Phrase).where(Phrase.id == id, or_(Phrase.user_id == who.user_id, shared)))


def keeps_shared(who: Identity) -> bool:
    """Whether this person keeps the phrases of a desk: the head of a bureau, the head of the office."""
    return who.holds(CHIEF, HEAD)


def keep_phrase(session: Session, who: Identity, wanted: Wanted, now: datetime, row: Phrase | None = None) -> Phrase:
    """Add a phrase, or change this one from now on: what was written with it stays as it is.

    Raises `Incomplete`, by field, and `Impossible` where there are too many already.
    """
    name, text = wanted.name.strip(), wanted.text.strip()
    faults = {}
    if not 1 <= len(name) <= LONGEST_NAME:
        faults["name"] = say("Give it a name of 1 to {n} characters.", n=LONGEST_NAME)
    if not 1 <= len(text) <= LONGEST:
        faults["text"] = say("Enter the phrase, at most {n} characters.", n=LONGEST)
    if wanted.fits not in FITS:
        faults["fits"] = say("Choose one of the answers offered.")
    refuse_faulty(faults)
    if row is None:
        if wanted.shared and not keeps_shared(who):
            raise Impossible(say("Phrases for all are kept by the head: keep it as your own, or ask the head."))
        owner = (None, who.bureau_id) if wanted.shared else (who.user_id, None)
        beside = (Phrase.user_id.is_not_distinct_from(owner[0]), Phrase.bureau_id.is_not_distinct_from(owner[1]))
        if (session.scalar(select(func.count()).select_from(Phrase).where(*beside)) or 0) >= MOST:
            raise Impossible(say("There are {n} phrases already: remove one first.", n=MOST))
        row = Phrase(user_id=owner[0], bureau_id=owner[1], uses=0)
        session.add(row)
    row.name, row.text, row.fits, row.changed_at, row.changed_by_id = name, text, wanted.fits, now, who.user_id
    session.flush()
    return row


def count_uses(session: Session, who: Identity, ids: Collection[int]) -> None:
    """An act was taken in which these were put in; of those that the person may use, once each."""
    if ids:
        used = select(Phrase.id).where(Phrase.id.in_(ids), _readable(who))
        session.execute(update(Phrase).where(Phrase.id.in_(used)).values(uses=Phrase.uses + 1))


def filled(text: str, known: Mapping[str, str]) -> str:
    """The phrase with what is known in its blanks; what is in braces and no blank stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], found[0]), text)


def _readable(who: Identity) -> ColumnElement[bool]:
    return or_(Phrase.user_id == who.user_id, _shared(who))


def _shared(who: Identity) -> ColumnElement[bool]:
    """The phrases of the person's desk."""
    if Party.BUREAU in who.parties:
        return Phrase.bureau_id.in_(who.bureau_ids)
    if Party.OFFICE in who.parties and not who.holds(AUDITOR):
        return and_(Phrase.user_id.is_(None), Phrase.bureau_id.is_(None))
    return false()
