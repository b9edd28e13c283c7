"""What cases do to a record: each write leaves its change, and the record is the replay of its changes."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.credit_records import (
    CreditRecord,
    RecordChange,
    changes_of,
    correct,
    delist,
    end_display,
    enter,
    flag,
    flags_of,
    follow_successor,
    keep_statement,
    show_again,
    state_severity,
    statements_of,
    stop_sharing,
    unflag,
    value_of,
)
from registry.organisations import Bureau
from registry.replay import replay, state_of
from tests.registry.sheets import FIRE, NOISE, NOW, SAFETY, place, records, row, sheet_of, take_in
from workflow.refusal import Impossible

pytestmark = pytest.mark.both_databases

DAY, WHO = date(2026, 9, 17), "user:3"


@pytest.fixture
def noise(session: Session, record: CreditRecord) -> CreditRecord:
    return records(session)[0]


@pytest.fixture
def record(session: Session) -> CreditRecord:
    place(session)
    take_in(session, sheet_of(NOISE, row()))
    return records(session)[1]


def replayed(session: Session, record: CreditRecord) -> bool:
    held = flags_of(session, [record.id]).get(record.id, [])
    return replay(changes_of(session, record)) == state_of(record, held, statements_of(session, record))


def test_a_correction_keeps_what_stood_before(session: Session, record: CreditRecord, noise: CreditRecord) -> None:
    [change] = correct(session, record, {"fine": "0.05"}, 7, NOW, WHO)
    assert (change.what, change.field, change.before, change.after, change.case_id, change.actor) == (
        "corrected", "fine", "0.50", "0.05", 7, WHO,
    )  # fmt: skip
    assert (value_of(record, "fine"), value_of(noise, "fine")) == ("0.05", "0.50")
    assert len(changes_of(session, noise)) == 1


def test_a_corrected_day_number_or_class_is_corrected_where_it_is_searched_by(
    session: Session, record: CreditRecord
) -> None:
    found = {
        "decided_on": "2025-02-12",
        "display_until": "",
        "document_number": "示消行罚〔2025〕332号",
        "severity": "minor",
    }
    correct(session, record, found, 7, NOW, WHO)
    assert (record.decided_on, record.display_until) == (date(2025, 2, 12), None)
    assert (record.document_number, record.severity) == ("示消行罚〔2025〕332号", "minor")
    assert record.known_as == "示消行罚〔2025〕323号"


def test_a_correction_that_changes_nothing_leaves_no_change(session: Session, record: CreditRecord) -> None:
    assert correct(session, record, {"fine": "0.50", "remark": ""}, 7, NOW, WHO) == []
    assert len(changes_of(session, record)) == 1


def test_what_was_found_is_written_over_whatever_stands_there_now(session: Session, record: CreditRecord) -> None:
    take_in(session, sheet_of(NOISE, row(fine=0.9)))
    record = records(session)[1]
    [change] = correct(session, record, {"fine": "0.05"}, 7, NOW, WHO)
    assert (change.before, change.after) == ("0.90", "0.05")


def test_a_flag_is_held_by_each_case_that_set_it(session: Session, record: CreditRecord, noise: CreditRecord) -> None:
    flag(session, noise, 9, NOW, WHO)
    assert len(flag(session, record, 7, NOW, WHO)) == 1
    assert flag(session, record, 7, NOW, WHO) == []
    flag(session, record, 8, NOW, WHO)
    assert len(unflag(session, record, 7, NOW, WHO)) == 1
    assert unflag(session, record, 7, NOW, WHO) == []
    assert flags_of(session, [record.id, noise.id]) == {record.id: [8], noise.id: [9]}


def test_a_display_is_ended_once_and_shown_again_by_the_case_that_ended_it(
    session: Session, record: CreditRecord
) -> None:
    assert len(end_display(session, record, 7, DAY, NOW, WHO)) == 1
    assert end_display(session, record, 8, DAY, NOW, WHO) == []
    assert show_again(session, record, 8, DAY, NOW, WHO) == []
    assert not record.displayed
    assert len(show_again(session, record, 7, DAY, NOW, WHO)) == 1
    assert (record.displayed, record.display_ended_on, record.display_ended_by_case) == (True, None, None)


def test_a_display_that_ended_by_itself_is_not_shown_again_by_a_case(session: Session, record: CreditRecord) -> None:
    end_display(session, record, None, DAY, NOW, "clock")
    assert show_again(session, record, 7, DAY, NOW, WHO) == []


def test_a_list_and_sharing_end_once_each_and_leave_their_change(
    session: Session, record: CreditRecord, noise: CreditRecord
) -> None:
    for end, what in ((delist, "delisted"), (stop_sharing, "sharing_stopped")):
        [change] = end(session, record, 7, DAY, NOW, WHO)
        assert (change.what, change.case_id, change.before, change.after) == (what, 7, "", DAY.isoformat())
        assert end(session, record, 8, DAY, NOW, WHO) == []
    session.commit()
    after = records(session)[1]
    assert (after.displayed, after.listed, after.delisted_on, after.delisted_by_case) == (True, False, DAY, 7)
    assert (after.shared, after.sharing_stopped_on, after.sharing_stopped_by_case) == (False, DAY, 7)
    assert (noise.listed, noise.shared) == (True, True)
    assert replayed(session, after)


def test_what_a_case_ended_is_undone_and_what_another_ended_is_not(session: Session, record: CreditRecord) -> None:
    for end, case in ((end_display, 7), (delist, 8), (stop_sharing, 7)):
        end(session, record, case, DAY, NOW, WHO)
    changes = show_again(session, record, 7, DAY, NOW, WHO)
    assert [(change.what, change.before) for change in changes] == [
        ("shown_again", DAY.isoformat()), ("shared_again", DAY.isoformat()),
    ]  # fmt: skip
    assert (record.displayed, record.listed, record.shared, record.sharing_stopped_on) == (True, False, True, None)
    assert show_again(session, record, 7, DAY, NOW, WHO) == []
    assert replayed(session, record)


@pytest.mark.parametrize(("on", "by_class", "shown"), [
    (date(2028, 2, 10), None, True), (date(2028, 2, 11), None, False),
    (date(2027, 1, 5), date(2027, 1, 5), True), (date(2027, 1, 6), date(2027, 1, 5), False),
])  # fmt: skip
def test_a_display_is_not_shown_again_after_its_old_end(
    session: Session, record: CreditRecord, on: date, by_class: date | None, shown: bool
) -> None:
    """D15: the sheet ends it on 2028-02-10, or the class that the bureau stated does before."""
    for end in (end_display, stop_sharing):
        end(session, record, 7, DAY, NOW, WHO)
    changes = show_again(session, record, 7, on, NOW, WHO, last_day=by_class)
    assert [change.what for change in changes] == ["shown_again", "shared_again"][0 if shown else 1 :]
    assert record.displayed is shown
    assert replayed(session, record)


def test_a_statement_is_kept_once_beside_each_field(session: Session, record: CreditRecord) -> None:
    assert (
        len(
            keep_statement(
                session, record, 7, dict.fromkeys(["fine", "facts", "fine"], "我方未收到决定书。"), DAY, NOW, WHO
            )
        )
        == 2
    )
    assert (
        keep_statement(session, record, 7, dict.fromkeys(["facts", "fine"], "我方未收到决定书。"), DAY, NOW, WHO) == []
    )
    kept = [(row.field, row.statement, row.checked_on) for row in statements_of(session, record)]
    assert kept == [(field, "我方未收到决定书。", DAY) for field in ("fine", "facts")]


def test_a_statement_goes_when_its_case_no_longer_leaves_the_field_open(session: Session, record: CreditRecord) -> None:
    keep_statement(session, record, 7, dict.fromkeys(["fine", "facts"], "我方未收到决定书。"), DAY, NOW, WHO)
    keep_statement(session, record, 8, dict.fromkeys(["fine"], "另一案。"), DAY, NOW, WHO)
    [change] = keep_statement(session, record, 7, dict.fromkeys(["facts"], "我方未收到决定书。"), DAY, NOW, WHO)
    assert (change.what, change.field, change.case_id, change.after) == ("statement_dropped", "fine", 7, "")
    assert [(row.case_id, row.field) for row in statements_of(session, record)] == [(7, "facts"), (8, "fine")]
    assert replayed(session, record)


def test_a_field_checked_again_bears_the_day_of_the_new_check(session: Session, record: CreditRecord) -> None:
    keep_statement(session, record, 7, dict.fromkeys(["fine"], "我方未收到决定书。"), DAY, NOW, WHO)
    later = DAY + timedelta(days=30)
    [change] = keep_statement(session, record, 7, dict.fromkeys(["fine"], "我方未收到决定书。"), later, NOW, WHO)
    assert (change.what, change.field) == ("statement_kept", "fine")
    assert [row.checked_on for row in statements_of(session, record)] == [later]
    assert replayed(session, record)


def test_the_bureau_states_a_class(session: Session, record: CreditRecord) -> None:
    assert [change.what for change in state_severity(session, record, "minor", NOW, WHO)] == ["class_stated"]
    assert record.severity == "minor"
    with pytest.raises(ValueError, match="awful"):
        state_severity(session, record, "awful", NOW, WHO)


def test_a_record_that_a_person_typed_begins_with_its_change(session: Session, record: CreditRecord) -> None:
    values = {**record.values, "document_number": "示消行罚〔2026〕1号"}
    copied = {
        name: getattr(record, name) for name in ("enterprise_id", "determined_by_id", "supplied_by_id", "decided_on")
    }
    typed = CreditRecord(kind="penalty", known_as="示消行罚〔2026〕1号", document_number="示消行罚〔2026〕1号",
                         values=values, sheet_says={}, displayed=True, **copied)  # fmt: skip
    [change] = enter(session, typed, NOW, WHO)
    assert (change.what, change.record_id) == ("entered", typed.id)
    assert replayed(session, typed)
    again = CreditRecord(
        kind="penalty", known_as="示消行罚〔2026〕1号", document_number="示消行罚〔2026〕1号", values=values, **copied
    )
    with pytest.raises(Impossible, match="here already"):
        enter(session, again, NOW, WHO)
    correct(session, record, {"document_number": "示消行罚〔2026〕2号"}, 7, NOW, WHO)
    again.known_as = again.document_number = "示消行罚〔2026〕2号"
    with pytest.raises(Impossible, match="here already"):
        enter(session, again, NOW, WHO)


def test_the_records_of_a_merged_bureau_follow_its_successor(session: Session, record: CreditRecord) -> None:
    fire, safety = (session.scalars(select(Bureau).where(Bureau.name == name)).one() for name in (FIRE, SAFETY))
    assert follow_successor(session, fire.id, safety.id, NOW, WHO) == 2
    session.commit()
    for moved in records(session):
        assert (moved.determined_by_id, moved.supplied_by_id) == (safety.id, safety.id)
        assert replayed(session, moved)


ACTS = st.sampled_from(
    [
        "correct",
        "correct_back",
        "flag",
        "unflag",
        "end",
        "end_alone",
        "delist",
        "stop",
        "again",
        "keep",
        "class",
        "sheet",
    ]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(ACTS, st.integers(7, 8)), max_size=12))
def test_a_record_is_the_replay_of_its_changes(
    session: Session, record: CreditRecord, acts: list[tuple[str, int]]
) -> None:
    for number, (act, case) in enumerate(acts):
        now = NOW + timedelta(minutes=number)
        if act == "correct":
            correct(
                session, record, {"fine": f"{number}.00", "remark": "甲", "decided_on": "2025-02-11"}, case, now, WHO
            )
        elif act == "correct_back":
            correct(session, record, {"fine": "0.50", "remark": ""}, case, now, WHO)
        elif act == "flag":
            flag(session, record, case, now, WHO)
        elif act == "unflag":
            unflag(session, record, case, now, WHO)
        elif act == "end":
            end_display(session, record, case, DAY, now, WHO)
        elif act == "end_alone":
            end_display(session, record, None, DAY, now, "clock")
        elif act == "again":
            show_again(session, record, case, DAY, now, WHO)
        elif act == "delist":
            delist(session, record, case, DAY, now, WHO)
        elif act == "stop":
            stop_sharing(session, record, case, DAY, now, WHO)
        elif act == "keep":
            fields = ["fine", "facts"][: (now.minute + case) % 3]
            keep_statement(session, record, case, dict.fromkeys(fields, "说明"), now.date(), now, WHO)
        elif act == "class":
            state_severity(session, record, ("minor", "serious")[case - 7], now, WHO)
        else:
            take_in(session, sheet_of(row(fine=number)))
            session.refresh(record)
    assert replayed(session, record)
    assert (
        session.scalar(select(func.count()).where(RecordChange.before == RecordChange.after, RecordChange.before != ""))
        == 0
    )
