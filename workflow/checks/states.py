"""States that a case cannot reach, cannot leave, or in which nobody need or can act."""

from workflow.checks.walk import Complaints, Node, Walk, humans
from workflow.definition import CLOCK, DESKS, STAY, Action, Definition, Party, State


def state_faults(walk: Walk) -> Complaints:
    for state in walk.definition.states:
        yield from _of_itself(walk.definition, state)
    yield from _unreachable(walk)
    for variant, state in walk.places():
        yield from _no_way_out(walk, variant, state)
        yield from _idle(walk, variant, state)
        yield from _unrouted(walk, variant, state)


def _of_itself(definition: Definition, state: State) -> Complaints:
    where = f"state {state.name}"
    if not state.label:
        yield where, "it has no label", "say how people call it"
    if not state.final and not state.work:
        yield where, "it does not say what its desk has to do", "say it in work="
    if state.final and state.desk:
        yield where, "it is final and lies on a desk", "give it a desk or an outcome, not both"
    if state.adverse and not state.final:
        yield where, "it is adverse without being an end", "give it an outcome"
    if not state.final and state.desk not in DESKS:
        yield where, "it lies on no desk", "name the enterprise, the bureau or the office"


def _unreachable(walk: Walk) -> Complaints:
    reached = {node.state for node in walk.nodes}
    for state in walk.definition.states:
        if state.name not in reached:
            yield f"state {state.name}", "no case can reach it", "let an action lead there or take it out"
    for variant in walk.definition.variants:
        if not any(node.variant == variant and node.state in walk.definition.by_state for node in walk.nodes):
            mend = "let an opening or set_variant lead there or take it out"
            yield f"variant {variant}", "no case can have it", mend


def _no_way_out(walk: Walk, variant: str, state: State) -> Complaints:
    where = _where(variant, state)
    if not _movers(walk, variant, state):
        yield where, "there is no way out of it", "give it an action that moves, or an outcome"
        return
    here = [node for node in walk.nodes if (node.variant, node.state) == (variant, state.name)]
    ends = {one.name for one in walk.definition.states if one.final}
    if not any(node.state in ends for node in walk.onward(here)):
        yield where, "it never reaches an end", "let a way from it lead to a final state"


def _idle(walk: Walk, variant: str, state: State) -> Complaints:
    """Where nothing presses, or those who should act cannot."""
    where = _where(variant, state)
    movers = _movers(walk, variant, state)
    if not walk.running(variant, state.name):
        yield where, "no deadline runs in it", "let one run over it"
    if movers and not any(humans(action) for action in movers):
        yield where, "only the clock can move it", "give its desk an action that moves"
    elif movers and state.desk and not any(state.desk in humans(action) for action in movers):
        what = f"its desk, the {state.desk}, cannot move what lies on it"
        yield where, what, "give a role of that desk an action that moves, or change the desk"
    asks_a_third = any(deadline.owner is Party.THIRD for deadline in walk.running(variant, state.name))
    rungs = {rung.action for deadline in walk.running(variant, state.name) for rung in deadline.rungs}
    clock_moves = any(CLOCK in action.by and action.name in rungs for action in movers)
    if (state.desk is Party.ENTERPRISE or asks_a_third) and not clock_moves:
        what = f"the {'third party' if asks_a_third else 'enterprise'}'s silence would keep it for ever"
        yield where, what, "give a deadline there a rung whose action moves the case"
    own = [action for action in movers if state.desk in humans(action)]
    if own and all(action.optional for action in own):
        yield where, "every way on from it is optional", "take optional out of the step that must be taken"


def _unrouted(walk: Walk, variant: str, state: State) -> Complaints:
    """A bureau's desk before any bureau has been named."""
    if Node(variant, state.name, False) not in walk.nodes:
        return
    mend = "put route(…) on the way there"
    if state.desk is Party.BUREAU:
        what = "it lies on a bureau's desk, and on a way there no bureau is named"
        yield _where(variant, state), what, mend
    for deadline in walk.running(variant, state.name):
        if deadline.owner is Party.BUREAU and state.desk is not Party.BUREAU:
            what = f"it runs for a bureau in '{state.name}', and on a way there no bureau is named"
            yield f"deadline {deadline.name}", what, mend


def _movers(walk: Walk, variant: str, state: State) -> list[Action]:
    rows = walk.definition.actions_from(state.name, variant)
    return [
        action
        for action in rows
        if action.moves_on and any(target not in (STAY, state.name) for target in action.targets)
    ]


def _where(variant: str, state: State) -> str:
    return f"state {state.name}" + (f", variant {variant}" if variant else "")
