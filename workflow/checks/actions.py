"""Rows that nobody can ever take, branches that lead nowhere, and ways out of an end."""

from workflow.checks.walk import Complaints, Walk, listed
from workflow.definition import CASE, CLOCK, RECOUNTED, START, STAY, Action, Branch, Definition, Party
from workflow.guards import Within


def action_faults(walk: Walk) -> Complaints:
    definition = walk.definition
    if not any(START in action.source for action in definition.actions):
        yield "actions", "none opens a case", f"give one of them the source {START}"
    for action in definition.actions:
        yield from _written(definition, action)
        yield from _branches(definition, action)
        yield from _opening(definition, action)
        yield from _out_of_an_end(definition, action)
        yield from _never_taken(walk, action)


def _written(definition: Definition, action: Action) -> Complaints:
    where = f"action {action.name}"
    if not action.label:
        yield where, "it has no label", "say what its button says"
    if not action.done:
        yield where, "the time line has no words for it", "say in done= what has happened then"
    if not action.by:
        yield where, "nobody may take it", "name a role in by="
    if not action.source:
        yield where, "it leaves no state", "name its states in source="


def _branches(definition: Definition, action: Action) -> Complaints:
    if not isinstance(action.target, Branch):
        return
    where, question = f"action {action.name}", action.target.question
    led, given = {value for value, _ in action.target.targets}, set(question.values)
    if not given:
        yield where, f"the question '{question.name}' names no values", "name those that it can give"
    for value in sorted(given - led):
        yield where, f"the branch for '{value}' has no target", "say where the case goes then, or write BySome"
    for value in sorted(led - given):
        what = f"'{value}' is no value of the question '{question.name}'"
        yield where, what, f"branch on one of {listed(given)}"


def _opening(definition: Definition, action: Action) -> Complaints:
    where = f"action {action.name}"
    if START not in action.source:
        if CASE in action.by and action.moves:
            what = "another case can only open a case or add to one, and this row leaves an open one"
            yield where, what, f"give it the source {START}, another role, or let it STAY"
        return
    if len(action.source) > 1:
        what = "it opens a case and also leaves states"
        yield where, what, "write two rows"
    if STAY in action.targets:
        yield where, "it opens a case and names no state for it", "give it a target"
    if CLOCK in action.by:
        yield where, "the clock cannot open a case", "name a person's role or CASE"
    for target in action.targets:
        state = definition.by_state.get(str(target))
        if state is not None and state.final:
            yield where, f"it opens a case in the end '{state.name}'", "lead it to an open state"


def _out_of_an_end(definition: Definition, action: Action) -> Complaints:
    where = f"action {action.name}"
    ends = [name for name in action.source if name in definition.by_state and definition.state(name).final]
    leaves = bool(ends) and action.moves
    if leaves and not action.reopens:
        what = f"it leaves the end {listed(ends)} without reopening"
        yield where, what, "mark it reopens=True with a within guard, or let it STAY"
    if action.reopens and not leaves:
        yield where, "it reopens a case and leaves no end", "take reopens out or name an end as source"
    if action.reopens and len(ends) < len(action.source):
        yield where, "it reopens a case that is still open", "write a row of its own for the ends"
    if action.reopens and not any(isinstance(guard, Within) for guard in action.guard):
        yield where, "it reopens a case for ever", "give it a within guard"
    for target in action.targets if action.reopens else ():
        state = definition.by_state.get(str(target))
        if state is not None and state.final:
            what = f"it reopens a case into the end '{state.name}'"
            yield where, what, "lead it to an open state"


def _never_taken(walk: Walk, action: Action) -> Complaints:
    definition, where = walk.definition, f"action {action.name}"
    nodes = walk.nodes_of(action)
    known = [name for name in action.source if name in definition.by_state or name == START]
    reached = {node.state for node in nodes}
    if known and not reached and any(target is STAY or target in definition.by_state for target in action.targets):
        yield where, "it can never be taken: no case stands in its states", "mend source or variants"
        return
    for name in known:
        if reached and name not in reached:
            what = f"it can never be taken in '{name}': no case stands there in its variants"
            yield where, what, "take the state out of source="
    if nodes and _bureaus_alone(action) and not any(node.routed for node in nodes):
        what = "it can never be taken: no bureau has been named where it stands"
        yield where, what, "put route(…) before it, or name another role"
    if action.by == (CLOCK,) and reached and not _clock_comes(walk, action):
        what = "it can never be taken: no rung of a deadline that runs there names it"
        yield where, what, "name it in a rung or take it out"


def _bureaus_alone(action: Action) -> bool:
    """Only people of the bureau to which the case is routed may take it; a case is opened before any route."""
    return START not in action.source and {role.party for role in action.by} == {Party.BUREAU}


def _clock_comes(walk: Walk, action: Action) -> bool:
    """A rung leads the clock there; to recount, a new calendar does, wherever a deadline runs."""
    running = [deadline for node in walk.nodes_of(action) for deadline in walk.running(node.variant, node.state)]
    if action.name == RECOUNTED:
        return bool(running)
    return any(rung.action == action.name for deadline in running for rung in deadline.rungs)
