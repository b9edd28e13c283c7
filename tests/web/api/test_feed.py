"""The feed: everything once, in the order in which it was committed, and to each body its own."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.model import feed as numbered
from cases.model.feed import FeedEntry, number_new
from cases.model.tables import Case
from registry.credit_records import RecordChange, correct
from tests.builders import Place
from tests.conftest import NOW
from tests.web.api.conftest import Make
from tests.web.api.system import System
from web.api import feed

pytestmark = pytest.mark.both_databases


def follow(asks: System, after: str = "") -> tuple[list[tuple[str, str, int | None]], str]:
    """All that is new from there, and where to go on."""
    found: list[tuple[str, str, int | None]] = []
    while True:
        answer = asks.get(f"/feed?after={after}").json
        found += [(one["type"], one["ref"], one["version"]) for one in answer["entries"]]
        after = answer["next"]
        if not answer["more"]:
            return found, after


def of(case: Case, *versions: int) -> list[tuple[str, str, int | None]]:
    return [("case.changed", case.number, version) for version in versions]


@pytest.fixture
def case(place: Place) -> Case:
    return place.file(NOW)


def test_a_system_follows_what_happens_and_is_told_each_thing_once(
    system: Make, case: Case, place: Place, session: Session
) -> None:
    number_new(NOW)
    asks = system("firm")
    begun, place_in_it = follow(asks)
    assert begun == [("record.changed", str(place.record.id), None), *of(case, 1)]
    assert follow(asks, place_in_it)[0] == []
    place.act(case, "office", "accept", NOW)
    assert follow(asks, place_in_it)[0] == [], "what is not numbered is not told yet"
    assert number_new(NOW) == 2, "the event, and the mark on the record"
    assert number_new(NOW) == 0
    assert follow(asks, place_in_it)[0] == [("record.changed", str(place.record.id), None), *of(case, 2)]


def test_each_body_is_told_its_own(system: Make, case: Case, place: Place) -> None:
    place.complain(NOW)
    other = place.file(NOW, place.other_record, by="enterprise2")
    place.act(case, "office", "accept", NOW)
    place.act(case, "office", "refer", NOW, question="请核查。")
    place.act(case, "reviewer", "note", NOW, words="内部意见。")
    place.act(case, "reviewer", "return", NOW, reasons="不归我们。")
    place.act(case, "chief", "assign", NOW, bureau=place.other_bureau.id, reasons="归该局。")
    place.act(case, "reviewer2", "note", NOW, words="另一个局的意见。")
    number_new(NOW)

    def cases(whose: str) -> list[tuple[str, str, int | None]]:
        return [one for one in follow(system(whose))[0] if one[0] == "case.changed"]

    assert cases("office") == [*of(case, 1), *of(other, 1), *of(case, 2, 3, 4, 5, 6, 7)]
    assert cases("bureau") == of(case, 1, 2, 3, 4, 5, 6), "not what happens where it has gone"
    assert cases("other_bureau") == of(case, 1, 2, 3, 4, 5, 6, 7)
    assert cases("firm") == of(case, 1, 2, 3, 5, 6), "no internal note"
    assert cases("other_firm") == of(other, 1)


def test_pages_are_short_and_nothing_is_lost_between_them(
    system: Make, case: Case, place: Place, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 2)
    monkeypatch.setattr(numbered, "AT_ONCE", 3)
    for fine in ("0.80", "0.90", "1.00", "1.10"):
        correct(session, place.record, {"fine": fine}, case.id, NOW, "case")
    session.commit()
    numbers = [number_new(NOW) for _ in range(4)]
    assert sum(numbers) == session.scalar(select(func.count()).select_from(FeedEntry)) == 7
    assert max(numbers) <= 6
    found, _place = follow(system("office"))
    assert len(found) == 7
    assert len(follow(system("firm"))[0]) == 6


def test_a_slow_writer_is_numbered_when_it_comes(
    system: Make, case: Case, place: Place, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large sheet has drawn low numbers and is committed last: it is looked for every ten minutes."""
    monkeypatch.setattr(numbered, "BEHIND", 1)
    for fine in ("0.80", "0.90", "1.00"):
        correct(session, place.record, {"fine": fine}, case.id, NOW, "case")
    session.commit()
    last = session.scalar(select(func.max(RecordChange.id)))
    session.add(FeedEntry(change_id=last))
    session.commit()
    assert number_new(NOW) == 1, "the case's event alone"
    assert number_new(NOW.replace(minute=50)) == 4


def test_a_place_in_another_list_is_none_here(system: Make, case: Case) -> None:
    number_new(NOW)
    asks = system("office")
    next_case = asks.get("/feed").json["next"]
    assert asks.get(f"/cases?after={next_case}").status_code == 422
    assert asks.get("/feed?after=1").status_code == 422
