"""Letters of the ladder: after an outage one a deadline, none of a day gone; a person once; who is late is named."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from cases.engine.sweep import sweep
from cases.model.tables import Case, Event, SealedRow, TimerRow
from extensions import transaction
from notifications.letters import Letter
from notifications.papers import Paper
from registry.organisations import Office
from registry.people import Membership
from tests.builders import START, WORLD, Place, day

RUNGS = {"remind", "overdue", "overdue_filer", "supervise", "leading_group"}


def sent(place: Place, case: Case) -> list[Letter]:
    place.session.expire_all()
    letters = place.session.scalars(select(Letter).where(Letter.case_number == case.number).order_by(Letter.id))
    return [letter for letter in letters if letter.name in RUNGS]


def rungs(place: Place, case: Case) -> list[str]:
    found = select(Event.action).where(Event.case_id == case.id, Event.actor == "clock").order_by(Event.seq)
    return list(place.session.scalars(found))


def test_after_an_outage_each_gets_one_letter_a_deadline_and_no_reminder(place: Place) -> None:
    case = place.file(START)
    sweep(WORLD, day(2026, 9, 16))
    assert rungs(place, case) == ["remind", "overdue", "supervise"]
    got = Counter((x.name, x.to_party, x.to_role) for x in sent(place, case))
    assert got == {("supervise", "office", "officer"): 1, ("supervise", "office", "chief"): 1,
                   ("overdue_filer", "enterprise", "filer"): 1}  # fmt: skip
    (told, *_rest) = [x for x in sent(place, case) if x.name == "supervise"]
    assert "A deadline has passed" in told.body("en"), "what fell due meanwhile"
    assert "已超期" in told.body("zh") or "期限已过" in told.body("zh")


def test_a_reminder_written_late_before_its_day_counts_from_today(place: Place) -> None:
    """Its day is 9 September; the rung is the 8th's, and the clock wakes the morning of the 9th."""
    case = place.file(START)
    sweep(WORLD, day(2026, 9, 9))
    (told,) = sent(place, case)
    assert told.name == "remind"
    assert "Left:" not in told.body("en")
    assert "written down" not in told.body("en")


def test_no_reminder_is_read_for_a_step_done_the_evening_before(place: Place) -> None:
    case = place.file(START)
    sweep(WORLD, day(2026, 9, 8, 19))
    assert [x.name for x in sent(place, case)] == ["remind"], "it waits for the office's hour"
    place.act(case, "office", "accept", day(2026, 9, 8, 20))
    assert sent(place, case) == []
    assert rungs(place, case) == ["remind"]


def test_nor_one_that_the_act_itself_records(place: Place) -> None:
    case = place.file(START)
    place.act(case, "office", "accept", day(2026, 9, 8, 20))
    assert sent(place, case) == []


def test_what_was_read_in_time_stays(place: Place) -> None:
    case = place.file(START)
    sweep(WORLD, day(2026, 9, 8, 11))
    place.act(case, "office", "accept", day(2026, 9, 8, 20))
    assert [x.name for x in sent(place, case)] == ["remind"]


def test_an_act_that_waited_for_its_lock_takes_nothing_back_that_was_served_meanwhile(place: Place) -> None:
    """It was sent a minute before the rung fired, and is written after it."""
    case = place.file(START)
    sweep(WORLD, day(2026, 9, 8, 11))
    place.act(case, "office", "accept", day(2026, 9, 8, 11) - timedelta(minutes=1))
    assert [x.name for x in sent(place, case)] == ["remind"]


