"""Clocks that go wrong: the same events as with one that is right, told with both times, nothing before its time."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.engine.clock import ClockWatch, Doubted, confirm_time, open_doubts
from cases.ledger.verify import verify
from config import Clock
from extensions import db, transaction
from notifications.letters import Letter
from tests.builders import Place, day
from tests.cases.lives import Act, Fact, Player, at, life, played_alone, right, settled, usual_beats

HOUR = timedelta(hours=1)
MONTH = timedelta(days=30)


@pytest.fixture
def place(place: Place) -> Place:
    return settled(place)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Counter[Fact]:
    """What happens by a clock that is right, and a scheduler that beats."""
    return played_alone(tmp_path_factory.mktemp("usual"), sqlite_template, usual_beats())


def differences(player: Player, usual: Counter[Fact]) -> tuple[list[Fact], list[Fact]]:
    """What happened too often, and what is missing."""
    facts = player.facts()
    return sorted((facts - usual).elements(), key=str), sorted((usual - facts).elements(), key=str)


def test_the_life_holds_every_rung_a_display_that_ends_and_papers_that_come_late(usual: Counter[Fact]) -> None:
    acts = Counter(str(fact[2]) for fact in usual.elements())
    assert {"remind", "overdue", "supervise", "leading_group", "papers_late", "display_ended"} <= set(acts)
    assert {str(fact[0]) for fact in usual} == {"lived", "silent", "correction", "repair", "complaint", "record"}
    assert sum(acts.values()) >= 40


@pytest.mark.sqlite
def test_set_back_an_hour_and_right_again_the_same_happens(place: Place, usual: Counter[Fact]) -> None:
    wrong = (at(9, 10, 8), at(10, 8, 8))
    player = Player(place, machine=lambda real: real - HOUR if wrong[0] <= real < wrong[1] else real)
    player.play(life(place), usual_beats())
    assert differences(player, usual) == ([], [])
    assert verify(place.session).ok


def test_an_event_that_bears_an_earlier_time_than_one_before_it_says_so(place: Place) -> None:
    """The clock is put back between two acts of one morning: the order is the chain's, and due days do not move."""
    back = at(9, 8, 11)
    acts = [Act(at(9, 7), "case", "enterprise", "file", life(place)[0].answers, "objection"),
            Act(at(9, 8, 10), "case", "enterprise", "add", {"words": "一。", "files": ()}),
            Act(at(9, 8, 12), "case", "enterprise", "add", {"words": "二。", "files": ()})]  # fmt: skip
    player = Player(place, machine=lambda real: real - 5 * HOUR if real > back else real)
    player.play(acts, [])
    first, second, third = (event.at for event in player.events() if event.actor != "clock")
    bodies = [json.loads(event.body) for event in player.events()]
    assert (second, third) == (at(9, 8, 10), at(9, 8, 7))
    assert [body.get("behind") for body in bodies] == [None, None, None, "2026-09-08T02:00:00.000000Z"]
    assert first < third
    assert place.case(player.number("case")).due_on == day(2026, 9, 9).date()
    assert verify(place.session).ok


@pytest.mark.sqlite
def test_a_scheduler_dead_for_three_days_does_the_same_afterwards_and_says_both_times(
    place: Place, usual: Counter[Fact]
) -> None:
    dead = (at(9, 20, 0), at(9, 23, 0))
    player = Player(place)
    player.play(life(place), [beat for beat in usual_beats() if not dead[0] <= beat < dead[1]])
    assert differences(player, usual) == ([], [])
    late = [event for event in player.events() if event.at >= dead[1] and '"as_of":"2026-09-2' in event.body]
    assert late
    letters = place.session.scalars(
        select(Letter).where(Letter.written_at == at(9, 23, 9) + timedelta(seconds=20))
    ).all()
    told = [letter for letter in letters if letter.name == "overdue" and "9月20日（周日）" in letter.body("zh")]
    assert told
    assert all("这件事算在9月21日（周一）" in letter.body("zh") for letter in told)
    assert all("written down on Wednesday 23 September" in letter.body("en") for letter in told)
    assert not any("written down" in letter.body("en") for letter in place.session.scalars(
        select(Letter).where(Letter.written_at < dead[0])))  # fmt: skip


