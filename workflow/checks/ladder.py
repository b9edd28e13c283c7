"""Deadlines over states that do not let them run, and rungs that the clock cannot climb."""

from workflow.checks.walk import Complaints, Pairs, Walk, listed
from workflow.definition import CLOCK, START, Action, CountsFrom, Deadline, Definition, FieldKind, Rung


def ladder_faults(walk: Walk) -> Complaints:
    for deadline in walk.definition.deadlines:
        where = f"deadline {deadline.name}"
        for what, mend in (*_states(walk, deadline), *_name(walk.definition, deadline), *_silence(deadline)):
            yield where, what, mend
        if deadline.counts_from is not None:
            for what, mend in _counts_from(walk, deadline, deadline.counts_from):
                yield f"{where}, counts_from", what, mend
        for rung in deadline.rungs:
            for what, mend in _rung(walk, deadline, rung):
                yield f"{where}, rung {rung.offset:+d}", what, mend


def _states(walk: Walk, deadline: Deadline) -> Pairs:
    known = walk.definition.by_state
    ends = {name for name in deadline.over if name in known and known[name].final}
    if ends:
        yield f"it runs over the end {listed(ends)}", "take the end out of over="
    outside = set(deadline.paused_in) - set(deadline.over)
    if outside:
        yield (
            f"it is paused in {listed(outside)}, where it does not run",
            "add the state to over= or take the pause out",
        )
    if not any(state.name not in deadline.paused_in for _, state in walk.reached(deadline)):
        yield (
            "it never runs: no case stands in its states, or all of them pause it",
            "mend over=, paused_in or variants",
        )


def _name(definition: Definition, deadline: Deadline) -> Pairs:
    if deadline.rule != f"{definition.kind}.{deadline.name}":
        yield f"it does not bear the name of its rule '{deadline.rule}'", f"name both {definition.kind}.{deadline.name}"
    if not deadline.label:
        yield "it has no label", "say what must be done in that time"


def _silence(deadline: Deadline) -> Pairs:
    if not any(rung.offset == 0 for rung in deadline.rungs):
        yield "it passes in silence", "give it a rung 0"


def _counts_from(walk: Walk, deadline: Deadline, counts: CountsFrom) -> Pairs:
    events = [action for action in walk.definition.actions if _is_event(action, deadline, counts)]
    if [bool(counts.asked), bool(counts.taken), counts.filing].count(True) != 1:
        yield "it counts from a date, from an action or from the filing, and here from several or none", "keep one"
    elif not events and not counts.filing:
        what = f"no action asks a date '{counts.asked}'" if counts.asked else f"there is no action '{counts.taken}'"
        yield what, "name a field of kind DATE or an action that exists"
    after = {node for action in events for node in walk.targets_of(action)}
    gaps = {node.state for node in after if not deadline.variants or node.variant in deadline.variants}
    open_gaps = gaps & set(walk.definition.open_states()) - set(deadline.over)
    if open_gaps:
        yield f"it does not run in {listed(open_gaps)}, where that event leads", "add the state to over="


def _is_event(action: Action, deadline: Deadline, counts: CountsFrom) -> bool:
    if counts.filing:
        return START in action.source and not set(action.targets).isdisjoint(deadline.over)
    if counts.taken:
        return action.name == counts.taken
    return any(field.name == counts.asked and field.kind is FieldKind.DATE for field in action.asks)


def _rung(walk: Walk, deadline: Deadline, rung: Rung) -> Pairs:
    if rung.exact and rung.offset:
        yield "only the due day itself has an end at which to fire", "take exact out or make the offset 0"
    if not walk.definition.actions_named(rung.action):
        yield f"there is no action '{rung.action}'", "name an action of the clock"
        return
    closed = {
        state.name
        for variant, state in walk.reached(deadline)
        if state.name not in deadline.paused_in and not _clock_takes(walk.definition, rung.action, state.name, variant)
    }
    if closed:
        what = f"the clock may not take '{rung.action}' in {listed(closed)}"
        yield what, "add CLOCK and these states to the action, or name another one"


def _clock_takes(definition: Definition, action: str, state: str, variant: str) -> bool:
    row = definition.action(action, state, variant)
    return row is not None and CLOCK in row.by
