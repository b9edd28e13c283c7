"""The feed over the API: what has happened since a place, so that a system asks for what is new and misses nothing."""

from typing import Any

from flask import Response
from pydantic import Field

from cases.model.feed import entries_after, is_told, last_numbered, named
from extensions import db
from registry.tokens import READ_FEED
from web.api.asked import Asked
from web.api.cursors import opened, sealed
from web.api.door import answer, pages, query, takes
from web.api.models import FeedItem, ShownFeed
from web.site.access import identity

PAGE = 200


class FeedAsked(Asked):
    """From where on."""

    after: str = Field("", max_length=400, description="`next` of the answer before; empty: from the beginning.")


@pages.get("/feed")
@takes(READ_FEED, ShownFeed, 422, query=FeedAsked)
def feed() -> Response:
    """What has happened to the cases and records of the body since, the oldest first; ask again with `next`."""
    session, who = db.session(), identity()
    place = int(opened("feed", query(FeedAsked).after) or 0)
    last = last_numbered(session)
    found = entries_after(session, who, place, last, PAGE)
    more = len(found) == PAGE
    items = [_item(row) for row in found if is_told(who, row)]
    return answer(ShownFeed(entries=items, next=sealed("feed", str(found[-1].id if more else last)), more=more))


def _item(row: Any) -> FeedItem:
    type, ref, version = named(row)
    return FeedItem(type=type, ref=ref, version=version, at=row.at)
