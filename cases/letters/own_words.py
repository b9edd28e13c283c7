"""Whether words for the body complained of are the office's own (D16): what in them would tell who complains.

It refuses what is certain: a name, a code, a number, a file's name, a telephone number, the complainant's phrases.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.model.reading import LoadedCase
from cases.model.tables import Attachment, Event, EventText
from registry.credit_records import CreditRecord
from registry.organisations import Enterprise
from registry.people import Membership, User
from workflow.decide import Move
from workflow.definition import Action, Addressee, FieldKind
from workflow.refusal import Incomplete, Message, say

PHRASE: Final = 8
"""So many characters in a row that the complainant wrote are a phrase of theirs."""
SHORTEST: Final = 2
A_NAME: Final = 4
"""So many characters of a firm's name are its own where no other firm has them; a shorter file name is anybody's."""
TELEPHONE: Final = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
PLAIN: Final = re.compile(r"[\W_]+")


def refuse_not_own(session: Session, file: LoadedCase, move: Move) -> None:
    """Of a kind that is kept from somebody: raises Incomplete where a move's words would tell them who complains."""
    faults = not_own(session, file, move.action, move.words)
    if any(effect.name == "open_case" for effect in move.effects):
        # what a case that is opened says is read by who has the record: its firm is known there, the rest is not
        given = given_away(session, file, move.words.get("words", ""), names=(file.number, file.check_code))
        if given:
            faults["words"] = say("“{found}” would tell who complains. Say it in other words.", found=given)
    if faults:
        raise Incomplete(faults)


def not_own(session: Session, file: LoadedCase, action: Action, answers: Mapping[str, object]) -> dict[str, Message]:
    """What is wrong with the words of an act, by field; nothing where it tells nobody who is complained of."""
    if all(notice.to is not Addressee.COMPLAINED_OF for notice in action.tells):
        return {}
    faults = {}
    for field in action.asks:
        words = answers.get(field.name)
        if field.kind in (FieldKind.TEXT, FieldKind.LINE) and isinstance(words, str):
            given = given_away(session, file, words)
            if given:
                faults[field.name] = say("“{found}” would tell who complains. Say it in other words.", found=given)
    return faults


def given_away(session: Session, file: LoadedCase, words: str, names: Sequence[str] | None = None) -> str:
    """Whatever in these words would tell who complains, parted by quotation marks; empty where nothing does.

    What lies within another is not named again.
    """
    plain = _plain(words)
    named = names if names is not None else _names(session, file)
    found = [name for name in named if len(_plain(name)) >= SHORTEST and _plain(name) in plain]
    found += TELEPHONE.findall(words)
    own = _shared(_plain(file.enterprise_name), plain, A_NAME)
    found += [part for part in own if _only_this(session, file, part)]
    found += [phrase for text in _written(session, file) for phrase in _shared(_plain(text), plain, PHRASE)]
    whole = (one for one in dict.fromkeys(found) if not any(one in other for other in found if other != one))
    return "” “".join(whole)


def _only_this(session: Session, file: LoadedCase, part: str) -> bool:
    """Whether no other firm's name has that part in it."""
    others = select(Enterprise.id).where(Enterprise.id != file.enterprise_id, Enterprise.name.icontains(part))
    return session.scalars(others.limit(1)).first() is None


def _names(session: Session, file: LoadedCase) -> Iterator[str]:
    """What names the complainant or the case: the firm, its people, its records, the files, the numbers."""
    yield from (file.number, file.check_code, file.enterprise_name, file.enterprise_code)
    mine = select(Membership.user_id).where(Membership.enterprise_id == file.enterprise_id)
    yield from session.scalars(select(User.name).where(User.id.in_(mine)))
    for record in session.scalars(select(CreditRecord).where(CreditRecord.enterprise_id == file.enterprise_id)):
        yield from (record.document_number, record.values.get("legal_representative", ""))
    for name in session.scalars(select(Attachment.name).where(Attachment.case_id == file.id)):
        stem = name.rpartition(".")[0] or name
        yield stem if len(stem) >= A_NAME else ""


def _written(session: Session, file: LoadedCase) -> Iterator[str]:
    """What the complainant wrote: the words of the opening and of everything that the firm did since."""
    mine = {past.seq for past in file.snapshot.past if past.role == "filer" or past.seq == 1}
    statement = (
        select(Event.seq, EventText.text)
        .join(EventText, EventText.event_id == Event.id)
        .where(EventText.case_id == file.id, EventText.text.is_not(None))
    )
    yield from (text or "" for seq, text in session.execute(statement) if seq in mine)


def _shared(theirs: str, ours: str, least: int) -> Iterator[str]:
    """The stretches that both have, each as long as it goes, from so many characters on."""
    at = 0
    while at + least <= len(ours):
        length = least
        while at + length <= len(ours) and ours[at : at + length] in theirs:
            length += 1
        if length > least:
            yield ours[at : at + length - 1]
        at += max(length - least, 1)


def _plain(text: str) -> str:
    """Letters and digits alone: a blank or a comma between them hides nothing."""
    return PLAIN.sub("", text).casefold()
