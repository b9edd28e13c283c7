"""Sends the newest checkpoint outside every hour, by mail or HTTPS: a copy of the log that nobody here can change."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Final
from urllib.request import Request, build_opener

from sqlalchemy import insert, or_, update
from sqlalchemy.exc import IntegrityError

from cases.ledger.witness import Witness, as_line
from cases.model.tables import Heartbeat
from exchange.service import Stays
from extensions import transaction
from notifications.channels import TIMEOUT_SECONDS, Channel
from notifications.deliver import send_at_once
from notifications.languages import put
from workflow.refusal import say

EVERY: Final = timedelta(hours=1)
SENT: Final = "witness"
"""The heartbeat that says when a checkpoint was last sent, by whichever scheduler."""
SUBJECT: Final = "Checkpoint {n} of the ledger"

log = logging.getLogger("redress.ledger")


def send_outside(channel: Channel, witness: Witness, to: Sequence[str], now: datetime) -> int:
    """Send the newest line of the log to each address, where an hour has passed; gives how many took it.

    What was not taken is logged and not sent again: the next one covers all that it covered.
    """
    last = witness.last()
    if not to or last is None or not _claimed(now):
        return 0
    line, subject = as_line(last) + "\n", put(say(SUBJECT, n=last.checkpoint), "zh", now.date())
    taken = 0
    for address in to:
        if address.startswith(("http:", "https:")):
            taken += _posted(address, line)
        else:
            taken += send_at_once(channel, address, "zh", subject, line, now)
    if taken < len(to):
        log.error("checkpoint %s went to %s of %s addresses outside", last.checkpoint, taken, len(to))
    return taken


def _claimed(now: datetime) -> bool:
    """Whether it is time, and no other scheduler sends."""
    due = or_(Heartbeat.at <= now - EVERY, Heartbeat.at > now)  # later than now: the clock has been put back
    claim = update(Heartbeat).where(Heartbeat.name == SENT, due).values(at=now).returning(Heartbeat.name)
    with transaction() as session:
        if session.scalars(claim).first():
            return True
        if session.get(Heartbeat, SENT):
            return False
        try:
            with session.begin_nested():
                session.execute(insert(Heartbeat), [{"name": SENT, "at": now}])
        except IntegrityError:
            return False
    return True


def _posted(address: str, line: str) -> bool:
    request = Request(address, line.encode(), {"Content-Type": "application/json"})
    try:
        with build_opener(Stays).open(request, timeout=TIMEOUT_SECONDS):
            return True
    except (OSError, HTTPException) as failure:
        log.warning("a checkpoint was not taken outside: %s", type(failure).__name__)
        return False
