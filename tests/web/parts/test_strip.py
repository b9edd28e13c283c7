from datetime import date

import pytest

from notifications.languages import span
from tests.web.parts.sample import CALENDAR
from web.parts.strip import Strip, StripDay, strip
from web.parts.words import DaysLeft
from workflow.calendar import Pause, Unit, Why, count
from workflow.timing import Hold, Timer, explain, late_days

TODAY = date(2026, 11, 24)


def timer(start: date, n: int = 7, **more: object) -> Timer:
    return Timer("verify", "objection.verify", "bureau", 1, start, n, Unit.WORKDAY, **more)  # type: ignore[arg-type]


def drawn(held: Timer, today: date = TODAY) -> Strip:
    return strip(explain(held, CALENDAR), today, late_days(held, CALENDAR, today))


def cell(found: Strip, day: int) -> StripDay:
    return next(one for one in found.cells if one.day.day == day)


def test_it_has_a_cell_for_every_day_that_explain_lists_and_for_every_late_one() -> None:
    late = timer(date(2026, 11, 11))
    found = drawn(late)
    days = [*explain(late, CALENDAR).days, *late_days(late, CALENDAR, TODAY)]
    assert [one.day for one in found.cells] == [one.day for one in days]
    assert [str(one.foot) for one in found.cells if one.day.day >= 19] == ["6", "7", "off", "off", "+1", "+2"]


def test_counted_days_are_past_or_to_come_and_today_is_still_to_come() -> None:
    found = drawn(timer(date(2026, 11, 19)))
    assert "past" in cell(found, 23).classes.split()
    assert {"next", "today", "cnt", "w2"} <= set(cell(found, 24).classes.split())
    assert str(cell(found, 24).tag.words) == "Today"  # type: ignore[union-attr]


def test_a_day_off_within_a_hold_says_that_it_is_off() -> None:
    found = drawn(timer(date(2026, 11, 13), holds=(Hold(date(2026, 11, 18), date(2026, 11, 23), "asked"),)))
    assert [str(cell(found, day).foot) for day in (19, 20, 21, 22, 23)] == ["hold", "hold", "off", "off", "hold"]
    assert {"hold", "off"} <= set(cell(found, 21).classes.split())
    assert "off" not in cell(found, 20).classes.split()


def test_a_make_up_day_counts_and_a_late_one_is_both() -> None:
    early = strip(count(CALENDAR, date(2026, 9, 17), 3, Unit.WORKDAY), date(2026, 9, 1))
    assert {"cnt", "mk", "w7"} <= set(cell(early, 20).classes.split())
    late = drawn(timer(date(2026, 9, 30), 1), date(2026, 10, 12))
    assert {"mk", "late"} <= set(cell(late, 10).classes.split())


def test_past_what_is_announced_days_are_provisional_and_so_is_the_last() -> None:
    found = strip(count(CALENDAR, date(2026, 12, 28), 5, Unit.WORKDAY), date(2026, 12, 29))
    assert "prov" in found.cells[-1].classes.split()
    assert found.cells[-1].tag is not None
    assert found.cells[-1].tag.kind == "prov"
    assert "for now" in str(found.sentence)


def test_the_month_stands_over_the_first_free_cell_of_each() -> None:
    found = strip(count(CALENDAR, date(2026, 9, 28), 3, Unit.WORKDAY), date(2026, 9, 28))
    over = {one.day.day: str(one.tag.words) for one in found.cells if one.tag and one.tag.kind == "month"}
    assert over == {29: "Sep", 1: "Oct"}


def test_the_sentence_names_holds_holidays_make_up_days_and_the_last_day() -> None:
    pauses = [Pause(date(2026, 9, 21), date(2026, 9, 23), Why.AWAY)]
    told = str(strip(count(CALENDAR, date(2026, 9, 17), 6, Unit.WORKDAY, pauses=pauses), date(2026, 9, 28)).sentence)
    assert "6 working days" in told
    assert "On hold from 2026-09-22 to 2026-09-23." in told
    assert "2026-09-25 to 2026-09-27 are public holidays" in told
    assert "2026-09-20 is a make-up working day" in told
    assert "Today is day 5." in told


