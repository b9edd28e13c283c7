"""A sheet on records that are there already: what is the same, what is new, and what a case has put right."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from registry.credit_records import CreditRecord as Record
from registry.credit_records import (
    RecordChange,
    RecordFlag,
    RecordStatement,
    changes_of,
    correct,
    delist,
    end_display,
    enter,
    refuse_sheet,
    stop_sharing,
)
from registry.organisations import Bureau
from registry.replay import replay, state_of
from tests.registry.sheets import (
    CODE,
    FIRE,
    NOISE,
    NOW,
    OTHER_CODE,
    SAFETY,
    SAFETY_CODE,
    THIRD_CODE,
    counts,
    csv_of,
    reason,
    records,
    row,
    sheet_of,
    take_in,
)  # fmt: skip

pytestmark = [pytest.mark.usefixtures("bureaus_of_the_demo"), pytest.mark.both_databases]


def test_a_row_that_stands_twice_counts_once_as_unchanged(session: Session) -> None:
    twice = row(document_number="示消行罚（２０２５)323号", decided_on="2025年2月10日", fine="5000元")
    assert counts(take_in(session, sheet_of(row(), NOISE, twice))) == (2, 0, 1, 0)


def test_two_rows_that_say_different_things_about_one_record_are_not_both_believed(session: Session) -> None:
    assert "An earlier row" in reason(take_in(session, sheet_of(row(), row(fine=0.8))))


def test_the_same_number_of_another_bureau_or_firm_is_another_record(session: Session) -> None:
    other = row(determined_by=SAFETY, determined_by_code=SAFETY_CODE)
    assert counts(take_in(session, sheet_of(row(), other, row(name="丙", uscc=THIRD_CODE)))) == (3, 0, 0, 0)


def test_a_changed_row_updates_its_record_and_keeps_what_stood(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    imported = take_in(session, sheet_of(NOISE, row(fine=0.8, display_until="", remark="已更正")))
    record = records(session)[1]
    assert (counts(imported), imported.changed) == ((0, 1, 1, 0), [record.id])
    assert (record.values["fine"], record.display_until, record.values["remark"]) == ("0.80", None, "已更正")
    assert sorted((c.field, c.before, c.after, c.actor) for c in changes_of(session, record)[1:]) == [
        ("display_until", "2028-02-10", "", "import:test"), ("fine", "0.50", "0.80", "import:test"),
        ("remark", "", "已更正", "import:test"),
    ]  # fmt: skip


def test_a_column_that_a_sheet_does_not_have_is_left_alone(session: Session) -> None:
    take_in(session, sheet_of(row(remark="甲")))
    keys = [key for key in row() if key not in ("remark", "offence")]
    assert counts(take_in(session, sheet_of(row(), keys=keys))) == (0, 0, 1, 0)
    assert records(session)[0].values["remark"] == "甲"


def test_a_new_supplier_of_a_record_is_an_update(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    moved = row(supplied_by=SAFETY, supplied_by_code=SAFETY_CODE)
    assert counts(take_in(session, sheet_of(NOISE, moved))) == (0, 1, 1, 0)
    record = records(session)[1]
    assert session.get_one(Bureau, record.supplied_by_id).name == SAFETY
    assert replay(changes_of(session, record)) == state_of(record)


def test_what_a_case_corrected_is_not_undone_by_the_same_old_sheet(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    record = records(session)[1]
    correct(session, record, {"fine": "0.05", "document_number": "示消行罚〔2025〕332号"}, 7, NOW, "user:3")
    session.commit()
    assert counts(take_in(session, sheet_of(NOISE, row()))) == (0, 0, 2, 0)
    record = records(session)[1]
    assert (record.values["fine"], record.document_number) == ("0.05", "示消行罚〔2025〕332号")


def test_a_sheet_that_takes_over_what_a_case_found_changes_nothing(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    number = "示消行罚〔2025〕332号"
    correct(session, records(session)[1], {"fine": "0.05", "document_number": number}, 7, NOW, "user:3")
    session.commit()
    put_right = row(fine=0.05, document_number=number)
    assert counts(take_in(session, sheet_of(NOISE, put_right))) == (0, 0, 2, 0)
    assert records(session)[1].sheet_says == {}


def decided(session: Session, case_id: int = 7, **values: str) -> Record:
    """The second record, with what a case has decided of it."""
    record = records(session)[1]
    correct(session, record, values, case_id, NOW, "user:3")
    session.commit()
    return records(session)[1]


def test_a_sheet_that_says_otherwise_than_a_decision_changes_nothing_and_is_a_conflict(session: Session) -> None:
    """D55: the decided value stays; what else the row says is written."""
    take_in(session, sheet_of(NOISE, row()))
    decided(session, fine="0.05")
    dry = take_in(session, sheet_of(NOISE, row(fine=0.06, remark="补报")), dry_run=True)
    done = take_in(session, sheet_of(NOISE, row(fine=0.06, remark="补报")))
    record = records(session)[1]
    assert [(one.conflicts, one.repeated, counts(one)) for one in (dry, done)] == [(1, 0, (0, 1, 1, 0))] * 2
    assert [(one.row, one.field, one.stays, one.says, one.case_id, one.new) for one in done.conflicting] == [
        (3, "fine", "0.05", "0.06", 7, True)]  # fmt: skip
    assert (record.values["fine"], record.values["remark"]) == ("0.05", "补报")
    assert record.sheet_says == {"fine": "0.06"}
    last = [change for change in changes_of(session, record) if change.what == "conflict"]
    assert [(change.field, change.before, change.after) for change in last] == [("fine", "0.05", "0.06")]
    assert replay(changes_of(session, record)) == state_of(record)


def test_the_same_conflict_in_the_next_sheet_is_counted_and_is_no_news(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    decided(session, fine="0.05")
    sheets = [take_in(session, sheet_of(NOISE, row(fine=0.06))) for _ in range(2)]
    assert [(one.conflicts, [cell.new for cell in one.conflicting]) for one in sheets] == [(1, [True]), (1, [False])]
    assert counts(sheets[1]) == (0, 0, 2, 0)
    assert len(changes_of(session, records(session)[1])) == 3


def test_a_sheet_that_repeats_what_a_decision_rejected_is_counted_as_an_error_repeated(session: Session) -> None:
    """D56: also what an earlier decision rejected, and an empty cell, which says nothing against a decision."""
    take_in(session, sheet_of(NOISE, row()))
    decided(session, fine="0.05")
    decided(session, 8, fine="0.06")
    for cell in (0.5, 0.05, ""):
        done = take_in(session, sheet_of(NOISE, row(fine=cell)))
        assert (done.conflicts, done.repeated, counts(done)) == (0, 1, (0, 0, 2, 0))
    record = records(session)[1]
    assert record.values["fine"] == "0.06"
    assert len(changes_of(session, record)) == 3


def test_a_sheet_that_says_what_was_decided_agrees(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    decided(session, fine="0.05")
    done = take_in(session, sheet_of(NOISE, row(fine=0.05)))
    assert (done.conflicts, done.repeated, counts(done)) == (0, 0, (0, 0, 2, 0))
    assert take_in(session, sheet_of(NOISE, row(fine=0.06))).conflicts == 1


def test_what_a_case_did_not_find_of_a_sheet_is_an_error_when_it_comes_again(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    decided(session, fine="0.05")
    take_in(session, sheet_of(NOISE, row(fine=0.06)))
    refused = refuse_sheet(session, records(session)[1], {"fine": "0.06", "offence": "从未报过"}, 9, NOW, "user:4")
    session.commit()
    assert [(change.field, change.before, change.after) for change in refused] == [("fine", "0.06", "0.05")]
    done = take_in(session, sheet_of(NOISE, row(fine=0.06)))
    assert (done.conflicts, done.repeated) == (0, 1)


def test_what_a_bureau_stated_or_the_office_entered_without_a_case_is_no_decision(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    record = records(session)[1]
    correct(session, record, {"handler": "李敏"}, None, NOW, "user:3")
    session.commit()
    done = take_in(session, sheet_of(NOISE, row(handler="王强")))
    assert (done.conflicts, done.repeated, counts(done)) == (0, 0, (0, 1, 1, 0))


def test_a_sheet_brings_back_no_display_no_list_and_no_sharing(session: Session) -> None:
    """D57: only a revocation does."""
    take_in(session, sheet_of(NOISE, row()))
    record = records(session)[1]
    for end in (end_display, delist, stop_sharing):
        end(session, record, 7, NOW.date(), NOW, "user:3")
    session.commit()
    take_in(session, sheet_of(NOISE, row(fine=0.8, display_until="2030-02-10")))
    record = records(session)[1]
    assert (record.displayed, record.listed, record.shared) == (False, False, False)
    assert (record.display_ended_by_case, record.delisted_by_case, record.sharing_stopped_by_case) == (7, 7, 7)


FINES = st.sampled_from(["0.10", "0.20", "0.30", ""])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["sheet", "decision", "refusal"]), FINES), max_size=8))
def test_a_decided_value_never_changes_without_a_decision(session: Session, steps: list[tuple[str, str]]) -> None:
    """Whatever the order of sheets and decisions."""
    for record in records(session):
        for table in (RecordChange, RecordFlag, RecordStatement):
            session.execute(delete(table).where(table.record_id == record.id))
        session.delete(record)
    session.commit()
    take_in(session, csv_of(NOISE, row()))
    stays, refused = "", set()
    for step, fine in steps:
        before = records(session)[1].values.get("fine", "")
        if step == "sheet":
            done = take_in(session, csv_of(NOISE, row(fine=fine)))
            if stays:
                assert records(session)[1].values["fine"] == stays == before
                assert done.conflicts + done.repeated == (fine != stays)
                assert not (fine in refused and done.conflicts)
        elif step == "decision" and fine and fine != before:
            refused = (refused | {before}) if stays or before else refused
            stays = fine
            decided(session, fine=fine)
        elif step == "refusal" and stays and fine and fine != stays:
            if refuse_sheet(session, records(session)[1], {"fine": fine}, 9, NOW, "user:4"):
                refused.add(fine)
            session.commit()
        record = records(session)[1]
        assert replay(changes_of(session, record)) == state_of(record)


def test_a_sheet_finds_the_record_that_a_person_typed(session: Session) -> None:
    take_in(session, sheet_of(NOISE))
    first = records(session)[0]
    values = {**first.values, "document_number": "示消行罚〔2025〕8号"}
    typed = Record(kind="penalty", enterprise_id=first.enterprise_id, determined_by_id=first.determined_by_id,
                   supplied_by_id=first.supplied_by_id, known_as="示消行罚〔2025〕8号", values=values, sheet_says={},
                   document_number="示消行罚〔2025〕8号", decided_on=first.decided_on)  # fmt: skip
    enter(session, typed, NOW, "user:3")
    session.commit()
    again = {**NOISE, "document_number": "示消行罚〔2025〕8号"}
    assert counts(take_in(session, sheet_of(again))) == (0, 0, 1, 0)


CELLS = st.fixed_dictionaries(
    {
        "uscc": st.sampled_from([CODE, CODE.lower(), OTHER_CODE, "", CODE[:-1] + "1"]),
        "document_number": st.sampled_from(["示消行罚〔2025〕1号", "示消行罚[2025]1号", "示消行罚〔2025〕2号", "—"]),
        "fine": st.sampled_from([0.5, "5000元", "伍仟元", "", "若干", 0.8]),
        "decided_on": st.sampled_from(["2025-02-10", "2025.2.10", 45698.0, "2062-01-01", ""]),
        "determined_by": st.sampled_from([FIRE, "示范旗公安消防大队", "示范旗民政局", ""]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CELLS, max_size=6))
def test_importing_twice_changes_nothing_whatever_the_sheet(session: Session, rows: list[dict[str, object]]) -> None:
    sheet = sheet_of(*(row(**cells) for cells in rows))
    first = take_in(session, sheet)
    before = [state_of(record) for record in records(session)]
    second = take_in(session, sheet)
    assert (first.read, second.read) == (len(rows), len(rows))
    assert counts(second)[:2] == (0, 0)
    assert second.rejected == first.rejected
    assert [state_of(record) for record in records(session)] == before
    for record in records(session):
        assert replay(changes_of(session, record)) == state_of(record)
