"""Pages over cases at a place with ten thousand open ones: `python -m tests.bench.many_cases`, seconds and statements.

The place is the demo, each firm with its records, cases and all that is theirs copied until there are so many
(`speed/stage.py`): every state of every kind is there, as often as there.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cases.model.tables import Case
from extensions import db
from registry.people import User
from registry.sign_in import new_feed
from tests.bench.lighthouse import signed_in
from tests.bench.speed import stage
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
TIMES: Final = 3


def main() -> None:
    reads = argparse.ArgumentParser(description=__doc__)
    reads.add_argument("--cases", type=int, default=10_000)
    reads.add_argument("--only", nargs="*", default=[], help="words of an address")
    asked = reads.parse_args()
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there)
        url = f"sqlite:///{folder / 'many.sqlite'}"
        stage.make(url, folder, asked.cases, [stage.played(folder, 0)])
        app = stage.application(url, folder)
        with app.app_context():
            names = _names(db.session())
        for who, addresses in PAGES.items():
            client = signed_in(app, who)
            for address in addresses:
                if not asked.only or any(word in address for word in asked.only):
                    _measure(app, client, who, address.format_map(names))


def _names(session: Session) -> dict[str, str]:
    """What addresses name: a feed that is made for it, the longest case of the demo itself, a bureau."""
    officer = session.scalars(sa.select(User).where(User.username == "office")).one()
    feed = new_feed(session, officer, stage.NOW)
    session.commit()
    number = session.scalars(sa.select(Case.number).where(Case.id < stage.GAP).order_by(Case.length.desc())).first()
    bureau = session.scalars(sa.select(Case.bureau_id).where(Case.bureau_id.is_not(None))).first()
    return {"feed": feed, "number": str(number), "bureau": str(bureau)}


def _measure(app: Flask, client: FlaskClient, who: str, path: str) -> None:
    """The least seconds of so many times, by the clock and of the processor, and the statements of the last."""
    took = timed(app, client, path, TIMES)
    shown = path.replace(path[6:-4], "…") if path.startswith("/feed") else path
    least = f"{min(took.clock):6.2f} s, processor {min(took.processor):5.2f} s"
    what = f"{least}, {took.statements:4} statements {took.size:8} bytes"
    print(f"{who or 'nobody':10} {shown:28} {what}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
