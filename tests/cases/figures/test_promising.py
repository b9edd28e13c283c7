"""Cases on either side of a promise's first day; and what the new number would have meant for those of last months."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cases.engine.sweep import sweep
from cases.figures.promising import Tried, adopt, preview
from cases.ledger.checkpoints import make_due
from cases.ledger.verify import Verdict, verify
from cases.ledger.witness import Witness
from cases.letters.telling import paper_form
from cases.model.months import Month
from cases.model.tables import Case, Event, TimerRow
from commands.audit import line
from extensions import db
from notifications.letters import Letter
from notifications.papers import Paper
from notifications.printing import printed
from registry.in_force import Promise, all_promises, law_in_force, rule_of, world_in_force
from tests.builders import LAW, START, WORLD, Place, _record, day, later
from tests.cases.ledger.ledgers import owner
from tests.promised import FIRST, TODAY, promise, written
from workflow.refusal import Impossible
from workflow.snapshot import RuleContext

pytestmark = pytest.mark.both_databases

FINDINGS = {name: {"finding": "as_claimed", "reason": ""} for name in ("fine", "decided_on")}
ANSWERS: Mapping[str, dict[str, object]] = {
    "refer": {"question": "请核查。"}, "propose": {"findings": FINDINGS, "reasons": "已核对。"},
    "answer": {"letter": "见书面答复。"},
}  # fmt: skip


def act(place: Place, case: Case, who: str, action: str, now: datetime) -> None:
    place.act(case, who, action, now, **ANSWERS.get(action, {}))


def referred(place: Place, case: Case, now: datetime) -> TimerRow:
    """The case with its bureau, and the bureau's deadline."""
    act(place, case, "office", "accept", now)
    act(place, case, "office", "refer", now)
    of = select(TimerRow).where(TimerRow.case_id == case.id, TimerRow.deadline == "verify")
    return place.session.scalars(of).one()


def test_a_case_keeps_the_limit_of_its_filing_day_whatever_is_promised_since(place: Place) -> None:
    """Both are referred on one day, after the first day: the one filed before it has the old limit, its papers too."""
    promise(place)
    old = place.file(day(2026, 9, 8, 23))
    new = place.file(day(2026, 9, 9, 0), place.other_record, by="enterprise2")
    was, now_is = referred(place, old, day(2026, 9, 10)), referred(place, new, day(2026, 9, 10))
    assert (was.n, was.due_on, now_is.n, now_is.due_on) == (7, date(2026, 9, 20), 5, date(2026, 9, 17))
    sweep(WORLD, day(2026, 9, 18))
    assert overdue(place.session, new)
    assert not overdue(place.session, old)
    for case, who in ((old, ""), (new, "2")):
        act(place, case, f"reviewer{who}", "propose", day(2026, 9, 18, 11))
        act(place, case, f"approver{who}", "approve", day(2026, 9, 18, 12))
        act(place, case, "office", "carry_out", day(2026, 9, 18, 13))
        act(place, case, "office", "answer", day(2026, 9, 18, 14))
    document = "《示范旗异议办理时限公告（演示）》，示政办发〔2026〕41号，2026年9月1日公布"
    before, after = texts(place.session, old), texts(place.session, new)
    assert not any("示政办发" in text for text in before.values())
    assert "7个工作日，拟定期限，尚未公布" in before["answer"].replace(" ", "")
    assert f"5个工作日，承诺期限，见{document}" in after["answer"].replace(" ", "")
    assert document in after["referral"]
    assert document in after["letter"]
    assert "Notice on time limits, 示政办发〔2026〕41号, published on 1 September 2026" in after["letter_en"]
    assert verify(place.session).ok


def overdue(session: Session, case: Case) -> bool:
    rungs = select(Event.id).where(Event.case_id == case.id, Event.action == "overdue")
    return session.scalars(rungs.limit(1)).first() is not None


def texts(session: Session, case: Case) -> dict[str, str]:
    """What the papers of a case say, by form; and the first letters that name a limit, in both languages."""
    session.expire_all()
    found = {}
    for paper in session.scalars(select(Paper).where(Paper.case_number == case.number)):
        found[paper.form] = str(printed(paper, paper_form(paper.form), "zh"))
    letters = session.scalars(select(Letter).where(Letter.case_number == case.number)).all()
    found["letter"] = "".join(str(one.texts["zh"]) for one in letters)
    found["letter_en"] = "".join(str(one.texts["en"]) for one in letters)
    return found


