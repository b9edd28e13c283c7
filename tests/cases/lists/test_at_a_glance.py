"""What boards find by a query, found again by reading each case whole: on the demo, where every sort of case stands."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cases.engine.signalling import LATELY, unlike, write_missing
from cases.engine.standing import stand_again, stand_missing, standing
from cases.figures.board import board, late_on, lots, on_row_of, out_of_step, with_the_firm
from cases.figures.signals import signals
from cases.lists.worklists import count, is_open
from cases.model.reading import read_timers
from cases.model.tables import Case, SignalRow, TimerRow
from cases.model.visibility import visible_to
from extensions import db
from registry.identity import Identity, identity_of
from registry.in_force import world_in_force
from registry.people import find_person
from tests.bench.lighthouse import signed_in
from tests.played import copied_demo
from web.oversight.plot import on_board
from workflow.calendar import Unit, workdays_between
from workflow.snapshot import RuleContext
from workflow.timing import Timer, days_left, due_of


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return copied_demo(tmp_path_factory, tmp_path_factory.mktemp("glance"), stands=True)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def world(app: Flask, session: Session) -> RuleContext:
    return world_in_force(session, app.extensions["law"])


@pytest.fixture
def today(app: Flask, world: RuleContext) -> date:
    return world.jurisdiction.day_of(app.config["SETTINGS"].clock.now())


def identity(session: Session, name: str) -> Identity:
    person = find_person(session, name)
    assert person
    return identity_of(session, person)


def first_deadlines(session: Session, world: RuleContext) -> list[tuple[bool, date, bool, int, Timer]]:
    """The official deadline of each open case that is due first, derived from its timers."""
    ids = session.scalars(select(Case.id).where(Case.closed_at.is_(None))).all()
    found = []
    for case_id, timers in read_timers(session, ids).items():
        running = [timer for timer in timers if timer.stopped is None and timer.owner != "enterprise"]
        days = [(due_of(timer, world.calendar).day, timer) for timer in running]
        order = [(day is None, day or date.max, timer.deadline == "whole", case_id, timer) for day, timer in days]
        found += [min(order, key=lambda one: (*one[:3], one[4].id))] if order else []
    return sorted(
        found, key=lambda one: (*one[:2], days_left(one[4], world.calendar, date.max) if one[0] else 0, one[3])
    )


BOARD = [column for column in Case.__table__.columns if column.name.startswith("board_")]


def test_what_stands_with_a_case_is_what_its_deadlines_give(session: Session, world: RuleContext) -> None:
    """Written with each act of the demo; where an earlier version has not, found and derived."""
    ids = session.scalars(select(Case.id)).all()
    timers = read_timers(session, ids)
    kept = {row.id: row._mapping for row in session.execute(select(Case.id, Case.due_on, Case.due_of, *BOARD))}
    for id in ids:
        assert {"id": id, **standing(world, timers[id])} == dict(kept[id])
    assert len({row["board_left"] for row in kept.values()}) > 3
    assert (
        {row["board_sheet"] for row in kept.values()} == {row["board_paused"] for row in kept.values()} == {True, False}
    )
    some = [id for id in ids if kept[id]["board_timer_id"]]
    session.execute(update(Case).values({column: None for column in BOARD if column.nullable}))
    session.commit()
    assert stand_missing(world) == len(some)
    assert stand_missing(world) == 0
    again = {row.id: row._mapping for row in session.execute(select(Case.id, Case.due_on, Case.due_of, *BOARD))}
    assert again == kept
    stand_again(session, world, ids)
    assert {row.id: row._mapping for row in session.execute(select(Case.id, Case.due_on, Case.due_of, *BOARD))} == kept


def test_lots_count_as_a_group_of_the_marks_does(session: Session, today: date) -> None:
    for name in ("office", "chief", "auditor"):
        reader = identity(session, name)
        marks, _ = board(session, reader)
        odd, _ = board(session, reader, out_of_step(today))
        counted = Counter((mark.bureau_id, mark.due_on) for mark in marks) - Counter(
            (o.bureau_id, o.due_on) for o in odd
        )
        of: Counter[tuple[int | None, date | None]] = Counter()
        for lot in lots(session, reader, today):
            of[lot.bureau_id, lot.due_on] += lot.n
        assert of == counted


def test_the_board_has_the_first_deadline_of_every_open_case(session: Session, world: RuleContext, today: date) -> None:
    auditor = identity(session, "auditor")
    marks, unread = board(session, auditor)
    expected = first_deadlines(session, world)
    assert not unread
    assert len(marks) > 50
    assert [(mark.case_id, mark.timer.id, mark.due_on) for mark in marks] == [
        (case_id, timer.id, None if held else day) for held, day, _whole, case_id, timer in expected
    ]
    for mark, (*_rest, timer) in zip(marks, expected, strict=True):
        sent = any(day == mark.due_on and rung.endswith(":supervise") for day, rung in timer.fired)
        assert bool(mark.supervised_at) is sent
    assert {bool(mark.supervised_at) for mark in marks} == {True, False}
    late = [mark for mark in marks if mark.due_on and mark.due_on < today]
    assert board(session, auditor, late_on(today))[0] == late
    rows = {mark.bureau_id for mark in marks}
    assert len(rows) > 3
    for body in rows:
        assert board(session, auditor, on_row_of(body))[0] == [mark for mark in marks if mark.bureau_id == body]


def test_what_stands_on_no_row_since_it_waits_for_the_firm_alone_is_counted(app: Flask) -> None:
    """Of a repair that is to be revoked the firm's time to state its views runs, and no body's."""
    with app.app_context():
        chief = identity(db.session(), "chief")
        left, on_rows = with_the_firm(db.session(), chief), len(board(db.session(), chief)[0])
        assert left > 0
        assert left + on_rows == count(db.session(), chief, is_open())
    assert f"另有 {left} 件在办案件只在等企业" in signed_in(app, "chief").get("/overdue").text


def test_a_mark_stands_where_its_deadline_has_so_many_working_days_left(
    session: Session, world: RuleContext, today: date
) -> None:
    for one in on_board(board(session, identity(session, "auditor"))[0], world.calendar, today):
        counted = days_left(one.row.timer, world.calendar, today)
        if one.row.due_on and one.row.timer.unit is not Unit.WORKDAY:
            counted = workdays_between(world.calendar, today, one.row.due_on)
            counted = min(counted, -1) if one.row.due_on < today else counted
        assert one.left == counted, one.row.number


def test_who_may_not_read_a_case_finds_it_on_no_board(session: Session) -> None:
    """D16: a complaint about an officer is the head's alone."""
    about = set(session.scalars(select(Case.id).where(Case.complained_of == "officer", Case.closed_at.is_(None))))
    seen = {name: {mark.case_id for mark in board(session, identity(session, name))[0]} for name in ("office", "chief")}
    assert about
    assert about <= seen["chief"]
    assert seen["office"] == seen["chief"] - about


