from datetime import date

from tests.web.parts.sample import CALENDAR
from web.case.turn import Hand, Turn, emphasised, hands
from workflow.calendar import workdays_between
from workflow.refusal import say


def had(party: str, name: str, start: int, end: int) -> Hand:
    """The working days after one day of November, up to and with another."""
    return Hand(party, name, workdays_between(CALENDAR, date(2026, 11, start), date(2026, 11, end)))


SPENT = [
    had("office", "office", 11, 13),
    had("bureau", "bureau", 13, 18),
    had("enterprise", "firm", 18, 23),
    had("bureau", "bureau", 23, 24),
]


def test_working_days_are_summed_by_hand_and_drawn_in_order_of_time() -> None:
    found = hands(SPENT, [Hand("bureau", "bureau", 3), Hand("office", "office", 3)])
    assert [(one.party, one.days) for one in found.taken] == [("office", 2), ("bureau", 4), ("enterprise", 3)]
    assert [one.party for one in found.segments if not one.allowed] == ["office", "bureau", "enterprise", "bureau"]
    assert str(found.sentence) == "Where the time went: 9 working days so far"
    assert str(found.ahead) == "At most 6 working days more"


def test_now_stands_between_what_was_taken_and_what_is_allowed() -> None:
    found = hands(SPENT, [Hand("office", "office", 3)])
    assert found.now == 75.0
    assert next(one.x for one in found.segments if one.allowed) == 75.0
    assert all(one.x + one.width <= 100 for one in found.segments)


def test_a_hand_that_held_it_for_no_working_day_is_not_drawn() -> None:
    weekend = hands([had("office", "office", 13, 15)])
    assert weekend.segments == ()
    assert weekend.ahead is None


def test_the_desk_of_a_sentence_can_be_set_apart() -> None:
    turn = Turn("theirs", say("It is the turn of {desk}.", desk=emphasised("the bureau")))
    assert str(turn.sentence).split(turn.emphasis) == ["It is the turn of ", "the bureau", "."]
    assert turn.shape == "busy"


def test_of_a_case_that_is_late_no_more_is_promised_than_if_it_is_done_today() -> None:
    late = Hand("bureau", "bureau", 6, late=2)
    assert str(hands([late], [Hand("office", "office", 3)]).ahead) == (
        "If it is done today, at most 3 working days more"
    )
    over = [late, Hand("office", "office", 1)]
    assert str(hands(over, [Hand("office", "office", 3)]).ahead) == "At most 3 working days more"
