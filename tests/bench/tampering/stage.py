"""A demo's ledger under four pinned checkpoints, an older backup and a copy of the log; and a hand that tampers."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from cases.engine.sweep import sweep
from cases.ledger.checkpoints import EVERY, make_due, newest_checkpoint, row_keys
from cases.ledger.signatures import RowSigner
from cases.ledger.verify import Verdict, verify
from cases.ledger.witness import Witness, new_pair, read_log
from cases.model.evidence import Store
from cases.model.readings import ReadingRow
from cases.papers.files import hand_out
from extensions import ROW_SIGNER, Base, db
from notifications.letters import Letter
from notifications.papers import Paper, PaperSeal
from registry.endpoints import BY_HAND, Hosts, NewEndpoint, add_endpoint, exchange_secret, suspend
from registry.factors import Vault
from registry.identity import Authority
from registry.organisations import Enterprise
from registry.people import Deputy, SignInLink, User, note_act
from registry.tokens import NewToken, add_token, issue, revoke
from tests.conftest import NOW
from tests.databases import settle
from tests.played import DATABASE
from workflow.snapshot import RuleContext

PRIVATE, PUBLIC = new_pair()
SIGNER: Final = RowSigner(new_pair()[0])
LOG: Final = "checkpoints.log"
BACKUP: Final = "backup"
LATER: Final = NOW + timedelta(days=2)


@dataclass(frozen=True)
class Hand:
    """The hand of whoever owns the database, and the folder beside it; which row it takes is drawn by lot."""

    connection: sa.Connection
    folder: Path
    lot: Random

    def run(self, statement: str, **values: object) -> None:
        """A statement that meets at least one row."""
        assert self.connection.execute(sa.text(statement), values).rowcount, statement

    def row_of(self, table: str, where: str = "1 = 1") -> Any:
        """A row of a table."""
        named = Base.metadata.tables[table]
        rows = self.connection.execute(sa.select(named).where(sa.text(where)).order_by(*named.primary_key)).all()
        return self.lot.choice(rows)

    def newest(self) -> Any:
        """The newest checkpoint."""
        return newest_checkpoint(self.connection)


def prepare(app: Flask) -> None:
    """Bring a played demo under checkpoints, the last two after a backup; in the folder where it lies."""
    folder, witness = app.config["SETTINGS"].data_dir, _witness(app.config["SETTINGS"].data_dir)
    with app.app_context():
        session = db.session()
        db.engine.update_execution_options(**{ROW_SIGNER: SIGNER})
        # with pinned keys none is made over events that never had one
        assert make_due(session, Witness(folder, PRIVATE), NOW - EVERY)
        # the key of rows is named once the letters that wait for the office's hour are in their inboxes
        session.execute(sa.update(Letter).values(served_at=sa.func.min(Letter.served_at, NOW)))
        session.commit()
        assert make_due(session, witness, NOW)
        assert row_keys(session.connection(), witness) == {SIGNER.key}
        session.commit()
        _add_rows(session)
        hand_out(session.scalars(sa.select(Paper)).first(), "", None, "zh", NOW, Store(Path()))
        session.add(PaperSeal(paper_id=session.scalar(sa.select(sa.func.max(Paper.id))), next_try_at=NOW))
        session.commit()
        assert make_due(session, witness, NOW + EVERY)
        _release(session)
        (folder / BACKUP).mkdir()
        settle(folder / DATABASE)
        for name in (DATABASE, LOG):
            shutil.copy(folder / name, folder / BACKUP)
        law = app.extensions["law"]
        sweep(RuleContext(law, law.calendar), LATER)
        for at in (LATER, LATER + EVERY):
            assert make_due(db.session(), witness, at)
        assert verify(db.session(), witness=witness).faults == []
        _release(db.session())
    settle(folder / DATABASE)


def tampered(of: Path, to: Path, deed: Callable[[Hand], object], seed: int) -> tuple[Verdict, Verdict]:
    """What a check says of a copy that was tampered with: by what stands here, and with a copy of the log beside."""
    shutil.copytree(of, to)
    engine = sa.create_engine(f"sqlite:///{to / DATABASE}")
    with engine.begin() as connection:
        for name in connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars():
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        deed(Hand(connection, to, Random(seed)))
    with Session(engine) as session:
        here = verify(session, witness=_witness(to))
        beside = verify(session, witness=_witness(to), copies=[read_log((of / LOG).read_bytes())])
    engine.dispose()
    shutil.rmtree(to)
    return here, beside


def _witness(folder: Path) -> Witness:
    return Witness(folder, PRIVATE, [PUBLIC], SIGNER.key)


def _release(session: Session) -> None:
    session.commit()
    db.session.remove()
    db.engine.dispose()


def _add_rows(session: Session) -> None:
    """What a demo has none of, so that each table has a row to be tampered with."""
    people = session.scalars(sa.select(User).order_by(User.id).limit(2)).all()
    person, other, firm = people[0].id, people[1].id, session.scalars(sa.select(Enterprise.id)).first()
    first, last = NOW.date(), NOW.date() + timedelta(days=30)
    note_act(session, person, "password", None, NOW)
    session.add(Deputy(person_id=person, deputy_id=other, from_day=first, until_day=last, named_by_id=other,
                       named_at=NOW))  # fmt: skip
    session.add(Authority(enterprise_id=firm, agent_id=person, from_day=first, until_day=last, kinds=[],
                          entered_by_id=other, entered_at=NOW, sha256="0" * 64, name="x", media_type="application/pdf",
                          size=1))  # fmt: skip
    session.add(SignInLink(token_hash="0" * 64, user_id=person, opens="", expires_at=NOW + timedelta(days=1)))
    token = add_token(session, NewToken("x1", ["cases:read"], networks=["10.20.3.0/24"]), NOW, demo=True)
    issue(session, token)
    ended = add_token(session, NewToken("x2", ["cases:read"], networks=["10.20.3.0/24"]), NOW, demo=True)
    revoke(session, ended, NOW, by=None)
    hosts, vault = Hosts(("system.example",)), Vault(("a" * 32,))
    endpoint = add_endpoint(session, NewEndpoint("x3", "https://system.example/"), hosts, 0, NOW, demo=True)
    for _ in range(2):
        exchange_secret(session, endpoint, vault, NOW)
    suspend(endpoint, BY_HAND, NOW)
    if session.scalar(sa.select(ReadingRow.id).limit(1)) is None:
        session.add(ReadingRow(user_id=person, minute=NOW, what="case", ref="x", party="office"))
    session.commit()
