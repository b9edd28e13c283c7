import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import cases.kinds
from application import create_app
from cases.kinds import all_kinds, definitions
from cases.ledger.verify import verify
from cases.model import triggers
from cases.model.tables import Case
from commands import kinds as kinds_module
from commands.kinds import kinds_commands, permissions, report, shipped
from config import ROOT, Unsafe
from extensions import Base, db, only_reading
from notifications.wording import WORDINGS
from tests.builders import make_place
from tests.cases.courses import to_bureau
from tests.conftest import make_settings
from tests.kinds_changed import changed, kind_is, source
from tests.workflow.builders import place, sound, with_action
from workflow.checks import check_all
from workflow.definition import Field

pytestmark = pytest.mark.both_databases


def test_every_kind_holds_together_in_every_shipped_place() -> None:
    assert [str(fault) for fault in check_all(tuple(all_kinds().values()), shipped())] == []


def test_the_shipped_places_are_those_where_cases_are_kept() -> None:
    assert {law.code for law in shipped()} >= {"cn-nm-demo", "cn-nm-etuoke"}


def test_check_says_ok_of_each_kind() -> None:
    answer = CliRunner().invoke(kinds_commands, ["check"])
    assert answer.exit_code == 0
    assert answer.output.splitlines() == [f"ok: {kind}" for kind in all_kinds()]


def test_check_prints_each_fault_of_an_unsound_kind() -> None:
    unsound = replace(with_action("refer", asks=(Field("word", ""),)), letters="Q")
    lines, is_sound = report([unsound], [place()])
    assert not is_sound
    assert len(lines) == 2
    assert report([sound()], [place()]) == (["ok: request"], True)


