"""Papers as they are handed out: each rendering is a row, so that whoever brings a file learns whether it is ours."""

import hashlib
import logging
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases.letters.telling import paper_form
from cases.lists.lookups import beside
from cases.model.tables import PaperFile
from cases.papers.pdf import RENDERER, NotSet, setter
from cases.papers.sheet import sheet_data
from extensions import transaction
from notifications.languages import LANGUAGES
from notifications.papers import Paper

log = logging.getLogger("redress.papers")


def rendering(
    session: Session, paper: Paper, site: str, fonts: Path | None = None, language: str = LANGUAGES[0]
) -> bytes:
    """The paper as PDF: the same bytes at any time, on any machine with the same fonts. Raises `NotSet`."""
    form = paper_form(paper.form)
    return setter(fonts).pdf(sheet_data(paper, form, language, **beside(session, paper, site)))


def hand_out(paper: Paper, site: str, fonts: Path | None, language: str, now: datetime) -> bytes:
    """The paper as PDF, noted as handed out. Raises `NotSet`, noted too: the office sees that a font is missing."""
    with transaction() as session:
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
