"""The page of a case, and what other pages borrow of it."""

from web.case import files, page, time_spent

blueprints = (files.pages, time_spent.pages, page.pages)
