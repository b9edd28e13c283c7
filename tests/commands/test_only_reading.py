"""Commands that only read keep no writer waiting, and wait for none: on SQLite there is one write lock."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import commands.audit
import commands.calendar
from application import create_app
from extensions import db
from tests.builders import START, make_place
from tests.calendar_files import INVENTED_2027
from tests.conftest import make_settings

pytestmark = pytest.mark.both_databases


@pytest.fixture
def lines(tmp_path: Path) -> dict[str, list[str]]:
    """Each command that only reads, with what it is given."""
    sheet, notice = tmp_path / "sheet.csv", tmp_path / "2027.toml"
    sheet.write_text("start,n,unit,roll,pauses\n2026-09-18,3,workday,0,\n", "utf-8")
    notice.write_text(INVENTED_2027, "utf-8")
    return {
        "verify": ["audit", "verify"], "due": ["calendar", "due", "2026-09-18", "3"],
        "sheet": ["calendar", "due", "--from", str(sheet)], "preview": ["calendar", "preview", str(notice)],
        "rules": ["rules", "list"], "kinds": ["kinds", "check"],
        "map": ["kinds", "map", "objection", "dreaming", "comparing"],
    }  # fmt: skip


@pytest.fixture
def ledger(session: Session) -> None:
    make_place(session).file(START)
    session.commit()


def write(url: sa.URL) -> None:
    """Write as another process would, and wait for nobody."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA busy_timeout=50")
        connection.commit()
        connection.execute(sa.text("UPDATE case_ SET check_code = check_code"))
        connection.commit()
    engine.dispose()


@pytest.mark.parametrize("name", ["verify", "due", "sheet", "preview", "map"])
@pytest.mark.usefixtures("ledger")
def test_another_writes_while_it_reads(
    app: Flask, lines: dict[str, list[str]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote = []

    def while_reading(part: object, of: str) -> None:
        real = getattr(part, of)

        def also(*given: object) -> object:
            answer = real(*given)
            write(db.engine.url)
            wrote.append(of)
            return answer

        monkeypatch.setattr(part, of, also)

    while_reading(commands.audit, "verify")
    while_reading(commands.calendar, "preview")
    while_reading(commands.calendar, "world_in_force")
    result = app.test_cli_runner().invoke(args=lines[name])
    assert (result.exit_code, bool(wrote)) == (0, True), result.output


@pytest.mark.parametrize("name", ["verify", "due", "sheet", "preview", "rules", "kinds", "map"])
@pytest.mark.usefixtures("ledger")
def test_it_starts_and_reads_while_another_writes(
    app: Flask, lines: dict[str, list[str]], name: str, tmp_path: Path
) -> None:
    with db.engine.begin() as other:
        other.execute(sa.text("UPDATE case_ SET check_code = check_code"))
        fresh = create_app(make_settings(tmp_path, db.engine.url.render_as_string(hide_password=False)))
        result = fresh.test_cli_runner().invoke(args=lines[name])
    assert result.exit_code == 0, result.output
