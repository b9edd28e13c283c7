"""One shared `transitions` machine per kind and variant, and the one step it takes.

Nothing is held: a step triggers the machine's event on a light object and throws it away. A branch is several
transitions with exclusive conditions; STAY is a transition without destination.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transitions import EventData, Machine

from workflow.definition import START, STAY, Action, Branch, Definition, Question, Stay
from workflow.snapshot import Facts


@dataclass
class Step:
    """What the machine moves: a state, and nothing else."""

    state: str


class NoBranch(RuntimeError):
    """A branch met a value for which it has no target: a fault of the definition."""


_machines: dict[tuple[str, str, str], Machine] = {}


def machine_for(definition: Definition, variant: str) -> Machine:
    """The machine of a kind and variant, made once per process and definition."""
    key = (definition.kind, variant, definition.digest)
    if key not in _machines:
        _machines[key] = _build(definition, variant)
    return _machines[key]


def take(definition: Definition, facts: Facts) -> str:
    """The state after the action; raises `NoBranch` where no branch fits."""
    machine = machine_for(definition, facts.snapshot.variant)
    step = Step(facts.snapshot.state)
    moved: bool = machine.events[facts.action.name].trigger(step, facts)
    if not moved:
        raise NoBranch(f"{definition.kind}: {facts.action.name} from {step.state} has no branch that fits")
    return step.state


def _build(definition: Definition, variant: str) -> Machine:
    machine = Machine(
        model=None,
        states=[START, *(state.name for state in definition.states)],
        initial=START,
        auto_transitions=False,
        send_event=True,
    )
    for action in definition.actions:
        if not action.variants or variant in action.variants:
            for source in action.source:
                _add(machine, action, source)
    return machine


def _add(machine: Machine, action: Action, source: str) -> None:
    if not isinstance(action.target, Branch):
        machine.add_transition(action.name, source, _destination(action.target))
        return
    question = action.target.question
    for value, target in action.target.targets:
        machine.add_transition(action.name, source, _destination(target), conditions=_gives(question, value))


def _destination(target: str | Stay) -> str | None:
    return None if target is STAY else str(target)


def _gives(question: Question, value: str) -> Any:
    def condition(event: EventData) -> bool:
        facts: Facts = event.args[0]  # type: ignore[index]
        return question.read(facts) == value

    return condition
