"""Credit records: lists, one record, new records, imports."""

from __future__ import annotations

from web.records import imports, new, views

blueprints = (imports.pages, new.pages, views.pages)
