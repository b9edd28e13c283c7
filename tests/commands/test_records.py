"""`flask records import`: six lines, the sheet of rejected rows beside the file, and the exit code."""

import shutil
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from registry.organisations import Bureau
from tests.registry.sheets import NOISE, REAL, csv_of, listed, records, row, sheet_of

pytestmark = pytest.mark.both_databases


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["records", "import", *map(str, arguments)])


@pytest.fixture
def real(tmp_path: Path) -> Path:
    return Path(shutil.copy(REAL, tmp_path / "penalties.xlsx"))


def test_the_real_sheet_on_an_empty_database(app: Flask, session: Session, real: Path) -> None:
    result = run(app, real)
    assert result.stdout == "imported 281\nupdated 0\nunchanged 3\nrejected 19\nconflicts 0\nrepeated 0\n"
    assert result.exit_code == 1
    assert str(real.with_name("penalties.rejected.xlsx")) in result.stderr
    assert len(records(session)) == 281


def test_a_second_import_changes_nothing(app: Flask, real: Path) -> None:
    run(app, real)
    assert run(app, real).stdout == "imported 0\nupdated 0\nunchanged 284\nrejected 19\nconflicts 0\nrepeated 0\n"


def test_the_sheet_beside_the_file_names_row_column_and_reason(app: Flask, real: Path) -> None:
    run(app, real)
    beside = CalamineWorkbook.from_path(real.with_name("penalties.rejected.xlsx")).get_sheet_by_index(0).to_python()
    assert [line[0] for line in beside[1:4]] == [5, 19, 36]
    assert beside[1][1] == "处罚决定日期"
    assert "2062-01-01" in str(beside[1][2])


def test_a_sheet_without_a_fault_ends_well_and_leaves_no_sheet_beside_it(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "clean.csv"
    file.write_bytes(csv_of(row(), NOISE, encoding="gb18030"))
    result = run(app, file)
    assert (result.exit_code, result.stdout, result.stderr) == (
        0,
        "imported 2\nupdated 0\nunchanged 0\nrejected 0\nconflicts 0\nrepeated 0\n",
        "",
    )
    assert not file.with_name("clean.rejected.xlsx").exists()


def test_a_dry_run_writes_nothing_into_the_database(app: Flask, session: Session, real: Path) -> None:
    result = run(app, real, "--dry-run")
    assert (result.exit_code, result.stdout.split()[1]) == (1, "281")
    assert records(session) == []
    assert session.query(Bureau).count() == 0


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", sheet_of({"name": "甲"}, keys=["name"])])
def test_a_file_that_is_no_record_sheet_is_refused_in_a_sentence(app: Flask, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "wrong.xlsx"
    file.write_bytes(content)
    result = run(app, file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there_and_a_kind_that_is_not_known_are_refused(app: Flask, real: Path) -> None:
    assert run(app, real.with_name("none.xlsx")).exit_code == 2
    assert run(app, real, "--kind", "honour").exit_code == 2


def test_a_sheet_of_a_list_is_taken_in_with_its_kind_alone(app: Flask, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(sheet_of(listed(), listed(uscc="", document_number="示应急列〔2025〕5号"), kind="serious_list"))
    assert run(app, file).exit_code == 2
    result = run(app, file, "--kind", "serious_list")
    assert (result.exit_code, result.stdout) == (
        1,
        "imported 1\nupdated 0\nunchanged 0\nrejected 1\nconflicts 0\nrepeated 0\n",
    )
    assert [record.kind for record in records(session)] == ["serious_list"]
    assert run(app, file.with_name("list.rejected.xlsx"), "--kind", "serious_list").exit_code == 1
