"""`flask calendar preview` and `load`: what a holiday notice moves, said before and done after."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.in_force import CalendarFile
from tests.builders import Place, day
from tests.calendar_files import INVENTED_2027


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    file = tmp_path / "cn-2027.toml"
    file.write_text(INVENTED_2027, "utf-8")
    return file


def run(app: Flask, *words: str) -> tuple[int, list[str], str]:
    done = app.test_cli_runner().invoke(args=["calendar", *words])
    return done.exit_code, done.stdout.splitlines(), done.stderr


def loaded(session: Session) -> int:
    return session.scalar(select(func.count(CalendarFile.id))) or 0


def test_preview_prints_a_line_for_each_deadline_that_would_move_and_the_counts(
    app: Flask, place: Place, session: Session, notice: Path
) -> None:
    case = place.file(day(2026, 12, 21))
    session.commit()
    assert run(app, "preview", str(notice)) == (
        0,
        [f"{case.number}  whole  2027-01-19 → 2027-01-20", "moved 1", "certain 0", "unchanged 1"],
        "",
    )
    assert loaded(session) == 0


def test_load_prints_what_moved_and_a_second_load_moves_nothing(
    app: Flask, place: Place, session: Session, notice: Path
) -> None:
    case = place.file(day(2026, 12, 21))
    session.commit()
    assert run(app, "load", str(notice))[1][0] == f"{case.number}  whole  2027-01-19 → 2027-01-20"
    assert run(app, "load", str(notice)) == (0, ["moved 0", "certain 0", "unchanged 2"], "")
    assert run(app, "due", "2026-12-31", "1") == (0, ["2027-01-05"], "")
    assert loaded(session) == 1


@pytest.mark.parametrize("command", ["preview", "load"])
def test_a_file_that_cannot_be_used_ends_with_code_2_a_sentence_and_nothing_loaded(
    app: Flask, session: Session, notice: Path, command: str
) -> None:
    notice.write_text(INVENTED_2027.replace('"cn"', '"tr"'), "utf-8")
    code, lines, said = run(app, command, str(notice))
    assert (code, lines) == (2, [])
    assert "This file extends the calendar tr, not cn." in said
    notice.write_bytes(b"\xff\xfe")
    assert run(app, command, str(notice))[0] == 2
    assert loaded(session) == 0


def test_a_file_that_is_not_there_is_named(app: Flask) -> None:
    code, _, said = run(app, "load", "no-such.toml")
    assert code == 2
    assert "no-such.toml" in said
