"""The demo: cases of every kind in every state, the same every time, true to the ledger; played once for all tests of
a database."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from cases.demo.play import play_demo
from cases.demo.stories import day_said, read_stories
from cases.engine.advance import advance
from cases.figures.statistics import public_figures
from cases.kinds import all_kinds
from cases.ledger.verify import verify
from cases.model.evidence import Store
from cases.model.months import Month
from cases.model.related import links_of, neighbours
from cases.model.tables import Case, CaseLink, Event, StuckCase, TimerRow
from extensions import db
from registry.admission import firm_known, waiting_applications
from registry.credit_records import CreditRecord
from registry.identity import Identity, deputies_in_force, identity_of
from registry.organisations import Bureau
from registry.people import DEMO_NAMES, DEMO_PASSWORD, anybody, demo_accounts, find_person
from registry.sign_in import check_password
from tests.builders import LAW
from tests.conftest import NOW
from tests.played import copied_demo
from workflow.calendar import add_workdays
from workflow.definition import Party
from workflow.refusal import Impossible

pytestmark = pytest.mark.both_databases

ENVIRONMENT, TRANSPORT = "示范市生态环境局示范旗分局", "示范旗交通运输局"
MARKET = "示范旗市场监督管理局"


@dataclass
class Played:
    """The demo, and what was told and left of one that was broken off before it."""

    session: Session
    told: list[tuple[Any, ...]]
    left: tuple[bool, int, list[str]]


def told(session: Session) -> list[tuple[Any, ...]]:
    """Every event in order, by the number of its case: ids are drawn and not given back."""
    events = select(Case.number, Event.seq, Event.action, Event.at).join(Case, Case.id == Event.case_id)
    return [tuple(row) for row in session.execute(events.order_by(Event.id))]


@pytest.fixture(scope="module")
def played(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """On PostgreSQL played where it was broken off; on SQLite the one that was played once for this run."""
    session, store = db.session(), Store(tmp_path_factory.mktemp("evidence"))
    broken = Played(session, broken_off(session, store), left_over(session))
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        play_demo(session, LAW, store, NOW)
        yield broken
        session.rollback()
    else:
        with copied_demo(tmp_path_factory, tmp_path_factory.mktemp("demo"), stands=True).app_context():
            yield replace(broken, session=db.session())
            db.session.remove()
            db.engine.dispose()


def broken_off(session: Session, store: Store) -> list[tuple[Any, ...]]:
    """Everything that was told of a demo until the machine went off in the middle of it."""
    before: list[tuple[Any, ...]] = []
    taken = count()

    def pull_the_plug(*arguments: Any) -> Any:
        if next(taken) == 20:
            before.extend(told(session))
            raise KeyboardInterrupt
        return advance(*arguments)

    with pytest.MonkeyPatch.context() as plug:
        plug.setattr("cases.demo.play.advance", pull_the_plug)
        with pytest.raises(KeyboardInterrupt):
            play_demo(session, LAW, store, NOW)
    return before


def left_over(session: Session) -> tuple[bool, int, list[str]]:
    return anybody(session), session.scalar(select(func.count()).select_from(Case)) or 0, demo_accounts(session)


def identity(played: Played, username: str) -> Identity:
    user = find_person(played.session, username)
    assert user
    return identity_of(played.session, user)


def test_a_demo_that_was_broken_off_leaves_nothing_and_is_played_from_the_start(played: Played) -> None:
    assert played.left == (False, 0, [])
    assert demo_accounts(played.session) == list(DEMO_NAMES)
    assert all(check_password(played.session, name, DEMO_PASSWORD) for name in (DEMO_NAMES[0], DEMO_NAMES[-1]))


def test_the_stories_are_the_same_every_time(played: Played) -> None:
    events = told(played.session)
    assert len(played.told) > 20
    assert events[: len(played.told)] == played.told


def test_every_kind_stands_in_every_state_and_has_come_to_every_outcome(played: Played) -> None:
    cases = played.session.execute(select(Case.kind, Case.state, Case.outcome)).all()
    kinds = all_kinds().values()
    assert {(kind, state) for kind, state, _ in cases} == {
        (one.kind, state.name) for one in kinds for state in one.states
    }
    assert {(kind, end) for kind, _, end in cases if end} == {
        (one.kind, state.outcome) for one in kinds for state in one.states if state.final
    }


def test_there_are_some_hundred_cases_of_every_variant_and_sort_of_record(played: Played) -> None:
    kinds = Counter(played.session.scalars(select(Case.kind)))
    assert 100 <= kinds.total() <= 120
    assert 45 <= kinds["objection"] <= 55
    assert min(kinds.values()) >= 12
    variants = {(kind, variant) for kind, variant in played.session.execute(select(Case.kind, Case.variant).distinct())}
    assert variants >= {(one.kind, variant) for one in all_kinds().values() for variant in one.variants}
    query = select(CreditRecord.kind).join(Case, Case.record_id == CreditRecord.id)
    assert {"penalty", "serious_list", "abnormal_list", "honour_list"} <= set(played.session.scalars(query))


def test_its_ledger_verifies_and_nothing_is_stuck(played: Played) -> None:
    assert verify(played.session).ok
    assert played.session.scalar(select(func.count()).select_from(StuckCase)) == 0


def test_in_each_kind_something_is_late_by_a_day_and_nothing_by_more_than_ten(played: Played) -> None:
    query = select(Case.kind, TimerRow.due_on).join(Case, Case.id == TimerRow.case_id).where(
        TimerRow.stopped_on.is_(None), TimerRow.due_on < NOW.date(), TimerRow.owner != Party.ENTERPRISE)  # fmt: skip
    late = {(kind, due) for kind, due in played.session.execute(query)}
    yesterday, long_ago = (add_workdays(LAW.calendar, NOW.date(), -days) for days in (1, 10))
    assert {(kind, yesterday) for kind in all_kinds()} <= late
    assert min(due for _, due in late if due) == long_ago


def test_the_month_before_can_be_shown_to_everybody_and_two_firms_wait_to_be_let_in(played: Played) -> None:
    last = Month.of(NOW.date()).on(-1)
    shown = {one.kind: one for one in public_figures(played.session, LAW, [last], all_kinds())}
    assert (shown["objection"].closed, shown["objection"].on_time) == (6, 6)
    assert shown["repair"].closed == 6
    assert shown["correction"].closed is None, "four speak of somebody"
    waiting = waiting_applications(played.session)
    known = {row.firm: firm_known(played.session, row) is not None for row in waiting}
    assert sorted(known.values()) == [False, True]


@pytest.mark.parametrize("who", ["reviewer", "reviewer2"])
def test_reviewers_find_work_of_every_kind_on_their_desk(played: Played, who: str) -> None:
    bureau = identity(played, who).bureau_id
    query = select(Case.kind).where(Case.desk == Party.BUREAU, Case.bureau_id == bureau)
    assert set(played.session.scalars(query)) == set(all_kinds())


def test_work_is_taken_and_handed_on_and_somebody_stands_in_for_a_head(played: Played) -> None:
    held = {find: played.session.scalars(select(Case.holder_id).where(Case.desk == find)).all()
            for find in (Party.BUREAU, Party.OFFICE)}  # fmt: skip
    assert identity(played, "reviewer").user_id in held[Party.BUREAU]
    assert identity(played, "reviewer-b").user_id in held[Party.BUREAU]
    assert identity(played, "office2").user_id in held[Party.OFFICE]
    assert [row.person_id for row in deputies_in_force(played.session, NOW.date())] == [
        identity(played, "approver").user_id
    ]
    acted_for = select(func.count()).select_from(Event).where(Event.body.contains('"for":'))
    assert played.session.scalar(acted_for) == 1


def test_a_complaint_has_opened_an_objection_and_objections_have_opened_corrections(played: Played) -> None:
    chief = identity(played, "chief")
    for kind, opened in (("complaint", "objection"), ("objection", "correction")):
        froms, tos = aliased(Case), aliased(Case)
        found = select(CaseLink).join(froms, froms.id == CaseLink.from_case_id).join(tos, tos.id == CaseLink.to_case_id)
        rows = played.session.scalars(found.where(froms.kind == kind, tos.kind == opened)).all()
        known = neighbours(played.session, chief, {row.to_case_id for row in rows})
        assert "opened" in {link.how for row in rows for link in links_of(row.from_case_id, [row], known)}


@pytest.mark.parametrize(("who", "bureaus"), [
    ("enterprise", (ENVIRONMENT, TRANSPORT, MARKET)), ("enterprise2", (ENVIRONMENT, MARKET))])  # fmt: skip
def test_the_firms_of_the_accounts_have_records_left_to_file_on(
    played: Played, who: str, bureaus: tuple[str, ...]
) -> None:
    firm = next(iter(identity(played, who).enterprise_ids))
    used = select(Case.record_id).where(Case.record_id.is_not(None))
    free = Counter(played.session.scalars(
        select(Bureau.name).join(CreditRecord, CreditRecord.supplied_by_id == Bureau.id)
        .where(CreditRecord.enterprise_id == firm, CreditRecord.kind == "penalty", CreditRecord.displayed,
               CreditRecord.id.not_in(used))))  # fmt: skip
    assert all(free[bureau] >= 3 for bureau in bureaus), free
    kinds = set(played.session.scalars(select(CreditRecord.kind).where(CreditRecord.enterprise_id == firm)))
    assert len(kinds) == 3


def test_real_accounts_keep_the_demo_out(played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.demo.play.anybody", lambda _session, demo: True)
    with pytest.raises(Impossible, match="real accounts"):
        play_demo(played.session, LAW, Store(tmp_path), NOW)


def test_days_are_said_in_working_days_from_the_day_of_the_act() -> None:
    friday = date(2026, 11, 20)
    said = [day_said(answer, LAW.calendar, friday) for answer in ("day:0", "day:-2", "day:1", "window")]
    assert said == [friday, date(2026, 11, 18), date(2026, 11, 23), "window"]


def test_no_story_has_a_step_after_the_last_working_day_or_out_of_order() -> None:
    for story in read_stories().stories:
        days = [step.after for step in story.steps]
        assert days == sorted(days), story.title
        assert max(days, default=0) <= story.ago, story.title
