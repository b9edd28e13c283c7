"""A running deadline: due days with holds and extensions, what is left, and which rung comes when."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.workflow.calendars import file, shipped
from workflow.calendar import Unit, Why, read_calendar
from workflow.definition import Rung
from workflow.timing import (
    DueDay,
    Firing,
    Hold,
    Timer,
    days_left,
    due_of,
    explain,
    extend,
    hold,
    late_days,
    left,
    missed,
    next_firing,
    release,
    rung_key,
)

CN = shipped()
ZONE = ZoneInfo("Asia/Shanghai")
OPENS = time(8, 30)
OFFICIAL = (
    Rung(-2, "remind", at_least=5),
    Rung(-1, "remind", at_least=2),
    Rung(0, "overdue"),
    Rung(3, "supervise"),
    Rung(10, "leading_group"),
)
ENTERPRISE = (Rung(-1, "remind", at_least=2), Rung(0, "papers_late", exact=True))


def on(text: str) -> date:
    """A day of 2026, written 11-04."""
    return date.fromisoformat(f"2026-{text}")


def a_timer(started: str = "11-02", n: int = 7, unit: Unit = Unit.WORKDAY, **more) -> Timer:
    """Seven working days from Monday 2 November: due on the 11th."""
    return Timer("verify", "objection.verify", "bureau", 1, on(started), n, unit, **more)


def held(timer: Timer, begin: str, end: str, why: str = "asked") -> Timer:
    return release(hold(timer, on(begin), why), on(end))


def fired(timer: Timer, firing: Firing) -> Timer:
    return replace(timer, fired=timer.fired | {(firing.due, rung_key(firing.rung))})


def ladder(timer: Timer, rungs=OFFICIAL, calendar=CN, born: str | None = None) -> list[str]:
    """Every rung that will fire, as `11-09T08:30 -2:remind`, in the time of the place."""
    lines = []
    born_on = on(born) if born else None
    while firing := next_firing(timer, rungs, calendar, OPENS, ZONE, born_on):
        lines.append(f"{firing.at.astimezone(ZONE):%m-%dT%H:%M} {rung_key(firing.rung)}")
        timer = fired(timer, firing)
    return lines


class TestDue:
    def test_a_running_timer_is_due_when_its_budget_is_used_up(self):
        assert due_of(a_timer(), CN) == DueDay(on("11-11"), False)

    def test_a_hold_that_has_ended_moves_the_due_day(self):
        assert due_of(held(a_timer(), "11-04", "11-10"), CN).day == on("11-17")

    def test_while_it_is_held_it_has_no_due_day(self):
        assert due_of(hold(a_timer(), on("11-04"), "asked"), CN) == DueDay(None, False)

    def test_a_hold_on_the_last_day_uses_that_day_up(self):
        assert due_of(hold(a_timer(), on("11-11"), "asked"), CN).day is None
        assert due_of(held(a_timer(), "11-11", "11-17"), CN).day == on("11-17")
        assert due_of(held(a_timer(), "11-11", "11-15"), CN).day == on("11-16")

    def test_a_hold_after_the_last_day_moves_nothing_open_or_ended(self):
        assert due_of(hold(a_timer(), on("11-12"), "asked"), CN).day == on("11-11")
        assert due_of(held(a_timer(), "11-12", "11-20"), CN).day == on("11-11")

    def test_an_extension_is_counted_in_the_timers_own_unit(self):
        assert due_of(extend(a_timer(), 10), CN).day == on("11-25")
        assert due_of(extend(a_timer(n=1, unit=Unit.MONTH), 1), CN).day == date(2027, 1, 2)

    def test_a_date_past_the_announced_time_is_provisional_until_the_notice_comes(self):
        timer = a_timer("12-24")
        assert due_of(timer, CN) == DueDay(date(2027, 1, 5), True)
        assert due_of(timer, CN.merged(read_calendar(file()))) == DueDay(date(2027, 1, 5), False)

    def test_a_stopped_timer_still_tells_its_last_due_day(self):
        assert due_of(a_timer(stopped=on("11-05")), CN).day == on("11-11")
        asked = replace(hold(a_timer(), on("11-04"), "asked"), stopped=on("11-05"))
        assert due_of(asked, CN).day == on("11-12")

    def test_a_timer_that_goes_on_after_its_states_were_left_has_what_was_left(self):
        timer = held(replace(a_timer(stopped=on("11-04")), stopped=None), "11-04", "11-10", "away")
        assert due_of(timer, CN).day == on("11-17")

    def test_months_are_moved_by_natural_days(self):
        assert due_of(held(a_timer("08-31", 1, Unit.MONTH), "09-10", "09-12"), CN).day == on("10-02")


class TestHolds:
    def test_a_hold_ended_on_its_own_day_leaves_no_trace(self):
        assert held(a_timer(), "11-04", "11-04") == a_timer()

    def test_a_second_hold_for_the_same_reason_changes_nothing(self):
        timer = hold(a_timer(), on("11-04"), "asked")
        assert hold(timer, on("11-06"), "asked") == timer

    def test_a_hold_for_another_reason_follows_the_first_and_the_days_count_once(self):
        timer = hold(hold(a_timer(), on("11-04"), "asked"), on("11-06"), "away")
        assert timer.holds == (Hold(on("11-04"), on("11-06"), "asked"), Hold(on("11-06"), None, "away"))
        assert due_of(release(timer, on("11-10")), CN).day == on("11-17")

    def test_to_release_what_is_not_held_changes_nothing(self):
        assert release(a_timer(), on("11-06")) == a_timer()


class TestProof:
    def test_the_last_line_is_the_due_day(self):
        timer = held(a_timer(), "11-04", "11-10")
        assert explain(timer, CN).due == explain(timer, CN).days[-1].day == due_of(timer, CN).day

    def test_a_day_says_whether_the_case_was_paused_or_away(self):
        timer = held(held(a_timer(), "11-03", "11-04"), "11-05", "11-06", "away")
        assert [line.why for line in explain(timer, CN).days[:5]] == [
            Why.START, Why.COUNTED, Why.PAUSED, Why.COUNTED, Why.AWAY,
        ]  # fmt: skip

    def test_an_open_hold_is_shown_as_if_it_ended_on_the_day_asked_for(self):
        timer = hold(a_timer(), on("11-04"), "asked")
        assert explain(timer, CN, on("11-10")).due == on("11-17")
        assert explain(timer, CN).due == on("11-11")

    def test_late_days_are_numbered_from_the_day_after(self):
        lines = late_days(a_timer(), CN, on("11-16"))
        assert [(line.day.day, line.ordinal, line.why) for line in lines] == [
            (12, 1, Why.COUNTED), (13, 2, Why.COUNTED), (14, None, Why.WEEKEND), (15, None, Why.WEEKEND),
            (16, 3, Why.COUNTED),
        ]  # fmt: skip

    def test_there_are_no_late_days_in_time_nor_while_it_is_held(self):
        assert late_days(a_timer(), CN, on("11-11")) == ()
        assert late_days(hold(a_timer(), on("11-11"), "asked"), CN, on("11-30")) == ()


class TestLeft:
    @pytest.mark.parametrize(
        ("today", "units"), [("11-02", 7), ("11-06", 3), ("11-08", 3), ("11-11", 0), ("11-12", -1), ("11-15", -2)]
    )
    def test_it_counts_down_in_working_days_and_below_nothing_when_late(self, today, units):
        assert left(a_timer(), CN, on(today)) == units

    def test_natural_days_count_down_every_day(self):
        assert left(a_timer(n=10, unit=Unit.DAY), CN, on("11-07")) == 5
        assert left(a_timer(n=10, unit=Unit.DAY), CN, on("11-15")) == -3

    def test_a_held_timer_keeps_what_is_left_whatever_the_day(self):
        timer = hold(a_timer(), on("11-04"), "asked")
        assert [left(timer, CN, on(today)) for today in ("11-04", "11-10", "12-01")] == [5, 5, 5]
        assert left(hold(a_timer(), on("11-11"), "asked"), CN, on("11-20")) == 0

    def test_held_days_are_not_days_late(self):
        timer = hold(a_timer(), on("11-12"), "asked")
        assert left(timer, CN, on("11-30")) == -1
        assert left(release(timer, on("11-20")), CN, on("11-23")) == -2
        assert [line.ordinal for line in late_days(timer, CN, on("11-30")) if line.ordinal] == [1]

    def test_missed_is_after_the_last_day_and_never_while_held_in_time(self):
        assert not missed(a_timer(), CN, on("11-11"))
        assert missed(a_timer(), CN, on("11-12"))
        assert not missed(hold(a_timer(), on("11-11"), "asked"), CN, on("11-30"))


class TestLadder:
    def test_an_officials_ladder_from_the_reminders_to_the_leading_group(self):
        assert ladder(a_timer()) == [
            "11-09T08:30 -2:remind",
            "11-10T08:30 -1:remind",
            "11-12T08:30 +0:overdue",
            "11-16T08:30 +3:supervise",
            "11-25T08:30 +10:leading_group",
        ]

    def test_the_instant_is_in_utc_and_the_rung_knows_its_due_day(self):
        firing = next_firing(a_timer(), OFFICIAL, CN, OPENS, ZONE)
        assert firing == Firing(datetime.fromisoformat("2026-11-09T00:30+00:00"), on("11-09"), OFFICIAL[0], on("11-11"))
        assert firing.at.utcoffset().total_seconds() == 0

    def test_the_rungs_are_working_days_over_a_holiday_whatever_the_deadlines_unit(self):
        timer = a_timer("09-17", 15, Unit.DAY)
        assert due_of(timer, CN).day == on("10-02")
        assert ladder(timer) == [
            "09-29T08:30 -2:remind",
            "09-30T08:30 -1:remind",
            "10-08T08:30 +0:overdue",
            "10-10T08:30 +3:supervise",
            "10-20T08:30 +10:leading_group",
        ]

    def test_the_enterprises_time_ends_with_the_last_day_itself_worked_or_not(self):
        assert ladder(a_timer(n=10), ENTERPRISE) == ["11-13T08:30 -1:remind", "11-17T00:00 +0:papers_late"]
        assert ladder(a_timer("09-17", 15, Unit.DAY), ENTERPRISE)[-1] == "10-03T00:00 +0:papers_late"

    def test_an_exact_rung_belongs_to_the_day_that_it_ends(self):
        firing = next_firing(a_timer(), ENTERPRISE[1:], CN, OPENS, ZONE)
        assert firing.on == on("11-11")

    def test_reminders_are_left_out_where_the_limit_is_short(self):
        assert [line[12:] for line in ladder(a_timer(n=4))][:2] == ["-1:remind", "+0:overdue"]
        assert [line[12:] for line in ladder(a_timer(n=1))][:1] == ["+0:overdue"]

    def test_an_extension_counts_for_what_a_short_limit_leaves_out(self):
        assert [line[12:] for line in ladder(extend(a_timer(n=1), 10))][:2] == ["-2:remind", "-1:remind"]

    def test_a_reminder_is_left_out_unless_it_comes_after_the_start(self):
        two_days_before_is_the_start = (Rung(-2, "remind"), Rung(-1, "remind"))
        assert ladder(a_timer(n=2), two_days_before_is_the_start) == ["11-03T08:30 -1:remind"]

    def test_a_reminder_is_left_out_unless_it_comes_after_the_last_hold(self):
        assert [line[12:] for line in ladder(held(a_timer(), "11-09", "11-16"))][:2] == ["-1:remind", "+0:overdue"]

    def test_a_rung_fires_once_for_each_due_day(self):
        timer = a_timer()
        for _ in range(3):
            timer = fired(timer, next_firing(timer, OFFICIAL, CN, OPENS, ZONE))
        assert ladder(timer) == ["11-16T08:30 +3:supervise", "11-25T08:30 +10:leading_group"]
        assert ladder(extend(timer, 10))[:2] == ["11-23T08:30 -2:remind", "11-24T08:30 -1:remind"]

    def test_a_sheet_sent_early_by_the_chief_is_the_rung(self):
        timer = replace(a_timer(), fired=frozenset({(on("11-11"), "+3:supervise")}))
        assert [line[12:] for line in ladder(timer)] == ["-2:remind", "-1:remind", "+0:overdue", "+10:leading_group"]

    def test_no_rung_fires_while_it_is_held_or_stopped(self):
        assert ladder(hold(a_timer(), on("11-04"), "asked")) == []
        assert ladder(hold(a_timer(), on("11-12"), "asked")) == []
        assert ladder(a_timer(stopped=on("11-04"))) == []

    def test_later_rungs_leave_held_days_out_as_the_deadline_does(self):
        late = held(a_timer(), "11-12", "11-20")
        assert due_of(late, CN).day == on("11-11")
        assert ladder(late)[-2:] == ["11-24T08:30 +3:supervise", "12-03T08:30 +10:leading_group"]

    def test_a_deadline_born_late_fires_in_order_once_each_without_reminders(self):
        lines = ladder(a_timer(), born="11-18")
        assert lines == ["11-18T08:30 +0:overdue", "11-18T08:30 +3:supervise", "11-25T08:30 +10:leading_group"]

    def test_a_deadline_born_late_on_a_day_off_waits_for_the_office_to_open(self):
        assert ladder(a_timer(), born="11-21")[0] == "11-23T08:30 +0:overdue"

    def test_a_deadline_born_after_its_start_sends_no_reminder_that_was_due_before(self):
        assert ladder(a_timer(), born="11-09")[:2] == ["11-10T08:30 -1:remind", "11-12T08:30 +0:overdue"]

    def test_the_opening_time_is_that_of_the_place_in_summer_and_winter(self):
        berlin = ZoneInfo("Europe/Berlin")
        summer = next_firing(a_timer("07-01", 1), OFFICIAL[2:], CN, OPENS, berlin)
        winter = next_firing(a_timer("12-01", 1), OFFICIAL[2:], CN, OPENS, berlin)
        assert (summer.at.hour, winter.at.hour) == (6, 7)


def test_on_the_weekend_after_its_day_a_deadline_is_late_and_not_due_today() -> None:
    timer = Timer("verify", "objection.verify", "bureau", 1, date(2026, 11, 11), 7, Unit.WORKDAY)
    calendar = CN
    assert due_of(timer, calendar).day == date(2026, 11, 20)
    assert [days_left(timer, calendar, date(2026, 11, d)) for d in (19, 20, 21, 22, 23, 24)] == [1, 0, -1, -1, -1, -2]


def test_a_limit_of_nought_ends_with_the_day_from_which_it_counts() -> None:
    """On the day of receipt: late from the next morning."""
    timer = a_timer(n=0)
    assert due_of(timer, CN).day == timer.started
    assert left(timer, CN, timer.started) == 0
    assert days_left(timer, CN, timer.started + timedelta(days=1)) == -1
    assert explain(timer, CN).days[-1].day == timer.started
