"""The page of a case, and what other pages borrow of it."""

from web.case import files, time_spent, views

blueprints = (files.pages, time_spent.pages, views.pages)
