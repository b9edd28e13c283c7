"""What a page has shown to whom: a view names the thing, and once the answer is made it is written down.

The answer never fails for it: what the database does not take in time goes into a file, and into the log where the disk
fails too. It decides nothing about who may see.
"""

from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request

from cases.model.readings import NewReading, ReadingSpool, keep
from database import trouble_of
from extensions import db
from registry.identity import Identity
from web.site.access import identity, now, reader, settings
from workflow.definition import Party

SHOWN = (304, 409, 422)
"""Answers beside those that went well that show the thing all the same."""


@dataclass(frozen=True)
class ShownThing:
    """What was shown: a sort, which, and the case or record that it belongs to."""

    what: str
    ref: str
    case_id: int | None
    record_id: int | None


def note_read(what: str, ref: object, case_id: int | None = None, record_id: int | None = None) -> None:
    """This page shows that thing; the last word of a request holds. What is led on elsewhere shows nothing."""
    g.seen = ShownThing(what, str(ref), case_id, record_id)


def register_read_log(app: Flask) -> None:
    """Write down what was shown; `register_pages` calls it."""
    app.after_request(_note)


def waiting() -> ReadingSpool:
    """Readings that the database has not taken yet."""
    return ReadingSpool(settings().data_dir)


def _note(response: Response) -> Response:
    thing: ShownThing | None = g.pop("seen", None)
    if thing is None or reader() is None or request.method == "HEAD":
        return response
    if response.status_code < 300 or response.status_code in SHOWN:
        _write(_reading(thing, identity()))
    return response


def _reading(thing: ShownThing, who: Identity) -> NewReading:
    party = next(iter(sorted(who.parties)), "")
    enterprise = min(who.enterprise_ids, default=None)
    return NewReading(
        user_id=who.user_id,
        at=now(),
        what=thing.what,
        ref=thing.ref,
        case_id=thing.case_id,
        record_id=thing.record_id,
        party=str(party),
        place_id=enterprise if party is Party.ENTERPRISE else who.bureau_id,
        for_id=min(who.acts_for.values(), default=None),
    )


def _write(new: NewReading) -> None:
    try:
        keep(db.engine, new)
    except Exception as error:
        if trouble_of(error) is None:
            current_app.logger.exception("a reading could not be written")
        _put_by(new)


def _put_by(new: NewReading) -> None:
    try:
        waiting().put(new)
    except OSError as error:
        current_app.logger.error("a reading is in this log alone (%s): %s", type(error).__name__, new)
