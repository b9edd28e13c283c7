"""Takes up from the feed what each endpoint is told, and sends it."""

from datetime import datetime
from typing import Final

from cases.model.feed import entries_after, is_told, last_numbered, named
from exchange.webhooks import Line, forget_taken, send_waiting, write_message
from extensions import transaction
from registry.endpoints import WebhookEndpoint, endpoints_that_tell
from registry.tokens import body_identity

AT_ONCE: Final = 500
"""Entries of the feed taken up at a beat, an endpoint."""


def tell_endpoints(line: Line, now: datetime) -> list[str]:
    """Take up and send what is new; gives a line for each endpoint that was told something or was suspended."""
    with transaction() as session:
        ids = [endpoint.id for endpoint in endpoints_that_tell(session)]
    lines = []
    for id in ids:
        take_up(id)
        taken, suspended = send_waiting(id, line, now)
        lines += [f"endpoint {id} told {taken}"] if taken else []
        lines += [f"endpoint {id} suspended"] if suspended else []
    forget_taken(now)
    return lines


def take_up(endpoint_id: int) -> None:
    """Write a message for each new entry of the feed that the body may know of: once, whoever else tries."""
    with transaction() as session:
        endpoint = session.get_one(WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True)
        last = last_numbered(session)
        if last <= endpoint.after or not endpoint.tells:
            return
        identity = body_identity(session, endpoint)
        found = entries_after(session, identity, endpoint.after, last, AT_ONCE)
        for row in filter(lambda row: is_told(identity, row), found):
            type, ref, version = named(row)
            write_message(session, endpoint, type, row.at, ref, version)
        endpoint.after = found[-1].id if len(found) == AT_ONCE else last
