"""Definition against law: every deadline has a rule wherever and whenever it may run, and every rule a use.

Rules change on certain days only, so it is enough to look at those days.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from workflow.checks.walk import Complaints, Walk
from workflow.definition import Deadline, Rung
from workflow.jurisdiction import Jurisdiction
from workflow.limits import MissingRule, Rule


def limit_faults(walk: Walk, jurisdictions: Sequence[Jurisdiction]) -> Complaints:
    yield from _windows(walk)
    for jurisdiction in jurisdictions:
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
    read = {rule for action in definition.actions for guard in action.guard for rule in guard.refers().rules}
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
            needed += [(rule, variant) for rule in guard.refers().rules for variant in sorted(variants)]
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
    """Each distinct sentence once, however many days it holds."""
    seen: set[tuple[str, str, str]] = set()
    for deadline in walk.definition.deadlines:
        for variant in _variants(walk, deadline):
            for rule in _rules(jurisdiction, deadline.rule, variant, change_days(_of_this_kind(walk, jurisdiction))):
                for found in (*_extension(walk, jurisdiction, deadline, variant, rule), *_rungs(walk, deadline, rule)):
                    if found not in seen:
                        seen.add(found)
                        yield found


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


def _rungs(walk: Walk, deadline: Deadline, rule: Rule) -> Complaints:
    for rung in deadline.rungs:
        if _before_start(rung, rule):
            where = f"deadline {deadline.name}, rung {rung.offset:+d}"
            what = f"with {rule.n} {rule.unit} it fires before the start"
            yield where, what, f"give it at_least={1 - rung.offset} or more"


def _before_start(rung: Rung, rule: Rule) -> bool:
    return rung.offset < 0 and rule.unit != "month" and rule.n >= rung.at_least and rule.n <= -rung.offset


def _rules(jurisdiction: Jurisdiction, name: str, variant: str, days: Sequence[date]) -> list[Rule]:
    found = (_limit(jurisdiction, name, variant, day) for day in days)
    return [rule for rule in found if rule is not None]


def _limit(jurisdiction: Jurisdiction, name: str, variant: str, day: date) -> Rule | None:
    try:
        return jurisdiction.limit(name, variant, day)
    except MissingRule:
        return None


def _of_this_kind(walk: Walk, jurisdiction: Jurisdiction) -> list[Rule]:
    return [rule for rule in jurisdiction.rules if rule.name.startswith(f"{walk.definition.kind}.")]


def _variants(walk: Walk, deadline: Deadline) -> list[str]:
    return sorted({variant for variant, _ in walk.reached(deadline)})
