"""Who files what about whom: the opening row, the record or the enterprise, and the form begun so far, if any."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from flask import abort, request, url_for
from sqlalchemy import or_, select

from cases.engine.opening import Opening, variant_of
from cases.kinds import all_kinds
from cases.lists.records import RecordRow, find_record
from cases.lists.worklists import LONGEST_SEARCH
from cases.model.drafts import Draft, Purpose, find_draft, purpose_of
from cases.model.reading import other_open, record_facts
from cases.model.tables import Case
from cases.model.visibility import OpeningOption, find_case, person_opening
from extensions import db
from registry.columns import disputable
from registry.credit_records import CreditRecord
from registry.organisations import Bureau, Enterprise
from web.filing.entries import open_ways, way_href
from web.filing.steps import AskedOpening, SavedAnswers, Step, facts_of, first_unfinished, steps_of
from web.site.access import identity, note_read, now, person, today, world
from web.site.action_form import Offered
from web.site.forms import number_in
from web.site.language import bureau_name
from workflow.answers import asked_of
from workflow.definition import FILER, Definition, Facts, FieldKind
from workflow.guards import NoOtherOpen


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
    def purpose(self) -> Purpose:
        row, way = self.row, self.way
        firm = None if row else self.enterprise.id
        return Purpose(way.kind, way.action.name, way.variant, row.record.id if row else None, firm)

    @cached_property
    def filled(self) -> SavedAnswers:
        draft = self.draft
        return SavedAnswers(draft.answers if draft else {}, draft.stored_files if draft else (), self.offered)

    @cached_property
    def offered(self) -> Offered:
        """What the form's lists offer; read only where the row asks it."""
        asked = {field.kind for field in self.way.action.asks}
        record = self.row.record if self.row else None
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

    @cached_property
    def asked(self) -> AskedOpening:
        row, way = self.row, self.way
        facts = record_facts(row.record, row.determined_by) if row else None
        opener = person_opening(identity(), row.record if row else None, self.enterprise.id)
        variant = variant_of(self.definition, self.opening({}), facts)
        return AskedOpening(self.definition, way.action, variant, way.role, opener, self.enterprise.id, facts)

    @property
    def facts(self) -> Facts:
        return facts_of(self.asked, self.filled, world(), now())

    @property
    def unfinished(self) -> str:
        """The first step that lacks an answer."""
        return first_unfinished(self.steps, self.facts, self.filled)

    def opening(self, answers: dict[str, object]) -> Opening:
        row, way = self.row, self.way
        return Opening(
            way.kind,
            way.action.name,
            row.record.id if row else None,
            answers,
            draft=self.draft.key if self.draft else "",
            variant=way.variant,
            enterprise_id=None if row else self.enterprise.id,
        )

    def with_draft(self, draft: Draft | None) -> Filing:
        return replace(self, draft=draft)

    @property
    def home(self) -> str:
        """Where one comes from, and back to when it is left for later."""
        if self.mine:
            return url_for("records.records")
        return url_for("records.record", record_id=self.row.record.id) if self.row else url_for("desk.desk")

    def address(self, step: str) -> str:
        """The page of a step of the form begun."""
        assert self.draft
        record_id = self.row.record.id if self.row else None
        return url_for("filing.show", kind=self.way.kind, record_id=record_id, step=step, draft=self.draft.key)

    def beginning(self) -> str:
        """The page with which this row begins."""
        record_id = self.row.record.id if self.row else None
        return way_href(self.way, record_id, named=True, enterprise=None if self.row else self.enterprise.id)

    def open_already(self) -> tuple[str, bool] | None:
        """The number of the case that is open already (D19), and whether the person may read it."""
        if self.row is None or not any(isinstance(guard, NoOtherOpen) for guard in self.way.action.guard):
            return None
        numbers = other_open(db.session(), self.row.record.id, self.way.kind, self.enterprise.id)
        if not numbers:
            return None
        return numbers[0], find_case(db.session(), identity(), numbers[0]) is not None


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
            if scene.purpose == purpose_of(draft):
                return scene
    return abort(404)


def enterprise_named(way: OpeningOption, id: int | None) -> Enterprise | None:
    """The enterprise for which it is filed: one of the filer's own, any for who enters it at the counter."""
    ours = {id for id in identity().enterprise_ids if identity().acts_in(id, way.kind)}
    if way.role == FILER:
        if id is None and len(ours) == 1:
            id = next(iter(ours))
        return db.session().get(Enterprise, id) if id in ours else None
    return db.session().get(Enterprise, id) if id is not None else None


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


def case_of(draft: Draft) -> Case:
    """The case that a draft has become."""
    return db.session().get_one(Case, draft.case_id)


def _bureaus() -> list[tuple[int, str]]:
    """The bureaus that stand today."""
    found = db.session().scalars(select(Bureau).where(Bureau.successor_id.is_(None)).order_by(Bureau.id))
    day = today()
    return [
        (bureau.id, bureau_name(bureau))
        for bureau in found
        if (bureau.valid_from is None or bureau.valid_from <= day)
        and (bureau.valid_until is None or day <= bureau.valid_until)
    ]


def _records(enterprise_id: int) -> list[tuple[int, str]]:
    about = select(CreditRecord).where(CreditRecord.enterprise_id == enterprise_id).order_by(CreditRecord.id)
    return [(record.id, record.document_number) for record in db.session().scalars(about)]
