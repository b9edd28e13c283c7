"""`/api/v1`: the same cases, rights and refusals for a body's own system; docs/api.md tells how."""

from web.api import acts, cases, document, door

__all__ = ("acts", "cases", "document")

blueprints = (door.pages,)
