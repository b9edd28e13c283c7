"""Who is told: addressees that name nobody, ends of which the enterprise hears nothing, adverse ends without remedy."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.checks.walk import Complaints, Node, Walk
from workflow.definition import CLOCK, Action, Addressee, Definition, Notice
from workflow.guards import HasRemedy

OF_A_DEADLINE = frozenset({Addressee.OWNER, Addressee.OWNER_HEAD})


def letter_faults(walk: Walk) -> Complaints:
    yield from _untold_ends(walk)
    yield from _ends_without_remedy(walk)
    for action in walk.definition.actions:
        for notice in action.tells:
            for what, mend in _addressee(walk, action, notice):
                yield f"action {action.name}, notice to {notice.to}", what, mend


def _untold_ends(walk: Walk) -> Complaints:
    for state in walk.definition.states:
        for action in walk.entering(state.name) if state.final else ():
            if not any(notice.to is Addressee.FILER for notice in action.tells):
                what = f"the case ends in '{state.name}' and the enterprise is told nothing in writing"
                yield f"action {action.name}", what, "add a Notice to FILER"


def _ends_without_remedy(walk: Walk) -> Complaints:
    for state in walk.definition.states:
        for action in walk.entering(state.name) if state.adverse else ():
            if not any(isinstance(guard, HasRemedy) for guard in action.guard):
                what = f"the adverse end '{state.name}' comes without remedy, body and period"
                yield f"action {action.name}", what, "guard it with has_remedy(…)"


def _addressee(walk: Walk, action: Action, notice: Notice) -> Iterator[tuple[str, str]]:
    """D25: a notice to the bureau before any route goes to nobody; refused is one that always would."""
    nodes, after = walk.nodes_of(action), walk.targets_of(action)
    if not notice.letter:
        yield "it names no letter", "name the letter"
    if notice.to not in list(Addressee):
        yield "nobody is called so", "use an Addressee"
    if notice.to is Addressee.BUREAU and after and not any(node.routed for node in after):
        yield "it always goes to nobody: no bureau has been named by then", "put route(…) before it or take it out"
    if notice.to is Addressee.DESK and after and not any(_has_desk(walk.definition, node) for node in after):
        yield "the case lies on no desk then", "name the party that is meant"
    if notice.to is Addressee.COMPLAINED_OF and not walk.definition.closed_to:
        yield "this kind complains of nobody", "say in closed_to who is complained of, or name another addressee"
    if notice.to in OF_A_DEADLINE and nodes and not any(walk.running(node.variant, node.state) for node in nodes):
        yield "no deadline runs where it is sent, so it has no owner", "name another addressee"
    if notice.once and CLOCK not in action.by:
        yield "once is counted for a running deadline, and the clock does not send this", "take once out"


def _has_desk(definition: Definition, node: Node) -> bool:
    state = definition.by_state.get(node.state)
    return state is not None and state.desk is not None
