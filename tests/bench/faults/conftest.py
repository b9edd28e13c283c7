"""What the tests of faults share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.faults.troubled import Site, site_on
from tests.databases import empty, renew


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site whose database gets into trouble, on SQLite and on PostgreSQL."""
    with site_on(database_url, tmp_path) as built:
        yield built


@pytest.fixture
def served(postgres_url: str, tmp_path: Path) -> Iterator[Site]:
    """The same on PostgreSQL alone, for what only a server can do."""
    with site_on(postgres_url, tmp_path) as built:
        yield built
    empty(postgres_url)


@pytest.fixture
def filed(sqlite_file: Path, sqlite_template: Path, tmp_path: Path) -> Iterator[Site]:
    """The same on SQLite alone, for what only a file can do."""
    renew(sqlite_file, sqlite_template)
    with site_on(f"sqlite:///{sqlite_file}", tmp_path) as built:
        yield built
