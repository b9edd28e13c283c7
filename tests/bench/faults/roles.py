"""What the processes of a bench do: the product's own server, schedulers and tick; and bringing all to its end."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.ledger.verify import verify
from cases.scheduler.beat import BeatingScheduler
from commands.clockwork import beat, first_beat, works
from commands.connections import make_server
from extensions import db
from notifications.letters import SHARING, WAITING, Letter
from tests.bench.faults.board import Board

EVERY: Final = timedelta(seconds=1)
"""How often a scheduler beats here; twenty seconds by the real clock."""
log = logging.getLogger("redress.scheduler")


def web(app: Flask, _board: Board, port: int) -> None:
    """A web worker on its port."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], port=port)
    make_server(app, app.config["SETTINGS"]).run()


def scheduler(app: Flask, _board: Board, _port: int) -> None:
    """`flask scheduler`, beating faster."""
    first_beat(app)
    BeatingScheduler(works(app), EVERY).start()
    threading.Event().wait()


def ticker(app: Flask, _board: Board, _port: int) -> None:
    """`flask tick`, again and again, as a timer of the machine would: one that ends with an error is not the last."""
    pause = threading.Event()
    while not pause.wait(EVERY.total_seconds()):
        try:
            beat(app)
        except Exception:
            log.exception("a tick failed")


def drain(app: Flask, board: Board, _port: int) -> None:
    """With nobody else at work: beats until nothing is due and no letter waits; the clock goes on where it must."""
    at = board.now()
    for _ in range(400):
        while beat(app, at):
            pass  # a batch of letters a beat
        with app.app_context():
            later = _next_mail(db.session())
            db.session.remove()
        if later is None:
            break
        at = max(at, later) + timedelta(seconds=1)
        board.stop_clock(at)
    with app.app_context():
        verdict = verify(db.session(), app.extensions["store"].holds, witness=app.extensions["witness"])
    faults = [f"{fault.case_number} {fault.seq or ''}: {fault.what}" for fault in verdict.faults]
    done = {"at": at.isoformat(), "left": later.isoformat() if later else "", "faults": faults}
    (app.config["SETTINGS"].data_dir / "drained").write_text(json.dumps(done))


def _next_mail(session: Session) -> datetime | None:
    """When the next letter that waits can go out; None where none waits."""
    waits = select(Letter.next_try_at, Letter.claimed_until).where(Letter.mail_state == WAITING)
    shares = select(Letter.served_at).where(Letter.mail_state == SHARING)
    times = [max(filter(None, row)) for row in (*session.execute(waits), *session.execute(shares))]
    return min(times, default=None)


def drained(folder: Path) -> tuple[datetime, list[str]]:
    """Where the clock stands after a drain; what was found: a letter that waits all the same, the ledger's faults."""
    said = json.loads((folder / "drained").read_text())
    waits = [f"a letter still waits, until {said['left']}"] if said["left"] else []
    return datetime.fromisoformat(said["at"]), [*waits, *said["faults"]]


ROLES: Final[Mapping[str, Callable[[Flask, Board, int], None]]] = {
    "web": web, "scheduler": scheduler, "ticker": ticker, "drain": drain,
}  # fmt: skip
