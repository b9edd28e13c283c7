"""The calendar in force: the shipped one, and what the office loaded over it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from extensions import db
from registry.in_force import add_calendar_file, calendar_in_force, with_file
from tests.registry.sheets import LAW, NOW
from workflow.calendar import BadCalendar
from workflow.jurisdiction import Jurisdiction

YEAR_2027 = """
name = "cn"
source = "关于2027年部分节假日安排的通知（假想）"
known_from = 2027-01-01
known_until = 2027-12-31
weekend = [6, 7]
off = [2027-01-01, 2027-01-04]
work = [2027-01-09]
"""


def test_without_a_loaded_file_the_shipped_calendar_is_in_force(session: Session) -> None:
    assert calendar_in_force(session, LAW) == LAW.calendar


def test_a_loaded_file_lies_over_the_shipped_calendar(session: Session) -> None:
    before = calendar_in_force(session, LAW)
    add_calendar_file(session, LAW, YEAR_2027, NOW)
    session.commit()
    calendar = calendar_in_force(session, LAW)
    assert (calendar.known_until, calendar.is_worked(date(2027, 1, 4))) == (date(2027, 12, 31), False)
    assert before.known_until == LAW.calendar.known_until


def test_a_later_file_mends_an_earlier_one(session: Session) -> None:
    add_calendar_file(session, LAW, YEAR_2027, NOW)
    add_calendar_file(session, LAW, YEAR_2027.replace("off = [2027-01-01, 2027-01-04]", "off = [2027-01-01]")
                      .replace("work = [", "work = [2027-01-04, "), NOW)  # fmt: skip
    assert calendar_in_force(session, LAW).is_worked(date(2027, 1, 4))


def test_a_file_is_looked_at_without_being_loaded(session: Session) -> None:
    assert with_file(calendar_in_force(session, LAW), YEAR_2027).known_until == date(2027, 12, 31)
    assert calendar_in_force(session, LAW).known_until == LAW.calendar.known_until


@pytest.mark.parametrize("text", ["not toml", YEAR_2027.replace('"cn"', '"de"'), YEAR_2027.replace("2027", "2029")])
def test_a_file_that_does_not_fit_is_refused_and_not_loaded(session: Session, text: str) -> None:
    with pytest.raises(BadCalendar):
        add_calendar_file(session, LAW, text, NOW)
    assert calendar_in_force(session, LAW) == LAW.calendar


def test_a_file_whose_loading_was_undone_is_forgotten(session: Session) -> None:
    add_calendar_file(session, LAW, YEAR_2027, NOW)
    calendar_in_force(session, LAW)
    session.rollback()
    add_calendar_file(session, LAW, YEAR_2027.replace("2027-01-04", "2027-01-05"), NOW)
    assert calendar_in_force(session, LAW).is_worked(date(2027, 1, 4))


def test_places_that_ask_at_once_each_get_their_calendar(app: Flask) -> None:
    """What one thread has just looked up, another may forget."""
    other = replace(LAW, code="cn-nm-other")
    places = [LAW, other] * 3

    def asks(place: Jurisdiction) -> int:
        with app.app_context():
            return sum(calendar_in_force(db.session(), place) == LAW.calendar for _ in range(50))

    with ThreadPoolExecutor(len(places)) as pool:
        assert list(pool.map(asks, places)) == [50] * len(places)
