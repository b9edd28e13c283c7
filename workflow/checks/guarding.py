"""Guards that name nothing or let nobody through, and decisions that one person could make alone."""

from collections.abc import Iterable

from workflow.checks.walk import Complaints, Walk, listed
from workflow.definition import DECIDES, PROPOSES, START, Action, Definition, Guard, Party
from workflow.guards import About, After, CameFrom, HasRemedy, NotBy, NotHandler, Within


def guard_faults(walk: Walk) -> Complaints:
    for action in walk.definition.actions:
        for guard in action.guard:
            yield from _names_nothing(walk, action, guard)
            yield from _lets_nobody_through(walk, action, guard)
        yield from _decides_alone(walk.definition, action)
        yield from _proposes_on_own_record(walk.definition, action)


def _decides_alone(definition: Definition, action: Action) -> Complaints:
    """D10: who proposes does not decide."""
    if action.part is not DECIDES:
        return
    kept_apart = {name for guard in action.guard if isinstance(guard, NotBy) for name in guard.actions}
    proposing = (row for row in definition.actions if row.part is PROPOSES and set(row.targets) & set(action.source))
    for name in dict.fromkeys(row.name for row in proposing if _meet(row, action) and row.name not in kept_apart):
        what = f"whoever takes '{name}' could decide on it alone"
        yield f"action {action.name}", what, f'guard it with not_by("{name}")'


def _proposes_on_own_record(definition: Definition, action: Action) -> Complaints:
    """D27: at a bureau, neither who entered the record nor whom it names as handler proposes."""
    if action.part is not PROPOSES or definition.without_record:
        return
    at_bureau = any(role.party is Party.BUREAU for role in action.by)
    if at_bureau and not any(isinstance(guard, NotHandler) for guard in action.guard):
        what = "whoever entered the record, or is its handler, could propose what becomes of it"
        yield f"action {action.name}", what, "guard it with not_handler()"


def _meet(one: Action, other: Action) -> bool:
    return not one.variants or not other.variants or bool(set(one.variants) & set(other.variants))


def _names_nothing(walk: Walk, action: Action, guard: Guard) -> Complaints:
    definition, where = walk.definition, _where(action, guard)
    refers = guard.refers()
    fields = {field.name for row in definition.actions for field in row.asks}
    rules = {*definition.windows, *(deadline.rule for deadline in definition.deadlines)}
    for sort, named, known in (
        ("action", refers.actions, {row.name for row in definition.actions}),
        ("state", refers.states, set(definition.by_state)),
        ("field", refers.fields, fields),
        ("rule", refers.rules, rules),
        ("deadline", refers.deadlines, {deadline.name for deadline in definition.deadlines}),
    ):
        for name in _missing(named, known):
            mend = f"name one of {listed(known)}" if known else "take the guard out"
            yield where, f"there is no {sort} '{name}'", mend


def _missing(named: Iterable[str], known: set[str]) -> list[str]:
    return [name for name in dict.fromkeys(named) if name not in known]


def _lets_nobody_through(walk: Walk, action: Action, guard: Guard) -> Complaints:
    nodes = walk.nodes_of(action)
    if not nodes:
        return
    where = _where(action, guard)
    if isinstance(guard, After | Within):
        earlier = guard.refers().actions
        if not any(walk.after(name) & nodes for name in earlier):
            what = f"{listed(earlier)} cannot come before it"
            yield where, what, "name an action that can, or take the guard out"
    if isinstance(guard, CameFrom):
        edges = [e for e in walk.edges if e.action.name == guard.by and e.source.state in guard.states]
        if not walk.onward(edge.target for edge in edges) & nodes:
            what = f"{guard.by} never brings a case here from {listed(guard.states)}"
            yield where, what, "name the states in which that action is taken"
    if isinstance(guard, About):
        offered = {
            choice.code
            for row in walk.definition.actions
            if START in row.source
            for field in row.asks
            if field.name == guard.field
            for choice in field.choices
        }
        for code in _missing(guard.codes, offered):
            what = f"no opening can say '{code}' of '{guard.field}'"
            yield where, what, f"name one of {listed(offered)}" if offered else "take it out"
    if isinstance(guard, HasRemedy) and guard.of is Party.BUREAU and not any(node.routed for node in nodes):
        what = "no bureau has been named where it stands, so it has no remedy"
        yield where, what, "ask for the office's remedy, or put route(…) before it"
    for name in guard.refers().deadlines:
        running = {d.name for node in nodes for d in walk.running(node.variant, node.state)}
        if name not in running and any(deadline.name == name for deadline in walk.definition.deadlines):
            what = f"the deadline '{name}' runs in none of its states"
            yield where, what, "name one that does, or take the guard out"


def _where(action: Action, guard: Guard) -> str:
    return f"action {action.name}, guard {type(guard).__name__}"
