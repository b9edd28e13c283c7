"""A case at intake: what was filed, where it goes and why, what is like it, and each choice with what it brings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from cases.kinds import all_kinds
from cases.model.custody import returns
from cases.model.evidence import StoredFile
from cases.model.tables import Attachment, Case
from cases.model.visibility import visible_to
from cases.model.words import Subject, subjects_of
from registry.credit_records import CreditRecord, changes_of
from registry.organisations import Bureau, Enterprise
from web.acts.page import template_of
from web.acts.phrases import Offers, offers_of
from web.acts.request import ChosenAct, DraftLine, asks_of_a_record, draft_line, form_with_draft
from web.case.choices import OfferedAct, UsedUp, choices_of, open_to
from web.case.claims import Table, claim_table, heading
from web.case.deadlines import RunningDeadline, clock_of_desk, clocks
from web.case.events import Said, filed_answers
from web.case.reading import Reading
from web.parts.words import Words, length, listed
from web.site.action_form import INPUTS, ActForm
from web.site.language import bureau_name
from web.site.record_words import column_in, field_label, value_in_a_sentence
from workflow.answers import suggested
from workflow.decide import AvailableAction
from workflow.definition import FILER, Action, FieldKind, Party
from workflow.guards import Within
from workflow.refusal import Message, say

BY_RECORD = {
    "supplied_by": (
        say("This bureau supplied the record."),
        say("It also made the decision."),
        say("The decision was made by {bureau}."),
    ),
    "determined_by": (
        say("This bureau made the decision."),
        say("It also supplied the data."),
        say("The data were supplied by {bureau}."),
    ),
}
"""By which column of the record it goes there, and what the other column says: the same bureau, or another."""


@dataclass(frozen=True)
class IntakeCard:
    """One choice, by its key; `apart`: its form is a page of its own, else it stands in the card once that is `on`."""

    key: int
    choice: OfferedAct
    on: bool
    apart: bool


@dataclass(frozen=True)
class OpenIntakeForm:
    """The form of the card that is on, with what the reader has kept of it and may put into it."""

    number: str
    name: str
    label: Message
    final: bool
    form: ActForm
    kept: tuple[StoredFile, ...]
    draft: DraftLine | None
    offers: Offers


@dataclass(frozen=True)
class IntakeCase:
    """Everything that the page shows of one case; `open` is the form that stands in one of its cards."""

    reading: Reading
    heading: Message
    clock: RunningDeadline | None
    claims: Table
    filed: tuple[Said, ...]
    similar: tuple[SimilarCase, ...]
    goes: Destination | None
    kept_from: Message | None
    put_forward: tuple[PutForward, ...]
    by: Message
    cards: tuple[IntakeCard, ...]
    others: tuple[OfferedAct, ...]
    hands: tuple[OfferedAct, ...]
    used: tuple[UsedUp, ...]
    never_came: Message | None
    open: OpenIntakeForm | None

    @property
    def number(self) -> str:
        return self.reading.file.number

    @property
    def files(self) -> Sequence[Attachment]:
        return self.reading.files

    @property
    def supplied_by(self) -> str:
        record = self.reading.record
        return bureau_name(self.reading.bureaus[record.supplied_by_id]) if record else ""


def intake_case(reading: Reading, wanted: str) -> IntakeCase:
    """The case with the choice of that name on, or else with the one along which most cases go on."""
    acts = open_to(reading)
    choices = choices_of(reading, acts)
    opened = {one.action.name: one for one in acts if one.why_not is None}
    proposals = _put_forward(reading, tuple(opened.values()))
    names = [choice.name for choice in choices.steps]
    on = wanted if wanted in names else next(iter(names), "")
    cards = tuple(
        IntakeCard(key, choice, choice.name == on, _apart(reading, opened[choice.name]))
        for key, choice in enumerate(choices.steps, start=1)
    )
    shown = next((_form(reading, card, opened[on], proposals) for card in cards if card.on and not card.apart), None)
    return IntakeCase(
        reading=reading,
        heading=heading(reading),
        clock=clock_of_desk(reading, clocks(reading)),
        claims=claim_table(reading),
        filed=filed_answers(reading),
        similar=_similar_cases(reading),
        goes=_destination(reading),
        kept_from=_kept_from(reading),
        put_forward=proposals,
        by=_by(reading),
        cards=cards,
        others=choices.others,
        hands=choices.hands,
        used=choices.used,
        never_came=_never_came(reading),
        open=shown,
    )


def _apart(reading: Reading, chosen: AvailableAction) -> bool:
    return asks_of_a_record(chosen.action) or template_of(reading, chosen.action) != "acts/act.html"


def _form(
    reading: Reading, card: IntakeCard, chosen: AvailableAction, proposals: Sequence[PutForward]
) -> OpenIntakeForm:
    """The form as the page of the act has it; what is put forward is chosen already, unless something was kept."""
    scene = ChosenAct(reading, chosen, reading.record)
    form, files = form_with_draft(scene)
    for one in proposals:
        if one.act == chosen.action.name and scene.draft is None:
            form[one.field].data = one.answer
    return OpenIntakeForm(
        reading.file.number,
        card.choice.name,
        card.choice.label,
        card.choice.final,
        form,
        files,
        draft_line(reading, scene.draft),
        offers_of(scene, form),
    )


def _by(reading: Reading) -> Message:
    """Who handed it in."""
    opening = reading.events[0]
    name = reading.names.get(opening.person or 0, "")
    if opening.person is None:
        return say("Opened by the office.")
    if opening.body["role"] == FILER.name:
        return say("{name}, for the firm", name=name)
    return say("Entered by {name}; it did not come through the site.", name=name)


def _never_came(reading: Reading) -> Message | None:
    """That papers were asked and their time has passed: the clock put the case back before the office."""
    moves = [past for past in reading.past if past.source != past.target]
    if not moves or moves[-1].role != "clock" or reading.state.desk is not Party.OFFICE:
        return None
    asked = next((past for past in reversed(moves[:-1]) if past.target == moves[-1].source), None)
    if asked is None or reading.definition.state(asked.target).desk is not Party.ENTERPRISE:
        return None
    return say(
        "Papers were asked for on {asked}; by {day} nothing had come. The time goes on from where it stood.",
        asked=asked.on,
        day=moves[-1].on,
    )


@dataclass(frozen=True)
class Destination:
    """The bureau to which the case goes and why; what it lacks before it can decide; how it may send it back."""

    bureau: str
    why: Message
    more: Message
    entered_on: date | None
    lacks: tuple[Message, ...]
    may_return: Message | None


@dataclass(frozen=True)
class PutForward:
    """What is put forward for a choice of a form, and why: nobody is bound by it."""

    act: str
    field: str
    answer: str
    label: Message
    words: Message
    because: Message


def _destination(reading: Reading) -> Destination | None:
    """By the record and the procedure; none where a route, or a person, chooses the bureau."""
    record, column = reading.record, _column(reading)
    if record is None or not column:
        return None
    named = {"supplied_by": record.supplied_by_id, "determined_by": record.determined_by_id}
    ids = (named.pop(column), *named.values())
    bureau, other = (reading.bureaus[id] for id in ids)
    why, also, by_another = BY_RECORD[column]
    more = also if bureau is other else say(by_another.id, bureau=bureau_name(other))
    first = changes_of(reading.session, record)[:1]
    return Destination(
        bureau=bureau_name(bureau),
        why=why,
        more=more,
        entered_on=reading.world.jurisdiction.day_of(first[0].at) if first else None,
        lacks=tuple(_lacks(bureau)),
        may_return=_may_return(reading),
    )


def _put_forward(reading: Reading, acts: tuple[AvailableAction, ...]) -> tuple[PutForward, ...]:
    """What the kind puts forward for the choices of these acts, by what the opening of this case says."""
    said = reading.past[0].codes if reading.past else {}
    return tuple(
        PutForward(
            one.action.name,
            field.name,
            found.answer,
            say(field.label),
            say(next(choice.label for choice in field.choices if choice.code == found.answer)),
            say(found.because),
        )
        for one in acts
        for field in one.action.asks
        if (found := suggested(field, said))
    )


def _kept_from(reading: Reading) -> Message | None:
    """Whom a case is about that is kept from them."""
    name = reading.definition.closed_to
    field = next((field for field in reading.events[0].action.asks if field.name == name), None)
    if field is None or field.kind is not FieldKind.CHOICE:
        return None
    bureau = reading.bureaus.get(reading.file.snapshot.complained_bureau or 0)
    of = reading.file.snapshot.complained_of
    whom = bureau_name(bureau) if bureau else INPUTS[field.kind].said(field, of, reading)
    return say("{whom} reads nothing of it.", whom=whom)


def _column(reading: Reading) -> str:
    routes = (effect.of for action in _rows_of_variant(reading) for effect in action.does if effect.name == "route")
    return next((column for column in routes if column in BY_RECORD), "")


def _rows_of_variant(reading: Reading) -> Iterator[Action]:
    """The rows of the procedure that are open to officials and to this variant."""
    variant = reading.file.snapshot.variant
    for action in reading.definition.actions:
        if not action.variants or variant in action.variants:
            yield action


def _lacks(bureau: Bureau) -> Iterator[Message]:
    if not bureau.review_body:
        yield say("the body that reviews its decisions")
    if not bureau.court:
        yield say("the court")


def _may_return(reading: Reading) -> Message | None:
    """How long the bureau may say that it is not its own."""
    for action in _rows_of_variant(reading):
        for guard in action.guard:
            if isinstance(guard, Within) and any(returns(reading.definition, action, one) for one in action.source):
                rule = reading.world.limit_of(reading.file.snapshot, guard.rule)
                return say("If it is not its own it may send it back within {span}.", span=length(rule.n, rule.unit))
    return None


@dataclass(frozen=True)
class SimilarCase:
    """Another case beside the one at hand; `due_on` is its next day while it is open, `closed_on` else."""

    number: str
    kind: Message
    same: Words
    differs: Words | None
    state: Message
    due_on: date | None
    closed_on: date | None


def _similar_cases(reading: Reading) -> tuple[SimilarCase, ...]:
    """The cases on the same record or document that the reader may read, open ones first."""
    record = reading.record
    if record is None:
        return ()
    found = reading.session.execute(
        select(Case, CreditRecord, Enterprise.name)
        .join(CreditRecord, CreditRecord.id == Case.record_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .where(
            visible_to(reading.identity),
            Case.id != reading.file.id,
            CreditRecord.document_number == record.document_number,
            CreditRecord.determined_by_id == record.determined_by_id,
        )
        .order_by(Case.closed_at.is_not(None), Case.id.desc())
    ).all()
    claimed = subjects_of(reading.session, [reading.file.id, *(case.id for case, _record, _firm in found)])
    return tuple(_similar_case(reading, case, of, firm, claimed) for case, of, firm in found)


def _similar_case(
    reading: Reading, case: Case, record: CreditRecord, firm: str, claimed: dict[int, tuple[Subject, ...]]
) -> SimilarCase:
    definition = all_kinds()[case.kind]
    here, there = claimed[reading.file.id], claimed[case.id]
    differs = list(_differs(reading, case, firm, here, there))
    closed_on = reading.world.jurisdiction.day_of(case.closed_at) if case.closed_at else None
    return SimilarCase(
        number=case.number,
        kind=say(definition.label),
        same=listed(_same(reading, record, here, there)),
        differs=listed(differs) if differs else None,
        state=say(definition.state(case.state).label),
        due_on=None if closed_on else case.due_on,
        closed_on=closed_on,
    )


def _same(
    reading: Reading, record: CreditRecord, here: Sequence[Subject], there: Sequence[Subject]
) -> Iterator[Message]:
    yield say("the same record") if record.id == reading.file.record_id else say("the same document")
    values = {one.field: one.claim for one in there}
    for one in here:
        if one.field in values:
            label = field_label(reading.record, one.field)
            alike = one.claim and values[one.field] == one.claim
            yield say("{field}, the same new value", field=label) if alike else label


def _differs(
    reading: Reading, case: Case, firm: str, here: Sequence[Subject], there: Sequence[Subject]
) -> Iterator[Message]:
    if case.kind != reading.file.kind:
        yield say("another kind: {kind}", kind=say(all_kinds()[case.kind].label))
    if case.enterprise_id != reading.file.enterprise_id:
        yield say("filed by {firm}", firm=firm)
    ours = {one.field: one.claim for one in here}
    for one in there:
        label = field_label(reading.record, one.field)
        if one.field not in ours:
            yield say("disputes {field}", field=label)
        elif one.claim != ours[one.field]:
            value = value_in_a_sentence(column_in(reading.record, one.field), one.claim)
            yield say("{field} should be {value}", field=label, value=value)
