"""A place with several bureaus, firms, records and people for every role, in which cases are walked at random.

What befalls a place beside its cases happens here too: a deputy is named, a body loses its remedy for some days, a
bureau becomes another, a holiday notice is loaded. All of it goes through the use cases.
"""

from copy import copy
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.advance import fire_due
from cases.engine.record_news import tell_of_sheet
from cases.engine.recount import load
from cases.engine.succession import Order, succeed_bureau
from cases.engine.sweep import note_stuck
from cases.ledger.witness import Witness
from cases.model.reading import LoadedCase
from cases.model.tables import Case
from cases.model.visibility import person_in, visible_to
from cases.scheduler.tasks import Means, run, tick
from extensions import db, transaction
from notifications.channels import Channel, NoMail
from registry.columns import Type, column_of
from registry.credit_records import CreditRecord, enter, fixed_values, promoted, value_of
from registry.identity import Identity, NewDeputy, identity_of, name_deputy, who_may_stand_in
from registry.in_force import calendar_in_force
from registry.organisations import MERGED, RENAMED, SPLIT, Bureau, Enterprise
from registry.people import User, add_person
from registry.sheets.importing import AgainstDecision, SheetNews
from tests.builders import LAW, VALUES, Place, make_place
from workflow.definition import APPROVER, CHIEF, HEAD, REVIEWER, Role
from workflow.refusal import Refusal
from workflow.snapshot import Person, RuleContext

MARKET = "市场监督管理"
REMEDY = {"review_body": "示范旗人民政府", "court": "示范旗人民法院"}
PLAIN_STAFF = (("reviewer",), ("approver", "head"))
MORE_STAFF = (("reviewer", "approver"), ("head",))
"""Small bureaus have people with two roles."""


