"""`/api/v1`: the same cases, rights and refusals for a body's own system; docs/api.md tells how."""

from web.api import acts, batches, cases, counted, document, door, feed, lists

__all__ = ("acts", "batches", "cases", "counted", "document", "feed", "lists")

blueprints = (door.pages,)
