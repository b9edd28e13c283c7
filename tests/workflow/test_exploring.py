"""The explorer comes everywhere, also where nobody but the clock brings a case."""

from dataclasses import replace

from tests.workflow.builders import OFFICIAL, TELL_FILER, act, place, plus, sound
from tests.workflow.exploring import explored
from workflow.definition import OFFICER, Addressee, Deadline, Notice, Party, State
from workflow.snapshot import RuleContext


def test_a_state_that_only_the_clock_reaches() -> None:
    definition = sound()
    rows = tuple(replace(row, target="late") if row.name == "papers_late" else row for row in definition.actions)
    late = State("late", "Papers late", Party.OFFICE, "go on without them")
    on = act("go_on", "Go on", (OFFICER,), ("late",), "filed", tells=(TELL_FILER, Notice(Addressee.OFFICE, "late")))
    runs = Deadline("go_on", "Go on", "request.verify", Party.OFFICE, ("late",), OFFICIAL)
    kind = plus(replace(definition, actions=rows), late, on, runs)
    found = explored(kind, RuleContext(place(), place().calendar))
    assert {state for _, state in found.places} == {"filed", "awaiting_papers", "with_bureau", "late"}
    assert found.walk("", "late").today > found.walk("", "awaiting_papers").today
