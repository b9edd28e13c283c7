"""`flask calendar due`: the law's worked examples, the proof, the sheet of many, and what it refuses."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from commands import calendar as command
from commands.calendar import calendar_commands
from tests.workflow.calendars import file, shipped

HEADER = "start,n,unit,roll,pauses\n"


@pytest.fixture
def run(monkeypatch):
    """The command as it is typed, on the shipped calendar; what is loaded beside it has tests of its own."""
    application = Flask("calendar")
    application.cli.add_command(calendar_commands)
    monkeypatch.setattr(command, "calendar_in_use", shipped)
    runner = application.test_cli_runner()

    def invoke(*args: str, stdin: str | None = None) -> Result:
        return runner.invoke(args=["calendar", "due", *args], input=stdin)

    return invoke


def test_the_application_counts_by_the_calendar_of_its_place(app):
    result = app.test_cli_runner().invoke(args=["calendar", "due", "2026-09-18", "3"])
    assert (result.exit_code, result.stdout, result.stderr) == (0, "2026-09-22\n", "")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("2026-09-18 3", "2026-09-22"),
        ("2026-09-24 10", "2026-10-15"),
        ("2026-11-02 7 --pause 2026-11-04..2026-11-10", "2026-11-17"),
        ("2026-11-02 7", "2026-11-11"),
        ("2026-09-17 20 --unit day --roll", "2026-10-08"),
        ("2026-08-08 60 --unit day --roll", "2026-10-08"),
        ("2025-11-30 3 --unit month", "2026-02-28"),
    ],
)
def test_the_laws_worked_examples(run, asked, answer):
    result = run(*asked.split())
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{answer}\n", "")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [("2026-12-24 7", "2027-01-05 provisional"), ("2026-12-29 7", "2027-01-08 provisional"),
     ("2026-12-24 5", "2026-12-31")],
)  # fmt: skip
def test_a_date_past_the_announced_time_is_said_to_be_provisional(run, asked, answer):
    assert run(*asked.split()).stdout == f"{answer}\n"


def test_several_pauses_are_counted(run):
    pauses = ["--pause", "2026-11-03..2026-11-04", "--pause", "2026-11-05..2026-11-10"]
    assert run("2026-11-02", "3", *pauses).stdout == "2026-11-11\n"


def test_the_proof_follows_the_date_and_ends_with_it(run):
    assert run("2026-09-18", "3", "--explain").stdout.splitlines() == [
        "2026-09-22",
        "2026-09-18  Fri  start, not counted",
        "2026-09-19  Sat  weekend, not counted",
        "2026-09-20  Sun  make-up day, counted 1  国务院办公厅关于2026年部分节假日安排的通知",
        "2026-09-21  Mon  counted 2",
        "2026-09-22  Tue  counted 3",
    ]


def test_the_proof_marks_the_days_that_nobody_has_announced(run):
    lines = run("2026-12-30", "2", "--explain").stdout.splitlines()
    assert lines[3] == "2027-01-01  Fri  holiday, not counted  not announced yet"
    assert lines[-1] == "2027-01-04  Mon  counted 2  not announced yet"


def test_another_calendar_file_counts_alone(run, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text(file(off="[2027-03-02]", work="[2027-03-06]"), encoding="utf-8")
    assert run("2027-03-01", "4", "--calendar", str(other)).stdout == "2027-03-06\n"
    assert run("2026-12-31", "1", "--calendar", str(other)).stdout == "2027-01-01\n"


class TestSheet:
    def test_a_sheet_is_answered_in_its_own_order(self, run, tmp_path):
        sheet = written(
            tmp_path,
            "2026-11-02,7,workday,0,2026-11-04..2026-11-10\n"
            "2026-12-24,7,workday,0,\n"
            "2026-09-17,20,day,1,\n"
            "2026-11-02,3,workday,0,2026-11-03..2026-11-04 2026-11-05..2026-11-10\n"
            "2025-11-30,3,month,0,\n",
        )
        result = run("--from", sheet)
        assert result.exit_code == 0
        assert result.stdout.splitlines() == [
            "due,provisional", "2026-11-17,0", "2027-01-05,1", "2026-10-08,0", "2026-11-11,0", "2026-02-28,0",
        ]  # fmt: skip

    def test_the_columns_may_stand_in_another_order_beside_others(self, run, tmp_path):
        path = tmp_path / "sheet.csv"
        path.write_text("\ufeffcase,pauses,roll,unit,n,start\nA,,0,workday,3,2026-09-18\n", encoding="utf-8")
        assert run("--from", str(path)).stdout.splitlines() == ["due,provisional", "2026-09-22,0"]

    def test_a_sheet_comes_through_a_pipe(self, run):
        assert run("--from", "-", stdin=HEADER + "2026-09-18,3,,,\n").stdout.splitlines()[1] == "2026-09-22,0"

    def test_a_sheet_without_rows_has_no_answers(self, run, tmp_path):
        assert run("--from", written(tmp_path, "")).stdout == "due,provisional\n"

    @pytest.mark.parametrize(
        ("row", "says"),
        [
            ("2026-09-31,3,workday,0,", "Line 3: '2026-09-31' is not a date"),
            ("2026-09-18,-3,workday,0,", "Line 3: '-3' is not a number"),
            ("2026-09-18,3,week,0,", "Line 3: 'week' is not a unit"),
            ("2026-09-18,3,workday,yes,", "Line 3: 'yes' is not a roll"),
            ("2026-09-18,3,workday,0,2026-09-19", "Line 3: '2026-09-19' is not a pause"),
            ("2026-09-18,3,workday,0,2026-09-19..2026-09-20,2026-09-21..2026-09-22", "Line 3: it has more cells"),
            ("9999-09-18,999,workday,0,", "past the year 9999"),
        ],
    )
    def test_a_bad_line_is_named(self, run, tmp_path, row, says):
        refused(run("--from", written(tmp_path, f"2026-09-18,3,workday,0,\n{row}\n")), says)

    def test_a_sheet_of_another_sort_is_refused_before_anything_is_answered(self, run, tmp_path):
        other = tmp_path / "other.csv"
        other.write_text("name,code\nA,B\n", encoding="utf-8")
        result = run("--from", str(other))
        refused(result, "start,n,unit,roll,pauses")
        assert result.stdout == ""
        other.write_bytes("开始,n\n".encode("gb18030"))
        refused(run("--from", str(other)), "not a CSV in UTF-8")


class TestRefused:
    @pytest.mark.parametrize(
        ("asked", "says"),
        [
            ("", "Give START and N"),
            ("2026-09-18", "Give START and N"),
            ("2026-9-18 3", "'2026-9-18' is not a date"),
            ("20260918 3", "'20260918' is not a date"),
            ("2026-W38-5 3", "'2026-W38-5' is not a date"),
            ("2026-02-30 3", "'2026-02-30' is not a date"),
            ("2026-09-18 three", "'three' is not a number"),
            ("2026-09-18 -3", "-3"),
            ("2026-09-18 3 --unit week", "'week' is not a unit"),
            ("2026-09-18 3 --pause 2026-09-19", "'2026-09-19' is not a pause"),
            ("2026-09-18 3 --pause 2026-09-19..soon", "'soon' is not a date"),
            ("2026-09-18 3 --pause 2026-09-20..2026-09-19", "ends before it begins"),
            ("9999-12-30 999999999 --unit month", "past the year 9999"),
            ("2026-09-18 3 --calendar nowhere.toml", "nowhere.toml"),
            ("--from nowhere.csv", "nowhere.csv"),
        ],
    )
    def test_bad_input_is_refused_with_a_sentence(self, run, asked, says):
        result = run(*asked.split())
        refused(result, says)
        assert result.stdout == ""

    def test_a_sheet_and_a_single_date_do_not_go_together(self, run, tmp_path):
        refused(run("2026-09-18", "3", "--from", written(tmp_path, "")), "Give either")

    def test_a_calendar_file_that_cannot_be_used_is_refused(self, run, tmp_path):
        other = tmp_path / "other.toml"
        other.write_text(file(weekend="[8]"), encoding="utf-8")
        refused(run("2026-09-18", "3", "--calendar", str(other)), "weekend.0")


def written(folder: Path, rows: str) -> str:
    path = folder / "sheet.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    return str(path)


def refused(result: Result, says: str) -> None:
    assert result.exit_code == 2
    assert says in result.stderr
