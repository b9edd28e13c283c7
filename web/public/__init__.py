"""Pages without signing in: front page, status, paper check, calendar, rules, help."""

from web.public import calendar, front, help, lookup, rules

blueprints = (calendar.pages, front.pages, help.pages, lookup.paper_check, rules.rule_pages, rules.pages, lookup.status)
