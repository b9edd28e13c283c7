"""What comes after a filing: each desk on the longest way with its limit, by the rules of the filing day. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from web.case.path import Way, ahead, stage_of
from web.parts.words import length, span
from workflow.calendar import due
from workflow.definition import Deadline, Definition, Party
from workflow.limits import Rule
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext


@dataclass(frozen=True)
class Opened:
    """A case as it stands after its first action, or would stand: what the opening said, when it counts as filed and
    when it was entered."""

    definition: Definition
    variant: str
    state: str
    said: Mapping[str, object]
    filed_on: date
    entered_on: date


@dataclass(frozen=True)
class Coming:
    """One thing to come: by which day, or so long after what; what it is; on which rule it rests."""

    by: date | None
    after: Message
    what: Message
    rule: Rule
    provisional: bool = False
    over_all: bool = False
    """Whether it is the limit of the whole, above those of the steps."""


def coming(case: Opened, world: RuleContext) -> tuple[Coming, ...]:
    """The limits of the desks on the way, in order; then those over the whole, then what a route chosen later sets."""
    own = case.definition.deadlines_of(case.variant)
    stages = list(_stages(case))
    over_all = [
        one
        for one in own
        if one not in stages and _runs(one, case.state) and one.owner not in (Party.ENTERPRISE, Party.THIRD)
    ]
    return (
        *(_coming(case, world, one, case.variant) for one in stages),
        *(replace(_coming(case, world, one, case.variant), over_all=True) for one in over_all),
        *_by_route(case, world, {one.name for one in own}),
    )


def first_due(case: Opened, world: RuleContext) -> Coming | None:
    """By when the desk on which the case then lies must act."""
    stage = stage_of(case.definition, case.state, case.variant)
    return _coming(case, world, stage, case.variant) if stage else None


def _stages(case: Opened) -> Iterator[Deadline]:
    seen: set[str] = set()
    for state in (case.state, *ahead(Way(case.definition, case.variant), case.state)):
        stage = stage_of(case.definition, state, case.variant)
        if stage and stage.name not in seen:
            seen.add(stage.name)
            yield stage


def _runs(deadline: Deadline, state: str) -> bool:
    return state in deadline.over and state not in deadline.paused_in


def _by_route(case: Opened, world: RuleContext, known: set[str]) -> Iterator[Coming]:
    """The limits of the variants that a later step may choose, each with what that choice is called."""
    named = {effect.of for action in case.definition.actions for effect in action.does if effect.name == "set_variant"}
    choices = {
        choice.code: choice.label
        for action in case.definition.actions
        for field in action.asks
        if field.name in named
        for choice in field.choices
    }
    for variant, label in choices.items():
        for one in case.definition.deadlines_of(variant):
            if one.name not in known and variant in one.variants:
                yield _coming(case, world, one, variant, say(label))


def _coming(case: Opened, world: RuleContext, one: Deadline, variant: str, route: Message | None = None) -> Coming:
    rule = world.jurisdiction.limit(one.rule, variant, case.filed_on)
    rule = rule.bound() if rule.binds(variant, case.said) else rule
    after = say("{span} {counted_from}", span=length(rule.n, rule.unit), counted_from=say(rule.counted_from))
    start = _start(case, one) if route is None and _runs(one, case.state) else None
    if start is None:
        return Coming(None, after, _what(rule, route), rule)
    day, provisional = due(world.calendar, start, rule.n, rule.unit, rolls=rule.rolls)
    return Coming(day, after, _what(rule, route), rule, provisional)


def _start(case: Opened, one: Deadline) -> date | None:
    """The day from which it counts, where it runs from the beginning."""
    counted = one.counts_from
    if counted is None:
        return case.entered_on
    if counted.filing:
        return case.filed_on
    named = case.said.get(counted.asked)
    return date.fromisoformat(str(named)) if named else case.entered_on


def _what(rule: Rule, route: Message | None) -> Message:
    what = say(rule.label)
    if route:
        what = say("{what}, where the route is: {route}", what=what, route=route)
    if rule.extension is None:
        return what
    return say(
        "{what}. It may be extended once, by {span} at most; the reasons are told.",
        what=what,
        span=span(rule.extension, rule.unit),
    )
