"""Check codes: with a number they prove that somebody holds the paper. They are read aloud and typed by people."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what is misread or misheard when read aloud: 0 and O, 1, I and L."""
CODE_LENGTH: Final = 10


def code_in(text: str) -> str:
    """A check code as it is kept, however it was typed: in small letters, in groups, in full-width letters."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if character.isascii() and character.isalnum())


def new_check_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
