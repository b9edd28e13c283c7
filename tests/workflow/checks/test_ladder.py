"""Deadlines that cannot run and rungs that cannot be climbed are refused."""

from dataclasses import replace

import pytest

from tests.workflow.builders import ACTIONS, act, plus, sound, with_action, with_deadline
from tests.workflow.planted import assert_fault, faults
from workflow.definition import FILING, REVIEWER, START, CountsFrom, Deadline, Party, Rung, State, asked, route, taken

KEPT_ON = Deadline("keep", "Keep", "request.keep", Party.OFFICE, ("keeping",), (Rung(0, "overdue"),))


def test_a_deadline_over_an_end() -> None:
    definition = with_deadline("verify", over=("with_bureau", "granted"))
    assert_fault(definition, "deadline verify", "it runs over the end granted", "take the end out of over=")


def test_a_deadline_paused_where_it_does_not_run() -> None:
    definition = with_deadline("verify", paused_in=("filed",))
    assert_fault(definition, "deadline verify", "it is paused in filed, where it does not run")


def test_a_deadline_that_never_runs() -> None:
    definition = plus(sound(), State("keeping", "Keeping", Party.OFFICE), KEPT_ON)
    assert_fault(definition, "deadline keep", "it never runs")
    assert_fault(with_deadline("verify", paused_in=("with_bureau",)), "deadline verify", "it never runs")


def test_a_deadline_that_does_not_bear_its_rules_name() -> None:
    assert_fault(
        with_deadline("verify", rule="request.check"), "deadline verify", "it does not bear the name of its rule"
    )


def test_a_deadline_that_passes_in_silence() -> None:
    definition = with_deadline("verify", rungs=(Rung(3, "supervise"),))
    assert_fault(definition, "deadline verify", "it passes in silence", "give it a rung 0")


def test_a_rung_that_the_clock_may_not_take() -> None:
    definition = with_deadline("verify", rungs=(Rung(0, "overdue"), Rung(4, "refer")))
    assert_fault(definition, "deadline verify, rung +4", "the clock may not take 'refer' in with_bureau", "add CLOCK")


def test_a_rung_that_the_clock_may_not_take_in_one_of_the_states_where_it_can_fire() -> None:
    definition = with_action("overdue", source=("filed", "awaiting_papers"))
    assert_fault(definition, "deadline verify, rung +0", "the clock may not take 'overdue' in with_bureau")
    paused = with_action("remind", source=("filed", "with_bureau"))
    assert_fault(paused, "deadline supplement, rung -1", "the clock may not take 'remind' in awaiting_papers")
    assert not any("deadline accept" in line for line in faults(paused)), "no rung fires while its deadline is paused"


def test_an_exact_rung_on_another_day_than_the_due_one() -> None:
    definition = with_deadline("verify", rungs=(Rung(0, "overdue"), Rung(2, "supervise", exact=True)))
    assert_fault(definition, "deadline verify, rung +2", "only the due day itself has an end at which to fire")


@pytest.mark.parametrize(
    ("counts", "what"),
    [
        (asked("colour"), "no action asks a date 'colour'"),
        (asked("missing"), "no action asks a date 'missing'"),
        (taken("dream"), "there is no action 'dream'"),
        (replace(asked("missing"), taken="refer"), "from several or none"),
        (replace(taken("refer"), filing=True), "from several or none"),
        (CountsFrom(), "from several or none"),
    ],
)
def test_counting_from_what_names_nothing(counts: object, what: str) -> None:
    assert_fault(with_deadline("verify", counts_from=counts), "deadline verify, counts_from", what)


def test_a_deadline_that_counts_from_an_event_after_which_it_does_not_run() -> None:
    definition = with_deadline("verify", counts_from=taken("ask_papers"))
    assert_fault(
        definition, "deadline verify, counts_from", "it does not run in awaiting_papers", "add the state to over="
    )


def test_a_deadline_may_count_from_filing_wherever_it_runs() -> None:
    for name in ("accept", "verify"):
        assert faults(with_deadline(name, counts_from=FILING)) == []


def test_a_deadline_that_counts_from_filing_runs_where_the_openings_lead() -> None:
    elsewhere = act("enter", "Enter", (REVIEWER,), (START,), "with_bureau", does=(route("own_bureau"),))
    definition = replace(with_deadline("accept", counts_from=FILING), actions=(*ACTIONS, elsewhere))
    assert faults(definition) == [], "one opening leads past it: there it counts from the filing once it runs"
