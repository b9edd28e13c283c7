"""What holds for every count, whatever the days: tried on days and calendars drawn at random."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.calendars import shipped, with_off, with_work
from workflow.calendar import Calendar, Pause, Unit, Why, add_workdays, count, due, workdays_between
from workflow.timing import Timer, due_of, extend, hold, release

CN = shipped()
ONE = timedelta(days=1)

settings.register_profile("counting", max_examples=40, deadline=None)
settings.load_profile("counting")

days = st.dates(date(2018, 1, 1), date(2027, 12, 31))
limits = st.integers(1, 40)
lengths = st.integers(0, 20)
units = st.sampled_from(Unit)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """The shipped calendar with further holidays and make-up days near each other."""
    near = st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=8)
    return with_work(with_off(CN, draw(near)), draw(near))


@st.composite
def pauses_after(draw: st.DrawFn, start: date) -> list[Pause]:
    spans = draw(st.lists(st.tuples(st.integers(0, 60), lengths), max_size=4))
    return [Pause(start + timedelta(days=k), start + timedelta(days=k + length)) for k, length in spans]


def in_workdays(calendar: Calendar, start: date, n: int, pauses: Sequence[Pause] = ()) -> date:
    return due(calendar, start, n, Unit.WORKDAY, pauses=pauses)[0]


@given(calendars(), days, limits, limits)
def test_counting_in_two_steps_is_counting_in_one(calendar, start, a, b):
    assert in_workdays(calendar, in_workdays(calendar, start, a), b) == in_workdays(calendar, start, a + b)


@given(calendars(), days, limits)
def test_a_count_in_working_days_lands_on_a_working_day(calendar, start, n):
    assert calendar.is_worked(in_workdays(calendar, start, n))


@given(st.data(), calendars(), days, limits)
def test_a_count_with_pauses_lands_on_a_working_day_too(data, calendar, start, n):
    assert calendar.is_worked(in_workdays(calendar, start, n, data.draw(pauses_after(start))))


@given(calendars(), days, st.integers(0, 30), limits, st.integers(0, 10), units, st.booleans())
def test_a_later_start_or_a_longer_limit_never_ends_earlier(calendar, start, later, n, more, unit, rolls):
    first = due(calendar, start, n, unit, rolls=rolls)[0]
    assert due(calendar, start + timedelta(days=later), n, unit, rolls=rolls)[0] >= first
    assert due(calendar, start, n + more, unit, rolls=rolls)[0] >= first


@given(st.data(), days, limits, units)
def test_a_longer_pause_never_ends_earlier(data, start, n, unit):
    pauses = data.draw(pauses_after(start))
    longer = [Pause(pause.start, pause.end + ONE) for pause in pauses]
    assert due(CN, start, n, unit, pauses=longer)[0] >= due(CN, start, n, unit, pauses=pauses)[0]


@given(st.data(), days, limits, units, st.booleans(), st.integers(0, 60))
def test_a_pause_of_no_length_is_no_pause(data, start, n, unit, rolls, k):
    pauses = data.draw(pauses_after(start))
    nothing = Pause(start + timedelta(days=k), start + timedelta(days=k))
    with_it = count(CN, start, n, unit, rolls=rolls, pauses=[*pauses, nothing])
    assert with_it == count(CN, start, n, unit, rolls=rolls, pauses=pauses)


@given(st.data(), days, limits, units, st.randoms(use_true_random=False))
def test_the_order_of_pauses_and_pauses_said_twice_change_nothing(data, start, n, unit, random):
    pauses = data.draw(pauses_after(start))
    again = random.sample(pauses, len(pauses)) + pauses
    assert due(CN, start, n, unit, pauses=again) == due(CN, start, n, unit, pauses=pauses)


@given(calendars(), days, limits, st.integers(0, 60))
def test_pausing_over_days_off_costs_nothing(calendar, start, n, k):
    first = start + timedelta(days=k)
    last = first
    while not calendar.is_worked(last + ONE):
        last += ONE
    free = in_workdays(calendar, start, n)
    if first != free:  # a pause that begins on the last day uses that day up (D5)
        assert in_workdays(calendar, start, n, [Pause(first, last)]) == free


@given(calendars(), days, limits, st.integers(0, 60), lengths)
def test_a_pause_in_time_moves_the_date_by_the_working_days_it_took(calendar, start, n, k, length):
    pause = Pause(start + timedelta(days=k), start + timedelta(days=k + length))
    free = in_workdays(calendar, start, n)
    taken = workdays_between(calendar, pause.start, pause.end)
    if pause.start < free:
        assert in_workdays(calendar, start, n, [pause]) == in_workdays(calendar, start, n + taken)
    elif pause.start > free:
        assert in_workdays(calendar, start, n, [pause]) == free


@given(days, limits, lengths, units)
def test_an_extension_undone_is_no_extension(start, n, by, unit):
    timer = Timer("verify", "objection.verify", "bureau", 1, start, n, unit)
    assert extend(extend(timer, by), -by) == timer


@given(days, limits, lengths)
def test_an_extension_in_time_is_a_longer_limit(start, n, by):
    timer = Timer("verify", "objection.verify", "bureau", 1, start, n, Unit.WORKDAY)
    assert due_of(extend(timer, by), CN).day == in_workdays(CN, start, n + by)


@given(days, limits, st.integers(0, 60), units)
def test_a_hold_released_on_its_own_day_leaves_no_trace(start, n, k, unit):
    timer = Timer("verify", "objection.verify", "bureau", 1, start, n, unit)
    on = start + timedelta(days=k)
    assert release(hold(timer, on, "asked"), on) == timer


@given(st.data(), days, limits, units, st.booleans(), st.lists(st.integers(0, 70), max_size=5))
def test_a_new_holiday_never_makes_a_date_earlier(data, start, n, unit, rolls, near):
    pauses = data.draw(pauses_after(start))
    changed = with_off(CN, [start + timedelta(days=k) for k in near])
    before = due(CN, start, n, unit, rolls=rolls, pauses=pauses)[0]
    assert due(changed, start, n, unit, rolls=rolls, pauses=pauses)[0] >= before


@given(st.data(), days, limits, units, st.booleans(), st.lists(st.integers(0, 70), max_size=5))
def test_a_new_make_up_day_never_makes_a_date_later(data, start, n, unit, rolls, near):
    pauses = data.draw(pauses_after(start))
    changed = with_work(CN, [start + timedelta(days=k) for k in near])
    before = due(CN, start, n, unit, rolls=rolls, pauses=pauses)[0]
    assert due(changed, start, n, unit, rolls=rolls, pauses=pauses)[0] <= before


@given(st.data(), calendars(), days, st.integers(0, 40), units, st.booleans())
def test_the_last_line_of_the_proof_is_the_date_and_no_day_is_left_out(data, calendar, start, n, unit, rolls):
    pauses = data.draw(pauses_after(start))
    proof = count(calendar, start, n, unit, rolls=rolls, pauses=pauses)
    assert (proof.due, proof.provisional) == due(calendar, start, n, unit, rolls=rolls, pauses=pauses)
    assert proof.days[-1].day == proof.due
    assert [line.day for line in proof.days] == [start + timedelta(days=k) for k in range(len(proof.days))]
    ordinals = [line.ordinal for line in proof.days if line.ordinal is not None]
    assert ordinals == list(range(1, len(ordinals) + 1))
    if unit is not Unit.MONTH:
        assert len(ordinals) == n


@given(st.data(), calendars(), days, limits)
def test_in_working_days_only_worked_days_outside_pauses_count(data, calendar, start, n):
    pauses = data.draw(pauses_after(start))
    for line in count(calendar, start, n, Unit.WORKDAY, pauses=pauses).days[1:]:
        held = any(pause.start < line.day <= pause.end for pause in pauses)
        if line.ordinal is not None:
            assert not held
            assert calendar.is_worked(line.day)
        elif line.why in (Why.WEEKEND, Why.HOLIDAY):
            assert line.off
        else:
            assert held or line.why is Why.ROLLED


@given(days, limits)
def test_a_date_is_provisional_exactly_where_it_lies_past_the_announced_time(start, n):
    day, provisional = due(CN, start, n, Unit.WORKDAY)
    assert provisional == (day > CN.known_until)


@given(calendars(), days, st.integers(-40, 40))
def test_counting_back_undoes_counting_on(calendar, start, k):
    from_worked = add_workdays(calendar, start, 1)
    assert add_workdays(calendar, add_workdays(calendar, from_worked, k), -k) == from_worked
    assert workdays_between(calendar, from_worked, add_workdays(calendar, from_worked, k)) == k
