"""Credit records: lists, one record, new records, imports."""

from web.records import imports, new, views

blueprints = (imports.pages, new.pages, views.pages)
