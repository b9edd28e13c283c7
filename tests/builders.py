"""Builders: a place with its bureaus, firms, records and people, and cases played through the use cases."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.advance import Command, Opening, advance, open_case
from cases.engine.writing import RecordedMove
from cases.kinds import all_kinds
from cases.model.evidence import StoredFile
from cases.model.reading import read_cases
from cases.model.tables import Case
from cases.model.visibility import person_in, person_opening
from config import ROOT
from registry.credit_records import CreditRecord, RecordChange, beginning, promoted
from registry.identity import Identity, identity_of
from registry.organisations import Bureau, Enterprise, load_bureaus
from registry.people import Membership, User, add_person
from workflow.definition import ROLES, Party
from workflow.past import waiting_proposal
from workflow.rules import load_jurisdiction
from workflow.snapshot import Person, RuleContext

START = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 in the banner, with a make-up Sunday and two holidays ahead."""

LAW = load_jurisdiction(ROOT / "jurisdictions", "cn-nm-demo")
WORLD = RuleContext(LAW, LAW.calendar)

VALUES = {
    "name": "恒源洗煤有限公司（演示）", "uscc": "91150699YALKAUR84L", "document_number": "示环罚〔2026〕18号",
    "offence": "未采取有效措施防治扬尘污染", "facts": "原煤露天堆存，未采取密闭、围挡、覆盖等措施。",
    "penalty_kind": "罚款", "penalty": "罚款人民币80000元", "fine": "8.00", "decided_on": "2026-03-18",
    "display_until": "2029-03-18",
}  # fmt: skip

CLAIMS = {"fine": "0.80", "decided_on": "2026-03-13"}
FILING: Mapping[str, object] = {
    "claims": CLAIMS, "ground": "wrong", "words": "决定书写的是八千元，不是八万元。", "files": (),
}  # fmt: skip

PROOF = (StoredFile("a" * 64, "证明.pdf", "application/pdf", 12),)
"""Evidence as a case names it; its bytes do not matter to the case."""
REQUEST: Mapping[str, object] = {"claims": CLAIMS, "words": "附决定书复印件。", "files": PROOF}
APPLICATION: Mapping[str, object] = {"words": "罚款已缴，料场已封闭。", "files": PROOF, "commitment": True}


@dataclass
class Place:
    """A small banner: two bureaus, two firms with a record each, and people for every role."""

    session: Session
    bureau: Bureau
    other_bureau: Bureau
    firm: Enterprise
    other_firm: Enterprise
    record: CreditRecord
    other_record: CreditRecord
    people: dict[str, User] = field(default_factory=dict)

    def identity(self, name: str) -> Identity:
        return identity_of(self.session, self.people[name])

    def person(self, name: str, case: Case | None = None) -> Person:
        """A person as the rules of this case see them."""
        identity = self.identity(name)
        return person_in(identity, case) if case else person_opening(identity, self.record, self.firm.id)

    def add(self, who: str, *roles: str, name: str = "") -> User:
        """One more person of the first bureau."""
        self.people[who] = add_person(self.session, who, name or f"{who}人", roles, bureau_id=self.bureau.id, demo=True)
        self.session.commit()
        return self.people[who]

    def file(
        self, now: datetime = START, record: CreditRecord | None = None, by: str = "enterprise", **answers: object
    ) -> Case:
        """An objection, filed."""
        return self.open("objection", "file", {**FILING, **answers}, now, record, by)

    def open(
        self, kind: str, action: str, answers: Mapping[str, object], now: datetime = START,
        record: CreditRecord | None = None, by: str = "enterprise", variant: str = "",
    ) -> Case:  # fmt: skip
        """A case of any kind, opened on a record."""
        record = record or self.record
        person = person_opening(self.identity(by), record, record.enterprise_id)
        opening = Opening(kind, action, record.id, answers, variant=variant)
        return self.case(open_case(WORLD, opening, person, now).number)

    def complain(self, now: datetime = START, by: str = "enterprise", **answers: object) -> Case:
        """A complaint, filed; about the first bureau where nothing else is said."""
        said = {"complained_of": "bureau", "body": self.bureau.id, "facts": "拖了三个月没有答复。",
                "sought": "请督促办理。", "files": (), **answers}  # fmt: skip
        person = person_opening(self.identity(by), None, self.firm.id)
        opening = Opening("complaint", "file", None, said, enterprise_id=self.firm.id)
        return self.case(open_case(WORLD, opening, person, now).number)

    def case(self, number: str) -> Case:
        """The case as it stands in the database now."""
        self.session.expire_all()
        return self.session.scalars(select(Case).where(Case.number == number)).one()

    def act(self, case: Case, who: str, action: str, now: datetime, **answers: object) -> RecordedMove:
        """Take an action as one of the people."""
        case = self.case(case.number)
        if action in ("lapse", "propose_revoke"):
            answers = {**NAMED, **answers}
        if action in ("refuse", "not_accept", "transfer") and "where" not in answers:
            answers = {"nowhere": True, **answers}
        return advance(WORLD, Command(case.id, action, answers), self.person(who, case), now)


