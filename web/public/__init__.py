"""Pages without signing in: front page, status, paper check, calendar, rules."""

from web.public import calendar, front, paper_check, rule, rules, status

blueprints = (calendar.pages, front.pages, paper_check.pages, rule.pages, rules.pages, status.pages)
