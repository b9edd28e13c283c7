"""`python -m tests.bench.sealing --kills 1000 --database postgresql`: a long round. Ends with 1 on a fault.

Two processes at a time issue papers and seal them, each until it is killed at a random moment. Then each paper has to
have one seal, and each seal has to hold.
"""

import argparse
import hashlib
import importlib
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from unittest.mock import patch

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from application import create_app
from cases.model.evidence import Store
from cases.model.tables import Case, PaperFile
from cases.papers.sealing import CLAIM, seal_waiting
from cases.papers.seals import seal_of
from extensions import db
from notifications.papers import Paper, PaperSeal
from tests.builders import find_place, make_place
from tests.cases.papers.test_sealing import SITE, complained, local
from tests.conftest import NOW, make_settings
from tests.postgres import start_server

SLOW: Final = ("pyhanko.sign.signers.pdf_signer", "pyhanko.sign.validation", "pyhanko_certvalidator")
"""Loaded once here, since most kills would come while a process loads them."""


def main() -> int:
    for name in SLOW:
        importlib.import_module(name)
    asked = _asked()
    # one firm has as many cases here as papers are wanted
    patch("cases.engine.advance.refuse_more_cases", lambda *_: None).start()
    folder, lot = Path(tempfile.mkdtemp(prefix="redress-sealing-")), Random(asked.seed)
    with _database(asked.database, folder) as url:
        app = create_app(make_settings(folder, url))
        with app.app_context():
            upgrade()
            make_place(db.session())
            complained(find_place(db.session()), NOW)  # and sets nothing: type is set in threads, which no fork has
            db.session.remove()
            db.engine.dispose()
        for n in range(asked.kills // 2):
            _two_killed(app, NOW + (n + 1) * CLAIM, lot, asked.within)
        with app.app_context():
            waited, took = _sealed_at_last(app, NOW + (asked.kills + 1) * CLAIM)
            faults, sizes = faults_of(app.extensions["store"])
    _say(f"kills {asked.kills // 2 * 2}, papers {len(sizes)}, waiting after the last kill {waited}")
    _say(f"a paper: {1000 * took:.0f} ms, {statistics.median(sizes or [0]):.0f} bytes; faults {len(faults)}")
    _say("\n".join(faults[:20]))
    return 1 if faults else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sealing", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="which moments")
    parser.add_argument("--within", type=float, default=2.0, help="seconds that a process lives at most")
    return parser.parse_args()


@contextmanager
def _database(sort: str, folder: Path) -> Iterator[str]:
    if sort == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite'}"
    else:
        with start_server() as server:
            yield server.new_database("sealing")


def _two_killed(app: Flask, at: datetime, lot: Random, most: float) -> None:
    """Two rivals, each killed within so many seconds; what earlier ones had claimed is free again."""
    strokes = sorted((lot.uniform(0.1, most), _rival(app, at)) for _ in range(2))
    started = time.monotonic()
    for after, child in strokes:
        time.sleep(max(0.0, started + after - time.monotonic()))
        os.kill(child, signal.SIGKILL)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL, "it ended by itself"


def _rival(app: Flask, at: datetime) -> int:
    child = os.fork()
    if child:
        return child
    try:
        with app.app_context():
            while True:
                _one_sealed(app, at)
    finally:
        os._exit(1)


def _one_sealed(app: Flask, at: datetime) -> None:
    complained(find_place(db.session()), NOW)
    seal_waiting(local(), app.extensions["store"], SITE, None, at)


def _sealed_at_last(app: Flask, at: datetime) -> tuple[int, float]:
    """Seal what waits after the last kill: how many papers, and seconds for each."""
    waits = select(func.count()).where(PaperSeal.sealed_at.is_(None))
    waited, sealed, started = db.session().scalar(waits) or 0, 0, time.monotonic()
    while done := seal_waiting(local(), app.extensions["store"], SITE, None, at):
        sealed, at = sealed + done, at + timedelta(seconds=20)
    return waited, (time.monotonic() - started) / sealed if sealed else 0


def faults_of(store: Store) -> tuple[list[str], list[int]]:
    """What is wrong with the seals of all papers, and the bytes of each sealed file."""
    session = db.session()
    session.expire_all()
    papers, files = session.scalars(select(Paper.id)).all(), session.scalars(select(PaperFile)).all()
    seals, sizes = Counter(one.paper_id for one in files), []
    faults = [f"paper {id} has {seals[id]} seals" for id in papers if seals[id] != 1]
    for one in files:
        content = store.path(one.sha256).read_bytes()
        seal, sha256 = seal_of(content), hashlib.sha256(content).hexdigest()
        sizes.append(len(content))
        if not (seal and seal.whole and seal.intact and sha256 == one.sha256):
            faults.append(f"paper {one.paper_id}: its seal does not hold")
    if (cases := session.scalar(select(func.count(Case.id))) or 0) > len(papers):
        faults.append(f"{cases - len(papers)} cases have no paper")
    return faults, sizes


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
