"""Pages over cases at a place with ten thousand open ones: `python -m tests.bench.many_cases`, seconds and statements.

The place is the demo, each firm with its records, cases and all that is theirs copied until there are so many: every
state of every kind is there, as often as there. The ledger of the copies does not match, and nobody checks it.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cases.model.tables import Case, CaseBureau, CaseLink, Closing, Event, EventText, RungFired, TimerRow
from config import Settings
from extensions import db
from notifications.letters import Letter
from registry.credit_records import CreditRecord, RecordChange, RecordFlag
from registry.organisations import Enterprise
from registry.people import User
from registry.sign_in import new_feed
from tests.bench.lighthouse import signed_in
from tests.played import played_demo
from tests.statements import timed

PAGES: Final = {
    "chief": ("/desk", "/overdue", "/overdue?as=table", "/overdue/office", "/overdue/{bureau}", "/assessment",
              "/approvals", "/audit", "/audit/{number}", "/cases", "/cases?show=all", "/manage", "/cases/{number}"),
    "office": ("/desk", "/desk?view=all-in-hand", "/intake", "/search?q=恒源", "/records", "/inbox",
               "/feed/{feed}.ics"),
    "reviewer": ("/desk", "/cases", "/records", "/search?q=2026"),
    "approver": ("/desk", "/approvals"),
    "enterprise": ("/records", "/cases"),
    "": ("/",),
}  # fmt: skip
COPIED: Final = (Enterprise, CreditRecord, RecordChange, Case, CaseBureau, CaseLink, RecordFlag, Event, EventText,
                 TimerRow, RungFired, Closing, Letter)  # fmt: skip
GAP: Final = 100_000
"""How far the numbers of one copy lie from those of the next: further than the demo reaches."""
MOVED: Final = ("id", "enterprise_id", "record_id", "case_id", "to_case_id", "from_case_id", "event_id", "timer_id")
"""The columns that name one of what is copied."""
TIMES: Final = 3


def main() -> None:
    reads = argparse.ArgumentParser(description=__doc__)
    reads.add_argument("--cases", type=int, default=10_000)
    reads.add_argument("--only", nargs="*", default=[], help="words of an address")
    asked = reads.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = played_demo(Path(folder), stands=True)
        with app.app_context():
            names = multiply(db.session(), asked.cases, app.config["SETTINGS"])
        for who, addresses in PAGES.items():
            client = signed_in(app, who)
            for address in addresses:
                if not asked.only or any(word in address for word in asked.only):
                    _measure(app, client, who, address.format_map(names))


def multiply(session: Session, n: int, settings: Settings) -> dict[str, str]:
    """Copy the demo until so many cases are open; gives what addresses name."""
    there = session.scalar(sa.select(sa.func.count()).where(Case.closed_at.is_(None))) or 0
    for k in range(1, -(-n // there)):
        for table in COPIED:
            _copy(session, table.__table__, k)
    officer = session.scalars(sa.select(User).where(User.username == "office")).one()
    feed = new_feed(session, officer, settings.clock.now())
    session.commit()
    session.execute(sa.text("ANALYZE"))
    number = session.scalars(sa.select(Case.number).where(Case.id < GAP).order_by(Case.length.desc())).first()
    bureau = session.scalars(sa.select(Case.bureau_id).where(Case.bureau_id.is_not(None))).first()
    return {"feed": feed, "number": str(number), "bureau": str(bureau)}


def _copy(session: Session, table: Any, k: int) -> None:
    """Copy number k of what the demo has in a table."""
    first = table.primary_key.columns[0]
    rows = sa.select(*(_moved(column, k) for column in table.c)).where(first < GAP)
    if "case_number" in table.c:
        rows = rows.where(table.c.case_number != "")
    session.execute(sa.insert(table).from_select([column.name for column in table.c], rows))


def _moved(column: sa.Column[Any], k: int) -> sa.ColumnElement[Any]:
    """A column in copy number k: numbers further on by so many, the number of a case and the code of a firm too."""
    if column.name in MOVED:
        return column + k * GAP
    if column.name in ("number", "case_number"):
        counted = sa.cast(sa.func.substr(column, 9), sa.Integer) + k * GAP
        return sa.func.substr(column, 1, 8) + sa.cast(counted, sa.String)
    if column.name == "code":
        return sa.func.substr(column, 1, 6) + sa.cast(column.table.c.id + k * GAP, sa.String)
    return column


def _measure(app: Flask, client: FlaskClient, who: str, path: str) -> None:
    """The least seconds of so many times, by the clock and of the processor, and the statements of the last."""
    took = timed(app, client, path, TIMES)
    shown = path.replace(path[6:-4], "…") if path.startswith("/feed") else path
    least = f"{min(took.clock):6.2f} s, processor {min(took.processor):5.2f} s"
    what = f"{least}, {took.statements:4} statements {took.size:8} bytes"
    print(f"{who or 'nobody':10} {shown:28} {what}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