def test_three_weeks_of_natural_days_are_cells_and_a_month_is_a_line_before_the_last_two_weeks() -> None:
    short = strip(count(CALENDAR, TODAY, 21, Unit.DAY), TODAY)
    assert (len(short.cells), short.line) == (22, None)
    found = strip(count(CALENDAR, date(2026, 11, 17), 30, Unit.DAY), TODAY)
    assert [str(one.foot) for one in found.cells] == [str(n) for n in range(17, 31)]
    assert found.line is not None
    assert str(found.line.last) == "day 16"
    assert str(found.line.today) == "Today, day 7"
    assert found.line.over == round(700 / 16, 2)
    later = strip(count(CALENDAR, date(2026, 10, 28), 30, Unit.DAY), TODAY)
    assert later.line is not None
    assert (later.line.over, later.line.today) == (100.0, None), "today is one of the cells"


def test_two_months_of_days_are_weeks_of_seven_marks() -> None:
    found = strip(count(CALENDAR, date(2026, 10, 12), 60, Unit.DAY), TODAY)
    assert not found.cells
    assert [(str(week.name), week.range) for week in found.weeks[::4]] == [
        ("12 Oct", "1–6"), ("9 Nov", "28–34"), ("7 Dec", "56–60")
    ]  # fmt: skip
    assert [week.classes for week in found.weeks if week.classes] == ["today", "due"]
    assert [day is None for day in found.weeks[-1].days] == [False] * 5 + [True] * 2
    assert sum(day is not None for week in found.weeks for day in week.days) == 61


def test_months_are_a_cell_each_and_what_is_provisional_says_so() -> None:
    found = strip(count(CALENDAR, date(2026, 11, 6), 6, Unit.MONTH, rolls=True), TODAY, n=6, unit=Unit.MONTH)
    assert not found.cells
    assert len(found.months) == 6
    assert found.months[0].classes == "today"
    assert found.months[0].over == 60.0
    assert found.months[-1].classes == "due prov"
    assert found.months[-1].tag is not None
    assert str(found.sentence).startswith("6 months")


def test_what_is_late_is_never_drawn_without_its_late_days() -> None:
    started = date(2026, 9, 1)
    late = Timer("decide", "complaint.decide", "office", 1, started, 60, Unit.DAY)
    found = strip(explain(late, CALENDAR), TODAY, late_days(late, CALENDAR, TODAY))
    assert not found.weeks
    assert found.line is not None
    assert "late" in found.cells[-1].classes.split()


def test_the_legend_explains_what_occurs_and_nothing_else() -> None:
    found = strip(count(CALENDAR, date(2026, 11, 23), 2, Unit.WORKDAY), TODAY)
    assert [kind for kind, _ in found.legend] == ["next", "now"]


@pytest.mark.parametrize(
    ("left", "due", "said"),
    [
        (3, date(2026, 11, 27), "Due in 3 working days, 2026-11-27"),
        (0, TODAY, "Due today, 2026-11-24"),
        (-2, date(2026, 11, 20), "2 working days late, it was due 2026-11-20"),
        (4, None, "On hold, 4 working days left"),
    ],
)
def test_a_date_is_never_alone(left: int, due: date | None, said: str) -> None:
    assert str(DaysLeft(left, due, Unit.WORKDAY).words) == said


def test_what_is_left_of_months_is_told_in_days() -> None:
    assert str(DaysLeft(12, TODAY, Unit.MONTH).words) == "Due in 12 days, 2026-11-24"
    assert str(span(1, Unit.MONTH)) == "1 month"


def test_urgency_has_a_word_for_each_colour() -> None:
    named = {n: DaysLeft(n, TODAY).urgency for n in (-1, 0, 3, 4)}
    assert named == {-1: "late", 0: "soon", 3: "soon", 4: "run"}
    assert DaysLeft(-1, None).urgency == "hold"
    assert [str(DaysLeft(n, TODAY).short) for n in (-2, 0, 5)] == ["2 d late", "today", "5 d left"]
    assert str(DaysLeft(5, None).short) == "on hold"


def test_no_holiday_is_said_not_to_count_where_every_day_counts() -> None:
    """A day off only moves the end of natural days."""
    natural = count(CALENDAR, date(2026, 9, 12), 15, Unit.DAY)
    told = str(strip(natural, TODAY, n=15, unit=Unit.DAY).sentence)
    assert "15 days" in told
    assert "holiday" not in told
    assert "make-up" not in told
