"""The rows of a sheet that were rejected: the sheet of them, and that every row is taken or on it."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from registry.sheets.reading import RecordSheet
from registry.sheets.rejects import rejects_path, write_rejects
from tests.registry.sheets import CODE, HEADINGS, NOISE, REAL, counts, records, row, sheet_of, take_in  # fmt: skip

pytestmark = pytest.mark.usefixtures("bureaus_of_the_demo")


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
    heading = [HEADINGS.get(key, key) for key in row(**cells)]
    rows = [[said.get(key, "") for key in row(**cells)] for said in (NOISE, row(**cells))]
    imported = take_in(session, RecordSheet(heading, iter(enumerate(rows, 2)), 2))
    assert imported.read == 2
    assert all(str(fault.reason) for fault in imported.faults)
    for record in records(session):
        assert all(value and "\0" not in value for value in record.values.values())
