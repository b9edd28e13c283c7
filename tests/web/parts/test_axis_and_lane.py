"""A worklist's lanes: one axis for all rows, and what each piece of a lane means."""

from datetime import date

from tests.builders import LAW
from web.parts.lanes import DAY, SLIVER, axis, axis_round, lane
from workflow.calendar import Pause, Unit, count
from workflow.timing import Timer, explain, hold, late_days

CALENDAR = LAW.calendar
TODAY = date(2026, 11, 24)
AXIS = axis_round(CALENDAR, TODAY)


def hows(drawn: object) -> list[str]:
    return [bar.how for bar in drawn.bars]  # type: ignore[attr-defined]


def test_a_day_off_is_a_sliver_and_a_make_up_day_is_as_wide_as_any_worked_day() -> None:
    week = axis(CALENDAR, date(2026, 10, 9), date(2026, 10, 12))
    assert [week.wide(day) for day in week.days] == [1.0, 1.0, SLIVER, 1.0]
    assert week.start(date(2026, 10, 12)) == 2 + SLIVER


def test_every_row_has_today_in_the_same_place() -> None:
    one = lane(count(CALENDAR, date(2026, 11, 13), 7, Unit.WORKDAY), AXIS, TODAY)
    other = lane(count(CALENDAR, date(2026, 11, 20), 3, Unit.WORKDAY), AXIS, TODAY)
    assert one.today == other.today == AXIS.start(TODAY) * DAY
    assert one.wide == other.wide


def test_what_is_used_is_filled_and_what_is_left_is_pale_from_today_on() -> None:
    drawn = lane(count(CALENDAR, date(2026, 11, 19), 4, Unit.WORKDAY), AXIS, TODAY)
    assert [how for how in hows(drawn) if how != "gap"] == ["past", "past", "next", "next"]
    assert drawn.tick == AXIS.start(date(2026, 11, 25)) * DAY


def test_a_hold_is_one_piece_over_its_weekend() -> None:
    drawn = lane(
        count(CALENDAR, date(2026, 11, 13), 7, Unit.WORKDAY, pauses=[Pause(date(2026, 11, 18), date(2026, 11, 23))]),
        AXIS,
        TODAY,
    )
    assert hows(drawn).count("hold") == 1


def test_days_past_the_due_day_are_late_and_days_off_among_them_are_not() -> None:
    timer = Timer("verify", "v", "bureau", 1, date(2026, 11, 11), 5, Unit.WORKDAY)
    drawn = lane(explain(timer, CALENDAR), AXIS, TODAY, late=late_days(timer, CALENDAR, TODAY))
    assert hows(drawn).count("late") == 4  # the 19th, the 20th, the 23rd, the 24th


def test_while_the_clock_stands_still_no_due_day_is_ticked() -> None:
    held = hold(Timer("verify", "v", "bureau", 1, date(2026, 11, 11), 7, Unit.WORKDAY), date(2026, 11, 17), "asked")
    drawn = lane(explain(held, CALENDAR, date(2026, 12, 1)), AXIS, TODAY, open_hold_from=date(2026, 11, 17))
    assert drawn.tick is None
    assert "maybe" in hows(drawn)
    assert "next" not in hows(drawn)


def test_what_lies_outside_the_axis_is_left_out() -> None:
    drawn = lane(count(CALENDAR, date(2026, 8, 3), 60, Unit.WORKDAY), AXIS, TODAY)
    assert all(bar.x >= 0 and bar.x + bar.wide <= drawn.wide for bar in drawn.bars)
