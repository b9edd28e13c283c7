"""The calendar in force, as a file that anybody may take along."""

from registry.in_force import as_file, with_file
from tests.builders import LAW
from tests.calendar_files import INVENTED_2027
from workflow.calendar import read_calendar


def test_the_calendar_as_a_file_says_the_same_of_every_day() -> None:
    for calendar in (LAW.calendar, with_file(LAW.calendar, INVENTED_2027)):
        again = read_calendar(as_file(calendar))
        assert (again.name, again.known_from, again.known_until, again.weekend) == (
            calendar.name, calendar.known_from, calendar.known_until, calendar.weekend)  # fmt: skip
        assert (set(again.off), set(again.work)) == (set(calendar.off), set(calendar.work))


def test_the_file_names_each_notice_once() -> None:
    text = as_file(LAW.calendar)
    assert text.count("2026年部分节假日安排") == 1
    assert text.startswith('name = "cn"\n')
