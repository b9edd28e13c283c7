"""The hand of a database's owner on one case, who covers up what it has done as well as it can."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, select, update

from cases.ledger.checkpoints import leaf_of, statement_of
from cases.ledger.merkle import root
from cases.ledger.sealing import GENESIS, canonical, instant, seal
from cases.ledger.witness import Witness, hash_of
from cases.model.tables import Attachment, Case, CaseBureau, Checkpoint, CheckpointHead, Event, EventText
from registry.organisations import Enterprise

CASE = "2026-YY-000002"


@dataclass
class Hand:
    """The owner's hand on one case, the second of three: four events under checkpoint 1, a fifth under 2."""

    connection: Connection
    case: int
    other_firm: int
    key: str
    stranger: Witness

    def events(self, case: int = 0) -> list[Any]:
        table = Event.__table__
        rows = select(table).where(table.c.case_id == (case or self.case)).order_by(table.c.seq)
        return list(self.connection.execute(rows))

    def event(self, seq: int) -> Any:
        return self.events()[seq - 1]

    def change(self, table: Any, *where: Any, **values: Any) -> None:
        assert self.connection.execute(update(table).where(*where).values(**values)).rowcount

    def remove(self, table: Any, *where: Any) -> None:
        assert self.connection.execute(delete(table).where(*where)).rowcount

    def remove_event(self, seq: int) -> None:
        """An event and all that hangs on it."""
        id = self.event(seq).id
        self.connection.execute(delete(EventText).where(EventText.event_id == id))
        self.connection.execute(delete(Attachment).where(Attachment.event_id == id))
        self.remove(Event, Event.id == id)

    def write_anew(self, changed: int, **values: object) -> None:
        """Change what one event says, every hash from there to the end, and the case row with them."""
        before = GENESIS
        for row in self.events():
            body = canonical({**json.loads(row.body), **values}) if row.seq == changed else row.body
            made = seal(before, CASE, row.seq, instant(row.at), row.actor, row.action, body)
            self.change(Event, Event.id == row.id, body=body, previous=before, hash=made)
            before = made
        self.change(Case, Case.id == self.case, head=before)

    def cut_short(self) -> None:
        """The last event away, and the case row as if it had never been."""
        self.remove_event(5)
        last = self.event(4)
        self.change(Case, Case.id == self.case, head=last.hash, length=4, state=json.loads(last.body)["target"])

    def remove_case(self) -> None:
        """A case with every row that belongs to it."""
        for seq in range(5, 0, -1):
            self.remove_event(seq)
        self.remove(CaseBureau, CaseBureau.case_id == self.case)
        self.remove(Case, Case.id == self.case)

    def heads_as_they_are(self) -> None:
        """The heads beside the checkpoints, put right after the deed."""
        self.connection.execute(delete(CheckpointHead).where(CheckpointHead.case_id.not_in(select(Case.id))))
        for row in self.connection.execute(select(Case.id, Case.length, Case.head)).all():
            self.change(CheckpointHead, CheckpointHead.case_id == row.id, length=row.length, head=row.head)

    def without_the_newest_checkpoint(self) -> None:
        """As things stood before it: the last event away, the row and the head beside it put back."""
        self.cut_short()
        self.remove(Checkpoint, Checkpoint.id == self.newest().id)
        self.heads_as_they_are()

    def newest(self) -> Any:
        table = Checkpoint.__table__
        return self.connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).one()

    def heads(self) -> list[bytes]:
        table = CheckpointHead.__table__
        rows = self.connection.execute(select(table).order_by(table.c.case_id))
        return [leaf_of(row.number, row.length, row.head) for row in rows]

    def checkpoint_anew(self, witness: Witness) -> None:
        """The newest checkpoint over the heads as they now are, right in itself and signed with another key."""
        row = {**self.newest()._mapping, "root": root(self.heads()).hex(), "key": witness.key()}
        row["signature"] = witness.sign(statement_of(row))
        row["hash"] = hash_of(statement_of(row), row["signature"])
        self.change(Checkpoint, Checkpoint.id == row["id"], **row)


def hand_on(connection: Connection, witness: Witness, elsewhere: Path) -> Hand:
    case = connection.execute(select(Case.id).where(Case.number == CASE)).scalar_one()
    firm = connection.execute(select(Enterprise.id).order_by(Enterprise.id.desc()).limit(1)).scalar_one()
    elsewhere.mkdir()
    return Hand(connection, case, firm, witness.key(), Witness(elsewhere))
