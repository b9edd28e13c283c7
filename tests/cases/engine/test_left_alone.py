"""One case that everybody leaves alone: every rung comes on its day, every letter goes out, and nothing is decided."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from cases.engine.sweep import sweep
from cases.ledger.verify import verify
from cases.model.tables import Case, Event
from notifications.letters import Letter
from tests.builders import START, WORLD, Place, day

RUNGS = {
    # accept: 2 working days from Monday 7 September; whole: 20, over the two holidays
    "accept": [("remind", "2026-09-08"), ("overdue", "2026-09-10"), ("supervise", "2026-09-14"),
               ("leading_group", "2026-09-22")],
    "whole": [("remind", "2026-10-08"), ("remind", "2026-10-09"), ("overdue", "2026-10-12"),
              ("supervise", "2026-10-14"), ("leading_group", "2026-10-23")],
}  # fmt: skip
"""Counted by hand: the make-up Sunday 20 September counts; 25–27 September and 1–7 October are off; Saturday 10
October is worked. Whole: 7 September + 20 working days = that Saturday."""


def day_by_day(until: datetime) -> None:
    at = START
    while at <= until:
        sweep(WORLD, at.replace(hour=1, minute=0))  # 09:00 in the banner
        at += timedelta(days=1)


def rungs(place: Place, case: Case) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for event in place.session.scalars(select(Event).where(Event.case_id == case.id, Event.actor == "clock")):
        codes = json.loads(event.body)["codes"]
        local = event.at.astimezone(WORLD.jurisdiction.zone)
        found.setdefault(codes["deadline"], []).append((event.action, local.date().isoformat()))
    return found


def test_every_rung_comes_on_its_day_and_nobodys_silence_decides(place: Place) -> None:
    case = place.file(START)
    place.file(START, place.other_record, by="enterprise2")
    day_by_day(day(2026, 12, 31))
    assert rungs(place, case) == RUNGS
    case = place.case(case.number)
    assert (case.state, case.desk, case.outcome, case.closed_at) == ("filed", "office", "", None)
    assert place.record.values["fine"] == "8.00"
    assert verify(place.session).ok


def test_each_rung_tells_whom_the_procedure_says_and_the_filer_once_for_a_deadline(place: Place) -> None:
    case = place.file(START)
    day_by_day(day(2026, 12, 31))
    letters = place.session.scalars(select(Letter).where(Letter.case_number == case.number))
    sent = [(letter.name, letter.to_party, letter.to_role) for letter in letters]
    assert sent.count(("overdue", "office", "officer")) == 2  # accept and whole
    assert sent.count(("overdue", "office", "chief")) == 2
    assert sent.count(("overdue_filer", "enterprise", "filer")) == 2
    assert sent.count(("supervise", "office", "officer")) == 2
    assert sent.count(("supervise", "office", "chief")) == 2
    assert sent.count(("leading_group", "leading_group", "")) == 2
    assert sent.count(("remind", "office", "officer")) == 3


def test_the_filer_learns_from_which_day_the_laws_remedies_open_and_never_earlier(place: Place) -> None:
    place.file(START)
    day_by_day(day(2026, 9, 10))
    told = place.session.scalars(select(Letter).where(Letter.name == "overdue_filer")).one()
    assert "11月10日" in told.texts["zh"]["body"]
    assert "10 November" in told.texts["en"]["body"]
    assert "拟定" in told.texts["zh"]["body"]


def test_ladder_letters_go_out_in_office_hours_of_a_working_day(place: Place) -> None:
    case = place.file(START)
    sweep(WORLD, day(2026, 9, 26, 23))  # a scheduler that woke late on a holiday night
    names = ("remind", "overdue", "overdue_filer", "supervise", "leading_group")
    letters = select(Letter).where(Letter.case_number == case.number, Letter.name.in_(names))
    for letter in place.session.scalars(letters):
        local = letter.served_at.astimezone(WORLD.jurisdiction.zone)
        assert WORLD.calendar.is_worked(local.date())
        assert 9 <= local.hour < 17


@pytest.mark.parametrize("waits", [[18], [5, 9, 11, 18], [1] * 120])
def test_a_scheduler_that_slept_records_the_same_events(place: Place, waits: list[int]) -> None:
    case = place.file(START)
    place.act(case, "office", "ask_papers", day(2026, 9, 8), missing="照片")
    at = START
    for wait in waits:
        at += timedelta(days=wait)
        sweep(WORLD, at)
    sweep(WORLD, day(2027, 1, 6))
    events = place.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq)).all()
    told = [_told(event) for event in events]
    assert told == EXPECTED_AFTER_ASKING


def _told(event: Event) -> tuple[str, str | None, str]:
    body = json.loads(event.body)
    return event.action, body["codes"].get("due"), body["on"]


EXPECTED_AFTER_ASKING = [
    ("file", None, "2026-09-07"), ("remind", "2026-09-09", "2026-09-08"), ("ask_papers", None, "2026-09-08"),
    ("remind", "2026-09-21", "2026-09-18"), ("remind", "2026-09-21", "2026-09-20"),
    ("papers_late", "2026-09-21", "2026-09-21"),
    # accept had one of two days left when papers were asked: it goes on with the 22nd
    ("overdue", "2026-09-22", "2026-09-23"), ("supervise", "2026-09-22", "2026-09-28"),
    ("leading_group", "2026-09-22", "2026-10-13"),
    # whole: 1 of 20 used, held from 8 to 21 September, due 23 October
    ("remind", "2026-10-23", "2026-10-21"), ("remind", "2026-10-23", "2026-10-22"),
    ("overdue", "2026-10-23", "2026-10-26"), ("supervise", "2026-10-23", "2026-10-28"),
    ("leading_group", "2026-10-23", "2026-11-06"),
]  # fmt: skip
