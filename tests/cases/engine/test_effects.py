"""What a case does to its record, while others write to the same record: nothing that anybody wrote is undone."""

from datetime import date
from threading import Thread
from time import sleep

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from cases.engine.advance import Command, advance
from extensions import db, transaction
from registry.credit_records import CreditRecord, changes_of, correct, statements_of
from registry.display import end_due_displays
from registry.replay import replay, state_of
from registry.sheets.importing import import_sheet
from tests.builders import CLAIMS, LAW, START, WORLD, Place, day
from tests.cases.courses import GRANTED, answered, to_bureau
from tests.cases.engine.test_together import at_once
from tests.registry.sheets import NOISE, NOW, records, row, sheet_of, take_in
from tests.registry.sheets import place as bodies
from workflow.snapshot import Person


def to_carry_out(place: Place) -> tuple[int, Person]:
    case = to_bureau(place)
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=GRANTED, reasons="已核对。")
    place.act(case, "approver", "approve", day(2026, 9, 11))
    case = place.case(case.number)
    return case.id, place.person("office", case)


def test_a_record_that_was_read_before_somebody_changed_it_is_read_again(place: Place) -> None:
    case_id, person = to_carry_out(place)
    assert place.record.values["penalty"] == "罚款人民币80000元"
    changed = {**place.record.values, "penalty": "罚款人民币8000元"}
    place.session.commit()
    with db.engine.begin() as connection:
        connection.execute(update(CreditRecord.__table__).values(values=changed))  # type: ignore[arg-type]
    advance(WORLD, Command(case_id, "carry_out", {}), person, day(2026, 9, 14))
    place.session.expire_all()
    assert (place.record.values["fine"], place.record.values["penalty"]) == ("0.80", "罚款人民币8000元")


def test_what_another_writes_while_a_case_corrects_is_kept_beside_it(app: Flask, place: Place) -> None:
    case_id, person = to_carry_out(place)
    record_id = place.record.id
    place.session.commit()

    def state() -> None:
        with transaction() as session:
            record = session.get_one(CreditRecord, record_id, with_for_update=True, populate_existing=True)
            correct(session, record, {"severity": "minor"}, None, day(2026, 9, 14), "user:1")

    at_once(app, state, lambda: advance(WORLD, Command(case_id, "carry_out", {}), person, day(2026, 9, 14)))
    place.session.expire_all()
    assert (place.record.values["fine"], place.record.values["severity"]) == ("0.80", "minor")


def test_an_import_waits_for_who_is_correcting_a_record(app: Flask, session: Session) -> None:
    bodies(session)
    take_in(session, sheet_of(NOISE, row()))
    record_id = records(session)[-1].id

    def take() -> None:
        with app.app_context():
            with transaction() as mine:
                import_sheet(mine, sheet_of(NOISE, row(remark="新表")), "penalty", LAW, NOW, "import:second")
            db.session.remove()

    importing = Thread(target=take)
    with transaction():
        record = session.get_one(CreditRecord, record_id, with_for_update=True, populate_existing=True)
        importing.start()
        sleep(0.3)
        correct(session, record, {"fine": "0.05"}, 7, NOW, "user:3")
    importing.join()
    session.expire_all()
    assert (record.values["fine"], record.values["remark"]) == ("0.05", "新表")
    assert replay(changes_of(session, record)) == state_of(record)


def test_schedulers_at_once_end_a_display_once(app: Flask, place: Place) -> None:
    with transaction():
        correct(place.session, place.record, {"display_until": "2026-09-06"}, None, START, "user:1")
    record_id = place.record.id

    def end() -> int:
        with transaction() as session:
            session.get_one(CreditRecord, record_id)
            return len(end_due_displays(session, LAW.displays, LAW.day_of(START), START, [record_id]))

    assert sorted(at_once(app, *[end] * 4)) == [0, 0, 0, 1]  # type: ignore[type-var]
    place.session.expire_all()
    ended = [change for change in changes_of(place.session, place.record) if change.what == "display_ended"]
    assert (len(ended), place.record.displayed) == (1, False)


def test_a_statement_goes_with_the_review_that_could_establish_the_field(place: Place) -> None:
    open_left = {name: {"finding": "undecidable", "reason": "原件已毁。"} for name in CLAIMS}
    case = answered(place, open_left)
    kept = [(row.field, row.checked_on) for row in statements_of(place.session, place.record)]
    assert kept == [(name, date(2026, 9, 15)) for name in sorted(CLAIMS)]
    found = {**open_left, "fine": {"finding": "as_claimed"}}
    place.act(case, "enterprise", "ask_review", day(2026, 9, 16), words="找到原件了。", files=())
    place.act(case, "officer2", "propose_review", day(2026, 9, 17), findings=found, reasons="见原件。")
    place.act(case, "chief", "approve_review", day(2026, 9, 18))
    place.act(case, "office", "carry_out", day(2026, 9, 21))
    place.act(case, "office", "answer", day(2026, 9, 22), letter="经复核。")
    place.session.expire_all()
    rows = statements_of(place.session, place.record)
    assert [(row.field, row.checked_on) for row in rows] == [("decided_on", date(2026, 9, 22))]
