"""Who is told: addressees that name nobody, ends of which the enterprise hears nothing, adverse ends without remedy."""

from collections.abc import Collection, Iterator

from workflow.checks.walk import Complaints, Node, Walk, asked_field
from workflow.definition import CLOCK, DECIDES, Action, Addressee, Definition, Notice, Party
from workflow.guards import HasRemedy

OF_A_DEADLINE = frozenset({Addressee.OWNER, Addressee.OWNER_HEAD})
BODIES = {Party.BUREAU, Party.OFFICE}
"""Whose decisions have remedies."""


def letter_faults(walk: Walk) -> Complaints:
    yield from _untold_ends(walk)
    yield from _ends_without_remedy(walk)
    for action in walk.definition.actions:
        for notice in action.tells:
            for what, mend in _addressee(walk, action, notice):
                yield f"action {action.name}, notice to {notice.to}", what, mend


def unworded_letters(definition: Definition, worded: Collection[str]) -> Complaints:
    """A letter that nothing words would go out as the general one, and a slip of the pen with it."""
    named = {notice.letter for action in definition.actions for notice in action.tells}
    for action in definition.actions:
        for name in dict.fromkeys(notice.letter for notice in action.tells):
            if name and name not in {*worded, *definition.wordings, *definition.general_letters}:
                what = f"nothing words the letter '{name}'"
                yield f"action {action.name}", what, "mend the name, give it words, or name it in general_letters="
    for name in definition.general_letters:
        if name not in named:
            yield f"letter {name}", "no action sends it", "take it out of general_letters="


def _untold_ends(walk: Walk) -> Complaints:
    for state in walk.definition.states:
        for action in walk.entering(state.name) if state.final else ():
            if not any(notice.to is Addressee.FILER for notice in action.tells):
                what = f"the case ends in '{state.name}' and the enterprise is told nothing in writing"
                yield f"action {action.name}", what, "add a Notice to FILER"


def _ends_without_remedy(walk: Walk) -> Complaints:
    """D11: an adverse end comes with the remedies of the body that decides, not of another one."""
    for state in walk.definition.states:
        for action in walk.entering(state.name) if state.adverse else ():
            where, given = f"action {action.name}", {guard.of for guard in action.guard if isinstance(guard, HasRemedy)}
            if not given:
                what = f"the adverse end '{state.name}' comes without remedy, body and period"
                yield where, what, "guard it with has_remedy(…)"
            for body in sorted(_deciders(walk, action) - given) if given else ():
                what = f"the {body} decides on the adverse end '{state.name}', and its remedy is another body's"
                yield where, what, f"guard it with has_remedy({body.name})"


def _deciders(walk: Walk, action: Action) -> set[Party]:
    """The body of the row itself where it decides; else the bodies of the decisions that lead to it, or its own."""
    own = {role.party for role in action.by} & BODIES
    if action.part is DECIDES:
        return own
    before = walk.nodes_of(action)
    rows = (row for row in walk.definition.actions if row.part is DECIDES and walk.targets_of(row) & before)
    return {role.party for row in rows for role in row.by} & BODIES or own


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
    if notice.to is Addressee.THIRD and not any(asked_field(row, "third_mail") for row in walk.definition.actions):
        yield "nobody is asked how a third party is reached", "ask a LINE field third_mail where it is asked"
    if notice.to in OF_A_DEADLINE and nodes and not any(walk.running(node.variant, node.state) for node in nodes):
        yield "no deadline runs where it is sent, so it has no owner", "name another addressee"
    if notice.once and CLOCK not in action.by:
        yield "once is counted for a running deadline, and the clock does not send this", "take once out"


def _has_desk(definition: Definition, node: Node) -> bool:
    state = definition.by_state.get(node.state)
    return state is not None and state.desk is not None