@pytest.fixture
def folder_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Writes a file into a folder of kinds that lies beside the shipped one."""
    monkeypatch.setattr(cases.kinds, "__path__", [*cases.kinds.__path__, str(tmp_path)])

    def write(name: str, text: str) -> None:
        (tmp_path / f"{name}.py").write_text(text, "utf-8")

    yield write
    for name in [name for name in sys.modules if name.startswith("cases.kinds.planted")]:
        del sys.modules[name]


def test_two_files_with_the_same_kind_are_both_named(folder_with: Callable[[str, str], None]) -> None:
    """The second would vanish silently."""
    folder_with("planted_twice", "from cases.kinds.objection import DEFINITION as DEFINITION\n")
    lines, is_sound = report(definitions(), shipped())
    assert not is_sound
    assert any(line.startswith("cases/kinds/objection.py: kind objection: ") for line in lines)
    assert any("planted_twice.py: kind objection: cases/kinds/objection.py defines it too" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("X = 1\nY = within('objection.return', 'refer')\n",
         "planted_bad.py:2: name 'within' is not defined; add: from workflow.guards import within."),
        ("from workflow.definition import Acton\n",
         "planted_bad.py:1: cannot import name 'Acton' from 'workflow.definition'."),
        ("\n\nX = = 1\n", "planted_bad.py:3: invalid syntax."),
        ("from workflow.definition import Rung\nX = Rung()\n", "planted_bad.py:2: Rung.__init__() missing 2"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_a_sentence_with_its_line(
    folder_with: Callable[[str, str], None], text: str, said: str
) -> None:
    folder_with("planted_bad", text)
    answer = CliRunner().invoke(kinds_commands, ["check"])
    assert answer.exit_code == 1
    assert said in answer.output
    assert "Traceback" not in answer.output


def test_a_limit_out_of_range_is_a_sentence_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "jurisdictions"
    shutil.copytree(ROOT / "jurisdictions", folder)
    file = next(file for file in sorted(folder.glob("*/rules.toml")) if "\nn = " in file.read_text("utf-8"))
    lines = file.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("n = "))
    file.write_text("\n".join([*lines[:at], "n = -1", *lines[at + 1 :]]), "utf-8")
    with pytest.raises(Unsafe, match=rf"{file.parent.name}/rules.toml:{at + 1}: rule 1 .+: n: Input should be"):
        shipped(folder)


def test_permissions_are_a_line_for_each_state_and_action() -> None:
    rows = list(permissions([sound()]))
    assert rows[0] == ("kind", "variant", "state", "action", "roles")
    assert ("request", "-", "start", "file", "filer") in rows
    assert ("request", "-", "with_bureau", "supervise", "chief clock") in rows
    assert len(rows) == len(set(rows))


def test_permissions_of_each_variant_stand_apart() -> None:
    definition = replace(with_action("refer", variants=("long",)), variants=("short", "long"))
    rows = list(permissions([definition]))
    assert ("request", "long", "filed", "refer", "officer") in rows
    assert ("request", "short", "filed", "refer", "officer") not in rows


def test_permissions_print_the_objection() -> None:
    answer = CliRunner().invoke(kinds_commands, ["permissions"])
    assert "objection\t-\tproposed\tapprove\tapprover" in answer.output.splitlines()


def test_permissions_of_one_variant_of_one_kind() -> None:
    asked = ["permissions", "correction", "--variant", "from_objection"]
    lines = [line.split("\t") for line in CliRunner().invoke(kinds_commands, asked).output.splitlines()]
    assert {(line[0], line[1]) for line in lines[1:]} == {("correction", "from_objection")}
    assert {line[2] for line in lines[1:]} == {"start", "putting_right"}, "what the variant cannot come to is left out"
    assert ["correction", "from_objection", "putting_right", "confirm", "reviewer"] in lines


def test_permissions_of_a_variant_of_no_kind_are_refused() -> None:
    answer = CliRunner().invoke(kinds_commands, ["permissions", "--variant", "petition"])
    assert answer.exit_code == 2
    assert "Name one of: " in answer.output


def test_a_diagram_of_the_objection_is_printed() -> None:
    answer = CliRunner().invoke(kinds_commands, ["diagram", "objection"])
    assert answer.output.startswith("stateDiagram-v2\n")
    assert "[*] --> filed" in answer.output


def test_a_kind_that_is_not_there_is_refused_with_those_that_are() -> None:
    answer = CliRunner().invoke(kinds_commands, ["diagram", "dream"])
    assert answer.exit_code == 2
    assert "Name one of: " in answer.output
    assert "objection" in answer.output


def test_a_variant_that_is_not_there_is_refused() -> None:
    answer = CliRunner().invoke(kinds_commands, ["diagram", "objection", "--variant", "slow"])
    assert answer.exit_code == 2
    assert "There is no variant 'slow' of objection" in answer.output


class TestMap:
    """`with_bureau` is called `verifying` now, and a case stands there."""

    @pytest.fixture
    def case(self, session: Session) -> Iterator[Case]:
        place = make_place(session)
        case = to_bureau(place)
        session.commit()
        with kind_is(changed("objection", {"with_bureau": "verifying"})):
            yield case

    def test_prints_a_line_a_case_and_changes_nothing(self, app: Flask, case: Case) -> None:
        before = everything()
        answer = app.test_cli_runner().invoke(args=["kinds", "map", "objection", "with_bureau", "verifying"])
        assert answer.exit_code == 0, answer.output
        assert answer.stdout.splitlines() == [
            f"{case.number}  with_bureau → verifying  desk bureau  whole 2026-10-10 (overdue)  "
            "verify 2026-09-18 (overdue)  no letter",
            "refused 0",
            "would move 1",
        ]
        assert everything() == before

    def test_moves_them_when_it_is_told_to_and_why(self, app: Flask, case: Case) -> None:
        line = ["kinds", "map", "objection", "with_bureau", "verifying", "--yes", "--because", "信用办〔2026〕7号"]
        answer = app.test_cli_runner().invoke(args=line)
        assert (answer.exit_code, answer.stdout.splitlines()[1:]) == (0, ["refused 0", "moved 1"]), answer.output
        db.session.expire_all()
        assert db.session.get_one(Case, case.id).state == "verifying"
        again = app.test_cli_runner().invoke(args=line)
        assert (again.exit_code, again.stdout.splitlines()) == (0, ["refused 0", "moved 0"])

    def test_asks_for_the_reason_before_it_moves(self, app: Flask, case: Case) -> None:
        answer = app.test_cli_runner().invoke(args=["kinds", "map", "objection", "with_bureau", "verifying", "--yes"])
        assert answer.exit_code == 2
        assert "--because" in answer.stderr

    def test_names_a_case_that_cannot_be_moved_and_moves_none(self, app: Flask, case: Case) -> None:
        line = ["kinds", "map", "objection", "with_bureau", "kept", "--yes", "--because", "x"]
        answer = app.test_cli_runner().invoke(args=line)
        assert answer.exit_code == 1
        assert answer.stdout.splitlines() == [
            f"{case.number}  refused: it is open, and 'kept' is an end: a mapping decides nothing",
            "refused 1",
            "would move 0",
        ]

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            (("dream", "a", "b"), "There is no kind 'dream'. Name one of: "),
            (("objection", "with_bureau"), "Give names in pairs: OLD NEW."),
            (("objection", "filed", "comparing"), "objection still has 'filed'"),
            (("objection", "with_bureau", "dreaming"), "objection has no state and no deadline 'dreaming'"),
            (("objection", "with_bureau", "start"), "objection has no state and no deadline 'start'"),
            (("objection", "with_bureau", "verifying", "--variant", "slow"), "There is no variant 'slow'"),
        ],
    )
    @pytest.mark.usefixtures("case")
    def test_says_which_names_cannot_be(self, app: Flask, names: tuple[str, ...], said: str) -> None:
        answer = app.test_cli_runner().invoke(args=["kinds", "map", *names])
        assert answer.exit_code == 2
        assert said in answer.stderr

    def test_does_nothing_under_a_kind_that_does_not_hold_together(self, app: Flask, case: Case) -> None:
        with kind_is(changed("objection", {"with_bureau": "verifying", "whole": "all"})):
            answer = app.test_cli_runner().invoke(args=["kinds", "map", "objection", "with_bureau", "verifying"])
        assert answer.exit_code == 2
        assert "does not hold together" in answer.stderr

    def test_writes_no_event_that_the_database_would_not_guard(self, app: Flask, case: Case) -> None:
        line = ["kinds", "map", "objection", "with_bureau", "verifying", "--yes", "--because", "x"]
        with unguarded():
            answer = app.test_cli_runner().invoke(args=line)
        assert answer.exit_code == 1
        assert "no longer guards its events" in answer.stderr
        db.session.expire_all()
        assert db.session.get_one(Case, case.id).state == "with_bureau"


@contextmanager
def unguarded() -> Iterator[None]:
    """One of the event table's triggers is away."""
    name, on = ("event_refuses_update", "") if db.engine.dialect.name == "sqlite" else ("event_refuses_change", "event")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {name}" + (f" ON {on}" if on else ""))
    try:
        yield
    finally:
        with db.engine.begin() as connection:
            for trigger in ("event_refuses_delete", "event_refuses_replace") if not on else ():
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
            triggers.create(connection)


