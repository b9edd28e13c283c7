"""What comes after a filing: each desk on the longest way with its limit; the receipt that says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.reading import read_cases
from cases.model.tables import Case
from cases.model.visibility import addresses_of, find_case
from notifications.letters import letters_of
from registry.identity import Identity
from web.case.path import Way, ahead, stage_of
from web.parts.words import length, span
from workflow.calendar import due
from workflow.definition import CHIEF, FILER, OFFICER, START, Deadline, Definition, Party
from workflow.limits import Rule
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext


@dataclass(frozen=True)
class Opened:
    """A case after its first action: what the opening said, when it counts as filed and when it was entered."""

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
    own, stages = case.definition.deadlines_of(case.variant), list(_stages(case))
    outsiders = (Party.ENTERPRISE, Party.THIRD)
    rest = [one for one in own if one not in stages and one.owner not in outsiders and _runs(one, case.state)]
    return (
        *(_coming(case, world, one, case.variant) for one in stages),
        *(replace(_coming(case, world, one, case.variant), over_all=True) for one in rest),
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
    what = say(rule.label)
    if route:
        what = say("{what}, where the route is: {route}", what=what, route=route)
    if rule.extension is not None:
        longer = span(rule.extension, rule.unit)
        what = say("{what}. It may be extended once, by {span} at most; the reasons are told.", what=what, span=longer)
    if route or not _runs(one, case.state):
        return Coming(None, after, what, rule)
    day, provisional = due(world.calendar, _start(case, one), rule.n, rule.unit, rolls=rule.rolls)
    return Coming(day, after, what, rule, provisional)


def _start(case: Opened, one: Deadline) -> date:
    """The day from which it counts, where it runs from the beginning."""
    counted = one.counts_from
    if counted and counted.filing:
        return case.filed_on
    named = case.said.get(counted.asked) if counted else None
    return date.fromisoformat(str(named)) if named else case.entered_on


READ_BY = (FILER, OFFICER, CHIEF)
"""Who reads a receipt, which bears the case code: the filer and the office."""


def receipt_of(session: Session, identity: Identity, case: Case, world: RuleContext, now: datetime) -> dict[str, Any]:
    """What the receipt of a case shows to who may read it or has entered it; `readable`: they may open the case."""
    first, definition = read_cases(session, [case.id])[0].snapshot.past[0], all_kinds()[case.kind]
    rows = [row for row in definition.actions_named(first.action) if START in row.source]
    row = next((row for row in rows if case.variant in row.variants), rows[0])
    variant = row.variants[0] if len(row.variants) == 1 else case.variant  # a later step may have chosen another
    opened = Opened(definition, variant, first.target, first.codes, case.filed_on, first.on)
    letters = letters_of(session, addresses_of(identity), case.number, now)
    comes = coming(opened, world)
    proposed = [one.rule.basis == "proposal" for one in comes]
    return {
        "number": case.number,
        "code": f"{case.check_code[:5]} {case.check_code[5:]}",
        "at": case.opened_at,
        "title": say("{kind} received", kind=say(definition.label)) if FILER in row.by else say(row.done),
        "coming": comes,
        "proposed": any(proposed),
        "all_proposed": all(proposed),
        "letter": letters[-1] if letters else None,
        "record_id": case.record_id,
        "readable": find_case(session, identity, case.number) is not None,
        "mine": identity.holds(FILER),
    }
