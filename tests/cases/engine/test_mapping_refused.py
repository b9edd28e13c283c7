"""A kind has changed: what no mapping may do with its cases."""

import pytest
from sqlalchemy import select

from cases.engine.mapping import map_cases
from cases.model.tables import Case, Event
from tests.builders import REQUEST, START, WORLD, Place, day
from tests.cases.courses import to_bureau
from tests.cases.engine.mapped import NOW, WHY, mapped, now_is, order
from tests.kinds_changed import changed, kind_is
from workflow.definition import Definition
from workflow.refusal import Impossible


@pytest.mark.sqlite
class TestIsRefused:
    """Either every case goes on, or none does."""

    def test_what_the_kind_still_has(self, place: Place) -> None:
        with pytest.raises(Impossible, match="objection still has 'filed'"):
            mapped(order(("filed", "comparing")))
        with pytest.raises(Impossible, match="objection still has 'verify'"):
            mapped(order(("verify", "-")))

    def test_a_new_name_that_the_kind_has_not(self, place: Place) -> None:
        for new in ("dreaming", "start"):
            with pytest.raises(Impossible, match=f"no state and no deadline '{new}'. States: filed, "):
                mapped(order(("with_bureau", new)))

    def test_an_end_for_an_open_case_and_a_beginning_for_a_closed_one(
        self, place: Place, verifying: Definition
    ) -> None:
        case = to_bureau(place)
        with kind_is(verifying):
            assert [str(one.why) for one in mapped(order(("with_bureau", "kept"))).refused] == [
                "it is open, and 'kept' is an end: a mapping decides nothing"
            ]
        place.act(case, "enterprise", "withdraw", NOW)
        with kind_is(now_is(withdrawn="taken_back")):
            whys = [str(mapped(order(("withdrawn", new))).refused[0].why) for new in ("filed", "taken_back")]
        assert whys == [
            "it is closed, and 'filed' is not an end: a mapping reopens nothing",
            "it ended with 'withdrawn', and 'taken_back' is another outcome: a mapping decides nothing",
        ]

    def test_a_bureaus_desk_where_no_bureau_has_the_case_and_then_no_case_moves(self, place: Place) -> None:
        place.file(START), to_bureau_of_other(place)
        both = now_is(filed="received", with_bureau="verifying")
        with kind_is(both):
            found = mapped(order(("filed", "verifying"), ("with_bureau", "verifying")))
            assert [str(one.why) for one in found.refused] == [
                "'verifying' needs a bureau, and no bureau has this case"
            ]
            assert set(place.session.scalars(select(Case.state))) == {"filed", "with_bureau"}
            assert "mapped" not in place.session.scalars(select(Event.action)).all()

    def test_a_state_to_which_cases_of_that_variant_never_come(self, place: Place) -> None:
        case = place.open("correction", "file", REQUEST)
        renamed = changed("correction", {"filed": "received"})
        with kind_is(renamed):
            found = map_cases(WORLD, order(("filed", "putting_right"), kind="correction"), WHY, NOW)
            assert [(one.number, str(one.why)) for one in found.refused] == [
                (case.number, "no case of the variant 'on_request' can come to 'putting_right'")
            ]

    def test_the_cases_of_other_variants_are_left_alone_where_one_is_named(self, place: Place) -> None:
        case = place.open("correction", "file", REQUEST)
        with kind_is(changed("correction", {"filed": "received"})):
            for variant, moves in (("decision_changed", 0), ("on_request", 1)):
                given = order(("filed", "received"), kind="correction", variant=variant)
                assert len(map_cases(WORLD, given, WHY, NOW).lines) == moves
            assert place.case(case.number).state == "received"


def to_bureau_of_other(place: Place) -> Case:
    case = place.file(START, place.other_record, by="enterprise2")
    place.act(case, "office", "accept", day(2026, 9, 8))
    place.act(case, "office", "refer", day(2026, 9, 9), question="请核对。")
    return case
