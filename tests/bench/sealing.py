"""`python -m tests.bench.sealing --kills 100`: processes that issue and seal papers are killed at random moments, on
SQLite; then each paper has to have one seal that holds. Ends with 1 on a fault."""

import argparse
import hashlib
import os
import signal
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from application import create_app
from cases.engine import advance
from cases.model.evidence import Store
from cases.model.tables import Case, PaperFile
from cases.papers.sealing import CLAIM, seal_waiting
from cases.papers.seals import seal_of
from extensions import db
from notifications.papers import Paper, PaperSeal
from tests.builders import find_place, make_place
from tests.cases.papers.test_sealing import SITE, complained, local
from tests.conftest import NOW, make_settings


def main() -> int:
    advance.refuse_more_cases = lambda *_: None  # one firm has as many cases here as papers are wanted
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sealing", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    folder, lot = Path(tempfile.mkdtemp(prefix="redress-sealing-")), Random(asked.seed)
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'bench.sqlite'}"))
    with app.app_context():
        upgrade()
        make_place(db.session())
        db.session.remove()
        db.engine.dispose()
    for n in range(asked.kills):
        _killed(app, n, lot.uniform(0.05, 1.2))
    return _looked_at(app, asked.kills)


def _killed(app: Flask, n: int, after: float) -> None:
    """One process that issues and seals until it is killed; the claims of the one before it are over."""
    child = os.fork()
    if child == 0:
        with app.app_context():
            while True:
                complained(find_place(db.session()), NOW)
                seal_waiting(local(), app.extensions["store"], SITE, None, NOW + n * CLAIM)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL, "it ended by itself"


def _looked_at(app: Flask, kills: int) -> int:
    with app.app_context():
        store: Store = app.extensions["store"]
        session, took = db.session(), []
        waited = len(session.scalars(select(PaperSeal.id).where(PaperSeal.sealed_at.is_(None))).all())
        started, at = time.monotonic(), NOW + (kills + 1) * CLAIM
        sealed = 0
        while done := seal_waiting(local(), store, SITE, None, at):
            sealed, at = sealed + done, at + timedelta(seconds=20)
        took.append((time.monotonic() - started) / sealed if sealed else 0)
        session.expire_all()
        papers, cases = session.scalars(select(Paper.id)).all(), session.scalars(select(Case.id)).all()
        files = session.scalars(select(PaperFile)).all()
        faults = [f"paper {id} has not one seal" for id in papers if [one.paper_id for one in files].count(id) != 1]
        sizes = []
        for one in files:
            content = store.path(one.sha256).read_bytes()
            seal, sha256 = seal_of(content), hashlib.sha256(content).hexdigest()
            sizes.append(len(content))
            if not (seal and seal.whole and seal.intact and sha256 == one.sha256):
                faults.append(f"paper {one.paper_id}: its seal does not hold")
        if len(papers) < len(cases):
            faults.append("a case has no paper")
    print(f"kills {kills}, papers {len(papers)}, waiting after the last kill {waited}, faults {len(faults)}")  # noqa: T201
    print(f"{1000 * took[0]:.0f} ms and {statistics.median(sizes):.0f} bytes a paper")  # noqa: T201
    print("\n".join(faults[:20]))  # noqa: T201
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
