"""The sweep's queue: one case that fails, or a row that says something is due and nothing is, keeps no other."""

import logging
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.engine.sweep import due_rows, stuck_cases, sweep
from cases.ledger.verify import verify
from cases.model.tables import Case, Event, StuckCase, TimerRow
from extensions import transaction
from tests.builders import START, WORLD, Place, day, later

pytestmark = pytest.mark.both_databases

LATE = day(2026, 9, 11)
LATER = day(2026, 9, 15)
BATCHES = pytest.mark.parametrize("batch", [1, 2, 500])


@pytest.fixture
def two(place: Place) -> tuple[Case, Case]:
    """The first in the queue, and one behind it."""
    return place.file(START), place.file(START, place.other_record, by="enterprise2")


def poison(case: Case) -> None:
    """Give a case a deadline that its kind does not know, as a definition changed by hand would leave it."""
    with transaction() as session:
        session.execute(update(TimerRow).where(TimerRow.case_id == case.id).values(deadline="gone"))


def cure(case: Case, place: Place) -> None:
    with transaction() as session:
        for timer in session.scalars(select(TimerRow).where(TimerRow.case_id == case.id)):
            timer.deadline = {"objection.accept": "accept"}.get(timer.rule, "whole")
    place.session.commit()


def clock_acts(session: Session, case: Case) -> list[str]:
    acts = select(Event.action).where(Event.case_id == case.id, Event.actor == "clock").order_by(Event.seq)
    return list(session.scalars(acts))


@BATCHES
def test_a_case_that_fails_keeps_no_other(place: Place, two: tuple[Case, Case], batch: int) -> None:
    bad, good = two
    poison(bad)
    done = sweep(WORLD, LATE, batch)
    assert {written.number for written in done} == {good.number}
    assert clock_acts(place.session, good) == ["remind", "overdue"]
    assert clock_acts(place.session, bad) == []
    # the check names the deadlines that were poisoned by hand, and nothing else
    assert [fault.case_number for fault in verify(place.session).faults] == [bad.number]


def test_a_case_that_fails_is_named_in_the_log_with_its_reason(
    place: Place, two: tuple[Case, Case], caplog: pytest.LogCaptureFixture
) -> None:
    poison(two[0])
    sweep(WORLD, LATE)
    (told,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert told.name == "redress.scheduler"
    assert two[0].number in told.getMessage()
    assert "LookupError" in str(told.exc_text)


@BATCHES
def test_a_case_that_fails_is_kept_where_the_office_sees_it_until_it_moves(
    place: Place, two: tuple[Case, Case], batch: int
) -> None:
    poison(two[0])
    sweep(WORLD, LATE, batch)
    sweep(WORLD, LATER, batch)
    (stuck,) = stuck_cases(place.session)
    assert (stuck.number, stuck.since, stuck.last_at) == (two[0].number, LATE, LATER)
    kept = place.session.scalars(select(StuckCase.error)).one()
    assert kept.isidentifier(), "the sort of the error, none of its words"
    cure(two[0], place)
    assert sweep(WORLD, later(LATER, hours=1), batch)
    assert stuck_cases(place.session) == []
    assert clock_acts(place.session, two[0])[:2] == ["remind", "overdue"]


@BATCHES
def test_a_row_that_is_stale_does_not_block_the_queue_and_is_derived_anew(
    place: Place, two: tuple[Case, Case], batch: int
) -> None:
    stale, good = two
    long_ago = day(2020, 1, 1)
    with transaction() as session:
        session.execute(update(TimerRow).where(TimerRow.case_id == stale.id).values(next_at=long_ago))
    early = day(2026, 9, 7, 11)
    assert sweep(WORLD, early, batch) == []
    assert due_rows(place.session, early, 10) == []
    with transaction() as session:
        session.execute(update(TimerRow).where(TimerRow.case_id == stale.id).values(next_at=long_ago))
    assert {written.number for written in sweep(WORLD, LATE, batch)} == {stale.number, good.number}


def test_a_database_that_cannot_be_used_is_no_fault_of_a_case(
    place: Place, two: tuple[Case, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[object]:
        raise sa.exc.OperationalError("select", {}, Exception("the database is away"))

    monkeypatch.setattr("cases.engine.sweep.due_rows", broken)
    with pytest.raises(sa.exc.OperationalError):
        sweep(WORLD, LATE)
    assert stuck_cases(place.session) == []


def test_a_sweep_takes_what_another_does_not_hold(place: Place, two: tuple[Case, Case]) -> None:
    """The limit counts the cases that could be locked, not those that another holds; SQLite lets one writer in."""
    engine = place.session.get_bind()
    if engine.dialect.name == "sqlite":
        assert [row.case_id for row in due_rows(place.session, LATE, 1)] == [two[0].id]
        return
    held: datetime = LATE
    place.session.commit()
    with engine.begin() as other:  # type: ignore[union-attr]
        other.execute(select(Case.id).where(Case.id == two[0].id).with_for_update())
        rows = due_rows(place.session, held, 1)
        place.session.rollback()
    assert [row.case_id for row in rows] == [two[1].id]
