"""Papers as they are handed out: each rendering is a row, so that whoever brings a file learns whether it is ours.

A sealed one cannot be made again equal: it is kept, and the same bytes are handed out ever after.
"""

import hashlib
import logging
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.letters.telling import paper_form
from cases.lists.lookups import beside
from cases.model.evidence import Store
from cases.model.tables import PaperFile
from cases.papers.pdf import RENDERER, NotSet, setter
from cases.papers.sheet import sheet_data
from extensions import transaction
from notifications.deliver import Enclosure, StillMade
from notifications.languages import LANGUAGES
from notifications.letters import Letter
from notifications.papers import Paper, PaperSeal, number_in

log = logging.getLogger("redress.papers")


def rendering(
    session: Session, paper: Paper, site: str, fonts: Path | None = None, language: str = LANGUAGES[0]
) -> bytes:
    """The paper as PDF: the same bytes at any time, on any machine with the same fonts. Raises `NotSet`."""
    form = paper_form(paper.form)
    return setter(fonts).pdf(sheet_data(paper, form, language, **beside(session, paper, site)))


def file_name(paper: Paper, language: str) -> str:
    """What a file of the paper is called."""
    return f"{paper.number}{'-en' if language == LANGUAGES[1] else ''}.pdf"


class Unsealed(Exception):
    """A paper's seal is still being put on: there is no file of it to hand out yet."""


class Lost(Exception):
    """A sealed file is not in the store, or is not what was put there."""


def hand_out(paper: Paper, site: str, fonts: Path | None, language: str, now: datetime, store: Store) -> bytes:
    """The paper as PDF, noted as handed out; the official one with its seal, where it is to bear one.

    Raises `NotSet`, noted too: the office sees that a font is missing; `Unsealed`, and `Lost`.
    """
    with transaction() as session:
        waits, sealed = seal_of_paper(session, paper.id)
        if language == LANGUAGES[0] and (waits or sealed):
            return _kept(paper, sealed, store)
        try:
            content = rendering(session, paper, site, fonts, language)
        except NotSet as failure:
            log.error("paper %s cannot be set as PDF: %s", paper.id, failure)
            _note(session, paper, language, "", now)
            content = b""
        else:
            _note(session, paper, language, hashlib.sha256(content).hexdigest(), now)
    if not content:
        raise NotSet(paper.number)
    return content


PATIENCE: Final = timedelta(minutes=15)
"""How long a mail waits for the seal of its paper; then it goes without the file."""


def enclosures(letter: Letter, site: str, fonts: Path | None, now: datetime, store: Store) -> list[Enclosure]:
    """The paper of a letter as files: the official one, and of a reader of English the reading; none where it cannot
    be set or its file is lost. Raises `StillMade` while its seal is being put on."""
    with transaction() as session:
        paper = session.get_one(Paper, letter.paper_id)
    try:
        return [
            Enclosure(file_name(paper, language), hand_out(paper, site, fonts, language, now, store))
            for language in dict.fromkeys((LANGUAGES[0], letter.language))
        ]
    except Unsealed:
        if now - letter.served_at < PATIENCE:
            raise StillMade from None
    except (NotSet, Lost):
        log.error("letter %s goes without its paper", letter.id)
    return []


def seal_of_paper(session: Session, paper_id: int) -> tuple[bool, PaperFile | None]:
    """Whether the seal of a paper is still being put on, and the one file that bears it."""
    file = and_(PaperFile.paper_id == PaperSeal.paper_id, PaperFile.sealer != "")
    found = session.execute(
        select(PaperSeal.id, PaperFile).outerjoin(PaperFile, file).where(PaperSeal.paper_id == paper_id)
    ).first()
    return (found[1] is None, found[1]) if found else (False, None)


def _kept(paper: Paper, file: PaperFile | None, store: Store) -> bytes:
    """The bytes as they were sealed."""
    if file is None:
        raise Unsealed
    try:
        content = store.path(file.sha256).read_bytes()
    except OSError as failure:
        log.error("the sealed file of paper %s cannot be read: %s", paper.id, failure)
        raise Lost from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        log.error("the sealed file of paper %s has been changed", paper.id)
        raise Lost
    return content


def _note(session: Session, paper: Paper, language: str, sha256: str, now: datetime) -> None:
    """Write the row once; the same bytes handed out again are the same file."""
    same = select(PaperFile.id).where(PaperFile.paper_id == paper.id, PaperFile.language == language)
    if session.scalar(same.where(PaperFile.sha256 == sha256)) is not None:
        return
    try:
        with session.begin_nested():
            session.add(PaperFile(paper_id=paper.id, language=language, sha256=sha256, renderer=RENDERER, at=now))
    except IntegrityError:
        log.info("paper %s was handed out twice at once", paper.id)


_TRIED: Final = select(PaperFile.paper_id).where(PaperFile.sha256 == "")
_DONE: Final = select(PaperFile.paper_id).where(PaperFile.paper_id.in_(_TRIED), PaperFile.sha256 != "")
NOT_SET: Final = (
    select(Paper.__table__).where(Paper.id.in_(_TRIED), Paper.id.not_in(_DONE)).order_by(Paper.__table__.c.id)
)
"""The papers that could not be set when somebody asked for them, and have not been since."""


def file_of(session: Session, sha256: str) -> PaperFile | None:
    """The rendering of these bytes, if one was handed out here."""
    return session.scalars(select(PaperFile).where(PaperFile.sha256 == sha256).limit(1)).first()


_TITLE: Final = re.compile(rb"<dc:title>.{0,2000}?(?<=[ >])([^ <>]{4,120})</rdf:li>", re.DOTALL)
"""The end of the title that the open data at the back of a file gives: the number of the paper."""


def named_in(session: Session, content: bytes) -> Paper | None:
    """The paper whose number a file bears, where files of it were handed out; the file is searched and not parsed."""
    found = _TITLE.search(content)
    number = number_in(found[1].decode("utf-8", "replace")) if found else None
    if number is None:
        return None
    series, year, n = number
    handed_out = select(PaperFile.paper_id).where(PaperFile.sha256 != "")
    query = select(Paper).where(Paper.series == series, Paper.year == year, Paper.n == n, Paper.id.in_(handed_out))
    return session.scalars(query).first()
