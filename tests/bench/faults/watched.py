"""Says on the board what this process is in the middle of: transactions and mails. It changes nothing of them."""

import smtplib
from typing import Any

import sqlalchemy as sa

from extensions import reading
from tests.bench.faults.board import MAILING, READING, WRITING, Board


def watch(engine: sa.Engine, board: Board, slot: int) -> None:
    """From a transaction's beginning until its connection goes back to the pool; while a mail is with the server."""
    _watch_transactions(engine, board, slot)
    _watch_mail(board, slot)


def _watch_transactions(engine: sa.Engine, board: Board, slot: int) -> None:
    @sa.event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        doing = READING if reading.get() else WRITING
        connection.info.setdefault("doing", []).append(doing)
        board.begin(slot, doing)

    @sa.event.listens_for(engine, "checkin")
    def ended(_connection: Any, record: Any) -> None:
        for doing in record.info.pop("doing", ()):
            board.begin(slot, doing, -1)


def _watch_mail(board: Board, slot: int) -> None:
    send = smtplib.SMTP.send_message

    def sending(self: smtplib.SMTP, *arguments: Any, **named: Any) -> Any:
        board.begin(slot, MAILING)
        try:
            return send(self, *arguments, **named)
        finally:
            board.begin(slot, MAILING, -1)

    smtplib.SMTP.send_message = sending  # type: ignore[method-assign]
