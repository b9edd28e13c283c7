"""Which days are worked, how far that is announced, and the files that say so."""

import tomllib
from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from tests.workflow.calendars import file, shipped
from tests.workflow.seed_calendar import FOLDER, YEARS, text
from workflow.calendar import BadCalendar, Unit, Why, add_workdays, due, next_workday, read_calendar, workdays_between

CN = shipped()


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(first: str, last: str) -> list[date]:
    return [day(first) + timedelta(days=k) for k in range((day(last) - day(first)).days + 1)]


class TestWorkedDays:
    def test_every_day_from_2018_to_2026_is_as_chinesecalendar_has_it(self):
        wrong = [
            one for one in days("2018-01-01", "2026-12-31") if CN.is_worked(one) != chinese_calendar.is_workday(one)
        ]
        assert wrong == []

    def test_every_day_from_2024_to_2026_is_as_holidays_has_it(self):
        theirs = holidays.China(years=(2024, 2025, 2026))
        wrong = [one for one in days("2024-01-01", "2026-12-31") if CN.is_worked(one) != theirs.is_working_day(one)]
        assert wrong == []

    @pytest.mark.parametrize("year", YEARS)
    def test_a_shipped_file_is_what_the_seed_writes(self, year):
        written, _, feasts = (FOLDER / f"{year}.toml").read_text(encoding="utf-8").partition("\n# 节日当天\n")
        assert written == text(year)
        named = {one["day"] for one in tomllib.loads(feasts)["holidays"] if one["day"].year == year}
        assert len(named) >= 6
        assert named <= set(holidays.country_holidays("CN", years=year)), "each feast is on its day"

    def test_the_calendar_is_known_from_2018_to_2026_and_not_a_day_further(self):
        assert (CN.name, CN.known_from, CN.known_until) == ("cn", day("2018-01-01"), day("2026-12-31"))
        assert CN.is_known(day("2026-12-31"))
        assert not CN.is_known(day("2027-01-01"))
        assert not CN.is_known(day("2017-12-31"))

    def test_each_moved_day_names_its_notice(self):
        assert CN.source(day("2026-09-20")) == "国务院办公厅关于2026年部分节假日安排的通知"
        assert CN.source(day("2018-12-29")).startswith("国务院办公厅关于2019年部分节假日安排的通知")
        assert CN.source(day("2026-09-21")) == ""

    def test_past_the_announced_time_1_january_is_off_by_law_and_cites_no_notice(self):
        assert not CN.is_worked(day("2027-01-01"))
        assert CN.source(day("2027-01-01")) == ""
        assert CN.is_worked(day("2027-01-04"))

    @pytest.mark.parametrize(
        ("one", "why"),
        [
            ("2026-09-20", Why.MAKE_UP),
            ("2026-09-19", Why.WEEKEND),
            ("2026-09-26", Why.HOLIDAY),
            ("2026-09-21", Why.COUNTED),
        ],
    )
    def test_a_day_says_what_it_is(self, one, why):
        assert CN.why(day(one)) is why


class TestMoving:
    def test_working_days_are_added_forwards_and_backwards(self):
        assert add_workdays(CN, day("2026-09-18"), 3) == day("2026-09-22")
        assert add_workdays(CN, day("2026-09-22"), -3) == day("2026-09-18")
        assert add_workdays(CN, day("2026-10-05"), -1) == day("2026-09-30")
        assert add_workdays(CN, day("2026-10-05"), 0) == day("2026-10-05")

    def test_working_days_between_leave_the_first_day_out_and_take_the_last_in(self):
        assert workdays_between(CN, day("2026-09-18"), day("2026-09-22")) == 3
        assert workdays_between(CN, day("2026-09-22"), day("2026-09-18")) == -3
        assert workdays_between(CN, day("2026-10-01"), day("2026-10-07")) == 0

    def test_the_next_working_day_is_the_day_itself_where_it_is_worked(self):
        assert next_workday(CN, day("2026-09-20")) == day("2026-09-20")
        assert next_workday(CN, day("2026-10-01")) == day("2026-10-08")


class TestFiles:
    def test_a_file_is_read(self):
        calendar = read_calendar(file())
        assert calendar.weekend == {6, 7}
        assert calendar.off == {day("2027-01-01"): "the notice for 2027", day("2027-02-05"): "the notice for 2027"}
        assert calendar.work == {day("2027-02-14"): "the notice for 2027"}

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"name": ""}, "name"),
            ({"name": "7"}, "name"),
            ({"source": '""'}, "source"),
            ({"weekend": "[6, 8]"}, "weekend.1"),
            ({"weekend": "[1, 2, 3, 4, 5, 6, 7]"}, "whole week"),
            ({"off": '["2027-01-01"]'}, "off.0"),
            ({"off": "[2027-01-01T00:00:00]"}, "off.0"),
            ({"off": "[2027-02-14]"}, "2027-02-14 stands in both"),
            ({"known_until": "2026-12-31"}, "known_until lies before"),
            ({"known_until": "2027-02-30"}, "not a calendar file"),
            ({"holiday": "[2027-01-01]"}, "holiday"),
        ],
    )
    def test_a_file_that_cannot_be_used_is_refused_with_the_place(self, changed, says):
        with pytest.raises(BadCalendar, match=says):
            read_calendar(file(**changed))

    def test_a_further_year_moves_the_end_and_makes_dates_certain(self):
        both = CN.merged(read_calendar(file()))
        assert (both.known_from, both.known_until) == (CN.known_from, day("2027-12-31"))
        assert due(both, day("2026-12-24"), 7, Unit.WORKDAY) == (day("2027-01-05"), False)
        assert both.source(day("2027-01-01")) == "the notice for 2027"

    def test_the_later_file_wins_day_by_day(self):
        later = file(known_from="2026-01-01", known_until="2026-12-31", off="[2026-09-20]", work="[2026-10-07]")
        both = CN.merged(read_calendar(later))
        assert not both.is_worked(day("2026-09-20"))
        assert both.is_worked(day("2026-10-07"))
        assert both.is_worked(day("2026-10-10"))
        assert both.source(day("2026-10-07")) == "the notice for 2027"

    def test_a_local_holiday_is_a_file_of_its_own(self):
        local = file(known_from="2026-08-12", known_until="2026-08-12", off="[2026-08-12]", work="[]")
        both = CN.merged(read_calendar(local))
        assert both.why(day("2026-08-12")) is Why.HOLIDAY
        assert both.known_until == CN.known_until

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"name": '"nm"'}, "the calendar nm, not cn"),
            ({"weekend": "[5, 6]"}, "another weekend"),
            ({"known_from": "2027-01-02"}, "load the time in between first"),
            ({"known_from": "2016-01-01", "known_until": "2016-12-31"}, "load the time in between first"),
        ],
    )
    def test_a_file_that_does_not_fit_is_refused(self, changed, says):
        with pytest.raises(BadCalendar, match=says):
            CN.merged(read_calendar(file(**changed)))
