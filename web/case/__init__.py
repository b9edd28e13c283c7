"""The page of a case, and what other pages borrow of it."""

from web.case import page, time_spent

blueprints = (page.files, time_spent.pages, page.pages)