def as_shown(session: Session, number: str) -> dict[str, str]:
    """What the hidden fields of a page of the case say as it stands now."""
    file = read_cases(session, [session.scalars(select(Case.id).where(Case.number == number)).one()])[0]
    waiting = waiting_proposal(all_kinds()[file.kind], file.snapshot.past)
    return {"shown": str(file.length), "proposal": str(waiting.seq if waiting else "")}


NAMED = {"law": "某办法第9条", "law_checked_on": date(2026, 9, 1)}
"""An article that a person names where the place's table has none, and the day of comparing."""

PEOPLE = {
    "enterprise": ("filer",), "enterprise2": ("filer",), "reviewer": ("reviewer",), "approver": ("approver", "head"),
    "reviewer2": ("reviewer",), "approver2": ("approver", "head"), "office": ("officer",), "officer2": ("officer",),
    "chief": ("chief",), "auditor": ("auditor",),
}  # fmt: skip


def make_place(session: Session) -> Place:
    """Fill an empty database with a place."""
    load_bureaus(session, LAW.bureaus, LAW.office)
    session.flush()
    bureaus = session.scalars(select(Bureau).order_by(Bureau.id)).all()
    named = (("91150699YALKAUR84L", "恒源洗煤有限公司（演示）"), ("911506990U0QK8EE8L", "达青电石有限公司（演示）"))
    firms = [Enterprise(code=code, name=name, email=f"{code.lower()}@firm.example") for code, name in named]
    session.add_all(firms)
    session.flush()
    records = [
        _record(firms[0], bureaus[2], "示环罚〔2026〕18号"),
        _record(firms[1], bureaus[1], "示应急罚〔2025〕134号"),
    ]
    session.add_all(records)
    session.flush()
    session.add_all(_begins(record) for record in records)
    people = [User(username=name, name=f"{name}人", language="zh", email="", demo=True) for name in PEOPLE]
    session.add_all(people)
    session.flush()
    place = _place(session, bureaus, firms, records, people)
    session.add_all(role for name in PEOPLE for role in _roles(place, name))
    session.commit()
    return place


def find_place(session: Session) -> Place:
    """The place that a database was filled with."""
    place = _place(session, *(session.scalars(select(each).order_by(each.id)).all()
                              for each in (Bureau, Enterprise, CreditRecord, User)))  # fmt: skip
    session.commit()
    return place


def _place(
    session: Session, bureaus: Sequence[Bureau], firms: Sequence[Enterprise], records: Sequence[CreditRecord],
    people: Sequence[User],
) -> Place:  # fmt: skip
    by_name = {user.username: user for user in people}
    return Place(session, bureaus[2], bureaus[1], firms[0], firms[1], records[0], records[1], by_name)


def _roles(place: Place, name: str) -> Iterator[Membership]:
    """What one of the people is, as `add_person` writes it: that asks and writes for each by itself, and thousands of
    tests begin with these ten."""
    second = name.endswith("2") and name != "officer2"
    bureau, firm = (place.other_bureau, place.other_firm) if second else (place.bureau, place.firm)
    for role in PEOPLE[name]:
        party = ROLES[role].party
        yield Membership(
            user_id=place.people[name].id, role=role, manages=party is Party.ENTERPRISE,
            bureau_id=bureau.id if party is Party.BUREAU else None,
            enterprise_id=firm.id if party is Party.ENTERPRISE else None,
        )  # fmt: skip


def _record(firm: Enterprise, bureau: Bureau, number: str) -> CreditRecord:
    values = {**VALUES, "name": firm.name, "uscc": firm.code, "document_number": number,
              "determined_by": bureau.name, "supplied_by": bureau.name}  # fmt: skip
    return CreditRecord(kind="penalty", enterprise_id=firm.id, determined_by_id=bureau.id, supplied_by_id=bureau.id,
                        known_as=number, values=values, **promoted(values))  # fmt: skip


def _begins(record: CreditRecord) -> RecordChange:
    """The change that every record begins with."""
    return RecordChange(record_id=record.id, at=START - timedelta(days=30), what="imported", after=beginning(record),
                        actor="import")  # fmt: skip


def day(year: int, month: int, day_: int, hour: int = 10) -> datetime:
    """An instant in the banner's time."""
    return datetime(year, month, day_, hour, tzinfo=LAW.zone).astimezone(UTC)


def later(now: datetime, days: int = 0, hours: int = 0) -> datetime:
    return now + timedelta(days=days, hours=hours)


__all__ = ["CLAIMS", "FILING", "LAW", "START", "WORLD", "Place", "date", "day", "later", "make_place"]
