"""What a run of the tests leaves out, and what it never does."""

from __future__ import annotations

import pytest

from tests.sharing import left_out

PAGES = [
    f"tests/web/desk/test_desk.py::test_{n}[{one}-reviewer]" for n in range(60) for one in ("sqlite", "postgresql")
]
ONE_OF_TWO = [PAGES[0]]
RULES = [id.replace("tests/web/desk/test_desk", "tests/cases/test_advance") for id in PAGES]
TRIED_ON_BOTH = [id.replace("desk/test_desk", "test_attacks") for id in PAGES]


def test_of_each_test_of_a_page_one_database_is_left_out_and_about_as_often_either() -> None:
    left = left_out(PAGES)
    assert len(left) == 60
    assert len({id.replace("sqlite", "postgresql") for id in left}) == 60, "one of each"
    assert 15 < sum("sqlite" in id for id in left) < 45


@pytest.mark.parametrize("ids", [RULES, TRIED_ON_BOTH, ONE_OF_TWO], ids=["rules", "attacks", "one that has no twin"])
def test_rules_and_what_a_database_has_a_part_in_are_held_on_both(ids: list[str]) -> None:
    assert not left_out(ids)


def test_nothing_is_left_out_where_everything_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERY_DATABASE", "1")
    assert not left_out(PAGES)
