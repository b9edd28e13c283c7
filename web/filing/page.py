"""What the pages of a filing show: heading, first words, what to know before, and the check of all answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.engine.answers import GROUND
from cases.model.words import Dispute
from registry.columns import Column
from registry.eligibility import Advice, Eligibility, advice, eligibility
from registry.organisations import Bureau
from web.case.claims import ClaimRow, rows
from web.case.display_facts import DisplayFacts, display_facts
from web.filing.coming import Coming, Opened, coming, first_due
from web.filing.request import Filing
from web.filing.steps import CAME, EVIDENCE, FIELDS, Step, answers_of
from web.parts.words import Words
from web.site.access import identity, law, today, world
from web.site.action_form import INPUTS, ActForm
from web.site.language import bureau_name, bureau_short, in_a_row, in_a_sentence, in_words, language, office_short
from web.site.record_words import in_this_language, value_in_a_sentence
from workflow.answers import asked_of, filing_day
from workflow.definition import FILER, Definition, Field, FieldKind, Party
from workflow.findings import DISPLAY
from workflow.jurisdiction import RepairWindow
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
        if scene.own:
            return say("Tick what is wrong and write what it should say.")
        return say(
            "Tick what is wrong and write what it should say. The bureau that supplied the record will verify it."
        )
    if step.name == CAME and all(field.hint for field in step.fields if field.kind is FieldKind.DATE):
        return None
    return TOLD.get(step.name)


def begin_words(scene: Filing, step: Step, form: ActForm) -> None:
    """Put the sentence that what was ticked makes where own words are asked and there are none yet, and say so."""
    field = _words_of(scene, step)
    sentence = "" if field is None or (form[field.name].data or "").strip() else _sentence(scene)
    if field and sentence:
        form[field.name].data = sentence
        form[field.name].description = in_words(
            say("This begins with what you ticked. Go on from there, or write it in your own way.")
        )


def _words_of(scene: Filing, step: Step) -> Field | None:
    """The text that the firm itself has to write here about a record."""
    if not scene.mine:
        return None
    return next((field for field in step.fields if field.kind is FieldKind.TEXT and field.required), None)


def _sentence(scene: Filing) -> str:
    asked = next((field for field in scene.way.action.asks if field.kind is FieldKind.CLAIMS), None)
    claims = answers_of(scene.asked, scene.filled).get(asked.name) if asked else None
    if not isinstance(claims, Mapping):
        return ""
    known = {column.key: column for column in scene.offered.columns}
    said = (
        _said(known[name], scene.offered.record.get(name, ""), str(claim))
        for name, claim in claims.items()
        if name in known
    )
    return in_a_row(*said).unescape()  # it is put into a field, and is sent as it stands there: no markup


def _said(column: Column, record: str, claim: str) -> str:
    field, claim = say(column.label), in_this_language(value_in_a_sentence(column, claim))
    if not record:
        return in_words(say("{field}: the record says nothing, it should say {claim}.", field=field, claim=claim))
    record = in_this_language(value_in_a_sentence(column, record))
    return in_words(
        say("{field}: the record says {record}, it should say {claim}.", field=field, record=record, claim=claim)
    )


@dataclass(frozen=True)
class Answer:
    """One answer in words: the field, on which page it was given, what was said, and what that rests on."""

    field: Field
    step: str
    said: tuple[Words, ...]
    small: str = ""
    as_typed: bool = False


@dataclass(frozen=True)
class CheckView:
    """A form as it would be sent now. `claims` are the disputed values as rows; `ends`: the display is disputed."""

    answers: tuple[Answer, ...]
    claims: tuple[ClaimRow, ...]
    claims_step: str
    ends: bool
    turn: Message
    due: Coming | None
    marks: bool
    withdrawable: bool

    @property
    def echoes(self) -> Mapping[str, ClaimRow]:
        """The rows by field: what a field's input says back."""
        return {row.field: row for row in self.claims}


