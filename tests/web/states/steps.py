"""One step of a way, taken through the use cases by whom the table by hand gives it to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.advance import Command, Opening, advance, open_case
from cases.engine.record_news import tell_of_sheet
from cases.kinds import all_kinds
from cases.model.evidence import StoredFile
from cases.model.reading import LoadedCase, read_cases
from cases.model.tables import Case
from cases.model.visibility import colleagues_in, person_in, person_opening
from registry.credit_records import CreditRecord
from registry.identity import Identity, identity_of
from registry.people import find_person
from registry.sheets.importing import import_sheet
from tests.builders import WORLD
from tests.cases.kinds.permissions import Place, by_hand
from tests.registry.sheets import csv_of
from tests.web.states.filled import Said, answers_to
from tests.web.states.people import who_in
from tests.web.states.ways import Ways
from workflow.answers import asked_of
from workflow.definition import ROLES, START, Action
from workflow.past import disputed
from workflow.timing import due_of


class Step(NamedTuple):
    """`kind.action/words@person`, each but the action left out where it is the usual one."""

    kind: str
    action: str
    words: str
    person: str

    @classmethod
    def of(cls, text: str, kind: str) -> Step:
        words, _, person = text.partition("@")
        other, _, action = words.partition("/")[0].rpartition(".")
        return cls(other or kind, action, words, person)


@dataclass(frozen=True)
class Scene:
    """What a case of these ways is about and whose it is, and what any form may name."""

    ways: Ways
    variant: str
    record: str
    firm: int
    bureaus: Mapping[str, int]
    files: tuple[StoredFile, ...]

    def take(self, session: Session, text: str, now: datetime) -> None:
        """Open the case, or where it is open take the action on it."""
        step = Step.of(text, self.ways.kind)
        case = self.case(session, step.kind)
        place = Place(case.variant, case.state) if case else self._start(step)
        role = next(role for role in ROLES if step.action in by_hand(step.kind)[place][role])
        asked = asked_of(_row(step, place), ROLES[role])
        other = self.ways.answers.get(step.words) or self.ways.answers.get(step.action)
        answers = answers_to(asked, self.said(session, case, now), other)
        person = find_person(session, step.person or who_in(self.variant)[role])
        assert person
        identity = identity_of(session, person)
        if case:
            advance(WORLD, Command(case.id, step.action, answers), person_in(identity, case), now)
        else:
            self._open(session, Opening(step.kind, step.action, None, answers, variant=place.variant), identity, now)

    def case(self, session: Session, kind: str) -> Case | None:
        """The newest case of a kind that the firm has."""
        found = select(Case).where(Case.kind == kind, Case.enterprise_id == self.firm).order_by(Case.id.desc())
        return session.scalars(found).first()

    def said(self, session: Session, case: Case | None, now: datetime) -> Said:
        """What a form says of the case as it stands."""
        file = read_cases(session, [case.id])[0] if case else None
        colleagues = colleagues_in(session, file.snapshot) if file else []
        return Said(
            day=WORLD.jurisdiction.day_of(now), bureaus=self.bureaus, files=self.files,
            record=record_of(session, self.record).id, person=colleagues[-1][0] if colleagues else 0,
            deadline=_deadline(file) if file else "",
            disputed=disputed(all_kinds()[file.kind], file.snapshot.past) if file else (),
        )  # fmt: skip

    def _start(self, step: Step) -> Place:
        """Before the case: in the variant that is wanted where it can be opened so, else in the one that opens."""
        starts = [place for place, cells in by_hand(step.kind).items()
                  if place.state == START and any(step.action in actions for actions in cells.values())]  # fmt: skip
        return next((place for place in starts if place.variant == self.variant), starts[0])

    def _open(self, session: Session, opening: Opening, identity: Identity, now: datetime) -> None:
        """On the record, or where the kind is about none, for the firm."""
        if all_kinds()[opening.kind].without_record:
            about = replace(opening, enterprise_id=self.firm)
            open_case(WORLD, about, person_opening(identity, None, self.firm), now)
        else:
            record = record_of(session, self.record)
            open_case(WORLD, replace(opening, record_id=record.id), person_opening(identity, record, self.firm), now)


def _row(step: Step, place: Place) -> Action:
    row = all_kinds()[step.kind].action(step.action, place.state, place.variant)
    assert row, f"{step.action} cannot be taken in {place}"
    return row


def record_of(session: Session, number: str) -> CreditRecord:
    return session.scalars(select(CreditRecord).where(CreditRecord.document_number == number)).one()


def _deadline(file: LoadedCase) -> str:
    """A deadline of an official that runs now: of it the chief can send a sheet."""
    return next((timer.deadline for timer in file.snapshot.timers if timer.stopped is None
                 and timer.owner != "enterprise" and due_of(timer, WORLD.calendar).day), "")  # fmt: skip


def new_sheet(session: Session, number: str, now: datetime) -> None:
    """A sheet comes in that says of the record otherwise than a case has decided."""
    record = record_of(session, number)
    says = {**record.values, "fine": "0.70", "decided_on": date(2026, 3, 12),
            "display_until": date.fromisoformat(record.values["display_until"])}  # fmt: skip
    done = import_sheet(session, csv_of(says), record.kind, WORLD.jurisdiction, now, "import:11月.csv")
    tell_of_sheet(session, WORLD, done, "11月.csv", now)
    session.commit()
