"""A form that was refused: offered again to its writer, with what was typed and the files that came.

Files are stored as soon as they come. A form carries them in a signed field bound to the person, so that nobody
attaches what is another's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from flask import Response, abort, current_app, g, request, send_file
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import FileStorage
from wtforms import Field

from cases.model.evidence import MOST_BYTES, TYPES, Store, StoredFile, name_to_serve, take_in
from cases.model.uploads import note_uploads
from database import trouble_of
from web.site.access import from_here, identity, law, now, own_address, store
from workflow.refusal import Message

DAY = 24 * 3600
SALT: Final = "kept-files"
TYPED_BESIDE = ("current", "again")
"""Beside a new password: the present one, and the new one once more."""
NOT_TYPED = ("kept", "shown", "proposal")
"""Fields of our own forms that carry what nobody typed."""


@dataclass(frozen=True)
class KeptForm:
    """A form as it was sent: its fields in order, its address, its form token; whether files and passwords were in it,
    which cannot be kept."""

    fields: tuple[tuple[str, str], ...]
    to: str
    token: str
    files: bool
    secrets: bool

    @property
    def words(self) -> tuple[str, ...]:
        """What reads as somebody's own words: shown, so that they can be copied from the page."""
        ours = (text.strip() for name, text in self.fields if name not in NOT_TYPED)
        return tuple(dict.fromkeys(text for text in ours if any(c.isspace() or ord(c) > 127 for c in text)))


def kept_form() -> KeptForm | None:
    """What this request sent, where one of our own pages sent it; nothing of a form that came from elsewhere."""
    if request.method != "POST" or not from_here():
        return None
    instead: Mapping[str, str] = g.get("kept_instead", {})
    secrets = any("password" in name for name in request.form)
    left_out = {"csrf_token", *instead, *(TYPED_BESIDE if secrets else ())}
    sent = [(name, text) for name, text in request.form.items(multi=True) if name not in left_out]
    fields = tuple((name, text) for name, text in (*sent, *instead.items()) if "password" not in name)
    files = any(file.filename for file in request.files.values()) and "kept" not in instead
    return KeptForm(fields, own_address(), request.form.get("csrf_token", ""), files, secrets)


def keep_instead(**fields: Any) -> None:
    """Should this request fail further on, its form is offered again with these in the place of what was sent."""
    g.kept_instead = fields


def _noted(files: Sequence[bytes], firm: int | None) -> Message | None:
    """Note what has come, or say why none of it can be kept. Without the database it is kept all the same, unnoted:
    what is sent with it is refused, and whoever sends that again need not choose the files again."""
    try:
        return note_uploads(files, firm, law().place.at_most, now())
    except SQLAlchemyError as failure:
        if trouble_of(failure) is None:
            raise
        return None


def keep_files(
    store: Store,
    uploads: Iterable[FileStorage],
    kept: Sequence[StoredFile],
    left_out: Iterable[str] = (),
    firm: int | None = None,
) -> tuple[tuple[StoredFile, ...], list[Message]]:
    """Store what has just come, beside what was kept and is not left out; gives all of it, and what is unfit. `firm`:
    whose people send it, in whose name it counts."""
    out = set(left_out)
    before = [file for file in kept if file.sha256 not in out]
    came = [(upload.filename or "", upload.stream.read(MOST_BYTES + 1)) for upload in uploads if upload.filename]
    if refused := _noted([content for _name, content in came], firm):
        return tuple(before), [refused]
    stored, faults = take_in(store, came, already=len(before))
    return tuple({file.sha256: file for file in (*before, *stored)}.values()), faults


def one_file(
    carried: Field, uploads: Iterable[FileStorage], firm: int | None = None
) -> tuple[StoredFile | None, Message | None]:
    """The one file that has just come, else the one that the form carries in that field, which carries it on; and why
    it cannot be kept."""
    came, unfit = keep_files(store(), uploads, (), firm=firm)
    files = came[:1] or kept_files(carried.data)[:1]
    carried.data = token_of(files)
    keep_instead(**{carried.name: carried.data})
    return (files[0] if files else None), (unfit[0] if unfit else None)


def token_of(files: Sequence[StoredFile]) -> str:
    """What a form's hidden field says of the kept files."""
    if not files:
        return ""
    return str(signer(SALT).dumps({"user": identity().user_id, "files": [asdict(file) for file in files]}))


def kept_files(token: str | None) -> tuple[StoredFile, ...]:
    """The files that such a field names; none where it was not signed for this person within a day."""
    if not token:
        return ()
    try:
        kept = signer(SALT).loads(token, max_age=DAY)
    except BadSignature:
        return ()
    if kept["user"] != identity().user_id:
        return ()
    return tuple(StoredFile(**file) for file in kept["files"])


def signer(salt: str) -> URLSafeTimedSerializer:
    """What signs for one purpose what a form carries; what was signed for another is not taken."""
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt=salt)  # signs with the last, takes what any has signed


def sent_file(sha256: str, name: str, media_type: str) -> Response:
    """The file as it came, under its name; 404 where there is none. Its kind was found out when it came."""
    if not sha256 or media_type not in TYPES or not store().holds(sha256):
        abort(404)
    path = store().path(sha256)
    response: Response = send_file(
        path, mimetype=media_type, download_name=name_to_serve(name, media_type), as_attachment=False
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
