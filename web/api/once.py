"""What is sent with an `Idempotency-Key` is done once: what is done and the answer to it are one transaction."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from flask import Response, abort, request
from flask_babel import gettext as _
from pydantic import BaseModel

from extensions import transaction
from registry.kept_answers import Sent, begin, finish, give_up
from web.api.door import answer, problem, token
from web.site.access import now

KEY: Final = re.compile(r"[!-~]{1,64}")
ASKED: Final = ("If-Match", "Redress-Person", "Content-Type")
"""Headers that say what is asked."""


def once(do: Callable[[], tuple[BaseModel, int | None]]) -> Response:
    """Do it, or give the answer that it had; `do` gives the answer and its version."""
    sent = _sent()
    with transaction(user_initiated=False) as session:
        kept = begin(session, sent, now())
        before = (kept.body, kept.status or 200, kept.version) if kept else None
    if before:
        return answer(*before)
    try:
        with transaction() as session:
            body, version = do()
            text = body.model_dump_json()
            finish(session, sent, now(), 200, text, version)
    except Exception:
        with transaction(user_initiated=False) as session:
            give_up(session, sent, now())
        raise
    return answer(text, 200, version)


def _sent() -> Sent:
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        told = _("Send an Idempotency-Key of 1 to 64 characters: the same when you send the same again.")
        abort(problem(400, told))
    asked = sha256("\n".join((request.full_path, *(request.headers.get(name, "") for name in ASKED), "")).encode())
    asked.update(request.get_data())
    return Sent(token().id, key, asked.hexdigest())
