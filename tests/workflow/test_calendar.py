"""How days are counted, each rule by an example."""

from datetime import date, timedelta

import pytest

from tests.workflow.calendars import file, shipped
from workflow.calendar import Count, Pause, Unit, Why, count, due, read_calendar

CN = shipped()


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(first: str, last: str) -> list[date]:
    return [day(first) + timedelta(days=k) for k in range((day(last) - day(first)).days + 1)]


def counted(start: str, n: int, unit: Unit = Unit.WORKDAY, *pauses: str, rolls: bool = False) -> Count:
    parts = [Pause(day(pause[:10]), day(pause[12:])) for pause in pauses]
    proof = count(CN, day(start), n, unit, rolls=rolls, pauses=parts)
    assert (proof.due, proof.provisional) == due(CN, day(start), n, unit, rolls=rolls, pauses=parts)
    return proof


def due_text(start: str, n: int, unit: Unit = Unit.WORKDAY, *pauses: str, rolls: bool = False) -> str:
    return counted(start, n, unit, *pauses, rolls=rolls).due.isoformat()


class TestCounting:
    def test_a_working_sunday_counts(self):
        assert due_text("2026-09-18", 3) == "2026-09-22"

    def test_a_long_holiday_does_not_count(self):
        assert due_text("2026-09-24", 10) == "2026-10-15"

    def test_a_pause_stops_the_count_after_its_first_day_and_lets_it_go_on_after_its_last(self):
        assert due_text("2026-11-02", 7, Unit.WORKDAY, "2026-11-04..2026-11-10") == "2026-11-17"
        assert due_text("2026-11-02", 7) == "2026-11-11"

    def test_natural_days_roll_over_a_holiday_only_where_asked(self):
        assert due_text("2026-09-17", 20, Unit.DAY, rolls=True) == "2026-10-08"
        assert due_text("2026-09-17", 20, Unit.DAY) == "2026-10-07"

    @pytest.mark.parametrize(
        ("start", "n", "end"),
        [
            ("2025-11-30", 3, "2026-02-28"),
            ("2023-11-30", 3, "2024-02-29"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2026-01-31", 1, "2026-02-28"),
            ("2026-08-15", 36, "2029-08-15"),
        ],
    )
    def test_months_end_on_the_corresponding_day_or_the_months_last(self, start, n, end):
        assert due_text(start, n, Unit.MONTH) == end

    def test_months_are_moved_by_the_natural_days_of_a_pause(self):
        assert due_text("2026-01-31", 1, Unit.MONTH, "2026-02-10..2026-02-13") == "2026-03-03"

    def test_a_limit_of_nothing_is_the_start_day(self):
        assert due_text("2026-10-03", 0) == "2026-10-03"
        assert due_text("2026-10-03", 0, rolls=True) == "2026-10-08"

    def test_a_limit_below_nothing_is_a_bug(self):
        with pytest.raises(ValueError, match="negative"):
            count(CN, day("2026-10-03"), -1, Unit.DAY)

    @pytest.mark.parametrize("unit", list(Unit))
    def test_a_limit_past_the_year_9999_overflows(self, unit):
        with pytest.raises(OverflowError):
            due(CN, day("9999-12-01"), 10_000, unit)


class TestPauses:
    def test_a_pause_of_no_length_changes_nothing(self):
        assert counted("2026-11-02", 7, Unit.WORKDAY, "2026-11-04..2026-11-04") == counted("2026-11-02", 7)

    def test_overlapping_and_touching_pauses_count_once(self):
        one = due_text("2026-11-02", 7, Unit.WORKDAY, "2026-11-04..2026-11-10")
        assert due_text("2026-11-02", 7, Unit.WORKDAY, "2026-11-05..2026-11-10", "2026-11-04..2026-11-06") == one
        assert due_text("2026-11-02", 7, Unit.WORKDAY, "2026-11-04..2026-11-06", "2026-11-06..2026-11-10") == one

    def test_a_pause_from_before_the_start_counts_from_the_start(self):
        assert due_text("2026-11-03", 2, Unit.WORKDAY, "2026-10-20..2026-11-04") == "2026-11-06"

    def test_a_pause_on_the_last_day_uses_it_up_and_moves_the_date_to_its_own_end(self):
        assert due_text("2026-11-02", 7, Unit.WORKDAY, "2026-11-11..2026-11-17") == "2026-11-17"
        assert due_text("2026-11-02", 7, Unit.WORKDAY, "2026-11-11..2026-11-15") == "2026-11-16"

    def test_natural_days_used_up_end_with_the_pause_even_on_a_day_off_unless_they_roll(self):
        assert due_text("2026-11-02", 9, Unit.DAY, "2026-11-11..2026-11-15") == "2026-11-15"
        assert due_text("2026-11-02", 9, Unit.DAY, "2026-11-11..2026-11-15", rolls=True) == "2026-11-16"

    def test_a_pause_that_begins_while_the_date_rolls_is_in_time(self):
        assert due_text("2026-09-17", 15, Unit.DAY, "2026-10-05..2026-10-12", rolls=True) == "2026-10-12"
        assert due_text("2026-09-17", 15, Unit.DAY, "2026-10-03..2026-10-05", rolls=True) == "2026-10-08"

    def test_a_pause_on_the_day_to_which_a_pause_moved_the_date_moves_it_again(self):
        twice = ("2026-11-11..2026-11-17", "2026-11-17..2026-11-20")
        assert due_text("2026-11-02", 7, Unit.WORKDAY, *twice) == "2026-11-20"

    def test_what_is_missed_stays_missed(self):
        assert due_text("2026-11-02", 7, Unit.WORKDAY, "2026-11-12..2026-11-17") == "2026-11-11"


class TestProof:
    def test_the_proof_says_of_each_day_whether_it_counts_and_why(self):
        lines = [(line.day.day, line.ordinal, line.why, line.off) for line in counted("2026-09-24", 4).days]
        assert lines == [
            (24, None, Why.START, False),
            (25, None, Why.HOLIDAY, True),
            (26, None, Why.HOLIDAY, True),
            (27, None, Why.HOLIDAY, True),
            (28, 1, Why.COUNTED, False),
            (29, 2, Why.COUNTED, False),
            (30, 3, Why.COUNTED, False),
            *((one, None, Why.HOLIDAY, True) for one in range(1, 8)),
            (8, 4, Why.COUNTED, False),
        ]

    def test_a_day_off_inside_a_pause_is_paused_and_off(self):
        proof = counted("2026-11-02", 3, Unit.WORKDAY, "2026-11-04..2026-11-08")
        assert [(line.why, line.off) for line in proof.days[3:7]] == [
            (Why.PAUSED, False), (Why.PAUSED, False), (Why.PAUSED, True), (Why.PAUSED, True),
        ]  # fmt: skip

    def test_the_last_line_says_what_moved_the_date(self):
        assert counted("2026-09-17", 20, Unit.DAY, rolls=True).days[-1].why is Why.ROLLED
        assert counted("2026-11-02", 7, Unit.WORKDAY, "2026-11-11..2026-11-17").days[-1].why is Why.RESUMED
        assert counted("2026-11-02", 7, Unit.WORKDAY, "2026-11-11..2026-11-15").days[-1].why is Why.ROLLED


class TestHorizon:
    def test_a_count_that_reads_a_day_not_announced_is_provisional(self):
        assert counted("2026-12-24", 5).provisional is False
        proof = counted("2026-12-24", 7)
        assert (proof.due, proof.provisional) == (day("2027-01-05"), True)
        assert [line.day for line in proof.days if line.provisional] == days("2027-01-01", "2027-01-05")

    def test_natural_days_read_the_calendar_only_where_they_roll(self):
        assert counted("2026-12-24", 20, Unit.DAY).provisional is False
        assert counted("2026-12-24", 20, Unit.DAY, rolls=True).provisional is True
        assert counted("2026-12-24", 0, Unit.DAY, rolls=True).provisional is False
        assert counted("2027-02-01", 0, Unit.DAY, rolls=True).provisional is True

    def test_a_roll_out_of_the_announced_time_is_provisional(self):
        proof = count(read_calendar(file()), day("2027-12-01"), 1, Unit.MONTH, rolls=True)
        assert (proof.due, proof.provisional) == (day("2028-01-03"), True)

    def test_a_pause_across_the_end_reads_no_day_until_it_ends(self):
        proof = counted("2026-12-28", 3, Unit.WORKDAY, "2026-12-31..2027-01-06")
        assert (proof.due, proof.provisional) == (day("2027-01-06"), True)
        assert counted("2026-12-28", 3, Unit.DAY, "2026-12-31..2027-01-06").provisional is False

    def test_days_before_the_calendar_begins_are_provisional_too(self):
        assert counted("2017-06-01", 3).provisional is True
