"""Who files what about whom: the opening row, the record or the enterprise, and the form begun so far, if any."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from flask import abort, request, url_for
from sqlalchemy import or_, select

from cases.engine.advance import Opening, variant_of
from cases.kinds import all_kinds
from cases.lists.records import RecordRow, find_record
from cases.lists.worklists import LONGEST_SEARCH
from cases.model.beside import other_open
from cases.model.drafts import Draft, Purpose, find_draft
from cases.model.reading import record_facts
from cases.model.visibility import OpeningOption, find_case, person_opening
from extensions import db
from registry.columns import disputable
from registry.credit_records import CreditRecord
from registry.organisations import Bureau, Enterprise
from web.filing.entries import open_ways, way_href
from web.filing.steps import SavedAnswers, Step, answers_of, first_unfinished, leads_elsewhere, steps_of
from web.site.access import identity, note_read, now, person, today, world
from web.site.action_form import Offered
from web.site.forms import number_in
from web.site.language import bureau_name
from workflow.answers import asked_of
from workflow.definition import FILER, START, Definition, Facts, FieldKind
from workflow.guards import NoOtherOpen
from workflow.snapshot import Person, Snapshot


@dataclass(frozen=True)
class Filing:
    """An opening row taken by a person, about a record or for an enterprise, with the form begun so far."""

    way: OpeningOption
    row: RecordRow | None
    enterprise: Enterprise
    draft: Draft | None = None

    @property
    def definition(self) -> Definition:
        return all_kinds()[self.way.kind]

    @property
    def mine(self) -> bool:
        """Whether the firm itself files."""
        return self.way.role == FILER

    @property
    def on_paper(self) -> bool:
        """Whether somebody enters what was handed in, so that another day than today may count (D17)."""
        return not self.mine and any(field.day_of_filing for field in asked_of(self.way.action, self.way.role))

    @property
    def record(self) -> CreditRecord | None:
        return self.row.record if self.row else None

    @property
    def record_id(self) -> int | None:
        return self.record.id if self.record else None

    @property
    def firm_id(self) -> int | None:
        """The enterprise, where no record says which it is."""
        return None if self.row else self.enterprise.id

    @property
    def purpose(self) -> Purpose:
        return Purpose(self.way.kind, self.way.action.name, self.way.variant, self.record_id, self.firm_id)

    @cached_property
    def filled(self) -> SavedAnswers:
        draft = self.draft
        return SavedAnswers(draft.answers if draft else {}, draft.stored_files if draft else (), self.offered)

    @cached_property
    def offered(self) -> Offered:
        """What the form's lists offer; read only where the row asks it."""
        asked, record = {field.kind for field in self.way.action.asks}, self.record
        return Offered(
            bureaus=_bureaus() if FieldKind.BUREAU in asked else (),
            records=_records(self.enterprise.id) if FieldKind.RECORD in asked else (),
            columns=disputable(record.kind) if record else (),
            record=record.values if record else {},
            record_kind=record.kind if record else "",
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        return steps_of(self.way.action, self.way.role)

    @property
    def own(self) -> bool:
        """Whether a body opens it of its own accord: the firm cannot file that row."""
        return FILER not in self.way.action.by and not self.on_paper

    @property
    def opener(self) -> Person:
        return person_opening(identity(), self.record, self.enterprise.id)

    @property
    def answers(self) -> dict[str, object]:
        return answers_of(self.way.action, self.way.role, self.filled)

    @property
    def facts(self) -> Facts:
        """The opening as the workflow would be shown it now."""
        way, kind, day, firm = self.way, self.definition, today(), self.enterprise.id
        record = record_facts(self.row.record, self.row.determined_by) if self.row else None
        variant = variant_of(kind, self.opening({}), record)
        snapshot = Snapshot(kind.kind, START, variant, filed_on=day, enterprise=firm, record=record)
        return Facts(kind, snapshot, world(), way.action, way.role, self.opener, self.answers, now(), day)

    @property
    def unfinished(self) -> str:
        """The first step that lacks an answer."""
        return first_unfinished(self.steps, self.facts, self.filled)

    @property
    def elsewhere(self) -> bool:
        """Whether what was chosen is not filed here (D40)."""
        return leads_elsewhere(self.way.action, self.way.role, self.filled.typed)

    def opening(self, answers: dict[str, object]) -> Opening:
        way, draft = self.way, self.draft.key if self.draft else ""
        return Opening(way.kind, way.action.name, self.record_id, answers, draft, way.variant, self.firm_id)

    def with_draft(self, draft: Draft | None) -> Filing:
        return replace(self, draft=draft)

    @property
    def home(self) -> str:
        """Where one comes from, and back to when it is left for later."""
        if self.mine:
            return url_for("records.records")
        return url_for("records.record", record_id=self.record.id) if self.record else url_for("desk.desk")

    def address(self, step: str) -> str:
        """The page of a step of the form begun."""
        assert self.draft
        kind, draft = self.way.kind, self.draft.key
        return url_for("filing.show", kind=kind, record_id=self.record_id, step=step, draft=draft)

    def beginning(self) -> str:
        """The page with which this row begins."""
        return way_href(self.way, self.record_id, named=True, enterprise=self.firm_id)

    def open_already(self) -> tuple[str, bool] | None:
        """The number of the case that is open already (D19), and whether the person may read it."""
        if self.record is None or not any(isinstance(guard, NoOtherOpen) for guard in self.way.action.guard):
            return None
        numbers = other_open(db.session(), self.record.id, self.way.kind, self.enterprise.id)
        return (numbers[0], find_case(db.session(), identity(), numbers[0]) is not None) if numbers else None


def ways_at(kind: str, record_id: int | None) -> tuple[RecordRow | None, tuple[OpeningOption, ...]]:
    """The record, and the rows by which the reader may open such a case on it. Nothing there for them: 404."""
    row = find_record(db.session(), identity(), record_id) if record_id is not None else None
    if kind not in all_kinds() or (record_id is not None and row is None):
        abort(404)
    if row is not None:
        note_read("record", row.record.id, record_id=row.record.id)
    ways = tuple(way for way in open_ways(identity(), row.record if row else None) if way.kind == kind)
    return row, ways or abort(404)


def scene_of(kind: str, record_id: int | None) -> Filing:
    """The scene of the form that the request names by its key; nobody else's, and of this address. Else 404."""
    draft = find_draft(db.session(), person().id, request.values.get("draft", "")) or abort(404)
    row, ways = ways_at(kind, record_id)
    for way in ways:
        enterprise = row.enterprise if row else enterprise_named(way, draft.enterprise_id)
        if enterprise:
            scene = Filing(way, row, enterprise, draft)
            if scene.purpose == draft.purpose:
                return scene
    return abort(404)


def enterprise_named(way: OpeningOption, id: int | None) -> Enterprise | None:
    """The enterprise for which it is filed: one of the filer's own, any for who enters it at the counter."""
    ours = [id for id in identity().enterprise_ids if identity().acts_in(id, way.kind)]
    if way.role == FILER and id is None and len(ours) == 1:
        id = ours[0]
    if id is None or (way.role == FILER and id not in ours):
        return None
    return db.session().get(Enterprise, id)


def enterprises_like(text: str, kind: str, most: int) -> list[Enterprise]:
    """The enterprises among which the reader chooses: a filer's own, else those of that code or name."""
    found = select(Enterprise).order_by(Enterprise.name).limit(most)
    if identity().holds(FILER):
        ours = [id for id in identity().enterprise_ids if identity().acts_in(id, kind)]
        return list(db.session().scalars(found.where(Enterprise.id.in_(ours))))
    if not 2 <= len(text) <= LONGEST_SEARCH:
        return []
    named = [column.icontains(text, autoescape=True) for column in (Enterprise.name, Enterprise.code)]
    return list(db.session().scalars(found.where(or_(*named))))


def asked_enterprise() -> int | None:
    """The enterprise that the address names."""
    typed = request.args.get("enterprise", "")
    return number_in(typed, -1) if typed else None


def _bureaus() -> list[tuple[int, str]]:
    """The bureaus that stand today."""
    found = db.session().scalars(select(Bureau).where(Bureau.successor_id.is_(None)).order_by(Bureau.id))
    day = today()
    valid = (one for one in found if (one.valid_from or day) <= day <= (one.valid_until or day))
    return [(bureau.id, bureau_name(bureau)) for bureau in valid]


def _records(enterprise_id: int) -> list[tuple[int, str]]:
    about = select(CreditRecord).where(CreditRecord.enterprise_id == enterprise_id).order_by(CreditRecord.id)
    return [(record.id, record.document_number) for record in db.session().scalars(about)]