def check_view(scene: Filing) -> CheckView:
    """The form as it would be sent now."""
    answers = answers_of(scene.asked, scene.filled)
    opened = opened_by(scene)
    state = scene.definition.state(opened.state)
    asked = next((one for one in scene.way.action.asks if one.kind is FieldKind.CLAIMS), None)
    claims = answers.get(asked.name) if asked else None
    return CheckView(
        answers=tuple(_answers(scene, answers)),
        claims=_claim_rows(scene, claims),
        claims_step=next((step.name for step in scene.steps if asked in step.fields), ""),
        ends=isinstance(claims, Mapping) and DISPLAY in claims,
        turn=say(
            "it is the turn of {desk} to {duty}",
            desk=in_a_sentence(_desk(scene, state.desk), state.desk),
            duty=say(state.work),
        ),
        due=first_due(opened, world()),
        marks=any(effect.name == "flag" for action in scene.definition.actions for effect in action.does),
        withdrawable=any(
            _withdraws(scene, action.by, action.targets)
            for action in scene.definition.actions_from(opened.state, opened.variant)
        ),
    )


def opened_by(scene: Filing) -> Opened:
    """The case as it would stand after its first action, were it taken now."""
    facts = scene.facts
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.answers.items()}
    target = scene.way.action.target
    return Opened(scene.definition, facts.snapshot.variant, str(target), said, filing_day(facts), facts.on)


def _withdraws(scene: Filing, by: tuple[object, ...], targets: tuple[object, ...]) -> bool:
    return FILER in by and any(isinstance(one, str) and scene.definition.state(one).final for one in targets)


def _claim_rows(scene: Filing, claims: object) -> tuple[ClaimRow, ...]:
    if not isinstance(claims, Mapping):
        return ()
    made = [Dispute(name, claim) for name, claim in claims.items()]
    return rows(made, scene.offered.record, scene.offered.columns)


def _answers(scene: Filing, answers: Mapping[str, object]) -> Iterator[Answer]:
    for step in scene.steps:
        for field in step.fields:
            if field.kind is not FieldKind.CLAIMS and field.name in answers:
                yield _answer(scene, field, step.name, answers[field.name])


def _answer(scene: Filing, field: Field, step: str, answer: object) -> Answer:
    kind = INPUTS[field.kind]
    said = kind.checked(field, answer, scene.offered)
    return Answer(field, step, said, _citation(field, answer), kind.as_typed)


def _citation(field: Field, answer: object) -> str:
    """The article of a ground of the law, where the choice is one."""
    ground = next((one for one in law().grounds if field.name == GROUND and one.name == answer), None)
    if ground is None:
        return ""
    return ground.citation_en if language() == "en" else ground.citation


def _desk(scene: Filing, desk: Party | None) -> str:
    """Who has the case after it is sent."""
    if desk is not Party.BUREAU or scene.row is None:
        return office_short()
    return bureau_short(_routed(scene))


def _routed(scene: Filing) -> Bureau:
    assert scene.row
    bodies = (scene.row.supplied_by, scene.row.determined_by)
    to = next((effect.of for effect in scene.way.action.does if effect.name == "route"), "supplied_by")
    if to == "own_bureau":
        return next((body for body in bodies if body.id == identity().bureau_id), bodies[0])
    return scene.row.determined_by if to == "determined_by" else scene.row.supplied_by


@dataclass(frozen=True)
class Rules:
    """What the rules say of a repair of the record: where it is applied for by law, from which day, what comes after.

    `asked` are the fields of the form, to be got ready.
    """

    found: Eligibility
    notes: tuple[Advice, ...]
    windows: tuple[tuple[str, RepairWindow], ...]
    display: DisplayFacts
    coming: tuple[Coming, ...]
    asked: tuple[Field, ...]


@dataclass(frozen=True)
class Before:
    """The page before the form."""

    template: str
    rules: Rules | None = None


def before_of(scene: Filing) -> Before | None:
    """What is to be said first; nothing of most kinds."""
    if scene.definition.closed_to:
        return Before("filing/before_closed.html")
    if scene.row and scene.mine and ends_sharing(scene.definition):
        return Before("filing/before_repair.html", _rules(scene))
    return None


def ends_sharing(definition: Definition) -> bool:
    """Whether such a case can end sharing and use: that is what the law calls repair, and has rules for."""
    return any(effect.name == "stop_sharing" for action in definition.actions for effect in action.does)


def _rules(scene: Filing) -> Rules:
    row = scene.row
    assert row
    found = eligibility(row.record, row.determined_by, law(), today())
    named = {"bureau": bureau_name(row.determined_by)}
    return Rules(
        found=found,
        notes=advice(found, today()),
        windows=tuple((window.where[language()].format_map(named), window) for window in found.windows),
        display=display_facts(row, law().displays, today()),
        coming=coming(opened_by(scene), world()),
        asked=asked_of(scene.way.action, scene.way.role),
    )
