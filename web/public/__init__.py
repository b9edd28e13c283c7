"""Pages without signing in: front page, status, paper check, published records, calendar, rules, help and guides."""

from web.public import calendar, front, guides, help, lookup, published, rules

blueprints = (
    calendar.pages, front.pages, guides.pages, help.pages, lookup.paper_check, lookup.status, published.pages,
    rules.rule_pages, rules.pages,
)  # fmt: skip
