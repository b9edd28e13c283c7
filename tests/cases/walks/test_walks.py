"""A few random walks through the use cases in every round of the tests, and that they would see what does not hold.

The long round is `python -m tests.cases.walks`: a thousand walks a kind, every row and rung in at least ten.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from cases.engine import advance, writing
from cases.ledger.witness import Witness
from cases.model.tables import Heartbeat
from notifications.post import NewLetter
from registry import credit_records
from registry.credit_records import CreditRecord, RecordChange, RecordFlag
from tests.cases.walks.figures import assert_counted
from tests.cases.walks.rounds import play_round
from tests.cases.walks.watching import Tally

pytestmark = pytest.mark.both_databases

KINDS = sorted(Tally().guides)


def test_cases_of_every_kind_walk_to_their_ends_and_all_holds(session: Session, tmp_path: Path) -> None:
    tally = Tally()
    play_round(tally, dict.fromkeys(KINDS, 1), "a short round", witness=Witness(tmp_path))
    assert tally.broken == {}
    assert all(tally.walked[kind] >= 1 for kind in KINDS)
    assert tally.counted > 0
    assert_counted(session)


def a_timer_left_running(patch: pytest.MonkeyPatch) -> None:
    """That of the whole case, which stops when the case ends."""
    write = writing.write_timers

    def running(session: Session, world: Any, changed: Any) -> Any:
        left = [(act, replace(timer, stopped=None) if timer.deadline == "whole" else timer) for act, timer in changed]
        return write(session, world, left)

    patch.setattr(writing, "write_timers", running)


def a_mark_not_written_down(patch: pytest.MonkeyPatch) -> None:
    def flag_quietly(session: Session, record: CreditRecord, case_id: int, *_: object) -> list[RecordChange]:
        session.add(RecordFlag(record_id=record.id, case_id=case_id))
        return []

    patch.setattr(credit_records, "flag", flag_quietly)


def an_end_that_is_not_told(patch: pytest.MonkeyPatch) -> None:
    told = writing.letters_for

    def to_others(session: Session, world: Any, act: Any, timers: Any) -> Iterator[NewLetter]:
        letters = told(session, world, act, timers)
        yield from (letter for letter in letters if not (act.move.closes and letter.to.party == "enterprise"))

    patch.setattr(writing, "letters_for", to_others)


def a_paper_without_remedies(patch: pytest.MonkeyPatch) -> None:
    told = writing.letters_for

    def without(session: Session, world: Any, act: Any, timers: Any) -> Iterator[NewLetter]:
        for letter in told(session, world, act, timers):
            yield replace(letter, paper=None)

    patch.setattr(writing, "letters_for", without)


def a_refusal_that_leaves_something(patch: pytest.MonkeyPatch) -> None:
    decide, tried = advance.decide_at_door, iter(range(100_000))

    def leaves(session: Session, *more: Any) -> Any:
        session.execute(insert(Heartbeat), [{"name": f"tried {next(tried)}", "at": more[-1]}])
        session.commit()
        return decide(session, *more)

    patch.setattr(advance, "decide_at_door", leaves)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("plant", "seen"),
    [
        (a_timer_left_running, "a closed case runs"),
        (a_mark_not_written_down, "is not the replay of its changes"),
        (an_end_that_is_not_told, "is told in no letter"),
        (a_paper_without_remedies, "has no paper with reasons and remedies"),
        (a_refusal_that_leaves_something, "a refusal leaves rows behind"),
    ],
)
def test_the_walks_see_what_does_not_hold(
    session: Session, monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None], seen: str
) -> None:
    plant(monkeypatch)
    tally = Tally(stops_at=seen)
    play_round(tally, {"objection": 4}, f"planted {seen}")
    assert any(seen in what for what in tally.broken), tally.broken
