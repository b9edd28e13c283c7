"""Daily work: desk, intake, approvals, bulk acts, all cases, search."""

from web.desk import alarms, all_cases, approvals, bulk, filters, intake, search, views

blueprints = (
    alarms.pages,
    all_cases.pages,
    approvals.pages,
    bulk.pages,
    intake.pages,
    filters.pages,
    search.pages,
    views.pages,
)