@pytest.mark.parametrize("meanwhile", ["sealed", "mailed"])
def test_nor_what_waited_for_the_morning_and_was_sealed_or_mailed_meanwhile(place: Place, meanwhile: str) -> None:
    case = place.file(START)
    sweep(WORLD, day(2026, 9, 8, 19))
    (letter,) = sent(place, case)
    if meanwhile == "sealed":
        place.session.add(SealedRow(tab="letter", row_id=letter.id, checkpoint_id=1, salt="", digest=""))
    else:
        letter.claimed_until = day(2026, 9, 9, 10)
    place.session.commit()
    place.act(case, "office", "accept", day(2026, 9, 8, 20))
    assert [x.name for x in sent(place, case)] == ["remind"]


def test_a_sheet_that_has_its_number_goes_out_though_the_step_was_done_the_evening_before(place: Place) -> None:
    case = place.file(START)
    sweep(WORLD, day(2026, 9, 16, 19))
    place.act(case, "office", "accept", day(2026, 9, 16, 20))
    assert {x.name for x in sent(place, case)} == {"supervise"}
    assert all(x.paper_id for x in sent(place, case))


@pytest.fixture
def at_bureau(place: Place) -> Case:
    case = place.file(START)
    place.act(case, "office", "accept", day(2026, 9, 8, 9))
    place.act(case, "office", "refer", day(2026, 9, 8, 9), question="请核查。")
    return case


def until(end: datetime) -> None:
    at = START
    while at <= end:
        sweep(WORLD, at.replace(hour=1))
        at = at.fromtimestamp(at.timestamp() + 86400, at.tzinfo)


def test_one_person_who_owns_and_heads_gets_a_thing_once(place: Place, at_bureau: Case) -> None:
    reviewer = place.identity("reviewer")
    place.session.add(Membership(user_id=reviewer.user_id, role="head", bureau_id=reviewer.bureau_id))
    heads = select(Membership).where(Membership.role == "head", Membership.user_id != reviewer.user_id)
    for other in place.session.scalars(heads):
        place.session.delete(other)
    place.session.commit()
    until(day(2026, 9, 28))
    got = Counter(x.name for x in sent(place, at_bureau) if x.to_party == "bureau")
    assert got["overdue"] == got["supervise"] == 1


def test_while_a_bureau_is_late_the_whole_case_is_its_to_answer_for(place: Place, at_bureau: Case) -> None:
    until(day(2026, 10, 20))
    late = [x for x in sent(place, at_bureau) if x.name in ("overdue", "supervise")]
    whole = [x for x in late if "The whole case" in x.body("en")]
    office = place.session.get_one(Office, 1).name_en
    assert whole
    assert not [x for x in whole if f"the head of {office}." in x.body("en").split("Deal with")[0]]
    bureau = [x for x in whole if x.to_party == "bureau"]
    assert {x.name for x in bureau} == {"overdue", "supervise"}


def test_the_office_s_own_sheet_is_no_copy_to_who_is_responsible(place: Place) -> None:
    case = place.file(START)
    until(day(2026, 9, 15))
    sheets = [x for x in sent(place, case) if x.name == "supervise"]
    assert sheets
    assert not any("copy of this sheet" in x.body("en") for x in sheets)


def test_two_clocks_that_end_the_same_day_speak_in_one_letter(place: Place, at_bureau: Case) -> None:
    with transaction() as session:
        timers = {x.deadline: x for x in session.scalars(select(TimerRow).where(TimerRow.case_id == at_bureau.id))}
        own, whole = next(x for name, x in timers.items() if x.owner == "bureau"), timers["whole"]
        for name in ("started_on", "n", "unit", "rolls", "due_on", "next_at", "next_rung"):
            setattr(whole, name, getattr(own, name))
    until(day(2026, 9, 30))
    got = Counter((x.name, x.to_party, x.to_role) for x in sent(place, at_bureau) if x.name != "remind")
    assert set(got.values()) == {1}
    sheet = next(x for x in sent(place, at_bureau) if x.name == "supervise" and x.to_party == "bureau")
    assert "Also due that day: The whole case" in sheet.body("en")
    paper = place.session.get_one(Paper, sheet.paper_id)
    assert "The whole case" in str(paper.values["also_due"])