@dataclass
class Town:
    """Who is there, and what time it is. `founded` counts what was made, so that names differ."""

    now: datetime
    dice: Random
    world: RuleContext = field(default_factory=lambda: RuleContext(LAW, LAW.calendar))
    users: list[int] = field(default_factory=list)
    chief: int = 0
    bureaus: list[int] = field(default_factory=list)
    """Those that stand and have people."""
    market: int = 0
    firms: list[int] = field(default_factory=list)
    channel: Channel = field(default_factory=NoMail)
    witness: Witness | None = None
    founded: int = 0
    version: int = 0
    """Counts what has befallen the place beside its cases."""
    _standings: dict[int, Identity] = field(default_factory=dict)
    _edges: set[date] = field(default_factory=set)
    """The days on which a deputy begins or has been."""
    _day: date | None = None

    def copy(self) -> "Town":
        """The same again, which goes its own way from here."""
        return Town(**{each.name: copy(getattr(self, each.name)) for each in fields(self)})

    @property
    def session(self) -> Session:
        return db.session()

    @property
    def today(self) -> date:
        return LAW.day_of(self.now)

    def identity(self, user: int) -> Identity:
        """What somebody may be today."""
        if self._day != self.today:
            crossed = [edge for edge in self._edges if self._day is None or self._day < edge <= self.today]
            self._day = self.today
            if crossed:
                self._standings.clear()
        if user not in self._standings:
            self._standings[user] = identity_of(self.session, self.session.get_one(User, user), self.today)
        return self._standings[user]

    def everybody(self) -> list[Identity]:
        return [self.identity(user) for user in self.users]

    def people(self, role: Role, file: LoadedCase) -> list[tuple[Identity, Person]]:
        """Those who may be that in a case: whether they may read it, the door asks (`can_read`)."""
        found = [(identity, person_in(identity, file)) for identity in self.everybody()]
        return [(identity, person) for identity, person in found if role in person.roles]

    def can_read(self, identity: Identity, case_id: int) -> bool:
        return bool(self.session.scalar(select(Case.id).where(Case.id == case_id, visible_to(identity))))

    def clock(self) -> None:
        """A scheduler's beat; what looks at the whole ledger is not done at each."""
        means = Means(self.session, self.world, self.channel, self.witness)
        if self.dice.random() < 0.1:
            tick(means, self.now)
        else:
            run("sweep", means, self.now)
            run("displays", means, self.now)

    def catch_up(self, case_id: int) -> None:
        """What fell due in one case is recorded, as before each act on it."""
        try:
            with transaction() as session:
                fire_due(session, self.world, [case_id], self.now)
        except Refusal as refusal:
            note_stuck(case_id, refusal, self.now)

    def new_record(self, kind: str, supplied: int, determined: int, firm: int, handler: str = "",
                   typed_by: int | None = None) -> int:  # fmt: skip
        """A record that somebody has entered; its display ends within the walks or long after them."""
        self.founded += 1
        number = f"示环罚〔2024〕{self.founded}号"
        until = self.dice.choice((date(2025, 11, 3), date(2027, 3, 18), date(2029, 3, 18)))
        company = self.session.get_one(Enterprise, firm)
        values = {**VALUES, "name": company.name, "uscc": company.code, "document_number": number,
                  "display_until": until.isoformat(), "decided_on": "2024-11-18"}  # fmt: skip
        if handler:
            values["handler"] = handler
        with transaction() as session:
            record = CreditRecord(kind=kind, enterprise_id=firm, determined_by_id=determined, supplied_by_id=supplied,
                                  known_as=number, values=values, entered_by_id=typed_by,
                                  **promoted(values))  # fmt: skip
            enter(session, record, self.now, f"user:{typed_by or self.chief}")
            return record.id

    def contradict(self, record_id: int) -> None:
        """A sheet says of the record otherwise than was decided; what no case has decided it repeats."""
        with transaction() as session:
            record = session.get_one(CreditRecord, record_id)
            fixed = fixed_values(session, [record_id]).get(record_id, {})
            text = {key: value for key, value in fixed.items()
                    if (column := column_of(record.kind, key)) and column.type is Type.TEXT}  # fmt: skip
            of = 2, record_id, "", record.document_number
            cells = [
                AgainstDecision(*of, key, value_of(record, key), f"{key} 2", one.case_id, one.at, new=True)
                for key, one in text.items()
            ]
            tell_of_sheet(session, self.world, SheetNews(conflicting=cells), "sheet.csv", self.now)

    def name_deputy(self) -> None:
        """A head names somebody of their body for somebody else of it, for some days."""
        by = self.dice.choice([one for one in self.everybody() if one.holds(CHIEF, HEAD)])
        known = [user.id for user in who_may_stand_in(self.session, by)]
        if len(known) > 1:
            self._stands_in(by, *self.dice.sample(known, 2), days=self.dice.randrange(30))

    def help_out(self, bureau: int) -> None:
        """D18: where those of a bureau may not decide, its head names one who neither proposes nor approves."""
        heads = [one for one in self.everybody() if one.bureau_id == bureau and one.holds(HEAD)]
        others = [user.id for by in heads[:1] for user in who_may_stand_in(self.session, by)]
        alone = [one for one in heads if not one.holds(REVIEWER, APPROVER)] or heads
        if alone and len(others) > 1:
            deputy = self.dice.choice(alone).user_id
            person = self.dice.choice([user for user in others if user != deputy])
            self._stands_in(heads[0], person, deputy, days=10)

    def _stands_in(self, by: Identity, person: int, deputy: int, days: int) -> None:
        last = self.today + timedelta(days=days)
        try:
            with transaction() as session:
                name_deputy(session, NewDeputy(person, deputy, self.today, last), by, self.today, self.now)
        except Refusal:
            return
        self.deputies_changed(self.today, last)

    def deputies_changed(self, first: date, last: date) -> None:
        """Somebody stands in for another from the one day to the other."""
        self._edges |= {first, last + timedelta(days=1)}
        self._standings.clear()

    def set_remedy(self, entered: bool, bureau: int) -> None:
        """Where decisions of a bureau can be taken to is entered, or struck out."""
        self.version += 1
        with transaction() as session:
            body = session.get_one(Bureau, bureau)
            for name, value in REMEDY.items():
                setattr(body, name, value if entered else "")

    def succeed(self, old: int) -> int | None:
        """A bureau becomes another one: renamed, or merged into or split to a body that is new or was there."""
        self.version += 1
        how = self.dice.choice((RENAMED, MERGED, MERGED, SPLIT))
        others = [bureau for bureau in self.bureaus if bureau not in (old, self.market)]
        joins = how == MERGED and old != self.market and len(others) > 1 and self.dice.random() < 0.5
        name = self._new_name(old)
        new = None if how == RENAMED else self.dice.choice(others) if joins else self.found(name)
        order = Order(old, new, name, how, f"示编发〔2026〕{self.founded}号", self.today)
        identity = self.identity(self.chief)
        try:
            succeed_bureau(self.world, order, Person(self.chief, identity.roles, identity.name), self.now)
        except Refusal:
            return None
        self._standings.clear()
        if new is not None:
            self._replace(old, new, joins)
        return new or old

    def notice(self, off: date) -> None:
        """A holiday notice is published and loaded: a day that was worked is off."""
        self.version += 1
        year = f"known_from = {off.year}-01-01\nknown_until = {off.year}-12-31"
        text = f'name = "cn"\nsource = "通知{self.founded}"\n{year}\nweekend = [6, 7]\noff = [{off}]\nwork = []\n'
        load(self.world, text, self.now, self.chief)
        self.founded += 1
        self.world = RuleContext(LAW, calendar_in_force(self.session, LAW))

    def found(self, name: str, staffed: bool = False) -> int:
        """A new body, with its remedy entered."""
        with transaction() as session:
            bureau = Bureau(name=name, **REMEDY)
            session.add(bureau)
            session.flush()
            if staffed:
                self.users += [_hire(session, self, bureau.id, roles) for roles in (*PLAIN_STAFF, *MORE_STAFF)]
            return bureau.id

    def _new_name(self, old: int) -> str:
        self.founded += 1
        first = "示范旗市场监督管理局" if old == self.market else "示范旗局"
        return f"{first}{self.founded}"

    def _replace(self, old: int, new: int, joined: bool) -> None:
        self.market = new if old == self.market else self.market
        self.bureaus = [bureau for bureau in self.bureaus if bureau != old]
        if new not in self.bureaus:
            self.bureaus.append(new)
        if joined:
            self.bureaus.append(self.found(self._new_name(0), staffed=True))


