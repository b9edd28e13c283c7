"""`/api/v1`: the same cases, rights and refusals for a body's own system; docs/api.md tells how."""

from web.api import cases, document, door

__all__ = ("cases", "document")

blueprints = (door.pages,)
