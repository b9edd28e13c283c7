"""A form that could not be taken: offered again on the page that says why, to whoever wrote it.

Every form token bears, signed, who was signed in when its page was made.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app, g, request, session
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


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: its fields in order; whether files and passwords were in it, which cannot be kept."""

    fields: tuple[tuple[str, str], ...]
    files: bool
    secrets: bool

    @property
    def words(self) -> tuple[str, ...]:
        """What reads as somebody's own words: shown, so that they can be copied from the page."""
        ours = (text.strip() for name, text in self.fields if name not in NOT_TYPED)
        return tuple(dict.fromkeys(text for text in ours if any(c.isspace() or ord(c) > 127 for c in text)))


TYPED_BESIDE = ("current", "again")
"""Beside a new password: the present one, and the new one once more."""

NOT_TYPED = ("kept", "shown")
"""Fields of our own forms that carry what nobody typed."""


def kept_form() -> Kept | None:
    """What this request sent, where one of our own pages sent it; nothing of a form that came from elsewhere."""
    if request.method != "POST" or not from_here():
        return None
    instead: Mapping[str, str] = g.get("kept_instead", {})
    sent = [(name, text) for name, text in request.form.items(multi=True) if name not in instead]
    secrets = any("password" in name for name in request.form)
    fields = tuple((name, text) for name, text in (*sent, *instead.items()) if not _secret(name, secrets))
    files = any(file.filename for file in request.files.values()) and "kept" not in instead
    return Kept(fields, files, secrets)


def keep_instead(**fields: Any) -> None:
    """Should this request fail further on, its form is offered again with these in the place of what was sent."""
    g.kept_instead = fields


def from_here() -> bool:
    """Whether our own page sent the form: only then may it be offered again with one button."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.host


def _secret(name: str, among_passwords: bool) -> bool:
    return name == "csrf_token" or "password" in name or (among_passwords and name in TYPED_BESIDE)
