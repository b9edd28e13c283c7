"""Pages without signing in: front page, status, paper check, calendar, rules."""

from web.public import calendar, front, lookup, rules

blueprints = (calendar.pages, front.pages, lookup.paper_check, rules.rule_pages, rules.pages, lookup.status)
