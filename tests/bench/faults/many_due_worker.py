"""One scheduler among several: a process that says it is there, waits for the word, and sweeps what is due."""

from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time

from sqlalchemy import text

from application import create_app
from cases.engine.sweep import sweep
from extensions import db
from tests.bench.faults.many_due_stage import DUE
from tests.builders import WORLD
from tests.conftest import make_settings


def work(url: str, folder: Path, talk: Connection, batch: int) -> None:
    """Sweep as a scheduler does at a beat, as at DUE, so many rows a transaction.

    Tells how many rungs it fired, and the processor's seconds that took.
    """
    app = create_app(make_settings(folder, url))
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        db.session.commit()
        talk.send("ready")
        talk.recv()
        talk.send("begun")
        began = process_time()
        fired = sweep(WORLD, DUE, batch)
        talk.send((len(fired), process_time() - began))
