"""Which databases a test runs on follows from its nearest mark."""

import pytest

from tests.databases import POSTGRESQL, SQLITE, databases_of


def test_without_a_mark_a_test_runs_on_sqlite_unless_every_database_is_asked_for(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EVERY_DATABASE", raising=False)
    assert databases_of(request.node) == (SQLITE,)
    monkeypatch.setenv("EVERY_DATABASE", "1")
    assert databases_of(request.node) == (SQLITE, POSTGRESQL)


@pytest.mark.both_databases
class TestMarked:
    def test_a_mark_holds_for_all_of_its_class(self, request: pytest.FixtureRequest) -> None:
        assert databases_of(request.node) == (SQLITE, POSTGRESQL)

    @pytest.mark.sqlite
    def test_the_nearest_mark_counts(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EVERY_DATABASE", "1")
        assert databases_of(request.node) == (SQLITE,)

    @pytest.mark.postgresql
    def test_one_alone_can_be_postgresql(self, request: pytest.FixtureRequest) -> None:
        assert databases_of(request.node) == (POSTGRESQL,)