def test_the_preview_tries_the_new_number_on_steps_that_have_ended_and_keeps_nothing(place: Place) -> None:
    """Four objections of July and August: verified after 3, 6, 6 and 9 working days of 7; one still runs."""
    records = [_record(place.firm, place.bureau, f"示环罚〔2026〕{n}号") for n in range(80, 86)]
    place.session.add_all(records)
    place.session.commit()
    begun = (day(2026, 7, 20), day(2026, 7, 20), day(2026, 8, 10), day(2026, 8, 10), day(2026, 9, 7))
    ended = (day(2026, 7, 23), day(2026, 7, 28), day(2026, 8, 18), day(2026, 8, 21), None)
    for record, first, last in zip(records, begun, ended, strict=False):
        case = place.file(first, record)
        referred(place, case, first)
        if last:
            act(place, case, "reviewer", "propose", last)
            act(place, case, "approver", "approve", last)
    rule = rule_of(LAW, "objection.verify", TODAY)
    assert rule
    found = preview(place.session, WORLD, rule, written(), TODAY)
    july, august = Month(date(2026, 7, 1)), Month(date(2026, 8, 1))
    assert found.months == (Tried(july, in_time=1, would_be_late=1), Tried(august, would_be_late=1, late=1))
    assert (found.would_be_late, found.would_be_saved, found.ended, found.keep) == (2, 0, 4, 5)
    longer = preview(place.session, WORLD, rule, written(n=10), TODAY)
    assert (longer.would_be_late, longer.would_be_saved) == (0, 1)
    assert (longer.planned.before.n, longer.planned.after.n) == (7, 10)
    assert world_in_force(place.session, LAW).jurisdiction is LAW


def test_cases_that_a_text_binds_are_not_tried(place: Place) -> None:
    """Of two complaints the petition is bound by law: a promise changes nothing for it."""
    petition, other = place.complain(day(2026, 7, 20)), place.complain(day(2026, 7, 20), by="enterprise")
    for case, route in ((petition, "petition"), (other, "business_env")):
        place.act(case, "office", "acknowledge", day(2026, 7, 20))
        place.act(case, "office", "route", day(2026, 7, 28), route=route, answered_by="office", reasons="属于该类。")
    rule = rule_of(LAW, "complaint.route", TODAY)
    assert rule
    found = preview(place.session, WORLD, rule, written(n=5), TODAY)
    assert [(one.ended, one.would_be_late) for one in found.months] == [(1, 1)]


def test_a_promise_is_recorded_in_one_act_and_a_limit_that_is_not_there_refused(place: Place) -> None:
    by = place.people["chief"].id
    adopt(WORLD, "objection.verify", written(), "", by, START)
    assert rule_of(world_in_force(place.session, LAW).jurisdiction, "objection.verify", FIRST).n == 5  # type: ignore[union-attr]
    with pytest.raises(Impossible, match="no such limit"):
        adopt(WORLD, "objection.nothing", written(), "", by, START)


def test_a_promise_that_was_changed_or_taken_out_is_found(place: Place, tmp_path: Path) -> None:
    """By whoever owns the database: the triggers are gone, and what is left is sealed anew as well as may be."""
    witness, session = Witness(tmp_path), place.session
    first, second = promise(place), promise(place, "objection.refer", n=1)
    assert make_due(session, witness, START)
    assert verify(session, witness=witness).ok
    with owner(session) as connection:
        connection.execute(update(Promise).where(Promise.id == first.id).values(n=9))
    assert told(verify(session, witness=witness)) == [f"promise {first.id}: What it says does not give its seal."]
    with owner(session) as connection:
        connection.execute(update(Promise).where(Promise.id == first.id).values(n=5))
        connection.execute(delete(Promise).where(Promise.id == second.id))
    gone = ["promise 0: The promise that checkpoint 1 names is gone, or was written anew."]
    assert told(verify(session, witness=witness)) == gone
    assert make_due(session, witness, later(START, hours=1))
    assert told(verify(session, witness=witness)) == gone, "a later checkpoint does not hide it"
    with owner(session) as connection:
        connection.execute(delete(Promise))
    assert told(verify(session, witness=witness)) == [*gone, gone[0].replace("1", "2")]


def test_the_hour_in_which_it_is_recorded_is_one_in_every_zone(place: Place, tmp_path: Path) -> None:
    """The seal covers the moment, however the clock that told it writes it."""
    there = START.astimezone(timezone(timedelta(hours=8)))
    adopt(WORLD, "objection.verify", written(), "", place.people["chief"].id, there)
    assert verify(place.session, witness=Witness(tmp_path)).ok


def told(verdict: Verdict) -> list[str]:
    return [line(fault) for fault in verdict.faults]


def test_of_two_heads_at_one_moment_one_records_and_the_other_is_told(app: Flask, place: Place) -> None:
    by, law = place.people["chief"].id, law_in_force(place.session, LAW)
    place.session.commit()

    def records(n: int) -> str:
        with app.app_context():
            try:
                adopt(RuleContext(law, law.calendar), "objection.verify", written(n=n), "", by, START)
            except Impossible as refused:
                return str(refused.message)
            finally:
                db.session.remove()
            return "recorded"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(records, (3, 4, 5, 6)))
    assert [words.partition(" ")[0] for words in said] == ["Meanwhile"] * 3 + ["recorded"]
    assert len(all_promises(place.session)) == 1
