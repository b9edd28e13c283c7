"""The checker and a kind that has changed: what was told under an old name is known by the new one."""

import pytest
from sqlalchemy.orm import Session

from cases.engine.mapping import MappingOrder, map_cases
from cases.engine.sweep import sweep
from tests.bench.faults.checker import check
from tests.builders import WORLD, day, make_place
from tests.cases.courses import to_bureau
from tests.kinds_changed import changed, kind_is


@pytest.mark.sqlite
def test_a_rung_told_of_a_deadline_under_its_old_name_is_that_of_the_new(session: Session, database_url: str) -> None:
    place = make_place(session)
    to_bureau(place)
    sweep(WORLD, day(2026, 9, 17))
    with kind_is(changed("objection", {"verify": "checking"})):
        map_cases(WORLD, MappingOrder("objection", (("verify", "checking"),)), "因程序修订", day(2026, 9, 17))
        sweep(WORLD, day(2026, 9, 24))
    place.session.commit()
    assert check(database_url) == []
