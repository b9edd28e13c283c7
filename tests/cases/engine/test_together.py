"""Several at once: two sweeps, two people on one case, the same filing twice. One wins, nothing happens twice."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from cases.engine.advance import Command, Opening, advance, one_open, open_case
from cases.engine.sweep import sweep
from cases.kinds import all_kinds
from cases.ledger.verify import verify
from cases.model.drafts import Draft
from cases.model.tables import Case, Event, RungFired
from cases.model.visibility import person_opening
from extensions import db, transaction
from notifications.letters import Letter
from tests.builders import FILING, START, WORLD, Place, day
from tests.cases.courses import GRANTED, KEPT, answered, to_bureau
from tests.kinds_changed import kind_is
from workflow.guards import NoOtherOpen
from workflow.refusal import Impossible, Refusal

pytestmark = pytest.mark.both_databases


def at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Run the works at the same moment, each with a session of its own; a refusal is given as what it is."""
    gate = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        with app.app_context():
            gate.wait()
            try:
                return work()
            except Refusal as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_sweeps_fire_every_rung_once_with_its_letters(app: Flask, place: Place) -> None:
    for _ in range(3):
        case = place.file(START)
        place.act(case, "enterprise", "withdraw", START)
    for record, who in ((place.record, "enterprise"), (place.other_record, "enterprise2")):
        place.file(START, record, by=who)
    place.session.commit()
    late = day(2026, 10, 30)
    at_once(app, *[lambda: sweep(WORLD, late, batch=1)] * 3)
    place.session.expire_all()
    rungs = place.session.execute(select(RungFired.timer_id, RungFired.due_on, RungFired.rung)).all()
    clock = place.session.scalars(select(Event).where(Event.actor == "clock")).all()
    sent = Counter((x.case_number, x.name, x.to_party, x.to_role, x.texts["zh"]["body"])
                   for x in place.session.scalars(select(Letter).where(Letter.name == "supervise")))  # fmt: skip
    assert len(rungs) == len(set(rungs)) == len(clock) == 18
    assert set(sent.values()) == {1}
    assert verify(place.session).ok


def test_two_people_decide_one_case_from_two_open_pages_and_one_wins(app: Flask, place: Place) -> None:
    case = to_bureau(place)
    shown = place.case(case.number).length
    case_id, person = case.id, place.person("reviewer", place.case(case.number))
    place.session.commit()

    def propose(findings: dict[str, dict[str, str]]) -> Callable[[], object]:
        request = Command(case_id, "propose", {"findings": findings, "reasons": "已核对。"}, shown)
        return lambda: advance(WORLD, request, person, day(2026, 9, 10))

    results = at_once(app, propose(GRANTED), propose(KEPT))
    refused = [result for result in results if isinstance(result, Refusal)]
    assert len(refused) == 1
    place.session.expire_all()
    proposals = place.session.scalars(select(Event).where(Event.action == "propose")).all()
    assert len(proposals) == 1
    assert verify(place.session).ok


def test_a_double_click_on_filing_makes_one_case(app: Flask, place: Place) -> None:
    user = place.people["enterprise"]
    place.session.add(Draft(key="d" * 43, user_id=user.id, record_id=place.record.id, kind="objection",
                            action="file", saved_at=START))  # fmt: skip
    place.session.commit()
    person, record = place.person("enterprise"), place.record.id
    place.session.commit()
    opening = Opening("objection", "file", record, FILING, draft="d" * 43)
    results = at_once(app, *[lambda: open_case(WORLD, opening, person, START)] * 4)
    place.session.expire_all()
    cases = place.session.scalars(select(Case)).all()
    assert [case.number for case in cases] == ["2026-YY-000001"]
    assert {getattr(result, "number", None) for result in results} == {"2026-YY-000001"}


def test_numbers_drawn_at_once_are_all_different_and_without_holes(app: Flask, place: Place) -> None:
    one, two = place.record.id, place.other_record.id
    first = place.person("enterprise")
    second = person_opening(place.identity("enterprise2"), place.other_record, place.other_firm.id)
    place.session.commit()
    results = at_once(
        app,
        lambda: open_case(WORLD, Opening("objection", "file", one, FILING), first, START),
        lambda: open_case(WORLD, Opening("objection", "file", two, FILING), second, START),
    )
    assert {getattr(result, "number", result) for result in results} == {"2026-YY-000001", "2026-YY-000002"}


def test_a_review_asked_for_while_another_case_is_filed_leaves_one_open_and_names_it(app: Flask, place: Place) -> None:
    case = answered(place, KEPT)
    case_id, person, record = case.id, place.person("enterprise", case), place.record.id
    place.session.commit()
    now = day(2026, 9, 16)
    results = at_once(
        app,
        lambda: advance(WORLD, Command(case_id, "ask_review", {"words": "请复核。", "files": ()}), person, now),
        lambda: open_case(WORLD, Opening("objection", "file", record, FILING), person, now),
    )
    place.session.expire_all()
    [opened] = place.session.scalars(select(Case).where(Case.closed_at.is_(None))).all()
    [refused] = [result for result in results if isinstance(result, Refusal)]
    assert isinstance(refused, Impossible)
    assert refused.message.values["number"] == opened.number
    assert verify(place.session).ok


def test_what_the_database_refuses_as_a_second_open_case_is_said_with_the_number_of_the_first(place: Place) -> None:
    case = place.file(START)
    again = {column.name: getattr(case, column.name) for column in Case.__table__.columns if column.name != "id"}
    for desk, refused in ((case.desk, Impossible), (None, IntegrityError)):
        one = one_open(place.session, case.record_id, case.kind, case.enterprise_id)
        with pytest.raises(refused) as raised, transaction(), one:
            place.session.execute(insert(Case), [{**again, "number": "2026-YY-000099", "desk": desk}])
        assert refused is IntegrityError or case.number in str(raised.value)


def test_a_kind_may_have_several_open_cases_of_one_record_and_filer(place: Place) -> None:
    objection = all_kinds()["objection"]
    rows = tuple(replace(row, guard=tuple(one for one in row.guard if not isinstance(one, NoOtherOpen)))
                 for row in objection.actions)  # fmt: skip
    with kind_is(replace(objection, actions=rows, one_open=False)):
        numbers = [place.file(START).number for _ in range(2)]
    assert numbers == ["2026-YY-000001", "2026-YY-000002"]
    assert place.session.scalars(select(Case.one_open)).all() == [False, False]
    assert verify(place.session).ok
