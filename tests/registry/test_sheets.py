"""Record sheets, from the file to the records."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.credit_records import RecordChange
from registry.organisations import Bureau, Enterprise, folded, rename
from registry.replay import state_of
from registry.sheets.reading import BadSheet
from tests.registry.sheets import (
    CODE,
    FIRE,
    FIRM,
    HEADINGS,
    NOISE,
    OTHER_CODE,
    OTHER_FIRM,
    REAL,
    SAFETY,
    SAFETY_CODE,
    counts,
    csv_of,
    reason,
    records,
    row,
    sheet_of,
    take_in,
)  # fmt: skip

FUTURE, NO_CODE, BAD_CHARACTER = "is in the future", "This is empty", "check character"
REAL_REJECTS = {
    5: FUTURE, 19: NO_CODE, 36: FUTURE, 39: NO_CODE, 80: FUTURE, 85: FUTURE, 104: NO_CODE, 107: BAD_CHARACTER,
    114: BAD_CHARACTER, 146: FUTURE, 165: BAD_CHARACTER, 181: NO_CODE, 193: NO_CODE, 224: BAD_CHARACTER, 226: NO_CODE,
    227: NO_CODE, 239: NO_CODE, 245: FUTURE, 270: NO_CODE,
}  # fmt: skip
"""Read by eye in the sheet: six decisions of 2062, nine rows without a code, four with a wrong last character."""


pytestmark = [pytest.mark.usefixtures("bureaus_of_the_demo"), pytest.mark.both_databases]


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
        ({"uscc": ""}, "uscc", "This is empty"),
        ({"uscc": "— —"}, "uscc", "This is empty"),
        ({"uscc": CODE[:-1] + "0"}, "uscc", "check character"),
        ({"uscc": 911506990012345678}, "uscc", "lost its last digits"),
        ({"name": ""}, "name", "This is empty"),
        ({"document_number": "无"}, "document_number", "This is empty"),
        ({"decided_on": ""}, "decided_on", "This is empty"),
        ({"decided_on": date(2062, 1, 1)}, "decided_on", "is in the future"),
        ({"decided_on": "2026-09-18"}, "decided_on", "is in the future"),
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
