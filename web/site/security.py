"""What holds for every answer: headers, cookies, sizes, compression, the demo's walls, and logs without secrets.

Compression next to a secret tells its length to who listens on the line and can choose part of the page (BREACH). Such
a stranger needs the page to be asked for from a page of theirs: a browser says so (Sec-Fetch-Site), and no page of
ours can be made to lie about it. So what is asked for from elsewhere, or by a browser that does not say, goes out as it
is, unless it is one of our own files, in which no secret stands.
"""

import gzip
import hashlib
import logging
import re
import traceback
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from werkzeug.exceptions import BadRequest

from cases.engine.clock import ClockWatch
from config import Settings
from extensions import db, reading
from registry import sign_in
from registry.sessions import IDLE
from web.site.access import requires

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

MEGABYTE = 1024 * 1024
FORWARDED = re.compile(r"(x-forwarded-.*|forwarded|via|x-real-ip|x-client-ip|x-original-.*|true-client-ip|cf-.*)", re.I)
READS = ("GET", "HEAD", "OPTIONS")


class DemoStaysAtHome(BadRequest):
    """The demo was asked from elsewhere: everybody knows its passwords."""


def secure(app: Flask, settings: Settings) -> None:
    """Make the application safe by default; `create_app` calls it after the extensions."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if settings.production else "session",  # of this host alone
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.production,
        PERMANENT_SESSION_LIFETIME=IDLE,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
        MAX_CONTENT_LENGTH=10 * 10 * MEGABYTE + 2 * MEGABYTE,  # ten files of ten megabytes, and the form round them
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
    )
    app.after_request(_compressed)  # the first to be hung on runs last: what is compressed is final
    app.after_request(_kept_by_browsers)
    app.url_defaults(_add_fingerprint)
    sign_in.use_hashing(sign_in.QUICK if settings.mode == "test" else sign_in.STRONG)
    _keep_logs_clean(app)
    app.before_request_funcs.setdefault(None, []).insert(0, _take_no_files_from_strangers)
    if settings.demo:
        app.before_request_funcs.setdefault(None, []).insert(0, _refuse_strangers)
    app.before_request(_read_only)
    app.before_request(_look_at_the_clock)
    app.teardown_request(_read_no_more)
    app.after_request(lambda response: _with_headers(response, settings.production))
    if app.has_static_folder:
        app.view_functions["static"] = requires(public=True)(app.view_functions["static"])


def safe_next(target: str | None, default: str = "/") -> str:
    """The target when it is a path of our own, else the default: a link must not lead a person elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return default
    if "\\" in target or any(ord(character) < 32 or ord(character) == 127 for character in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def _refuse_strangers() -> None:
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if host not in ("localhost", "127.0.0.1") or any(FORWARDED.fullmatch(name) for name, _value in request.headers):
        raise DemoStaysAtHome


def _take_no_files_from_strangers() -> None:
    """Before the form is read: who has not signed in has no form with files, and sends no more than text."""
    if "_user_id" not in session:
        request.max_content_length = min(2 * MEGABYTE, request.max_content_length or 2 * MEGABYTE)


def _read_only() -> None:
    """A request takes no write lock before it opens a `transaction()`: others write while a password is checked."""
    g.reading = reading.set(True)


def _look_at_the_clock() -> None:
    """Before anything is written: whether this server's clock is to be believed. What is refused then, acts say.

    To sign out writes nothing, and must work while the database is away.
    """
    if request.method not in READS and request.endpoint != "sign_in.sign_out":
        watch: ClockWatch = current_app.extensions["watch"]
        watch.look(db.session())


def _read_no_more(_error: BaseException | None) -> None:
    token = g.pop("reading", None)
    if token is not None:
        reading.reset(token)


def _with_headers(response: Response, production: bool) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if production:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    typed = request.method not in READS or response.status_code >= 400  # may hold what a person typed
    if request.endpoint != "static" and ("_user_id" in session or typed):
        response.headers["Cache-Control"] = "no-store"
    return response


class WithoutSecrets(logging.Filter):
    """Takes out of a log line what a person typed: query strings, link tokens, the words of an exception."""

    QUERY = re.compile(r"(/[^\s?\"']*)\?[^\s\"']+")
    LINK = re.compile(r"/(sign-in|feed)/[^\s\"'?]+")

    def filter(self, record: logging.LogRecord) -> bool:
        line = self.LINK.sub(r"/\1/...", self.QUERY.sub(r"\1?...", record.getMessage()))
        record.msg, record.args = line, None
        if record.exc_info and record.exc_info[1]:
            record.exc_text = _where(record.exc_info[1])
            record.exc_info = None
        return True


def _where(error: BaseException | None) -> str:
    """Where an exception arose and of which sort it and its causes are, without its words."""
    parts = []
    while error is not None:
        parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
        error = error.__cause__ or error.__context__
    return "\ncaused by:\n".join(parts)


def _keep_logs_clean(app: Flask) -> None:
    """Filter at each logger by its name: what hangs at a logger is not asked about the records of its children."""
    roots = (app.logger.name, "werkzeug", "waitress", "gunicorn")
    children = [
        name for name in logging.root.manager.loggerDict if name.startswith(tuple(f"{root}." for root in roots))
    ]
    for logger in map(logging.getLogger, (*roots, *children)):
        if not any(isinstance(kept, WithoutSecrets) for kept in logger.filters):
            logger.addFilter(WithoutSecrets())


TEXTS: Final = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"}
)
OWN_ACCORD: Final = ("same-origin", "none")
"""Asked for by a page of ours, or by a person who typed the address or opened a bookmark."""
WORTH_IT: Final = 1024
"""Bytes under which a smaller answer saves nothing."""
YEAR: Final = 365 * 24 * 3600


def _add_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    """Put into the address of each of our own files what it holds: another content is another address."""
    if endpoint == "static" and "v" not in values and (mark := _fingerprint(values["filename"])):
        values["v"] = mark


def _fingerprint(name: str) -> str:
    """What the file holds, in twelve digits; nothing where there is no such file."""
    path = Path(str(current_app.static_folder)) / name
    return _digest(str(path), path.stat().st_mtime_ns) if current_app.static_folder and path.is_file() else ""


@lru_cache(256)
def _digest(path: str, _changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def _kept_by_browsers(response: Response) -> Response:
    """A file asked for by its fingerprint never changes; one that was asked for by another is not kept under it."""
    asked = request.args.get("v") if request.endpoint == "static" and response.status_code == 200 else None
    if asked and asked == _fingerprint(str((request.view_args or {}).get("filename"))):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _compressed(response: Response) -> Response:
    if response.mimetype not in TEXTS or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    own_file = request.endpoint == "static"
    asked = request.method != "HEAD" and request.accept_encodings["gzip"]
    from_ours = own_file or request.headers.get("Sec-Fetch-Site") in OWN_ACCORD
    if not asked or not from_ours or response.status_code in (204, 206, 304):
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < WORTH_IT:
        return response
    response.set_data(_packed_file(body) if own_file else gzip.compress(body, 5))
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


@lru_cache(64)
def _packed_file(body: bytes) -> bytes:
    """One of our own files, packed as small as it goes, once."""
    return gzip.compress(body, 9)
