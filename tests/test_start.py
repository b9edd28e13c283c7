"""Starting: production comes up on each database, and refuses one that is not safe to serve."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

import application
from application import create_app
from cases.kinds import all_kinds
from config import Settings, Unsafe, settings_from
from extensions import db, transaction
from registry.people import add_person
from tests.conftest import make_settings


@pytest.fixture
def production(database_url: str, tmp_path: Path) -> Settings:
    return replace(make_settings(tmp_path, database_url, "production"), jurisdiction="cn-nm-etuoke")


def test_production_starts_and_can_be_written_to(production: Settings) -> None:
    with create_app(production).app_context():
        with transaction() as session:
            add_person(session, "zhang", "张", ["officer"])
        db.engine.dispose()


def test_a_new_data_folder_and_its_database_are_its_owners_alone(tmp_path: Path) -> None:
    settings = settings_from({"MODE": "test", "DATA_DIR": str(tmp_path / "new"), "SECRET_KEY": "t" * 32})
    app = create_app(settings)
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE any_ (a INTEGER)")
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").glob("redress.sqlite*")}
        db.engine.dispose()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600}


def test_the_first_person_of_a_bureau_can_be_added_to_an_empty_database(production: Settings) -> None:
    app = create_app(production)
    added = app.test_cli_runner().invoke(
        args=["people", "add", "li", "--role", "reviewer", "--bureau", "鄂托克旗市场监督管理局"]
    )
    assert added.output.startswith("/sign-in/")
    with app.app_context():
        db.engine.dispose()


def test_production_refuses_a_database_with_demo_accounts(production: Settings) -> None:
    with create_app(production).app_context():
        with transaction() as session:
            add_person(session, "office", "赵", ["officer"], demo=True)
        db.engine.dispose()
    with pytest.raises(Unsafe, match="demo accounts"):
        create_app(production)


@pytest.mark.parametrize("mode", ["production", "demo", "test"])
def test_no_mode_starts_on_a_database_that_no_longer_guards_its_events(production: Settings, mode: str) -> None:
    engine = sa.create_engine(production.database_url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER event_refuses_update")
        else:
            connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER event_refuses_change")
    try:
        with pytest.raises(Unsafe, match="no longer guards"):
            create_app(replace(production, mode=mode))
    finally:
        if engine.dialect.name != "sqlite":  # one database serves many tests
            with engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE event ENABLE TRIGGER event_refuses_change")
        engine.dispose()


def test_production_refuses_a_missing_or_short_key(tmp_path: Path) -> None:
    for key in ("", "short"):
        with pytest.raises(Unsafe, match="SECRET_KEY"):
            settings_from({"MODE": "production", "SECRET_KEY": key, "DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize("mode", ["demo", "test"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "::1", "192.0.2.7", ""])
def test_demo_and_tests_refuse_to_be_served_to_others(tmp_path: Path, mode: str, host: str) -> None:
    with pytest.raises(Unsafe, match="HOST"):
        settings_from({"MODE": mode, "HOST": host, "DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize("port", ["abc", "", "-1", "65536", "８０", "80 "])
def test_a_port_that_is_none_is_refused_with_a_sentence(tmp_path: Path, port: str) -> None:
    with pytest.raises(Unsafe, match=r"PORT .* write a number"):
        settings_from({"MODE": "test", "PORT": port, "DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize("address", [
    "credit.example.cn", "http://credit.example.cn", "https://credit.example.cn/x", "https://a@credit.example.cn",
    "https://credit.example.cn?x=1", "https://", "https://credit.example.cn:x", "https://信用.cn",
    "javascript:alert(1)",
])  # fmt: skip
def test_an_address_that_papers_could_not_lead_to_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(Unsafe, match="SITE_URL"):
        settings_from({"MODE": "test", "SITE_URL": address, "DATA_DIR": str(tmp_path)})


def test_where_the_pages_are_is_known_in_production_only_when_it_is_said(tmp_path: Path) -> None:
    said = {"SECRET_KEY": "k" * 32, "DATA_DIR": str(tmp_path), "CHECKPOINT_TRUST": f"checkpoint:{'1f' * 32}"}
    assert settings_from(said).site == ""
    assert settings_from({**said, "SITE_URL": "https://credit.example.cn/"}).site == "https://credit.example.cn"
    assert settings_from({"MODE": "test", "PORT": "8123", "DATA_DIR": str(tmp_path)}).site == "http://127.0.0.1:8123"


@pytest.mark.parametrize("flag", ["1", "true", "yes"])
def test_production_refuses_to_debug(production: Settings, monkeypatch: pytest.MonkeyPatch, flag: str) -> None:
    monkeypatch.setenv("FLASK_DEBUG", flag)
    with pytest.raises(Unsafe, match="Debugging is on"):
        create_app(production)


def test_production_refuses_to_debug_by_its_configuration(production: Settings) -> None:
    with pytest.raises(Unsafe, match="Debugging is on"):
        create_app(production, DEBUG=True)


@pytest.fixture
def unsound(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = all_kinds()["objection"]
    monkeypatch.setattr("application.definitions", lambda: (replace(kind, letters="Q"),))
    monkeypatch.setattr("commands.kinds.definitions", lambda: (replace(kind, letters="Q"),))


@pytest.mark.usefixtures("unsound")
def test_an_unsound_kind_stops_the_start_and_is_told_a_fault_a_line(production: Settings) -> None:
    with pytest.raises(Unsafe) as refused:
        create_app(production)
    lines = str(refused.value).splitlines()
    assert lines
    assert all("objection.py" in line for line in lines)


@pytest.mark.usefixtures("unsound")
def test_the_check_of_an_unsound_kind_prints_its_faults_and_no_traceback(
    production: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "true")
    monkeypatch.setattr("sys.argv", ["flask", "--app", "wsgi", "kinds", "check"])
    result = create_app(production).test_cli_runner().invoke(args=["kinds", "check"])
    assert result.exit_code == 1
    assert all("objection.py" in line for line in result.output.splitlines())


def test_the_law_of_every_shipped_place_is_checked_in_little_time(production: Settings) -> None:
    app = create_app(production)
    begun = time.process_time()
    application._refuse_unsound_kinds(app)
    assert time.process_time() - begun < 0.5  # some 0.02 of a processor


def test_processes_that_begin_at_once_in_a_new_folder_have_one_key_and_all_of_it(tmp_path: Path) -> None:
    gate = Barrier(8)

    def begin(_n: int) -> str:
        gate.wait()
        return settings_from({"MODE": "test", "DATA_DIR": str(tmp_path)}).secret_key

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(begin, range(8)))
    assert {len(key) for key in keys} == {64}
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["demo.key"]
    assert (tmp_path / "demo.key").stat().st_mode & 0o777 == 0o600
