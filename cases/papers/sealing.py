"""Puts seals on papers after they are issued: each one once, by whichever scheduler, tried until it is done.

A process may end anywhere. Until the row of the sealed file is written nobody has seen a seal, and the next try makes
one anew; after that none is made.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import bindparam, or_, select, update

from cases.model.evidence import NotKept, Store
from cases.model.tables import PaperFile
from cases.papers.files import rendering
from cases.papers.pdf import RENDERER, NotSet
from cases.papers.seals import NotSealed, Sealer, seal_of
from extensions import transaction
from notifications.deliver import wait_after
from notifications.languages import LANGUAGES
from notifications.papers import Paper, PaperSeal

CLAIM: Final = timedelta(minutes=5)
AT_ONCE: Final = 25
"""Papers a beat, so that even a slow service is done with them within the claim of the last."""
LONGEST_WAIT: Final = timedelta(minutes=30)
LONG: Final = timedelta(minutes=15)
"""A paper that has waited for its seal longer than this is shown to the office."""
log = logging.getLogger("redress.papers")


def seal_waiting(sealer: Sealer, store: Store, site: str, fonts: Path | None, now: datetime) -> int:
    """Seal the papers that wait, those first that were tried least; gives how many.

    Where the sealer fails, the rest waits for the next beat: a dead service is asked once, and a paper that it will not
    take keeps no other.
    """
    sealed = 0
    for _ in range(AT_ONCE):
        paper = _claim(now)
        if paper is None:
            break
        try:
            sealed += _seal(paper, sealer, store, site, fonts, now)
        except (NotSet, NotKept, NotSealed) as failure:
            _failed(paper, now, str(failure))
            if isinstance(failure, NotSealed):
                break
    return sealed


def _claim(now: datetime) -> Paper | None:
    """A paper that is due and that nobody else is sealing; it counts as tried from here on."""
    free = or_(PaperSeal.claimed_until.is_(None), PaperSeal.claimed_until <= now)
    due = select(PaperSeal).where(PaperSeal.sealed_at.is_(None), PaperSeal.next_try_at <= now, free)
    due = due.order_by(PaperSeal.tries, PaperSeal.next_try_at, PaperSeal.id).limit(1).with_for_update(skip_locked=True)
    with transaction() as session:
        row = session.scalars(due.execution_options(populate_existing=True)).first()
        if row is None:
            return None
        row.claimed_until, row.tries = now + CLAIM, row.tries + 1
        return session.get_one(Paper, row.paper_id)


def _seal(paper: Paper, sealer: Sealer, store: Store, site: str, fonts: Path | None, now: datetime) -> bool:
    """Set, seal, keep and then write the row, in this order; False where another was quicker."""
    with transaction() as session:
        plain = rendering(session, paper, site, fonts)
    content = sealer.seal(plain, f"paper-{paper.id}", now)
    seal = seal_of(content)
    if seal is None or not seal.sound:
        raise NotSealed("what came back bears no seal that covers all of it")
    sha256 = store.keep(f"{paper.number}.pdf", content, "application/pdf").sha256
    with transaction() as session:
        done = update(PaperSeal).where(PaperSeal.paper_id == paper.id, PaperSeal.sealed_at.is_(None))
        done = done.values(sealed_at=now, claimed_until=None, last_error="").returning(PaperSeal.id)
        if session.scalars(done).first() is None:
            return False
        session.add(
            PaperFile(
                paper_id=paper.id,
                language=LANGUAGES[0],
                sha256=sha256,
                renderer=RENDERER,
                at=now,
                sealer=sealer.name,
                certificate=seal.certificate,
            )
        )
    return True


def _failed(paper: Paper, now: datetime, why: str) -> None:
    log.error("paper %s has no seal yet: %s", paper.id, why)
    with transaction() as session:
        row = session.scalars(select(PaperSeal).where(PaperSeal.paper_id == paper.id).with_for_update()).one()
        row.claimed_until, row.last_error = None, why[:200]
        row.next_try_at = now + wait_after(row.tries, LONGEST_WAIT)


WITHOUT_SEAL: Final = (
    select(
        PaperSeal.paper_id,
        PaperSeal.tries,
        PaperSeal.next_try_at,
        PaperSeal.last_error,
        *(column for column in Paper.__table__.c if column.name in ("series", "year", "n", "issued_at")),
    )
    .join(Paper, Paper.id == PaperSeal.paper_id)
    .where(PaperSeal.sealed_at.is_(None))
    .where(or_(PaperSeal.last_error != "", Paper.issued_at <= bindparam("issued_before", type_=Paper.issued_at.type)))
    .order_by(Paper.issued_at, PaperSeal.id)
)
"""The papers whose seal has failed so far, or that have waited long for it."""
