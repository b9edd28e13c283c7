"""A record typed in by hand: as clean as one of a sheet, with who entered it."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.columns import KINDS
from registry.credit_records import CreditRecord, changes_of
from registry.organisations import Bureau, Enterprise, rename
from registry.people import User, add_person
from registry.replay import replay, state_of
from registry.sheets.entering import TypedRecord, enter_record
from tests.registry.sheets import (
    CODE,
    FIRM,
    LAW,
    LISTED,
    NOISE,
    NOW,
    OTHER_CODE,
    OTHER_FIRM,
    SAFETY,
    counts,
    listed,
    place,
    records,
    row,
    sheet_of,
    take_in,
)  # fmt: skip
from workflow.refusal import Forbidden, Impossible, Incomplete

CELLS = {
    "name": " 示范旗通鑫冶金有限责任公司(演示)", "uscc": CODE.lower(), "document_number": "示应急罚[2025]7号",
    "penalty_kind": "罚款", "fine": "5000元", "decided_on": "2025年2月10日", "displayed_from": "2025.2.20",
    "display_until": "2028-02-10", "severity": "一般", "handler": "高建军", "remark": "无",
}  # fmt: skip


@pytest.fixture
def clerk(session: Session) -> User:
    place(session)
    user = add_person(session, "clerk", "某某", ["officer"], demo=True)
    session.commit()
    return user


def bureau(session: Session, name: str = SAFETY) -> Bureau:
    return session.scalars(select(Bureau).where(Bureau.name == name)).one()


def entry(session: Session, kind: str = "penalty", supplied_by: int | None = None, **cells: str) -> TypedRecord:
    return TypedRecord(kind, {**CELLS, **cells}, bureau(session).id, supplied_by)


def faults(session: Session, clerk: User, **cells: str) -> dict[str, str]:
    with pytest.raises(Incomplete) as refused:
        enter_record(entry(session, **cells), LAW, NOW, clerk.id)
    return {key: str(message) for key, message in refused.value.fields.items()}


def test_what_is_typed_is_kept_as_a_sheet_would_have_it_with_who_entered_it(session: Session, clerk: User) -> None:
    take_in(session, sheet_of(NOISE))
    id = enter_record(entry(session), LAW, NOW, clerk.id)
    session.commit()
    record = session.get_one(CreditRecord, id)
    assert record.values["name"] == "示范旗通鑫冶金有限责任公司(演示)"
    assert (record.values["fine"], record.values["decided_on"], record.severity) == ("0.50", "2025-02-10", "general")
    assert (record.document_number, record.known_as) == ("示应急罚〔2025〕7号", "示应急罚〔2025〕7号")
    assert (record.handler, record.entered_by_id, "remark" in record.values) == ("高建军", clerk.id, False)
    assert (record.values["determined_by"], record.supplied_by_id) == (SAFETY, record.determined_by_id)
    [change] = changes_of(session, record)
    assert (change.what, change.actor) == ("entered", f"user:{clerk.id}")
    assert replay([change]) == state_of(record)


def test_the_firm_of_a_known_code_is_that_firm_by_any_of_its_names(session: Session, clerk: User) -> None:
    take_in(session, sheet_of(NOISE, row()))
    rename(session.scalars(select(Enterprise).where(Enterprise.code == CODE)).one(), "通鑫新材料有限公司（演示）")
    session.commit()
    enter_record(entry(session), LAW, NOW, clerk.id)
    assert session.scalar(select(func.count()).select_from(Enterprise)) == 2
    assert records(session)[-1].values["name"] == FIRM
    assert "belongs to " + OTHER_FIRM in faults(session, clerk, uscc=OTHER_CODE)["name"]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(session: Session, clerk: User) -> None:
    said = faults(session, clerk, name="", uscc=CODE[:-1] + "0", fine="若干", decided_on="2026-09-18", severity="重大")
    assert said.keys() == {"name", "uscc", "fine", "decided_on", "severity"}
    assert "without it" in said["name"]
    assert faults(session, clerk, display_until="2025-02-09").keys() == {"display_until"}
    assert faults(session, clerk, subject_kind="自然人").keys() == {"subject_kind"}
    assert records(session) == []
    assert session.scalar(select(func.count()).select_from(Enterprise)) == 0


def test_a_bureau_must_stand_and_its_people_enter_its_own_decisions_only(session: Session, clerk: User) -> None:
    gone, safety = bureau(session, "示范旗消防救援大队"), bureau(session)
    gone.successor_id = safety.id
    session.commit()
    for wrong in (None, 9999, gone.id):
        with pytest.raises(Incomplete) as refused:
            enter_record(TypedRecord("penalty", CELLS, wrong), LAW, NOW, clerk.id)
        assert refused.value.fields.keys() == {"determined_by"}
    with pytest.raises(Incomplete) as refused:
        enter_record(entry(session, supplied_by=gone.id), LAW, NOW, clerk.id)
    assert refused.value.fields.keys() == {"supplied_by"}
    with pytest.raises(Forbidden):
        enter_record(entry(session), LAW, NOW, clerk.id, own_bureau=gone.id)
    enter_record(entry(session), LAW, NOW, clerk.id, own_bureau=safety.id)
    assert len(records(session)) == 1


def test_a_record_that_is_here_already_is_not_entered_again(session: Session, clerk: User) -> None:
    enter_record(entry(session), LAW, NOW, clerk.id)
    with pytest.raises(Impossible, match="here already"):
        enter_record(entry(session, document_number="示应急罚（２０２５）7号"), LAW, NOW, clerk.id)
    assert len(records(session)) == 1


def test_a_sheet_finds_what_was_typed_and_changes_only_what_it_says_otherwise(session: Session, clerk: User) -> None:
    for kind in KINDS:
        if kind != "penalty":
            cells = {key: str(value) for key, value in LISTED.items()}
            enter_record(TypedRecord(kind, cells, bureau(session).id), LAW, NOW, clerk.id)
            same = sheet_of(listed(), kind=kind)
            assert counts(take_in(session, same, kind=kind)) == (0, 0, 1, 0)
            other = sheet_of(listed(facts="另有事由。"), kind=kind)
            assert counts(take_in(session, other, kind=kind)) == (0, 1, 0, 0)
