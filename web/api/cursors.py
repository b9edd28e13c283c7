"""Where a list goes on: sealed, so that nobody counts along how much there is that they may not read."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app

from workflow.refusal import Incomplete, say


def sealed(of: str, place: str) -> str:
    """The cursor of a place in a list; empty at its end."""
    return _seal().encrypt(f"{of} {place}".encode()).decode() if place else ""


def opened(of: str, cursor: str) -> str:
    """The place that a cursor of that list names; empty: its beginning. Raises Incomplete for one that we did not
    give."""
    if not cursor:
        return ""
    try:
        said = _seal().decrypt(cursor.encode()).decode()
    except InvalidToken:
        said = ""
    name, _blank, place = said.partition(" ")
    if name != of:
        raise Incomplete({"after": say("This is no cursor of this list: send the one that came as `next`.")})
    return place


def _seal() -> MultiFernet:
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(f"cursors of the API {key}".encode()).digest())) for key in keys]
    )
