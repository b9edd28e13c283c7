"""What the pages of a filing show: heading, first words, what to know before, the check of all answers, the receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, NamedTuple

from cases.engine.answers import GROUND
from cases.kinds import all_kinds
from cases.lists.records import RecordRow
from cases.model.disputed import Dispute
from cases.model.reading import read_cases
from cases.model.tables import Case
from cases.model.visibility import addresses_of, find_case
from extensions import db
from notifications.languages import span
from notifications.letters import letters_of
from registry.columns import Column, shown_in
from registry.display import advice, eligibility
from web.case.claims import ClaimRow, rows
from web.case.path import Way, ahead, stage_of
from web.filing.request import Filing
from web.filing.steps import CAME, EVIDENCE, FIELDS, Step
from web.parts.display_facts import display_facts
from web.parts.words import Words, length
from web.site.access import identity, law, now, today, world
from web.site.action_form import INPUTS, ActForm
from web.site.language import bureau_name, bureau_short, in_a_row, in_a_sentence, in_words, language, office_short
from web.site.record_words import in_this_language
from workflow.answers import asked_of, filing_day
from workflow.calendar import due
from workflow.definition import CHIEF, FILER, OFFICER, START, Deadline, Definition, Field, FieldKind, Party
from workflow.limits import Rule
from workflow.past import DISPLAY
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext

QUESTIONS: Final[Mapping[str, Message]] = {
    CAME: say("How and when did it come?"),
    FIELDS: say("Which fields are wrong?"),
    EVIDENCE: say("Say how it is, and attach what shows it"),
    "ground": say("Why do you object to this record?"),
}
TOLD: Final[Mapping[str, Message]] = {
    "ground": say("The law gives four grounds. Choose the one that fits best."),
    CAME: say("The day on which it was handed in counts, not today: every limit runs from there."),
}


def question(scene: Filing, step: Step) -> Message:
    """The heading of a page: a question where there is one, else what is asked."""
    if step.name == "ground" and not scene.mine:
        return say("Ground")
    if step.name == CAME and all(field.kind is FieldKind.DATE for field in step.fields):
        return say("When was it handed in?")
    return QUESTIONS.get(step.name) or say(step.fields[0].label)


def told(scene: Filing, step: Step) -> Message | None:
    """The sentence under the heading."""
    if step.name == FIELDS:
        return say(
            "Tick what is wrong and write what it should say."
            if scene.own
            else "Tick what is wrong and write what it should say. The bureau that supplied the record will verify it."
        )
    if step.name == CAME and all(field.hint for field in step.fields if field.kind is FieldKind.DATE):
        return None
    return TOLD.get(step.name)


def begin_words(scene: Filing, step: Step, form: ActForm) -> None:
    """Put the sentence that what was ticked makes where own words are asked and there are none yet, and say so."""
    texts = (form[field.name] for field in step.fields if field.kind is FieldKind.TEXT and field.required)
    text = next(texts, None) if scene.mine else None
    if text is None or (text.data or "").strip():
        return
    known, record = {column.key: column for column in scene.offered.columns}, scene.offered.record
    claims = ((name, str(claim)) for name, claim in _claims(scene).items() if name in known)
    said = in_a_row(*(_said(known[name], record.get(name, ""), claim) for name, claim in claims))
    if said:
        text.data = said.unescape()  # it is sent as it is there: no markup
        text.description = in_words(
            say("This begins with what you ticked. Go on from there, or write it in your own way.")
        )


def _said(column: Column, record: str, claim: str) -> str:
    values = {"field": say(column.label), "claim": in_this_language(shown_in(claim, column))}
    if not record:
        return in_words(say("{field}: the record says nothing, it should say {claim}.", **values))
    values["record"] = in_this_language(shown_in(record, column))
    return in_words(say("{field}: the record says {record}, it should say {claim}.", **values))


def check_view(scene: Filing) -> dict[str, Any]:
    """The form as it would be sent now. `claims`: the disputed values as rows; `ends`: the display is disputed."""
    opened = opened_by(scene)
    state, leaving = scene.definition.state(opened.state), scene.definition.actions_from(opened.state, opened.variant)
    asked = claims_field(scene)
    desk = in_a_sentence(_desk(scene, state.desk), state.desk)
    return {
        "answers": list(_answers(scene)),
        "claims": claim_rows(scene),
        "claims_step": next((step.name for step in scene.steps if asked in step.fields), ""),
        "ends": DISPLAY in _claims(scene),
        "turn": say("it is up to {desk} to {duty}", desk=desk, duty=say(state.work)),
        "due": first_due(opened, world()),
        "marks": any(effect.name == "flag" for action in scene.definition.actions for effect in action.does),
        "withdrawable": any(
            FILER in row.by and any(isinstance(one, str) and scene.definition.state(one).final for one in row.targets)
            for row in leaving
        ),
    }


def opened_by(scene: Filing) -> Opened:
    """The case as it would stand after its first action, were it taken now."""
    facts = scene.facts
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.answers.items()}
    target = scene.way.action.target
    return Opened(scene.definition, facts.snapshot.variant, str(target), said, filing_day(facts), facts.on)


def claims_field(scene: Filing) -> Field | None:
    return next((field for field in scene.way.action.asks if field.kind is FieldKind.CLAIMS), None)


def _claims(scene: Filing) -> Mapping[str, str]:
    """What the record should say, by field."""
    asked = claims_field(scene)
    claims = scene.answers.get(asked.name) if asked else None
    return claims if isinstance(claims, Mapping) else {}


def claim_rows(scene: Filing) -> tuple[ClaimRow, ...]:
    """The disputed values as rows."""
    made = [Dispute(name, claim) for name, claim in _claims(scene).items()]
    return rows(made, scene.offered.record, scene.offered.columns)


class CheckedAnswer(NamedTuple):
    """One answer in words: the field, on which page it was given, what was said, and what that rests on."""

    field: Field
    step: str
    said: tuple[Words, ...]
    small: str
    as_typed: bool


def _answers(scene: Filing) -> Iterator[CheckedAnswer]:
    answers = scene.answers
    for step in scene.steps:
        for field in step.fields:
            if field.kind is not FieldKind.CLAIMS and field.name in answers:
                kind, answer = INPUTS[field.kind], answers[field.name]
                said = kind.checked(field, answer, scene.offered)
                yield CheckedAnswer(field, step.name, said, _citation(field, answer), kind.as_typed)


def _citation(field: Field, answer: object) -> str:
    """The article of a ground of the law, where the choice is one."""
    ground = next((one for one in law().grounds if field.name == GROUND and one.name == answer), None)
    if ground is None:
        return ""
    return ground.citation_en if language() == "en" else ground.citation


def _desk(scene: Filing, desk: Party | None) -> str:
    """Who has the case after it is sent."""
    row = scene.row
    if desk is not Party.BUREAU or row is None:
        return office_short()
    to = next((effect.of for effect in scene.way.action.does if effect.name == "route"), "supplied_by")
    if to == "own_bureau" and identity().bureau_id == row.determined_by.id:
        to = "determined_by"
    return bureau_short(row.determined_by if to == "determined_by" else row.supplied_by)


def before_of(scene: Filing) -> tuple[str, dict[str, Any] | None] | None:
    """The template of the page before the form, with what the rules say there; most kinds have none."""
    if scene.definition.closed_to:
        return "filing/before_closed.html", None
    if scene.row and scene.mine and ends_sharing(scene.definition):
        return "filing/before_repair.html", _rules(scene, scene.row)
    return None


def ends_sharing(definition: Definition) -> bool:
    """Whether such a case can end sharing and use: that is what the law calls repair, and has rules for."""
    return any(effect.name == "stop_sharing" for action in definition.actions for effect in action.does)


def _rules(scene: Filing, row: RecordRow) -> dict[str, Any]:
    """What the rules say of a repair of the record: where the law has it applied for, from which day, what comes after.

    `asked`: the fields of the form, to be got ready.
    """
    found = eligibility(row.record, row.determined_by, law(), today())
    named = {"bureau": bureau_name(row.determined_by)}
    return {
        "found": found,
        "notes": advice(found, today()),
        "windows": [(window.where[language()].format_map(named), window) for window in found.windows],
        "display": display_facts(row, law().displays, today()),
        "coming": coming(opened_by(scene), world()),
        "asked": asked_of(scene.way.action, scene.way.role),
    }


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
        what = say("{what}. It may be extended once, by {span} at most; you will be told why.", what=what, span=longer)
    if route or not _runs(one, case.state):
        return Coming(None, after, what, rule)
    day = due(world.calendar, _start(case, one), rule.n, rule.unit, rolls=rule.rolls)[0]
    return Coming(day, after, what, rule)


def _start(case: Opened, one: Deadline) -> date:
    """The day from which it counts, where it runs from the beginning."""
    counted = one.counts_from
    if counted and counted.filing:
        return case.filed_on
    named = case.said.get(counted.asked) if counted else None
    return date.fromisoformat(str(named)) if named else case.entered_on


READ_BY = (FILER, OFFICER, CHIEF)
"""Who reads a receipt, which bears the case code: the filer and the office."""


def receipt_of(case: Case) -> dict[str, Any]:
    """What the receipt of a case shows to who may read it or has entered it; `readable`: they may open the case."""
    session, me = db.session(), identity()
    first, definition = read_cases(session, [case.id])[0].snapshot.past[0], all_kinds()[case.kind]
    rows = [row for row in definition.actions_named(first.action) if START in row.source]
    row = next((row for row in rows if case.variant in row.variants), rows[0])
    variant = row.variants[0] if len(row.variants) == 1 else case.variant  # a later step may have chosen another
    opened = Opened(definition, variant, first.target, first.codes, case.filed_on, first.on)
    letters = letters_of(session, addresses_of(me), case.number, now())
    comes = coming(opened, world())
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
        "readable": find_case(session, me, case.number) is not None,
        "mine": me.holds(FILER),
    }
