"""Filters that people keep: a name of one's own, at most twenty, nobody else's."""

import pytest
from sqlalchemy.orm import Session

from cases.lists.queues import MOST_FILTERS, filters_of, keep_filter, remove_filter, rename_filter
from tests.builders import Place
from tests.conftest import NOW
from workflow.refusal import Impossible, Incomplete

pytestmark = pytest.mark.both_databases


def test_a_filter_is_kept_renamed_and_removed_by_its_owner_alone(session: Session, place: Place) -> None:
    mine, theirs = place.people["reviewer"].id, place.people["approver"].id
    kept = keep_filter(mine, "  金额  写错单位 ", "field=fine", NOW)
    assert keep_filter(theirs, "金额 写错单位", "kind=repair", NOW).name == kept.name == "金额 写错单位"
    for attempt in (lambda: rename_filter(theirs, kept.id, "别的"), lambda: remove_filter(theirs, kept.id)):
        with pytest.raises(Impossible, match="removed meanwhile"):
            attempt()
    assert rename_filter(mine, kept.id, "金额").name == "金额"
    rename_filter(mine, kept.id, "金额")
    remove_filter(mine, kept.id)
    assert [row.query for row in filters_of(session, mine)] == []
    assert [row.query for row in filters_of(session, theirs)] == ["kind=repair"]


def test_a_name_is_short_and_used_once_and_twenty_are_kept(session: Session, place: Place) -> None:
    mine = place.people["reviewer"].id
    for number in range(MOST_FILTERS):
        keep_filter(mine, f"筛选{number}", f"holder={number + 1}", NOW)
    for name in ("", "   ", "筛选3", "长" * 41):
        with pytest.raises(Incomplete) as refused:
            rename_filter(mine, filters_of(session, mine)[0].id, name)
        assert list(refused.value.fields) == ["name"]
    with pytest.raises(Impossible, match="remove one first"):
        keep_filter(mine, "第二十一个", "", NOW)
    assert len(filters_of(session, mine)) == MOST_FILTERS