class Host:
    """A machine whose clock can be set: what it says, and seconds by a clock that nobody sets."""

    def __init__(self, machine: Callable[[datetime], datetime], real: datetime) -> None:
        self.machine = machine
        self.start(real)

    def start(self, real: datetime) -> None:
        """A process begins on it."""
        self.real = self.began = real
        self.watch = ClockWatch(Clock(), None, lambda: self.machine(self.real), self.steadily)

    def steadily(self) -> float:
        return (self.real - self.began).total_seconds()

    def look(self, real: datetime) -> None:
        self.real = real
        self.watch.look(db.session())


def watched(place: Place, machine: Callable[[datetime], datetime]) -> tuple[Player, Host]:
    """A player on a machine that watches its own clock before each beat, as a scheduler does.

    On SQLite alone: PostgreSQL's own clock, which is asked too, tells the real time (`test_clock_watch.py`).
    """
    host = Host(machine, at(9, 7, 0))
    return Player(place, machine, before_beat=host.look), host


@pytest.mark.sqlite
@pytest.mark.parametrize("ahead", [MONTH], ids=str)
def test_put_forward_by_mistake_nothing_ends_before_its_time_and_once_it_is_right_the_same_has_happened(
    place: Place, usual: Counter[Fact], ahead: timedelta
) -> None:
    wrong = (at(9, 21, 20), at(9, 23, 12))
    player, _host = watched(place, lambda real: real + ahead if wrong[0] <= real < wrong[1] else real)
    player.play(life(place), usual_beats())
    assert set(player.doubted) == {beat for beat in usual_beats() if wrong[0] <= beat < wrong[1]}
    assert not [event for event in player.events() if event.at > at(10, 13, 0)]
    assert differences(player, usual) == ([], [])
    assert open_doubts(place.session) == []


@pytest.mark.sqlite
def test_while_a_clock_is_in_doubt_no_act_is_taken_and_as_soon_as_it_is_right_it_is(place: Place) -> None:
    wrong = (at(9, 8, 9), at(9, 8, 12))
    player, _host = watched(place, lambda real: real + MONTH if wrong[0] <= real < wrong[1] else real)
    player.play([Act(at(9, 7), "case", "enterprise", "file", life(place)[0].answers, "objection")], [at(9, 8, 10)])
    ask = Act(at(9, 8, 11), "case", "office", "ask_papers", {"missing": "照片"})
    before = len(player.events())
    with pytest.raises(Doubted):
        player.act(ask)
    with pytest.raises(Doubted):
        player.act(Act(at(9, 8, 11), "other", "enterprise2", "file", life(place)[0].answers, "objection"))
    assert len(player.events()) == before
    player.act(Act(at(9, 8, 13), "case", "office", "ask_papers", {"missing": "照片"}))
    assert open_doubts(place.session)  # no beat has looked yet: the act needs none, the time is believable by itself
    player.beat(at(9, 8, 14))
    assert open_doubts(place.session) == []


@pytest.mark.sqlite
def test_a_step_that_was_right_is_confirmed_and_what_waited_is_done_as_of_its_day(
    place: Place, usual: Counter[Fact]
) -> None:
    """The machine started three hours behind; while the scheduler sleeps it is set right, and the head confirms."""
    started, step, confirmed = at(9, 21, 12), at(9, 21, 20), at(9, 22, 20)
    player, host = watched(place, lambda real: real - 3 * HOUR if started <= real < step else real)

    def before(real: datetime) -> None:
        if real == at(9, 21, 13):
            host.start(real)
        if confirmed <= real < confirmed + timedelta(days=1):
            with transaction() as session:
                confirm_time(session, right(real), place.people["chief"].id)
        host.look(real)

    player.before_beat = before
    player.play(life(place), [*usual_beats(), at(9, 21, 13)])
    assert set(player.doubted) == {beat for beat in usual_beats() if step <= beat < confirmed}
    assert differences(player, usual) == ([], [])