def test_signals_are_those_of_every_case_read_whole(app: Flask, session: Session, world: RuleContext) -> None:
    """As written with each act of the demo, and as an upgrade writes them where an earlier version wrote none."""
    rows = list(session.execute(select(SignalRow.__table__).order_by(*SignalRow.__table__.primary_key)))
    assert len({row.name for row in rows}) > 2
    assert any(row.to_id for row in rows)
    assert unlike(session, world) == []
    session.execute(delete(SignalRow))
    session.commit()
    assert write_missing(world) == len(rows)
    assert write_missing(world) == 0
    assert list(session.execute(select(SignalRow.__table__).order_by(*SignalRow.__table__.primary_key))) == rows
    now = app.config["SETTINGS"].clock.now()
    for name in ("office", "chief"):
        reader = identity(session, name)
        lately = select(SignalRow.name, func.count()).join(Case, Case.id == SignalRow.case_id).where(visible_to(reader))
        lately = lately.where(SignalRow.at > now - LATELY, SignalRow.at <= now).group_by(SignalRow.name)
        sorts = signals(session, reader, now)
        assert {sort.name: sort.of.total() for sort in sorts} == dict(map(tuple, session.execute(lately)))
        assert all(len(sort.cases) == min(50, sort.of.total()) for sort in sorts)


def test_a_case_whose_deadline_cannot_be_read_hides_nothing_of_the_others(app: Flask) -> None:
    chief = signed_in(app, "chief")
    with app.app_context():
        first = select(Case.number, TimerRow.id, TimerRow.holds).join(TimerRow, TimerRow.id == Case.board_timer_id)
        number, timer_id, kept = db.session.execute(first.order_by(Case.board_due_on.nulls_last(), Case.id)).first()
        whole = chief.get("/overdue").text
        _put_holds(timer_id, ["nothing of the sort"])
    try:
        page = chief.get("/overdue").text
        assert f'href="/cases/{number}"' in page.partition('id="unread"')[2].partition("</div>")[0]
        assert page.count('data-signal="') == whole.count('data-signal="') > 2
    finally:
        with app.app_context():
            _put_holds(timer_id, kept)


def _put_holds(timer_id: int, holds: list[object]) -> None:
    db.session.execute(update(TimerRow).where(TimerRow.id == timer_id).values(holds=holds))
    db.session.commit()
    db.session.remove()
