"""What a preview says of two values of a column: how far apart they are."""

import pytest
from flask import Flask

from registry.columns import column_of
from web.records.differences import difference


@pytest.mark.parametrize(
    ("field", "before", "after", "says"),
    [
        ("fine", "8.00", "0.80", "¥72,000 less; the old value is 10 times the new"),
        ("fine", "0.30", "3000.00", "¥29,997,000 more; the new value is 10000 times the old"),
        ("fine", "0.30", "0.57", "¥2,700 more"),
        ("fine", "0.00", "0.57", "¥5,700 more"),
        ("fine", "约三千", "0.57", ""),
        ("display_until", "2029-03-18", "2027-03-18", "2 years earlier"),
        ("display_until", "2026-03-18", "2027-03-18", "1 year later"),
        ("decided_on", "2025-05-11", "2025-05-17", "6 days later"),
        ("decided_on", "2026-03-01", "2026-02-28", "1 day earlier"),
        ("severity", "", "general", "was empty"),
        ("penalty", "罚款", "", "now empty"),
        ("penalty", "罚款", "警告", ""),
        ("supplied_by", "", "", ""),
    ],
)
def test_two_values_are_told_apart(app: Flask, field: str, before: str, after: str, says: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert difference(column_of("penalty", field), before, after) == says
