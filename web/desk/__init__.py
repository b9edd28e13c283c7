"""Daily work: desk, intake, approvals, bulk acts, all cases, search."""

from __future__ import annotations

from web.desk import alarms, all_cases, approvals, bulk, intake, saved_filters, search, views

blueprints = (
    alarms.pages,
    all_cases.pages,
    approvals.pages,
    bulk.pages,
    intake.pages,
    saved_filters.pages,
    search.pages,
    views.pages,
)
