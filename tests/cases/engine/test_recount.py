"""Loading a calendar file: what moves is said first, then done to every case at once, and nothing half."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.engine.recount import CalendarPreview, load, preview
from cases.engine.sweep import sweep
from cases.engine.writing import RecordedMove, write_moves
from cases.ledger.verify import verify
from cases.model.reading import Act
from cases.model.tables import Case, Event, TimerRow
from notifications.letters import Letter
from registry.in_force import CalendarFile, calendar_in_force
from tests.builders import LAW, WORLD, Place, day, later
from tests.calendar_files import INVENTED_2027, UNSURPRISING_2027
from workflow.calendar import BadCalendar, read_calendar
from workflow.refusal import Impossible
from workflow.snapshot import RuleContext

pytestmark = pytest.mark.both_databases

FILED = day(2026, 12, 21)
"""A Monday: 20 working days end in January, past what is announced."""
LOADED = day(2026, 12, 21, 15)


def timers_of(session: Session, case: Case) -> dict[str, TimerRow]:
    session.expire_all()
    rows = session.scalars(select(TimerRow).where(TimerRow.case_id == case.id, TimerRow.stopped_on.is_(None)))
    return {row.deadline: row for row in rows}


def events_of(session: Session, case: Case) -> list[str]:
    return list(session.scalars(select(Event.action).where(Event.case_id == case.id).order_by(Event.seq)))


def moves(found: CalendarPreview) -> list[tuple[str, str, date, date]]:
    return [(line.number, line.deadline, line.before, line.after) for line in found.moved]


def test_a_preview_says_which_deadlines_would_move_and_changes_nothing(place: Place, session: Session) -> None:
    case = place.file(FILED)
    before = {name: (row.due_on, row.provisional) for name, row in timers_of(session, case).items()}
    found = preview(session, WORLD, INVENTED_2027)
    assert moves(found) == [(case.number, "whole", date(2027, 1, 19), date(2027, 1, 20))]
    assert (found.certain, found.unchanged) == ((), 1)
    after = {name: (row.due_on, row.provisional) for name, row in timers_of(session, case).items()}
    assert after == before
    assert session.scalar(select(func.count(CalendarFile.id))) == 0


def test_loading_moves_what_the_preview_said_with_one_event_a_case(place: Place, session: Session) -> None:
    moved, early = place.file(FILED), place.file(day(2026, 11, 2), place.other_record, by="enterprise2")
    said = preview(session, WORLD, INVENTED_2027)
    done = load(WORLD, INVENTED_2027, LOADED)
    assert moves(done) == moves(said)
    whole = timers_of(session, moved)["whole"]
    assert (whole.due_on, whole.provisional) == (date(2027, 1, 20), False)
    assert events_of(session, moved)[-1] == "recounted"
    assert "recounted" not in events_of(session, early)
    assert verify(session).faults == []


def test_the_event_says_which_deadline_moved_from_when_to_when_and_who_loaded_the_file(
    place: Place, session: Session
) -> None:
    case = place.file(FILED)
    load(WORLD, INVENTED_2027, LOADED, place.people["chief"].id)
    event = session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq.desc())).first()
    assert event is not None
    body = json.loads(event.body)
    assert body["codes"] == {"from": {"whole": "2027-01-19"}, "to": {"whole": "2027-01-20"},
                             "notice": read_calendar(INVENTED_2027).source(date(2027, 1, 1))}  # fmt: skip
    told = session.scalars(select(Letter).where(Letter.name == "recounted")).all()
    assert told
    assert all(body["codes"]["notice"] in letter.body("zh") for letter in told)
    assert (event.actor, body["role"]) == (f"user:{place.people['chief'].id}", "clock")
    assert body["source"] == body["target"] == "filed"


def test_a_date_that_stays_becomes_certain_without_an_event(place: Place, session: Session) -> None:
    case = place.file(FILED)
    assert timers_of(session, case)["whole"].provisional
    done = load(WORLD, UNSURPRISING_2027, LOADED)
    assert (done.moved, [line.deadline for line in done.certain], done.unchanged) == ((), ["whole"], 1)
    assert not timers_of(session, case)["whole"].provisional
    assert events_of(session, case) == ["file"]


def test_loading_the_same_file_twice_changes_nothing(place: Place, session: Session) -> None:
    case = place.file(FILED)
    load(WORLD, INVENTED_2027, LOADED)
    new = RuleContext(LAW, calendar_in_force(session, LAW))
    again = load(new, INVENTED_2027, LOADED)
    assert (again.moved, again.certain) == ((), ())
    assert events_of(session, case) == ["file", "recounted"]
    assert session.scalar(select(func.count(CalendarFile.id))) == 1


def test_a_held_deadline_stays_held_and_goes_on_by_the_new_calendar(place: Place, session: Session) -> None:
    case = place.file(FILED)
    place.act(case, "office", "ask_papers", LOADED, missing="决定书")
    done = load(WORLD, INVENTED_2027, LOADED)
    assert [line.deadline for line in done.moved] == ["supplement"]
    assert timers_of(session, case)["whole"].due_on is None
    assert place.case(case.number).due_on == date(2027, 1, 6)


def test_the_date_by_which_the_case_is_listed_moves_too(place: Place, session: Session) -> None:
    case = place.file(day(2026, 12, 30))
    assert case.due_on == date(2027, 1, 4)
    load(WORLD, INVENTED_2027, day(2026, 12, 31))
    moved = place.case(case.number)
    assert (moved.due_on, moved.due_of) == (date(2027, 1, 5), "accept")


def test_rungs_fall_on_days_of_the_new_calendar(place: Place, session: Session) -> None:
    case = place.file(FILED)
    load(WORLD, INVENTED_2027, LOADED)
    row = timers_of(session, case)["whole"]
    assert (row.next_rung, row.next_at) == ("-2:remind", datetime.fromisoformat("2027-01-18T09:00+08:00"))


def test_what_fell_due_before_the_loading_is_recorded_before_it(place: Place, session: Session) -> None:
    case = place.file(FILED)
    load(WORLD, INVENTED_2027, day(2026, 12, 25))
    actions = events_of(session, case)
    assert actions.index("overdue") < actions.index("recounted") == len(actions) - 1


@pytest.mark.parametrize(
    "text", ["this is no calendar", INVENTED_2027.replace('"cn"', '"tr"'), INVENTED_2027.replace("2027-", "2029-")]
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence_and_nothing_is_kept(
    place: Place, session: Session, text: str
) -> None:
    case = place.file(FILED)
    with pytest.raises(BadCalendar, match=r"\.$"):
        preview(session, WORLD, text)
    with pytest.raises(BadCalendar, match=r"\.$"):
        load(WORLD, text, LOADED)
    assert session.scalar(select(func.count(CalendarFile.id))) == 0
    assert timers_of(session, case)["whole"].due_on == date(2027, 1, 19)


def test_many_cases_move_in_batches_of_one_transaction(
    place: Place, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.engine.recount.BATCH", 1)
    cases = [place.file(FILED), place.file(FILED, place.other_record, by="enterprise2")]
    assert load(WORLD, INVENTED_2027, LOADED).cases_moved == 2
    for case in cases:
        assert events_of(session, case) == ["file", "recounted"]


def test_a_fault_in_a_later_batch_undoes_the_earlier_ones_and_the_file(
    place: Place, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [place.file(FILED), place.file(FILED, place.other_record, by="enterprise2")]
    monkeypatch.setattr("cases.engine.recount.BATCH", 1)
    done: list[list[RecordedMove]] = []

    def fail_the_second(session: Session, world: RuleContext, acts: Sequence[Act], now: datetime) -> list[RecordedMove]:
        if done:
            raise RuntimeError("the power fails")
        done.append(write_moves(session, world, acts, now))
        return done[0]

    monkeypatch.setattr("cases.engine.recount.write_moves", fail_the_second)
    with pytest.raises(Impossible) as refused:
        load(WORLD, INVENTED_2027, LOADED)
    assert cases[1].number in str(refused.value.message.values)
    assert [events_of(session, case) for case in cases] == [["file"], ["file"]]
    assert session.scalar(select(func.count(CalendarFile.id))) == 0


def test_the_sweep_after_a_loading_follows_the_new_dates(place: Place, session: Session) -> None:
    case = place.file(FILED)
    load(WORLD, INVENTED_2027, LOADED)
    new = RuleContext(LAW, calendar_in_force(session, LAW))
    sweep(new, day(2027, 1, 20) + timedelta(hours=5))
    overdue = [
        json.loads(body)["codes"]["due"]
        for body in session.scalars(
            select(Event.body).where(Event.case_id == case.id, Event.action == "overdue").order_by(Event.seq)
        )
    ]
    assert "2027-01-20" not in overdue
    sweep(new, day(2027, 1, 21))
    last = session.scalars(select(Event.body).where(Event.case_id == case.id, Event.action == "overdue")).all()
    assert "2027-01-20" in {json.loads(body)["codes"]["due"] for body in last}


def test_the_enterprise_and_the_owner_of_the_deadline_are_told_from_when_to_when(
    place: Place, session: Session
) -> None:
    case = place.file(FILED)
    load(WORLD, INVENTED_2027, LOADED)
    letters = session.scalars(select(Letter).where(Letter.name == "recounted")).all()
    assert sorted(letter.to_party for letter in letters) == ["enterprise", "office"]
    for letter in letters:
        assert case.number in letter.subject("en")
        assert "The whole case: Tuesday 19 January 2027 becomes Wednesday 20 January 2027" in letter.body("en")


def test_whoever_acts_or_files_with_the_calendar_of_before_writes_by_the_one_that_was_loaded_meanwhile(
    place: Place, session: Session
) -> None:
    case = place.file(FILED)
    load(WORLD, INVENTED_2027, LOADED)
    place.act(case, "office", "note", LOADED, words="电话问过。")
    sweep(WORLD, later(LOADED, days=2))
    filed = place.file(LOADED, place.other_record, by="enterprise2")
    assert timers_of(session, case)["whole"].due_on == date(2027, 1, 20)
    assert not any(row.provisional for row in timers_of(session, filed).values())
    assert verify(session).faults == []