def make_town(now: datetime, dice: Random, witness: Witness | None = None) -> Town:
    """The small place of the tests, with a third bureau, and in each bureau people with several roles or one."""
    town = Town(now, dice, witness=witness)
    place = make_place(town.session)
    with transaction() as session:
        market = session.scalars(select(Bureau).where(Bureau.name.contains(MARKET))).one()
        town.market, town.bureaus = market.id, [place.bureau.id, place.other_bureau.id, market.id]
        for bureau in session.scalars(select(Bureau)):
            bureau.review_body, bureau.court = REMEDY["review_body"], REMEDY["court"]
        town.users = [user.id for user in place.people.values()]
        town.chief = place.people["chief"].id
        for bureau_id in town.bureaus:
            staff = (*PLAIN_STAFF, *MORE_STAFF) if bureau_id == market.id else MORE_STAFF
            town.users += [_hire(session, town, bureau_id, roles) for roles in staff]
        town.firms = [place.firm.id, place.other_firm.id, _third_firm(session, town)]
    return town


def _third_firm(session: Session, town: Town) -> int:
    firm = Enterprise(code="91110000600037341L", name="诚达建材经销部（演示）", email="third@firm.example")
    session.add(firm)
    session.flush()
    town.users.append(add_person(session, "enterprise3", "第三人", ("filer",), enterprise_id=firm.id, demo=True).id)
    return firm.id


def _hire(session: Session, town: Town, bureau: int, roles: tuple[str, ...]) -> int:
    town.founded += 1
    name = f"staff{town.founded}"
    return add_person(session, name, f"{name}人", roles, bureau_id=bureau, demo=True).id


__all__ = ["Place", "Town", "make_town"]
