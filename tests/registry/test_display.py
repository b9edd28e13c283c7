"""What the rules say of a record's display, and the display that ends by itself."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from registry.credit_records import RecordChange, changes_of, end_display, state_severity
from registry.display import Dates, due_displays, end_acted_on, end_due_displays, ends, first_days, last_day
from registry.organisations import Bureau
from registry.replay import replay, state_of
from tests.registry.sheets import LAW, NOISE, NOW, place, records, row, sheet_of, take_in

TODAY = date(2026, 9, 17)


def end_due(session: Session) -> list[RecordChange]:
    return end_due_displays(session, LAW.displays, TODAY, NOW, due_displays(session, LAW.displays, TODAY))


def test_an_unknown_class_shows_the_days_of_every_class_and_acts_on_the_sheets_alone() -> None:
    found = ends(Dates(date(2026, 4, 20), date(2029, 4, 20)), LAW.displays, TODAY)
    assert [(end.day, end.rule and end.rule.severity) for end in found] == [
        (date(2026, 7, 20), "minor"), (date(2027, 4, 20), "general"),
        (date(2029, 4, 20), None), (date(2029, 4, 20), "serious"),
    ]  # fmt: skip
    acted_on = end_acted_on(found)
    assert acted_on is not None
    assert (acted_on.day, acted_on.rule) == (date(2029, 4, 20), None)


def test_of_two_days_the_one_better_for_the_enterprise_is_acted_on() -> None:
    found = ends(Dates(date(2026, 4, 20), date(2029, 4, 20), "general"), LAW.displays, TODAY)
    acted_on = end_acted_on(found)
    assert [end.day for end in found] == [date(2027, 4, 20), date(2029, 4, 20)]
    assert acted_on is not None
    assert acted_on.day == date(2027, 4, 20)


def test_without_a_day_and_a_class_nothing_ends_by_itself() -> None:
    assert end_acted_on(ends(Dates(date(2026, 4, 20)), LAW.displays, TODAY)) is None


def test_market_regulation_has_rules_of_its_own_beside_the_general_ones() -> None:
    general, market = (
        ends(Dates(date(2026, 4, 20), field=field), LAW.displays, TODAY) for field in ("general", "market_regulation")
    )
    assert {end.rule.field for end in general if end.rule} == {"general"}
    assert {end.rule.field for end in market if end.rule} == {"general", "market_regulation"}
    assert all(end.assumed for end in market if end.rule and end.rule.field == "market_regulation")


def test_the_first_day_for_repair_is_the_day_after_the_minimum_ends() -> None:
    """law.md 3, example 5: a penalty of 2025-11-30, three months, from 2026-03-01."""
    days = first_days(Dates(date(2025, 11, 30), severity="general"), LAW.displays, TODAY)
    assert [(first.day, first.stated) for first in days] == [(date(2026, 3, 1), True)]


def test_the_first_day_for_repair_is_shown_for_each_class_where_none_is_stated() -> None:
    days = first_days(Dates(date(2026, 4, 20)), LAW.displays, TODAY)
    assert [(first.rule.severity, first.day) for first in days] == [
        ("minor", date(2026, 4, 20)), ("general", date(2026, 7, 21)), ("serious", date(2027, 4, 21)),
    ]  # fmt: skip
    assert not any(first.stated for first in days)


def test_only_rules_in_force_today_are_looked_at() -> None:
    before = first_days(Dates(date(2025, 11, 30)), LAW.displays, date(2026, 3, 31))
    assert {first.rule.name for first in before if first.rule.field == "general"} == {"penalty", "penalty_safety"}


@pytest.mark.parametrize(
    ("until", "displayed"), [("2026-09-16", False), ("2026-09-17", True), ("2026-09-18", True), ("", True)]
)
def test_display_ends_by_itself_when_the_sheets_last_day_is_over(session: Session, until: str, displayed: bool) -> None:
    place(session)
    take_in(session, sheet_of(NOISE, row(display_until=until)))
    changes = end_due(session)
    assert [record.displayed for record in records(session)] == [True, displayed]
    assert [(change.actor, change.case_id, change.after) for change in changes] == (
        [] if displayed else [("clock", None, "2026-09-17")]
    )


def test_display_ends_by_itself_for_a_class_that_the_bureau_stated(session: Session) -> None:
    place(session)
    take_in(
        session,
        sheet_of(NOISE, row(decided_on="2026-06-16"), row(decided_on="2026-06-17", document_number="甲〔2026〕1号")),
    )
    for record in records(session)[1:]:
        state_severity(session, record, "minor", NOW, "user:3")
    assert len(end_due(session)) == 1
    session.commit()
    assert [record.displayed for record in records(session)] == [True, False, True]
    assert end_due(session) == []
    record = records(session)[1]
    bureau = session.get_one(Bureau, record.determined_by_id)
    assert last_day(record, bureau, LAW.displays, TODAY) == date(2026, 9, 16)
    assert replay(changes_of(session, record)) == state_of(record)


def test_a_display_that_a_case_ended_is_not_ended_again(session: Session) -> None:
    place(session)
    take_in(session, sheet_of(NOISE, row(display_until="2026-01-28")))
    end_display(session, records(session)[1], 7, date(2026, 1, 5), NOW, "user:3")
    assert end_due(session) == []


def test_the_displays_that_are_due_are_asked_for_a_page_at_a_time(session: Session) -> None:
    place(session)
    take_in(session, sheet_of(*(row(document_number=f"甲〔2025〕{n}号", display_until="2026-01-28") for n in range(5))))
    first = due_displays(session, LAW.displays, TODAY, most=3)
    rest = due_displays(session, LAW.displays, TODAY, first[-1], most=3)
    assert [len(first), len(rest)] == [3, 2]
    assert [change.record_id for change in end_due_displays(session, LAW.displays, TODAY, NOW, rest)] == rest
    assert due_displays(session, LAW.displays, TODAY) == first
