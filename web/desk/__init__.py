"""Daily work: desk, intake, approvals, bulk acts, all cases, search."""

from web.desk import alarms, approvals, bulk, filters, intake, search, views

blueprints = (
    alarms.pages,
    search.all_cases,
    approvals.pages,
    bulk.pages,
    intake.pages,
    filters.pages,
    search.pages,
    views.pages,
)
