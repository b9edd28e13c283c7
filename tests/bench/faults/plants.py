"""Faults put in on purpose, each wider than it would be by accident: the bench has to find every one of them."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Final

from flask import Flask, current_app

import cases.engine.advance
import cases.engine.writing
import commands.clockwork
import web.acts.views
from notifications.channels import Channel, Send
from workflow.refusal import Refusal

GAP: Final = 0.1
"""Seconds between two things that ought to be one."""
BELIEVED: Final = 1.0
"""Seconds for which something is believed that has not happened yet."""


def letters_after_the_move() -> None:
    """The move is committed, and only then its letters are posted."""
    post = cases.engine.writing.post

    def later(session: Any, letters: Any, now: Any) -> Any:
        session.commit()
        time.sleep(GAP)
        return post(session, letters, now)

    cases.engine.writing.post = later  # type: ignore[attr-defined]


def answer_before_the_commit() -> None:
    """The page says that it is done while the transaction is still open."""
    advance = cases.engine.advance.advance

    def hasty(*arguments: Any) -> None:
        threading.Thread(target=_do_later, args=(current_app._get_current_object(), advance, arguments)).start()  # type: ignore[attr-defined]

    web.acts.views.advance = hasty  # type: ignore[attr-defined]


def _do_later(app: Flask, advance: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    time.sleep(BELIEVED)
    with app.app_context():
        try:
            advance(*arguments)
        except Refusal:
            app.logger.info("refused, and nobody is told")


def any_version_will_do() -> None:
    """The version that the page showed is not compared: a form sent twice is done twice where it may be."""
    cases.engine.advance._require_current = lambda *_: None  # type: ignore[assignment]


def mail_believed_before_it_is_taken() -> None:
    """A mail counts as sent once it is on its way."""
    channel_for = commands.clockwork.channel_for
    commands.clockwork.channel_for = lambda url: _Hopeful(channel_for(url))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class _Hopeful:
    """A channel that says yes at once and sends a little later."""

    real: Channel

    @property
    def sender(self) -> str:
        return self.real.sender

    @contextmanager
    def open(self) -> Iterator[Send]:
        yield lambda mail: threading.Thread(target=self._send, args=(mail,), daemon=True).start()

    def _send(self, mail: EmailMessage) -> None:
        time.sleep(BELIEVED)
        with self.real.open() as send:
            send(mail)


PLANTS: Final[Mapping[str, Callable[[], None]]] = {
    plant.__name__: plant
    for plant in (letters_after_the_move, answer_before_the_commit, any_version_will_do,
                  mail_believed_before_it_is_taken)
}  # fmt: skip
