"""An act chosen on a case: the case as the reader may read it, the action, its form and the draft of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from cases.engine.answers import given_away_by
from cases.kinds import all_kinds
from cases.model.disputed import disputes
from cases.model.drafts import ActDraft, dies_on
from cases.model.evidence import StoredFile
from cases.model.reading import read_cases
from extensions import db
from registry.columns import disputable
from registry.credit_records import CreditRecord
from registry.organisations import Bureau
from web.case.page import case_here
from web.case.reading import CaseEvent, Reading, reading_of
from web.parts.words import Words
from web.site.access import identity, note_read, now, world
from web.site.action_form import INPUTS, ActForm, Offered, act_form
from web.site.forms import number_in
from web.site.kept_form import kept_files, token_of
from web.site.language import bureau_name, language
from web.site.record_words import in_this_language, record_title
from workflow.answers import asked_of, offered_law
from workflow.decide import AvailableAction, closed_act
from workflow.definition import CALLS_BACK, FILER, OFFICIALS, PROPOSES, SENDS_BACK, Action, Facts, Field, FieldKind
from workflow.guards import Once
from workflow.past import UNDECIDABLE, filing, to_find
from workflow.refusal import Forbidden, Message, say
from workflow.timing import due_of


def sent_back(reading: Reading, action: Action) -> CaseEvent | None:
    """The sending or calling back after which the reader proposes again; None where neither was the last move."""
    last = reading.last_move
    return last if last and action.part is PROPOSES and last.action.part in (SENDS_BACK, CALLS_BACK) else None


def proposed_before(reading: Reading, action: Action) -> dict[str, list[str]]:
    """What was proposed and sent back, as the form's fields say it; its files are to be handed in anew."""
    back = sent_back(reading, action)
    before = (event for event in reversed(reading.events) if back and event.seq < back.seq)
    proposals = (event for event in before if event.action.part is PROPOSES and event.action.name == action.name)
    return _said_before(reading, action, next(proposals, None))


def filed_before(reading: Reading, action: Action) -> dict[str, list[str]]:
    """What the firm has filed, where it changes that."""
    amends = action.by == (FILER,) and any(field.kind is FieldKind.CLAIMS for field in action.asks)
    seq = filing(reading.definition, reading.past).seq if amends else 0
    return _said_before(reading, action, next((event for event in reading.events if event.seq == seq), None))


def _said_before(reading: Reading, action: Action, event: CaseEvent | None) -> dict[str, list[str]]:
    if event is None:
        return {}
    words = reading.words.get(event.seq, {})
    return {
        name: [said]
        for field in action.asks
        for name, said in INPUTS[field.kind].filled(field.name, event.codes.get(field.name), words)
        if said
    }


def offered(reading: Reading, action: Action, record: CreditRecord | None) -> Offered:
    """What may be chosen; `record`: the one whose values the form names."""
    asked = {field.kind: field for field in action.asks}
    findings, snapshot = asked.get(FieldKind.FINDINGS), reading.file.snapshot
    people = reading.colleagues if FieldKind.PERSON in asked else []
    return Offered(
        bureaus=list(_bureaus(reading, action)) if FieldKind.BUREAU in asked else (),
        deadlines=list(_deadlines(reading)) if FieldKind.DEADLINE in asked else (),
        columns=disputable(record.kind) if record else (),
        record=record.values if record else {},
        record_kind=record.kind if record else "",
        subject=reading.world.subject_of(snapshot),
        records=[(one.id, in_this_language(record_words(one))) for one in _records(reading, action, record)],
        people=[(id, name) for id, name in people if id != reading.person.id],
        law=_law(reading, asked[FieldKind.LAW], action) if FieldKind.LAW in asked else (),
        to_find=to_find(reading.definition, findings, reading.file.snapshot.past) if findings else (),
        claims={one.field: one.claim for one in disputes(reading.definition, reading.past, reading.words)},
    )


def _law(reading: Reading, asked: Field, action: Action) -> list[str]:
    """The articles of the place's table for the ends of the act, in the reader's language."""
    role = next((role for role in action.by if role in reading.person.roles), action.by[0])
    case = (reading.definition, reading.file.snapshot, reading.world, action, role, reading.person)
    facts = Facts(*case, {}, reading.now, reading.today)
    told = (*offered_law(facts, asked), *offered_law(facts, asked, (UNDECIDABLE,)))
    return list(dict.fromkeys(one[language()] for one in told))


def left_to_answer(reading: Reading, action: Action, field: Field) -> Field:
    """A choice of which each answer can be given once, without those that were given."""
    if not any(isinstance(guard, Once) and guard.per == field.name for guard in action.guard):
        return field
    given = {past.codes.get(field.name) for past in reading.past if past.action == action.name}
    return replace(field, choices=tuple(choice for choice in field.choices if choice.code not in given))


def asks_of_a_record(action: Action) -> bool:
    """Whether the form is about a record that is chosen first."""
    return {FieldKind.RECORD, FieldKind.CLAIMS} <= {field.kind for field in action.asks}


def records_of_firm(reading: Reading) -> list[CreditRecord]:
    """The records of the case's firm, the newest first."""
    found = select(CreditRecord).where(CreditRecord.enterprise_id == reading.file.enterprise_id)
    return list(reading.session.scalars(found.order_by(CreditRecord.decided_on.desc(), CreditRecord.id)))


def record_words(record: CreditRecord) -> Words:
    """A record in one line: its number and what it is."""
    return say("{number}: {title}", number=record.document_number, title=record_title(record))


