"""A case at intake, worked out: what was filed, where it goes, what is like it, and each choice with what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.model.evidence import StoredFile
from cases.model.tables import Attachment
from web.acts.page import template_of
from web.acts.phrases import Offers, offers_of
from web.acts.request import ChosenAct, DraftLine, asks_of_a_record, draft_line, form_with_draft
from web.case.answers import Said
from web.case.choices import OfferedAct, UsedUp, choices_of, open_to
from web.case.claims import Table, claim_table, filed_answers, heading
from web.case.deadlines import RunningDeadline, clock_of_desk, clocks
from web.case.reading import Reading
from web.desk.intake_related import Similar, similar
from web.desk.intake_routing import Goes, PutForward, goes, kept_from, put_forward
from web.site.action_form import ActForm
from web.site.bodies import bureau_name
from workflow.decide import AvailableAction
from workflow.definition import FILER, Party
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Card:
    """One choice, by its key; `apart`: its form is a page of its own, else it stands in the card once that is `on`."""

    key: int
    choice: OfferedAct
    on: bool
    apart: bool


@dataclass(frozen=True)
class OpenForm:
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
    similar: tuple[Similar, ...]
    goes: Goes | None
    kept_from: Message | None
    put_forward: tuple[PutForward, ...]
    by: Message
    cards: tuple[Card, ...]
    others: tuple[OfferedAct, ...]
    hands: tuple[OfferedAct, ...]
    used: tuple[UsedUp, ...]
    never_came: Message | None
    open: OpenForm | None

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
    proposals = put_forward(reading, tuple(opened.values()))
    names = [choice.name for choice in choices.steps]
    on = wanted if wanted in names else next(iter(names), "")
    cards = tuple(
        Card(key, choice, choice.name == on, _apart(reading, opened[choice.name]))
        for key, choice in enumerate(choices.steps, start=1)
    )
    shown = next((_form(reading, card, opened[on], proposals) for card in cards if card.on and not card.apart), None)
    return IntakeCase(
        reading=reading,
        heading=heading(reading),
        clock=clock_of_desk(reading, clocks(reading)),
        claims=claim_table(reading),
        filed=filed_answers(reading),
        similar=similar(reading),
        goes=goes(reading),
        kept_from=kept_from(reading),
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


def _form(reading: Reading, card: Card, chosen: AvailableAction, proposals: Sequence[PutForward]) -> OpenForm:
    """The form as the page of the act has it; what is put forward is chosen already, unless something was kept."""
    scene = ChosenAct(reading, chosen, reading.record)
    form, files = form_with_draft(scene)
    for one in proposals:
        if one.act == chosen.action.name and scene.draft is None:
            form[one.field].data = one.answer
    return OpenForm(
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
