"""The other places of the demo: a city's machine that answers files, and people who tell keepers and look there.

Which delivery goes which way follows from its number, so that every state is there, the same every time.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.demo.stories import FOLDER, Elsewhere
from exchange.by_hand import Seen, look, tell
from exchange.connections import Connection, put
from exchange.tables import Delivery
from registry.credit_records import CreditRecord
from registry.identity import Identity, identity_of
from registry.people import people_with
from workflow.definition import ROLES
from workflow.jurisdiction import Jurisdiction

REFUSES_EACH, DIFFERS_EACH, FORGOTTEN_EACH, SILENT_EACH = 29, 17, 13, 7
TOLD_AFTER, SEEN_AFTER = timedelta(hours=20), timedelta(days=2)


def answer(connections: Iterable[Connection], told: Elsewhere, at: datetime) -> None:
    """Every machine answers the files that it has and has not answered."""
    for connection in connections:
        if connection.direction == "in":
            continue
        folder = Path(connection.address)
        answers = folder / "receipts"
        answers.mkdir(parents=True, exist_ok=True)
        for file in sorted((folder / "out").glob("*.ndjson")):
            answered = f"{file.name}.ack"
            if not (answers / answered).exists() and not (answers / "read" / answered).exists():
                lines = [_receipt(json.loads(line), told, at) for line in file.read_text("utf-8").splitlines()[:-1]]
                (answers / answered).write_text("".join(lines), "utf-8")


def lay_sheets(connections: Iterable[Connection]) -> None:
    """Bureaus put their sheets into their folders, each with its checksum: the scheduler takes them up."""
    for connection in connections:
        for sheet in sorted((FOLDER / "sheets" / connection.name).glob("*")):
            content = sheet.read_bytes()
            put(connection, "in", sheet.name, content)
            put(connection, "in", f"{sheet.name}.sha256", hashlib.sha256(content).hexdigest().encode())


def _receipt(sent: dict[str, str], told: Elsewhere, at: datetime) -> str:
    refused = int(sent["id"]) % REFUSES_EACH == 0
    said = {"status": "refused", "reason": told.refuses} if refused else {"status": "taken", "reason": ""}
    return json.dumps({"id": sent["id"], **said, "at": at.isoformat()}, ensure_ascii=False) + "\n"


def work_by_hand(session: Session, law: Jurisdiction, told: Elsewhere, officer: Identity, at: datetime) -> None:
    """A morning of the officer and of the bureaus: keepers are told, and places looked at."""
    untold = Delivery.state == "by_hand", Delivery.sent_at.is_(None), Delivery.id % FORGOTTEN_EACH != 0
    for one in session.scalars(select(Delivery).where(*untold, Delivery.queued_at < at - TOLD_AFTER)).all():
        tell(session, law, one, told.tells, officer, at)
    waiting = Delivery.state.in_(("by_hand", "acknowledged")), Delivery.id % SILENT_EACH != 0
    for one in session.scalars(select(Delivery).where(*waiting, Delivery.sent_at < at - SEEN_AFTER)).all():
        agrees = bool(one.id % DIFFERS_EACH)
        seen = Seen(agrees, law.day_of(at), told.agrees if agrees else told.differs)
        look(session, law, one, seen, _looks(session, one, officer), at)


def _looks(session: Session, one: Delivery, officer: Identity) -> Identity:
    """The bureau's reviewer says of its own system what it shows; of the others the officer does."""
    bureau = session.get_one(CreditRecord, one.record_id).determined_by_id
    found = people_with(session, [ROLES["reviewer"]], bureau_id=bureau) if one.place == "bureau" else ()
    return identity_of(session, found[0]) if found else officer
