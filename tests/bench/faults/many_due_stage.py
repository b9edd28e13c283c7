"""Many open cases, each with one deadline due at once: opened through the use cases.

Each case is an objection on a record of its own. Its reminder has been sent; what is due at DUE is the rung that says
the deadline has passed, with its letters to whoever is late, to their head, and to the enterprise.
"""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from application import create_app
from cases.engine.advance import Opening, open_case
from cases.engine.sweep import sweep
from cases.model.visibility import person_opening
from commands.upgrade import bring_up_to_date
from extensions import db, transaction
from registry.credit_records import CreditRecord, RecordChange, beginning, promoted
from registry.organisations import Bureau
from tests.builders import FILING, START, VALUES, WORLD, Place, day, make_place
from tests.conftest import make_settings
from tests.databases import settle

REMINDED = day(2026, 9, 8, 9)
DUE = day(2026, 9, 10, 9)
TOGETHER = 250
"""Cases opened in one transaction: enough that the disk is not what takes the time."""


def build(folder: Path, cases: int) -> Path:
    """A SQLite file with that many open cases, each with one rung due at DUE."""
    file = folder / "due.sqlite"
    app = make_tables(f"sqlite:///{file}", folder)
    with app.app_context():
        place = make_place(db.session())
        records = _records(place, cases)
        for first in range(0, cases, TOGETHER):
            _open(place, records[first : first + TOGETHER])
        sweep(WORLD, REMINDED)
        db.session.remove()
        db.engine.dispose()
    settle(file)
    return file


def make_tables(url: str, folder: Path) -> Flask:
    """Every table, as the product makes it; gives the application."""
    app = create_app(make_settings(folder, url))
    with app.app_context():
        bring_up_to_date(app)
        db.session.remove()
        db.engine.dispose()
    return app


def _records(place: Place, many: int) -> list[CreditRecord]:
    """That many records of one firm, by every bureau in turn."""
    bureaus = place.session.scalars(sa.select(Bureau).order_by(Bureau.id)).all()
    records = []
    for n in range(many):
        bureau = bureaus[n % len(bureaus)]
        values = {**VALUES, "document_number": f"示综罚〔2026〕{n + 1}号", "determined_by": bureau.name}
        records.append(CreditRecord(
            kind="penalty", enterprise_id=place.firm.id, determined_by_id=bureau.id, supplied_by_id=bureau.id,
            known_as=values["document_number"], values=values, **promoted(values),
        ))  # fmt: skip
    with transaction() as session:
        session.add_all(records)
        session.flush()
        _begin(session, records, START)
    return records


def _begin(session: Session, records: list[CreditRecord], at: datetime) -> None:
    """The change with which each record begins."""
    session.execute(
        sa.insert(RecordChange),
        [{"record_id": record.id, "at": at, "what": "entered", "field": "", "before": "", "actor": "import:many",
          "after": beginning(record)} for record in records],
    )  # fmt: skip


def _open(place: Place, records: list[CreditRecord]) -> None:
    identity = place.identity("enterprise")
    with transaction():
        for record in records:
            person = person_opening(identity, record, record.enterprise_id)
            open_case(WORLD, Opening("objection", "file", record.id, FILING), person, START)
