"""Several deadlines on one row of days."""

from datetime import date

from tests.builders import LAW
from web.parts.lanes import Clocks, Running, clocks
from web.parts.words import DaysLeft
from workflow.calendar import Unit, count
from workflow.timing import Timer, explain, hold, late_days

CALENDAR = LAW.calendar
TODAY = date(2026, 11, 24)
ASKED = date(2026, 11, 17)


def three() -> Clocks:
    verify = hold(Timer("verify", "v", "bureau", 1, date(2026, 11, 12), 7, Unit.WORKDAY), ASKED, "asked")
    late = Timer("accept", "a", "office", 1, date(2026, 11, 16), 2, Unit.WORKDAY)
    return clocks(
        [
            Running("papers", count(CALENDAR, ASKED, 10, Unit.WORKDAY), DaysLeft(5, date(2026, 12, 1)), 10, "analogy"),
            Running("verify", explain(verify, CALENDAR, date(2026, 12, 1)), DaysLeft(4, None), 7, hold_from=ASKED),
            Running(
                "accept",
                explain(late, CALENDAR),
                DaysLeft(-4, date(2026, 11, 18)),
                2,
                late=late_days(late, CALENDAR, TODAY),
            ),
        ],
        CALENDAR,
        TODAY,
    )


def feet(row: int) -> dict[str, str]:
    return {str(foot.words): foot.how for foot in three().rows[row].feet}


def test_the_row_of_days_reaches_from_the_first_start_to_the_last_day_of_any() -> None:
    heads = three().heads
    assert heads[0].day == date(2026, 11, 12)
    assert heads[-1].day == date(2026, 12, 7)
    assert [head.day for head in heads if head.now] == [TODAY]


def test_the_month_is_named_once_at_its_first_worked_day() -> None:
    assert [(head.day.day, str(head.month)) for head in three().heads if head.month] == [(12, "Nov"), (1, "Dec")]


def test_a_running_deadline_says_what_is_left_and_rings_today() -> None:
    row = three().rows[0]
    assert str(row.running.left.rest) == "5 working days left"
    assert feet(0)["5"] == "next now"
    assert feet(0)["10"] == "next due"
    assert not row.running.left.held


def test_a_held_deadline_outlines_what_would_come_after_the_last_day_of_the_hold() -> None:
    row = three().rows[1]
    assert str(row.running.left.rest) == "on hold, 4 working days left"
    assert row.running.count.due == date(2026, 12, 7)
    assert feet(1)["4"] == "maybe"
    assert feet(1)["7"] == "maybe due"


def test_a_late_deadline_says_by_how_much_and_goes_on_to_today() -> None:
    row = three().rows[2]
    assert str(row.running.left.rest) == "4 working days late"
    assert row.running.left.late
    assert feet(2)["+4"] == "late now"


def test_all_feet_lie_inside_the_row() -> None:
    for row in three().rows:
        for foot in row.feet:
            assert foot.x >= 0
            assert foot.x + foot.wide <= 100.001


def test_the_legend_explains_what_is_drawn_and_nothing_else() -> None:
    assert [how for how, _ in three().legend] == ["past", "next", "hold", "late", "maybe"]
