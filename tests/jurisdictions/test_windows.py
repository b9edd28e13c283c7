"""Where a repair is applied for, against a table written by hand from law.md 1.3."""

from datetime import date

import pytest

from registry.columns import ADVERSE
from registry.display import windows_of
from tests.jurisdictions.law_by_hand import CITED, CITED_ELSEWHERE
from workflow.jurisdiction import Branch, Jurisdiction

EVERY = ("penalty", "serious_list", "abnormal_list", "other")
THREE = EVERY[:3]

TABLE: list[tuple[Branch, date, tuple[str, ...], str, str]] = [
    ("general", date(2026, 4, 1), EVERY, "信用中国", "second_hand"),
    ("general", date(2026, 3, 31), ("penalty",), "信用中国", "second_hand"),
    ("general", date(2026, 3, 31), ("serious_list",), "作出认定的", "second_hand"),
    ("general", date(2026, 3, 31), ("abnormal_list", "other"), "", ""),
    ("general", date(2023, 4, 30), EVERY, "", ""),
    ("market_regulation", date(2026, 11, 24), EVERY, "国家企业信用信息公示系统", "second_hand"),
    ("market_regulation", date(2025, 12, 25), EVERY, "国家企业信用信息公示系统", "second_hand"),
    ("market_regulation", date(2025, 12, 24), THREE, "国家企业信用信息公示系统", "read_part"),
    ("market_regulation", date(2025, 12, 24), ("other",), "", ""),
]


@pytest.mark.parametrize(("branch", "on", "kinds", "where", "certainty"), TABLE)
def test_a_repair_is_applied_for_where_the_table_says(
    place: Jurisdiction, branch: Branch, on: date, kinds: tuple[str, ...], where: str, certainty: str
) -> None:
    for kind in kinds:
        found = windows_of(kind, branch, place.repair_windows, on)
        assert [window.certainty for window in found] == ([certainty] if where else []), kind
        assert all(window.where["zh"].startswith(where) for window in found)


def test_market_regulation_leads_to_its_system_or_to_the_office_that_decided(place: Jurisdiction) -> None:
    [window] = windows_of("penalty", "market_regulation", place.repair_windows, date(2026, 11, 24))
    for language in ("zh", "en"):
        assert window.where[language].format(bureau="X").endswith("X")


def test_windows_cite_what_law_md_has_and_name_kinds_of_records_that_exist(place: Jurisdiction) -> None:
    of_2021 = "市场监督管理信用修复管理办法（国市监信规〔2021〕3号）第4条"
    assert {window.citation for window in place.repair_windows} <= CITED | CITED_ELSEWHERE | {of_2021}
    for row in (*place.repair_windows, *place.displays):
        assert set(row.records) <= ADVERSE
