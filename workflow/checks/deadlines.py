"""Deadlines over states that do not let them run, rungs that the clock cannot climb, and rules without a use.

Rules change on certain days only, so it is enough to look at those days.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from workflow.checks.walk import Complaints, Pairs, Walk, listed
from workflow.definition import CLOCK, START, Action, CountsFrom, Deadline, FieldKind, Rung
from workflow.jurisdiction import Jurisdiction
from workflow.limits import MissingRule, Rule


def ladder_faults(walk: Walk) -> Complaints:
    for deadline in walk.definition.deadlines:
        where = f"deadline {deadline.name}"
        for what, mend in _of_itself(walk, deadline):
            yield where, what, mend
        if deadline.counts_from is not None:
            for what, mend in _counts_from(walk, deadline, deadline.counts_from):
                yield f"{where}, counts_from", what, mend
        for rung in deadline.rungs:
            for what, mend in _rung(walk, deadline, rung):
                yield f"{where}, rung {rung.offset:+d}", what, mend


def _of_itself(walk: Walk, deadline: Deadline) -> Pairs:
    named = f"{walk.definition.kind}.{deadline.name}"
    known = walk.definition.by_state
    if ends := {name for name in deadline.over if name in known and known[name].final}:
        yield f"it runs over the end {listed(ends)}", "take the end out of over="
    if outside := listed(set(deadline.paused_in) - set(deadline.over)):
        yield f"it is paused in {outside}, where it does not run", "add the state to over= or take the pause out"
    if not any(state.name not in deadline.paused_in for _, state in walk.reached(deadline)):
        what = "it never runs: no case stands in its states, or all of them pause it"
        yield what, "mend over=, paused_in or variants"
    if deadline.rule != named:
        yield f"it does not bear the name of its rule '{deadline.rule}'", f"name both {named}"
    if not deadline.label:
        yield "it has no label", "say what must be done in that time"
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
    closed = set()
    for variant, state in walk.reached(deadline):
        row = walk.definition.action(rung.action, state.name, variant)
        if state.name not in deadline.paused_in and (row is None or CLOCK not in row.by):
            closed.add(state.name)
    if closed:
        what = f"the clock may not take '{rung.action}' in {listed(closed)}"
        yield what, "add CLOCK and these states to the action, or name another one"


def limit_faults(walk: Walk, jurisdictions: Sequence[Jurisdiction]) -> Complaints:
    """The first of several places with the same rules of the kind is named: one mending mends them all."""
    yield from _windows(walk)
    apart = {tuple(_of_this_kind(walk, place)): place for place in reversed(jurisdictions)}
    for jurisdiction in reversed(apart.values()):
        yield from _missing(walk, jurisdiction)
        yield from _unused(walk, jurisdiction)
        yield from _deadlines(walk, jurisdiction)


def change_days(rules: Iterable[Rule]) -> list[date]:
    """The days on which one of the rules begins, or has just ended."""
    begun = {rule.valid_from for rule in rules}
    ended = {rule.valid_until + timedelta(days=1) for rule in rules if rule.valid_until}
    return sorted(begun | ended)


def _windows(walk: Walk) -> Complaints:
    definition = walk.definition
    read = {rule for action in definition.actions for guard in action.guard for rule in guard.named("rule")}
    for window in definition.windows:
        if window not in read:
            yield f"window {window}", "no guard reads it", "guard an action with within(…) or take it out"
        if not window.startswith(f"{definition.kind}."):
            what = "it is a rule of another kind"
            yield f"window {window}", what, f"name a rule of {definition.kind}"


def _missing(walk: Walk, jurisdiction: Jurisdiction) -> Complaints:
    days = change_days(_of_this_kind(walk, jurisdiction))
    for name, variant in _needed(walk):
        gaps = [day for day in days if _limit(jurisdiction, name, variant, day) is None]
        if gaps or not days:
            where = f"rule {name}" + (f", variant {variant}" if variant else "")
            what = f"{jurisdiction.code} has none" + (f" on {gaps[0]}" if gaps else "")
            mend = f"add it to rules.toml of {jurisdiction.code}, or of a place that it extends"
            yield where, what, mend


def _needed(walk: Walk) -> list[tuple[str, str]]:
    """Rule and variant of everything that runs or is open for a time."""
    needed = [
        (deadline.rule, variant) for deadline in walk.definition.deadlines for variant in _variants(walk, deadline)
    ]
    for action in walk.definition.actions:
        for guard in action.guard:
            variants = {node.variant for node in walk.nodes_of(action)}
            needed += [(rule, variant) for rule in guard.named("rule") for variant in sorted(variants)]
    return list(dict.fromkeys(needed))


def _unused(walk: Walk, jurisdiction: Jurisdiction) -> Complaints:
    used, windows = _needed(walk), {*walk.definition.windows}
    ran = {deadline.rule for deadline in walk.definition.deadlines}
    for name, variant, window in dict.fromkeys(
        (r.name, r.variant, r.window) for r in _of_this_kind(walk, jurisdiction)
    ):
        where = f"rule {name}" + (f", variant {variant}" if variant else "")
        if not any(name == rule and variant in ("", of) for rule, of in used):
            what = f"nothing uses it, and {jurisdiction.code} has it"
            yield where, what, "let a deadline or a guard use it or take it out of rules.toml"
        if window and name in ran:
            what = f"{jurisdiction.code} calls it a window, and a deadline runs by it"
            yield where, what, "take window out of rules.toml"
        if not window and name in windows:
            what = f"it is a window, and {jurisdiction.code} does not say so"
            yield where, what, "set window = true in rules.toml"


def _deadlines(walk: Walk, jurisdiction: Jurisdiction) -> Complaints:
    days = change_days(_of_this_kind(walk, jurisdiction))
    for deadline in walk.definition.deadlines:
        for variant in _variants(walk, deadline):
            for rule in (_limit(jurisdiction, deadline.rule, variant, day) for day in days):
                if rule is not None:
                    yield from _extension(walk, jurisdiction, deadline, variant, rule)
                    yield from _rungs(deadline, rule)


def _extension(walk: Walk, place: Jurisdiction, deadline: Deadline, variant: str, rule: Rule) -> Complaints:
    given = any(
        effect.name == "extend" and effect.of == deadline.name
        for edge in walk.edges
        if edge.source.variant == variant and edge.source.state in deadline.over
        for effect in edge.action.does
    )
    where = f"deadline {deadline.name}" + (f", variant {variant}" if variant else "")
    if rule.extension is not None and not given:
        what = f"{place.code} lets it be extended and no action does"
        yield where, what, f'give an action extend("{deadline.name}") or take the extension out'
    if rule.extension is None and given:
        what = f"an action extends it and {place.code} has no extension"
        yield where, what, "add extension to rules.toml or take extend(…) out"


def _rungs(deadline: Deadline, rule: Rule) -> Complaints:
    for rung in deadline.rungs:
        if rung.offset < 0 and rule.unit != "month" and rung.at_least <= rule.n <= -rung.offset:
            where = f"deadline {deadline.name}, rung {rung.offset:+d}"
            what = f"with {rule.n} {rule.unit} it fires before the start"
            yield where, what, f"give it at_least={1 - rung.offset} or more"


def _limit(jurisdiction: Jurisdiction, name: str, variant: str, day: date) -> Rule | None:
    try:
        return jurisdiction.limit(name, variant, day)
    except MissingRule:
        return None


def _of_this_kind(walk: Walk, jurisdiction: Jurisdiction) -> list[Rule]:
    return [rule for rule in jurisdiction.rules if rule.name.startswith(f"{walk.definition.kind}.")]


def _variants(walk: Walk, deadline: Deadline) -> list[str]:
    return sorted({variant for variant, _ in walk.reached(deadline)})
