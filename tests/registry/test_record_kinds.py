"""Records of other kinds than penalties: their columns are data, and they come by the same import (D28)."""

import io

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from registry.columns import ADVERSE, KIND_LABELS, KINDS, LISTS, PENALTY, Type
from registry.credit_records import changes_of
from registry.replay import replay, state_of
from registry.sheets.reading import BadSheet
from registry.sheets.rejects import write_rejects
from tests.registry.sheets import (
    LISTED,
    SAFETY,
    counts,
    csv_of,
    listed,
    place,
    records,
    row,
    sheet_of,
    take_in,
)  # fmt: skip
from workflow.refusal import Message

OTHER_KINDS = sorted(KINDS.keys() - {"penalty"})


def headings(kind: str) -> dict[str, str]:
    return {column.key: column.heading for column in KINDS[kind]}


def test_every_kind_has_a_label_and_columns_of_its_own() -> None:
    assert KIND_LABELS.keys() == KINDS.keys()
    for columns in KINDS.values():
        assert len({column.key for column in columns}) == len({column.heading for column in columns}) == len(columns)
        assert {column.key for column in columns if column.needed} == {"name", "uscc", "document_number", "decided_on"}
        assert {column.key for column in columns if column.type is Type.BUREAU} == {"determined_by", "supplied_by"}


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_a_list_s_columns_are_those_of_a_penalty_with_listing_for_penalty(kind: str) -> None:
    said = headings(kind)
    assert [said[key] for key in ("document_number", "facts", "decided_on", "determined_by", "determined_by_code")] == [
        "列入决定书文号", "列入事由", "列入日期", "列入机关", "列入机关统一社会信用代码",
    ]  # fmt: skip
    same = ("name", "uscc", "legal_representative", "display_until", "supplied_by", "supplied_by_code", "remark",
            "handler")  # fmt: skip
    of_a_penalty = {column.key: column for column in PENALTY}
    assert {key: said[key] for key in same} == {key: of_a_penalty[key].heading for key in same}
    assert "处罚" not in "".join(said.values())


def test_one_is_removed_from_a_list_and_only_bad_news_has_a_class() -> None:
    assert {kind for kind in KINDS if headings(kind).get("removed_on") == "移出日期"} == LISTS
    assert {"serious_list", "abnormal_list", "honour_list"} == LISTS
    assert KINDS.keys() - {"honour_list"} == ADVERSE


def test_a_sheet_of_each_kind_is_taken_in(session: Session) -> None:
    place(session)
    cells = listed(handler="高建军")
    for kind in OTHER_KINDS:
        assert counts(take_in(session, sheet_of(cells, kind=kind), kind=kind)) == (1, 0, 0, 0)
        assert counts(take_in(session, csv_of(cells, kind=kind), kind=kind)) == (0, 0, 1, 0)
    for record, kind in zip(records(session), OTHER_KINDS, strict=True):
        assert (record.kind, record.document_number, record.handler) == (kind, LISTED["document_number"], "高建军")
        assert record.decided_on.isoformat() == LISTED["decided_on"]
        assert record.values["facts"] == LISTED["facts"]
        assert replay(changes_of(session, record)) == state_of(record)


def test_the_same_number_in_a_sheet_of_another_kind_is_another_record(session: Session) -> None:
    place(session)
    take_in(session, sheet_of(row(document_number="示〔2025〕1号", determined_by=SAFETY, determined_by_code="")))
    serious = sheet_of(listed(document_number="示〔2025〕1号"), kind="serious_list")
    assert counts(take_in(session, serious, kind="serious_list")) == (1, 0, 0, 0)
    assert [record.kind for record in records(session)] == ["penalty", "serious_list"]


def test_what_is_wrong_with_a_row_of_a_list_is_said_under_its_own_heading(session: Session) -> None:
    place(session)
    rows = (
        listed(document_number=""), listed(document_number="示〔2025〕2号", decided_on="2027-01-01"),
        listed(document_number="示〔2025〕3号", removed_on="2025-06-15"),
        listed(document_number="示〔2025〕4号", displayed_from="2025-06-15"),
        listed(document_number="示〔2025〕5号", determined_by="示范旗民政局", determined_by_code=""),
    )  # fmt: skip
    imported = take_in(session, sheet_of(*rows, kind="serious_list"), kind="serious_list")
    assert [(fault.row, fault.column) for fault in imported.faults] == [
        (2, "列入决定书文号"), (3, "列入日期"), (4, "移出日期"), (5, "公示日期"), (6, "列入机关"),
    ]  # fmt: skip


def test_the_rejected_rows_of_a_list_mended_are_a_sheet_of_that_kind(session: Session) -> None:
    place(session)
    imported = take_in(session, sheet_of(listed(uscc=""), kind="honour_list"), kind="honour_list")
    file = io.BytesIO()
    write_rejects(file, imported.heading, imported.rejections)
    heading, wrong = CalamineWorkbook.from_object(io.BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
    wrong[heading.index(headings("honour_list")["uscc"])] = LISTED["uscc"]
    cells = dict(zip(map(str, heading), wrong, strict=True))
    mended = sheet_of(cells, keys=list(cells), kind="honour_list")
    assert counts(take_in(session, mended, kind="honour_list")) == (1, 0, 0, 0)


@pytest.mark.parametrize(("of", "taken_as"), [("penalty", "serious_list"), ("serious_list", "penalty")])
def test_a_sheet_taken_for_one_of_another_kind_is_refused_and_says_so(session: Session, of: str, taken_as: str) -> None:
    place(session)
    sheet = sheet_of(row() if of == "penalty" else listed(), kind=of)
    with pytest.raises(BadSheet, match="another kind") as refused:
        take_in(session, sheet, kind=taken_as)
    assert isinstance(refused.value.message, Message)
    assert records(session) == []