def everything() -> dict[str, list[str]]:
    """Every row of every table."""
    with only_reading(), db.engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


@pytest.mark.sqlite
def test_in_a_process_of_its_own_whose_kind_has_a_renamed_state(
    session: Session, database_url: str, tmp_path: Path
) -> None:
    """The site refuses to start and says why, the command mends it, and then it starts."""
    case = to_bureau(make_place(session))
    session.refresh(case)
    number, events = case.number, case.length
    session.commit()
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "objection.py").write_text(source("objection", {"with_bureau": "verifying"}), "utf-8")
    (tmp_path / "changed_site.py").write_text(CHANGED_SITE, "utf-8")

    def flask(*words: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "FLASK_APP": "changed_site:create_app", "MODE": "test", "DATA_DIR": str(tmp_path),
                   "DATABASE_URL": database_url, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}  # fmt: skip
        return subprocess.run([sys.executable, "-m", "flask", *words], cwd=ROOT, env=environ, text=True,
                              capture_output=True, check=False)  # fmt: skip

    refused = flask("audit", "verify")
    assert refused.returncode != 0
    assert f"objection has no state 'with_bureau': {number}" in refused.stderr
    done = flask("kinds", "map", "objection", "with_bureau", "verifying", "--yes", "--because", "信用办〔2026〕7号")
    assert (done.returncode, done.stdout.splitlines()[1:]) == (0, ["refused 0", "moved 1"]), done.stderr
    with kind_is(changed("objection", {"with_bureau": "verifying"})):
        assert create_app(make_settings(tmp_path, database_url))
        assert verify(session).ok
        assert session.get_one(Case, case.id, populate_existing=True).length == events + 1


