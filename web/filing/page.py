"""What the pages of a filing show: heading, first words, what to know before, and the check of all answers."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from cases.engine.answers import GROUND
from cases.lists.records import RecordRow
from cases.model.reading import Dispute
from registry.columns import Column
from registry.display import advice, eligibility
from web.case.claims import ClaimRow, rows
from web.case.display_facts import display_facts
from web.filing.coming import Opened, coming, first_due
from web.filing.request import Filing
from web.filing.steps import CAME, EVIDENCE, FIELDS, Step
from web.parts.words import Words
from web.site.access import identity, law, today, world
from web.site.action_form import INPUTS, ActForm
from web.site.language import bureau_name, bureau_short, in_a_row, in_a_sentence, in_words, language, office_short
from web.site.record_words import in_this_language, value_in_a_sentence
from workflow.answers import asked_of, filing_day
from workflow.definition import FILER, Definition, Field, FieldKind, Party
from workflow.findings import DISPLAY
from workflow.refusal import Message, say

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
        return say("On which ground")
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
    values = {"field": say(column.label), "claim": in_this_language(value_in_a_sentence(column, claim))}
    if not record:
        return in_words(say("{field}: the record says nothing, it should say {claim}.", **values))
    values["record"] = in_this_language(value_in_a_sentence(column, record))
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
        "turn": say("it is the turn of {desk} to {duty}", desk=desk, duty=say(state.work)),
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