def _records(reading: Reading, action: Action, record: CreditRecord | None) -> list[CreditRecord]:
    if not any(field.kind is FieldKind.RECORD for field in action.asks):
        return []
    return [record] if record and asks_of_a_record(action) else records_of_firm(reading)


def _bureaus(reading: Reading, action: Action) -> Iterator[tuple[int, str]]:
    """Every bureau that stands, but for the one that the case is kept from (D16), and the one that gives it away."""
    left_out = {reading.file.snapshot.complained_bureau, given_away_by(reading.file.snapshot, action)}
    standing = select(Bureau).where(Bureau.successor_id.is_(None)).order_by(Bureau.id)
    for bureau in reading.session.scalars(standing):
        if bureau.id not in left_out:
            yield bureau.id, bureau_name(bureau)


def _deadlines(reading: Reading) -> Iterator[tuple[str, str]]:
    for timer in reading.file.snapshot.timers:
        running = timer.stopped is None and due_of(timer, reading.world.calendar).day
        if running and timer.owner in OFFICIALS:
            yield timer.deadline, _(reading.definition.deadline(timer.deadline, reading.file.snapshot.variant).label)


@dataclass(frozen=True)
class ChosenAct:
    """A case as the reader may read it, and the act they have chosen; `record`: the one that it is about."""

    reading: Reading
    open: AvailableAction
    record: CreditRecord | None

    @property
    def name(self) -> str:
        return self.open.action.name

    @property
    def number(self) -> str:
        return self.reading.file.number

    @property
    def forbidden(self) -> bool:
        """Whether it is the person who may not: somebody else may."""
        return isinstance(self.open.refusal, Forbidden)

    @property
    def draft_key(self) -> tuple[int, int, str]:
        return self.reading.identity.user_id, self.reading.file.id, self.name

    @cached_property
    def draft(self) -> ActDraft | None:
        """What the reader has kept of this form."""
        return self.reading.session.get(ActDraft, self.draft_key)

    @property
    def firm(self) -> int | None:
        """The firm in whose name it is; None for an official."""
        return self.reading.file.enterprise_id if self.open.role == FILER else None

    @property
    def chooses_record(self) -> bool:
        """Whether a record is to be chosen before there is a form."""
        return self.record is None and asks_of_a_record(self.open.action)

    @property
    def file_fields(self) -> list[str]:
        return [field.name for field in self.open.action.asks if field.kind is FieldKind.FILES]

    def form(self, typed: Mapping[str, list[str]] | None = None) -> ActForm:
        """The form as it was sent, or with what was typed before."""
        action = self.open.action
        asked = [left_to_answer(self.reading, action, field) for field in asked_of(action, self.open.role)]
        return act_form(asked, offered(self.reading, action, self.record), MultiDict(typed) if typed else None)


def scene_of(number: str, name: str) -> ChosenAct:
    """The case and the act. What the reader cannot take comes with the reason (D33); where they may not read the case
    or there is no such act, nothing is there."""
    case = case_here(number)
    if not any(row.offered for row in all_kinds()[case.kind].actions_named(name)):
        abort(404)
    note_read("case", number, case.id)
    file = read_cases(db.session(), [case.id])[0]
    reading = reading_of(db.session(), world(), file, identity(), now())
    for found in reading.open_acts:
        if found.action.name == name:
            return ChosenAct(reading, found, _record(reading, found))
    closed = closed_act(reading.definition, file.snapshot, name, reading.person) or abort(404)
    if reading.lost:
        closed = replace(
            closed, refusal=Forbidden(say("Another bureau has this case now. You see it as it was when it left yours."))
        )
    return ChosenAct(reading, closed, reading.record)


def _record(reading: Reading, found: AvailableAction) -> CreditRecord | None:
    """The record that the act is about: the case's own, or one of the firm's that was chosen."""
    if not asks_of_a_record(found.action):
        return reading.record
    wanted = number_in(request.values.get("record"), 0)
    return next((record for record in records_of_firm(reading) if record.id == wanted), None)


@dataclass(frozen=True)
class DraftLine:
    """What the page says of a draft: when it was kept and until when, and what has happened in the case since."""

    at: datetime
    until: datetime
    since: tuple[Message, ...]


def form_with_draft(scene: ChosenAct) -> tuple[ActForm, tuple[StoredFile, ...]]:
    """The form of the act as the reader left it, with the files kept so far; what was sent back stands in it to be
    mended. It shows the case as it is now."""
    draft = scene.draft
    before = (scene.reading, scene.open.action)
    form = scene.form(draft.typed if draft else proposed_before(*before) or filed_before(*before))
    files = draft.stored_files if draft else ()
    waiting = scene.reading.proposal if scene.open.action.judges else None
    form.shown.data, form.kept.data = str(scene.reading.file.length), token_of(files)
    form.proposal.data = str(waiting.seq) if waiting else ""
    return form, files


def files_before(scene: ChosenAct, form: ActForm) -> tuple[StoredFile, ...]:
    """The files that came before this request: those that the form names; where it names them too late, the draft's."""
    named = kept_files(form.kept.data)
    return scene.draft.stored_files if form.kept.data and not named and scene.draft else named


def draft_line(reading: Reading, draft: ActDraft | None) -> DraftLine | None:
    """What the page says of the reader's draft."""
    if draft is None:
        return None
    since = (event for event in reading.events if event.seq > draft.seen and event.person is not None)
    return DraftLine(draft.saved_at, dies_on(draft.saved_at), tuple(say(event.action.done) for event in since))
