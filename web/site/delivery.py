"""How answers travel: compressed where that tells nobody anything, and our own files kept by browsers for a year.

Compression next to a secret tells its length to who listens on the line and can choose part of the page (BREACH). Such
a stranger needs the page to be asked for from a page of theirs: a browser says so (Sec-Fetch-Site), and no page of
ours can be made to lie about it. So what is asked for from elsewhere, or by a browser that does not say, goes out as it
is, unless it is one of our own files, in which no secret stands.
"""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, current_app, request

TEXTS: Final = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"}
)
OWN_ACCORD: Final = ("same-origin", "none")
"""Asked for by a page of ours, or by a person who typed the address or opened a bookmark."""
WORTH_IT: Final = 1024
"""Bytes under which a smaller answer saves nothing."""
YEAR: Final = 365 * 24 * 3600


def deliver(app: Flask) -> None:
    """Hang on before anything else that changes answers: what is compressed is final."""
    app.after_request(_compressed)
    app.after_request(_kept_by_browsers)
    app.url_defaults(_with_fingerprint(app))


def _with_fingerprint(app: Flask) -> Any:
    """Put into the address of each of our own files what it holds: another content is another address."""

    def add(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values and (mark := _fingerprint(app, values["filename"])):
            values["v"] = mark

    return add


def _fingerprint(app: Flask, name: str) -> str:
    """What the file holds, in twelve digits; nothing where there is no such file."""
    path = Path(str(app.static_folder)) / name
    return _digest(str(path), path.stat().st_mtime_ns) if app.static_folder and path.is_file() else ""


@lru_cache(256)
def _digest(path: str, _changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def _kept_by_browsers(response: Response) -> Response:
    """A file asked for by its fingerprint never changes; one that was asked for by another is not kept under it."""
    asked = request.args.get("v") if request.endpoint == "static" and response.status_code == 200 else None
    if asked and asked == _fingerprint(current_app, str((request.view_args or {}).get("filename"))):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _compressed(response: Response) -> Response:
    if response.mimetype not in TEXTS or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if not _may_be_compressed() or response.status_code in (204, 206, 304):
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < WORTH_IT:
        return response
    own_file = request.endpoint == "static"
    response.set_data(_packed_file(body) if own_file else gzip.compress(body, 5))
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _may_be_compressed() -> bool:
    if request.method == "HEAD" or not request.accept_encodings["gzip"]:
        return False
    return request.endpoint == "static" or request.headers.get("Sec-Fetch-Site") in OWN_ACCORD


@lru_cache(64)
def _packed_file(body: bytes) -> bytes:
    """One of our own files, packed as small as it goes, once."""
    return gzip.compress(body, 9)
