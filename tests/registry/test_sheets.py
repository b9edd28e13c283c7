"""Record sheets, from the file to the records and to the sheet of what was rejected."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.credit_records import CreditRecord as Record
from registry.credit_records import RecordChange, changes_of, correct, enter
from registry.organisations import Bureau, Enterprise, folded, rename
from registry.replaying import replay, state_of
from registry.sheets import BadSheet, rejects_path, write_rejects
from tests.registry.sheets import (
    CODE,
    FIRE,
    FIRM,
    HEADINGS,
    NOISE,
    NOW,
    OTHER_CODE,
    OTHER_FIRM,
    REAL,
    SAFETY,
    SAFETY_CODE,
    THIRD_CODE,
    counts,
    csv_of,
    place,
    records,
    row,
    sheet_of,
    take_in,
)  # fmt: skip

FUTURE, NO_CODE, BAD_CHARACTER = "lies in the future", "Nothing is written here", "check character"
REAL_REJECTS = {
    5: FUTURE, 19: NO_CODE, 36: FUTURE, 39: NO_CODE, 80: FUTURE, 85: FUTURE, 104: NO_CODE, 107: BAD_CHARACTER,
    114: BAD_CHARACTER, 146: FUTURE, 165: BAD_CHARACTER, 181: NO_CODE, 193: NO_CODE, 224: BAD_CHARACTER, 226: NO_CODE,
    227: NO_CODE, 239: NO_CODE, 245: FUTURE, 270: NO_CODE,
}  # fmt: skip
"""Read by eye in the sheet: six decisions of 2062, nine rows without a code, four with a wrong last character."""


@pytest.fixture(autouse=True)
def _place(session: Session) -> None:
    place(session)


def reason(imported) -> str:  # type: ignore[no-untyped-def]
    """The one reason for the one rejected row."""
    assert counts(imported)[3] == 1, counts(imported)
    return str(imported.faults[0].reason)


# The real sheet


def test_the_real_sheets_four_counts_add_up_to_its_rows(session: Session) -> None:
    imported = take_in(session, REAL)
    assert counts(imported) == (281, 0, 3, 19)  # rows 58, 60 and 284 stand twice
    assert imported.read == 303


def test_each_rejected_row_of_the_real_sheet_is_rejected_for_what_is_wrong_with_it(session: Session) -> None:
    faults = take_in(session, REAL).faults
    assert {fault.row: fault.reason for fault in faults}.keys() == REAL_REJECTS.keys()
    for fault in faults:
        assert REAL_REJECTS[fault.row] in str(fault.reason)


def test_a_second_import_of_the_real_sheet_changes_nothing(session: Session) -> None:
    take_in(session, REAL)
    before = [state_of(record) for record in records(session)]
    assert counts(take_in(session, REAL)) == (0, 0, 284, 19)
    assert [state_of(record) for record in records(session)] == before
    assert session.scalar(select(func.count()).select_from(RecordChange)) == 281


def test_the_real_sheets_days_agree_with_what_its_own_sentences_say(session: Session) -> None:
    take_in(session, REAL)
    for record in records(session):
        assert f"于{record.decided_on.year}年{record.decided_on.month}月" in record.values["facts"]
        assert record.display_until == record.decided_on.replace(year=record.decided_on.year + 3)
        assert re.fullmatch(r"示\w+〔20\d\d〕\d+号", record.document_number)


def test_the_real_sheets_fines_are_those_of_their_own_column(session: Session) -> None:
    """Three rows fine ten thousand in words and another sum in their sentence: the column is what is imported."""
    take_in(session, REAL)
    otherwise = {}
    for record in records(session):
        sentence = re.search(r"罚款人民币(\d+)元", record.values["penalty"])
        if Decimal(record.values.get("fine", "0")) * 10_000 != int(sentence[1] if sentence else 0):
            otherwise[record.document_number] = record.values["fine"]
    assert otherwise == dict.fromkeys(["示交罚〔2024〕70号", "示消行罚〔2026〕33号", "示环罚〔2026〕73号"], "1.00")


def test_the_real_sheets_firms_are_known_once_each(session: Session) -> None:
    take_in(session, REAL)
    codes = Counter(record.values["uscc"] for record in records(session))
    firms = session.scalars(select(Enterprise)).all()
    assert {firm.code for firm in firms} == codes.keys()
    assert len({folded(firm.name) for firm in firms}) == len(firms)


def test_a_dry_run_counts_the_same_and_writes_nothing(session: Session) -> None:
    assert counts(take_in(session, REAL, dry_run=True)) == (281, 0, 3, 19)
    assert records(session) == []
    assert session.scalar(select(func.count()).select_from(Enterprise)) == 0
    take_in(session, REAL)
    assert counts(take_in(session, REAL, dry_run=True)) == (0, 0, 284, 19)


# The file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_csv_is_read_in_the_encodings_that_offices_use(session: Session, encoding: str, delimiter: str) -> None:
    assert counts(take_in(session, csv_of(row(), NOISE, encoding=encoding, delimiter=delimiter))) == (2, 0, 0, 0)
    assert records(session)[0].values["name"] == FIRM


def test_a_title_above_the_heading_is_passed_over_and_rows_keep_their_numbers(session: Session) -> None:
    imported = take_in(session, sheet_of(NOISE, row(uscc=""), above=3))
    assert (counts(imported), imported.faults[0].row) == ((1, 0, 0, 1), 6)


def test_empty_lines_are_no_rows(session: Session) -> None:
    assert take_in(session, sheet_of(row(), {}, {}, NOISE)).read == 2


def test_headings_are_known_in_any_width_and_without_their_brackets(session: Session) -> None:
    keys = {"行政相对人代码_1": "uscc", "行政处罚决定书文号 *": "document_number", "罚款金额（元）": "fine"}
    cells = {key: value for key, value in row().items() if key not in keys.values()}
    renamed = cells | {heading: row(fine=5000)[key] for heading, key in keys.items()}
    assert counts(take_in(session, sheet_of(renamed, keys=list(renamed)))) == (1, 0, 0, 0)
    assert records(session)[0].values["fine"] == "0.50"


def test_a_column_beside_the_national_ones_is_kept_under_its_heading(session: Session) -> None:
    take_in(session, sheet_of(row(所属行业="冶金"), NOISE))
    assert [record.values.get("所属行业") for record in records(session)] == ["冶金", None]


def test_class_and_handler_are_read_where_the_sheet_has_them(session: Session) -> None:
    take_in(session, sheet_of(row(severity="一般", handler="高建军"), NOISE))
    first, second = records(session)
    assert (first.severity, first.handler, second.severity, second.handler) == ("general", "高建军", "", "")


@pytest.mark.parametrize(
    "wrong", [b"", b"%PDF-1.7 not a sheet", b"PK\x03\x04 broken", "甲,乙\n1,2\n".encode(), b"\xff\xfe\x00\x80\xff"]
)
def test_a_file_that_is_no_record_sheet_is_refused_as_a_whole(session: Session, wrong: bytes) -> None:
    with pytest.raises(BadSheet):
        take_in(session, wrong)


def test_a_sheet_without_a_needed_column_is_refused_and_names_it(session: Session) -> None:
    with pytest.raises(BadSheet, match="处罚决定日期"):
        take_in(session, sheet_of(row(), keys=[key for key in row() if key != "decided_on"]))


def test_an_amount_without_a_unit_in_its_heading_is_refused(session: Session) -> None:
    cells = {("罚款金额" if key == "fine" else key): value for key, value in row().items()}
    with pytest.raises(BadSheet, match="unit"):
        take_in(session, sheet_of(cells, keys=list(cells)))


# What is strict


@pytest.mark.parametrize(
    ("wrong", "column", "words"),
    [
        ({"uscc": ""}, "uscc", "Nothing is written here"),
        ({"uscc": "— —"}, "uscc", "Nothing is written here"),
        ({"uscc": CODE[:-1] + "0"}, "uscc", "check character"),
        ({"uscc": 911506990012345678}, "uscc", "lost its last digits"),
        ({"name": ""}, "name", "Nothing is written here"),
        ({"document_number": "无"}, "document_number", "Nothing is written here"),
        ({"decided_on": ""}, "decided_on", "Nothing is written here"),
        ({"decided_on": date(2062, 1, 1)}, "decided_on", "lies in the future"),
        ({"decided_on": "2026-09-18"}, "decided_on", "lies in the future"),
        ({"decided_on": "2025-02-30"}, "decided_on", "is not a day"),
        ({"display_until": "2025-02-09"}, "display_until", "before the decision"),
        ({"fine": "若干"}, "fine", "is not an amount"),
        ({"severity": "特别严重"}, "severity", "is not a class"),
        ({"handler": "某" * 201}, "handler", "Too long"),
        ({"subject_kind": "自然人"}, "subject_kind", "citizens"),
        ({"determined_by_code": "11150699MB00000000"}, "determined_by_code", "No bureau here has the code"),
        ({"determined_by": "示范旗民政局"}, "determined_by_code", "No bureau here is or was named"),
        ({"determined_by": SAFETY}, "determined_by_code", "belongs to"),
        ({"determined_by": "", "determined_by_code": ""}, "determined_by", "The bureau is missing"),
        ({"supplied_by": "/", "supplied_by_code": ""}, "supplied_by", "The bureau is missing"),
    ],
)
def test_a_row_that_cannot_be_right_is_rejected_with_column_and_reason(
    session: Session, wrong: dict[str, object], column: str, words: str
) -> None:
    imported = take_in(session, sheet_of(NOISE, row(**wrong)))
    assert counts(imported) == (1, 0, 0, 1)
    [fault] = imported.faults
    assert (fault.row, fault.column) == (3, HEADINGS[column])
    assert words in str(fault.reason)
    assert [record.values["uscc"] for record in records(session)] == [OTHER_CODE]


def test_a_decision_of_today_is_not_in_the_future(session: Session) -> None:
    assert counts(take_in(session, sheet_of(row(decided_on="2026-09-17")))) == (1, 0, 0, 0)


def test_everything_wrong_with_a_row_is_said_at_once(session: Session) -> None:
    imported = take_in(session, sheet_of(row(uscc="", fine="若干", decided_on="明天")))
    assert [fault.column for fault in imported.faults] == [HEADINGS[key] for key in ("fine", "decided_on", "uscc")]


def test_a_code_that_belongs_to_another_firm_is_rejected(session: Session) -> None:
    take_in(session, sheet_of(NOISE))
    assert "belongs to " + OTHER_FIRM in reason(take_in(session, sheet_of(row(uscc=OTHER_CODE))))


def test_a_code_given_to_two_firms_in_one_sheet_is_rejected_the_second_time(session: Session) -> None:
    imported = take_in(session, sheet_of(row(), row(name=OTHER_FIRM, document_number="示消行罚〔2025〕7号")))
    assert "belongs to " + FIRM in reason(imported)


def test_a_firms_former_name_is_understood(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    rename(session.scalars(select(Enterprise).where(Enterprise.code == CODE)).one(), "通鑫新材料有限公司（演示）")
    session.commit()
    assert counts(take_in(session, sheet_of(NOISE, row()))) == (0, 0, 2, 0)


def test_brackets_and_spaces_in_a_firms_name_do_not_make_it_another(session: Session) -> None:
    take_in(session, sheet_of(row()))
    assert counts(take_in(session, sheet_of(row(name=" 示范旗通鑫冶金有限责任公司(演示)")))) == (0, 0, 1, 0)


# Bureaus


@pytest.mark.parametrize(
    "cells",
    [
        {"determined_by": "示范旗安监局", "determined_by_code": SAFETY_CODE},
        {"determined_by": "示范旗安全生产监督管理局", "determined_by_code": ""},
        {"determined_by": "", "determined_by_code": SAFETY_CODE},
        {"determined_by": " 示范旗应急管理局　", "determined_by_code": SAFETY_CODE.lower()},
    ],
)
def test_a_bureau_is_known_by_code_name_or_former_name(session: Session, cells: dict[str, object]) -> None:
    take_in(session, sheet_of(NOISE, row(**cells)))
    decided = records(session)[1].determined_by_id
    assert session.get_one(Bureau, decided).name == SAFETY


def test_another_name_of_the_same_bureau_is_nothing_new(session: Session) -> None:
    safety = {"determined_by_code": SAFETY_CODE, "supplied_by_code": SAFETY_CODE}
    old, new = ({"determined_by": name, "supplied_by": name, **safety} for name in ("示范旗安监局", SAFETY))
    assert counts(take_in(session, sheet_of(row(**old), row(**new)))) == (1, 0, 1, 0)
    assert counts(take_in(session, sheet_of(row(**new)))) == (0, 0, 1, 0)


def test_a_bureau_that_was_merged_is_its_successor(session: Session) -> None:
    fire, safety = (session.scalars(select(Bureau).where(Bureau.name == name)).one() for name in (FIRE, SAFETY))
    fire.successor_id = safety.id
    session.commit()
    take_in(session, sheet_of(row()))
    assert [(r.determined_by_id, r.supplied_by_id) for r in records(session)] == [(safety.id, safety.id)]


def test_who_decided_and_who_supplied_may_differ(session: Session) -> None:
    take_in(session, sheet_of(row(supplied_by=SAFETY, supplied_by_code=SAFETY_CODE)))
    [record] = records(session)
    assert session.get_one(Bureau, record.determined_by_id).name == FIRE
    assert session.get_one(Bureau, record.supplied_by_id).name == SAFETY


# Again


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


def test_a_sheet_that_says_something_new_after_a_case_is_believed(session: Session) -> None:
    take_in(session, sheet_of(NOISE, row()))
    correct(session, records(session)[1], {"fine": "0.05"}, 7, NOW, "user:3")
    session.commit()
    assert counts(take_in(session, sheet_of(NOISE, row(fine=0.06)))) == (0, 1, 1, 0)
    record = records(session)[1]
    assert (record.values["fine"], record.sheet_says) == ("0.06", {})
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


# What was rejected


def rejected_sheet(imported) -> list[list[object]]:  # type: ignore[no-untyped-def]
    file = io.BytesIO()
    write_rejects(file, imported.heading, imported.rejections)
    return CalamineWorkbook.from_object(io.BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()


def test_the_sheet_of_rejected_rows_has_row_column_reason_and_the_cells_as_they_came(session: Session) -> None:
    rows = rejected_sheet(take_in(session, REAL))
    assert len(rows) == 20
    assert rows[0][:4] == ["行号", "栏目", "原因", "行政相对人名称"]
    assert rows[1][:2] == [5, "处罚决定日期"]
    assert rows[1][3:6] == ["青山镇青金农牧业有限公司（演示）", "法人及非法人组织", "91150699B8YNG5KC9F"]
    assert rows[1][19] == date(2062, 1, 1)


def test_a_formula_in_a_cell_stays_text_in_the_sheet_of_rejected_rows(session: Session, tmp_path: Path) -> None:
    imported = take_in(session, sheet_of(row(uscc="", remark='=HYPERLINK("http://127.0.0.1/x","点此")')))
    file = io.BytesIO()
    write_rejects(file, imported.heading, imported.rejections)
    assert rejected_sheet(imported)[1][-1] == '=HYPERLINK("http://127.0.0.1/x","点此")'
    assert b"<f>" not in zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")


def test_the_sheet_of_rejected_rows_mended_is_a_record_sheet(session: Session) -> None:
    imported = take_in(session, sheet_of(NOISE, row(uscc="")))
    heading, wrong = rejected_sheet(imported)
    wrong[heading.index(HEADINGS["uscc"])] = CODE
    cells = dict(zip(map(str, heading), wrong, strict=True))
    assert counts(take_in(session, sheet_of(cells, keys=list(cells)))) == (1, 0, 0, 0)
    assert "原因" not in records(session)[1].values


def test_the_rejected_rows_go_beside_the_file() -> None:
    assert rejects_path(Path("/in/penalties.xlsx")) == Path("/in/penalties.rejected.xlsx")


ANYTHING = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["=1+1", "９", "〔", "1e9", "-0", "壹", "∞", "²"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.dictionaries(st.sampled_from(sorted(HEADINGS)), ANYTHING, min_size=1, max_size=6))
def test_whatever_stands_in_a_cell_the_row_is_imported_or_rejected(session: Session, cells: dict[str, object]) -> None:
    imported = take_in(session, csv_of(NOISE, row(**cells)))
    assert imported.read >= 1
    assert all(str(fault.reason) for fault in imported.faults)
    for record in records(session):
        assert all(value and "\0" not in value for value in record.values.values())
