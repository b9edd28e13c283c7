"""Pages without signing in: front page, status, paper check, calendar, rules, help and guides."""

from web.public import calendar, front, guides, help, lookup, rules

blueprints = (
    calendar.pages, front.pages, guides.pages, help.pages, lookup.paper_check, rules.rule_pages, rules.pages,
    lookup.status,
)  # fmt: skip
