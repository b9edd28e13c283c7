"""`/api/v1`: the same cases, rights and refusals for a body's own system; docs/api.md tells how."""

from web.api import acts, cases, counted, document, door, lists

__all__ = ("acts", "cases", "counted", "document", "lists")

blueprints = (door.pages,)
