"""Bugs in the log, each under a short number that a person can tell us."""

from __future__ import annotations

import secrets

from flask import current_app


def incident(error: BaseException, what: str, about: str) -> str:
    """Log a bug, with what it is about; gives the short number that finds it."""
    letters, digits = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789"
    number = "".join(secrets.choice(digits) for _ in range(4))
    code = f"{secrets.choice(letters)}{secrets.choice(digits)}-{number}"
    current_app.logger.error("incident %s: %s %s", code, what, about, exc_info=error)
    return code
