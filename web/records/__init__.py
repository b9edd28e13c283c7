"""Credit records: lists, one record, new records, imports."""

from web.records import imports, new, places, views

blueprints = (imports.pages, new.pages, places.pages, views.pages)
