"""What comes after a filing: each desk on the longest way with its limit; the receipt that says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

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
from workflow.definition import CHIEF, FILER, OFFICER, START, Action, Deadline, Definition, Party
from workflow.limits import Rule
from workflow.refusal import Message, say
from workflow.snapshot import EventFacts, RuleContext


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


READ_BY = (FILER, OFFICER, CHIEF)
"""It bears the case code: the filer and the office."""


@dataclass(frozen=True)
class Receipt:
    """What is kept of a filing. `readable`: the reader may open the case."""

    number: str
    code: str
    at: datetime
    title: Message
    coming: tuple[Coming, ...]
    letter_id: int | None
    mail: bool
    record_id: int | None
    readable: bool
    mine: bool

    @property
    def proposed(self) -> bool:
        """Whether a limit here is ours and not yet published."""
        return any(one.rule.basis == "proposal" for one in self.coming)

    @property
    def all_proposed(self) -> bool:
        return all(one.rule.basis == "proposal" for one in self.coming)


def receipt_of(session: Session, identity: Identity, case: Case, world: RuleContext, now: datetime) -> Receipt:
    """The receipt of a case, for who may read it or has entered it."""
    file = read_cases(session, [case.id])[0]
    first = file.snapshot.past[0]
    letters = letters_of(session, addresses_of(identity), case.number, now)
    letter = letters[-1] if letters else None
    return Receipt(
        number=case.number,
        code=f"{case.check_code[:5]} {case.check_code[5:]}",
        at=case.opened_at,
        title=_title(case, first),
        coming=coming(_opened(case, first), world),
        letter_id=letter.id if letter else None,
        mail=bool(letter and letter.mail),
        record_id=case.record_id,
        readable=find_case(session, identity, case.number) is not None,
        mine=identity.holds(FILER),
    )


def _opened(case: Case, first: EventFacts) -> Opened:
    definition, row = all_kinds()[case.kind], _row(case, first)
    variant = row.variants[0] if len(row.variants) == 1 else case.variant
    return Opened(definition, variant, first.target, first.codes, case.filed_on, first.on)


def _title(case: Case, first: EventFacts) -> Message:
    """That it was received; of what a body opens itself, what it was."""
    row = _row(case, first)
    if FILER in row.by:
        return say("{kind} received", kind=say(all_kinds()[case.kind].label))
    return say(row.done)


def _row(case: Case, first: EventFacts) -> Action:
    """The row by which it was opened; its variant then, where a later step has chosen another one."""
    rows = [row for row in all_kinds()[case.kind].actions_named(first.action) if START in row.source]
    return next((row for row in rows if case.variant in row.variants), rows[0])
