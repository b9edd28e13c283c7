"""Whose form was sent: every form token bears, signed, who was signed in when its page was made.

So a form that outlives its session is given back to whoever wrote it and to nobody else who uses the same browser.
"""

from __future__ import annotations

import secrets
from typing import Final

from flask import current_app, g, session
from itsdangerous import BadData, URLSafeTimedSerializer

FIELD: Final = "csrf_token"
SALT: Final = "wtf-csrf-token"
"""What Flask-WTF signs its tokens with; a test holds that it still does."""


def begin_token(user_id: int) -> None:
    """Let the forms of the session that begins now be those of this person."""
    session[FIELD] = f"{secrets.token_hex(20)}.{user_id}"
    g.pop(FIELD, None)  # one made earlier in this request is of no session any more


def writer_of(token: str) -> int | None:
    """Who was signed in when a page with this token was made; None: nobody, or the token is not ours."""
    try:
        kept = URLSafeTimedSerializer(str(current_app.secret_key), salt=SALT).loads(token)
    except BadData:
        return None
    id = str(kept).partition(".")[2]
    return int(id) if id.isdecimal() else None