CHANGED_SITE = """
from pathlib import Path

import cases.kinds

cases.kinds.__path__.insert(0, str(Path(__file__).parent / "kinds"))

from application import create_app
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what a new kind is written into."""
    for part in ("cases/kinds", "translations", "jurisdictions", "tests/cases/kinds"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(kinds_module, "ROOT", tmp_path)
    monkeypatch.setattr(kinds_module, "FOLDER", tmp_path / "translations" / "zh_Hans_CN" / "LC_MESSAGES")
    monkeypatch.setattr(cases.kinds, "__path__", [str(tmp_path / "cases" / "kinds")])
    return tmp_path


def test_a_new_kind_is_written_and_holds_together(house: Path) -> None:
    """Its file, its rule, its words and its table; the words and the table are still to be filled in."""
    all_kinds.cache_clear()
    try:
        answer = CliRunner().invoke(kinds_commands, ["new", "planted"])
        assert answer.exit_code == 0, answer.output
        assert answer.output.splitlines() == [
            "wrote cases/kinds/planted.py",
            "added to jurisdictions/cn-nm-banner/rules.toml",
            "wrote translations/zh_Hans_CN/LC_MESSAGES/planted.po",
            "wrote tests/cases/kinds/permissions_planted.csv",
        ]
        laws = shipped.__wrapped__(house / "jurisdictions")
        lines, is_sound = report(definitions(), laws, WORDINGS)
        assert is_sound, lines
        assert "ok: planted" in lines
        assert 'msgid "Planted"\nmsgstr ""\n' in (house / "translations/zh_Hans_CN/LC_MESSAGES/planted.po").read_text()
        table = (house / "tests/cases/kinds/permissions_planted.csv").read_text().splitlines()
        assert table[:2] == ["state,role,actions", "start,filer,"]
        again = CliRunner().invoke(kinds_commands, ["new", "planted"])
        assert "There is a kind 'planted' already" in again.output
    finally:
        sys.modules.pop("cases.kinds.planted", None)
        all_kinds.cache_clear()


def test_a_kind_s_name_is_a_word(house: Path) -> None:
    assert "Name it in 3 to 20 small letters" in CliRunner().invoke(kinds_commands, ["new", "Two words"]).output


def test_the_table_to_fill_in_has_a_row_for_every_role_in_every_place() -> None:
    answer = CliRunner().invoke(kinds_commands, ["permissions", "--by-hand", "objection"])
    by_hand = (ROOT / "tests/cases/kinds/permissions_objection.csv").read_text("utf-8").splitlines()
    empty = [line.rpartition(",")[0] for line in answer.output.splitlines()]
    assert sorted(empty) == sorted(line.rpartition(",")[0] for line in by_hand)
