"""Whatever order the use cases come in, by whomever: what must hold holds, and what would not is shrunk to a few steps.

A few runs in every round of the tests, always the same; `MACHINE=500` makes that many, new ones each time and longer.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.orm import Session

from cases.engine import writing
from cases.model.reading import Act
from extensions import db
from tests.cases.machine import UseCases, found_town
from tests.cases.walks.town import Town
from tests.databases import empty, renew, settle
from tests.notifications.mail_servers import MailServer, running
from workflow.snapshot import RuleContext

pytestmark = pytest.mark.both_databases

LONG = int(os.environ.get("MACHINE", "0"))
EASY = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
SHORT = settings(max_examples=3, stateful_step_count=20, derandomize=True, **EASY)  # type: ignore[arg-type]
MANY = settings(max_examples=max(LONG, 1), stateful_step_count=60, print_blob=True, **EASY)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with running(MailServer()) as server:
        yield server


@pytest.fixture
def machine(app: Flask, database_url: str, request: pytest.FixtureRequest, mail: MailServer) -> type[UseCases]:
    """The machine on this test's database, which each of its runs begins anew."""

    class OnThisDatabase(UseCases):
        begin = staticmethod(_beginning(database_url, request))
        server = mail

    return OnThisDatabase


def _beginning(url: str, request: pytest.FixtureRequest) -> Callable[[], Town]:
    """A town on the database as new. On SQLite it is founded once, and each run begins with a copy of that file."""
    if not url.startswith("sqlite"):
        return lambda: _founded_on(url)
    file: Path = request.getfixturevalue("sqlite_file")
    kept = file.with_name("town.sqlite")
    renew(file, request.getfixturevalue("sqlite_template"))
    town = found_town()
    _let_go()
    settle(file)
    renew(kept, file)

    def begin() -> Town:
        _let_go()
        renew(file, kept)
        return town.copy()

    return begin


def _founded_on(url: str) -> Town:
    _let_go()
    empty(url)
    return found_town()


def _let_go() -> None:
    db.session.remove()
    db.engine.dispose()


def test_whatever_is_done_in_whatever_order_the_rows_hold(machine: type[UseCases]) -> None:
    run_state_machine_as_test(machine, settings=MANY if LONG else SHORT)


@pytest.mark.sqlite
def test_what_does_not_hold_is_shrunk_to_the_steps_that_it_takes(
    machine: type[UseCases], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moves that leave the time of a case running: whoever ends one shows it, in two steps."""
    write = writing._write_timers

    def left_running(session: Session, world: RuleContext, acts: Sequence[Act]) -> object:
        return write(session, world, [_unstopped(act) if act.move.closes else act for act in acts])

    monkeypatch.setattr(writing, "_write_timers", left_running)
    machine.looks_around = False
    finding = settings(SHORT, max_examples=12, stateful_step_count=5, phases=(Phase.generate, Phase.shrink))
    with pytest.raises(AssertionError, match="a closed case runs"):
        run_state_machine_as_test(machine, settings=finding)
    assert len(machine.steps) == 2, machine.steps


def _unstopped(act: Act) -> Act:
    """The act with every timer that it stops running on."""
    timers = tuple(replace(timer, stopped=None) for timer in act.move.timers)
    return replace(act, move=replace(act.move, timers=timers))
