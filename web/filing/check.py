"""What the last page of a form shows: each answer in words, and what happens next with its day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cases.engine.answers import GROUND
from cases.model.words import Dispute
from registry.organisations import Bureau
from web.filing.ahead import Coming, Opened, first_due
from web.filing.answers import answers_of
from web.filing.request import Scene
from web.parts.claim import ClaimRow, rows
from web.parts.words import Words
from web.site.access import identity
from web.site.bodies import bureau_short, in_a_sentence, office_short
from web.site.context import law, world
from web.site.language import language
from workflow.answers import choices_for, filing_day
from workflow.definition import FILER, Field, FieldKind, Party
from workflow.findings import DISPLAY
from workflow.refusal import Message, say


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


def check_view(scene: Scene) -> CheckView:
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


def opened_by(scene: Scene) -> Opened:
    """The case as it would stand after its first action, were it taken now."""
    facts = scene.facts
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.answers.items()}
    target = scene.way.action.target
    return Opened(scene.definition, facts.snapshot.variant, str(target), said, filing_day(facts), facts.on)


def _withdraws(scene: Scene, by: tuple[object, ...], targets: tuple[object, ...]) -> bool:
    return FILER in by and any(isinstance(one, str) and scene.definition.state(one).final for one in targets)


def _claim_rows(scene: Scene, claims: object) -> tuple[ClaimRow, ...]:
    if not isinstance(claims, Mapping):
        return ()
    made = [Dispute(name, claim) for name, claim in claims.items()]
    return rows(made, scene.offered.record, scene.offered.columns)


def _answers(scene: Scene, answers: Mapping[str, object]) -> Iterator[Answer]:
    for step in scene.steps:
        for field in step.fields:
            if field.kind is not FieldKind.CLAIMS and field.name in answers:
                yield _answer(scene, field, step.name, answers[field.name])


def _answer(scene: Scene, field: Field, step: str, answer: object) -> Answer:
    offered = scene.offered
    match field.kind:
        case FieldKind.CHOICE:
            labels = [say(one.label) for one in choices_for(field, offered.record_kind) if one.code == answer]
            return Answer(field, step, tuple(labels), _citation(field, answer))
        case FieldKind.FILES:
            return Answer(field, step, tuple(file.name for file in scene.filled.files))
        case FieldKind.COMMITMENT:
            return Answer(field, step, (say("Committed to: {text}", text=say(field.hint)),) if answer else ())
        case FieldKind.DATE:
            return Answer(field, step, (say("{day}", day=answer),) if answer else ())
        case FieldKind.BUREAU | FieldKind.RECORD | FieldKind.PERSON:
            return Answer(field, step, tuple(words for id, words in offered.known(field.kind) if id == answer))
    return Answer(field, step, (str(answer),) if answer else (), as_typed=True)


def _citation(field: Field, answer: object) -> str:
    """The article of a ground of the law, where the choice is one."""
    ground = next((one for one in law().grounds if field.name == GROUND and one.name == answer), None)
    if ground is None:
        return ""
    return ground.citation_en if language() == "en" else ground.citation


def _desk(scene: Scene, desk: Party | None) -> str:
    """Who has the case after it is sent."""
    if desk is not Party.BUREAU or scene.row is None:
        return office_short()
    return bureau_short(_routed(scene))


def _routed(scene: Scene) -> Bureau:
    assert scene.row
    bodies = (scene.row.supplied_by, scene.row.determined_by)
    to = next((effect.of for effect in scene.way.action.does if effect.name == "route"), "supplied_by")
    if to == "own_bureau":
        return next((body for body in bodies if body.id == identity().bureau_id), bodies[0])
    return scene.row.determined_by if to == "determined_by" else scene.row.supplied_by
