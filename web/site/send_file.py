"""A file out of the store, for whoever has been found to be one of its readers."""

from __future__ import annotations

from flask import Response, abort, send_file

from cases.model.evidence import TYPES
from web.site.context import store


def sent_file(sha256: str, name: str, media_type: str) -> Response:
    """The file as it came, under its name; 404 where there is none. Its kind was found out when it came."""
    if not sha256 or media_type not in TYPES or not store().holds(sha256):
        abort(404)
    path = store().path(sha256)
    response: Response = send_file(path, mimetype=media_type, download_name=name, as_attachment=False)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
