"""Demo data: sheets imported, people made, and stories played through the use cases with a moving clock.

The stories and their words are data of the demo place (`stories.py` reads them, `cast.py` sets the stage,
`answers.py` fills in the forms); everything happens through the doors that everybody uses, so that the ledger is
true. The same stories every time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.demo.answers import AnswerContext, answers
from cases.demo.cast import Cast, set_the_stage
from cases.demo.outside import answer, lay_sheets, work_by_hand
from cases.demo.stories import FOLDER, Agent, Applicant, DemoScript, StandsIn, StoryStep, read_stories
from cases.engine.advance import Command, Opening, advance, open_case
from cases.engine.record_news import tell_of_sheet
from cases.kinds import all_kinds
from cases.model.evidence import Store, StoredFile, take_in
from cases.model.tables import Case, CaseLink
from cases.model.visibility import person_in, person_opening
from cases.scheduler.tasks import Means, run, tick
from exchange.sending import NOWHERE, Ways
from extensions import transaction
from notifications.channels import NoMail
from registry.admission import AdmissionRequest, NewAgent, apply, name_agent
from registry.columns import KINDS
from registry.credit_records import CreditRecord, state_class
from registry.identity import Identity, NewDeputy, identity_of, name_deputy
from registry.people import User, anybody, find_person, people_with
from registry.sheets.importing import SheetNews, import_sheet
from registry.sheets.reading import RecordSheet
from workflow.calendar import add_workdays
from workflow.definition import ROLES, START, Party
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Impossible, say
from workflow.snapshot import RuleContext

BEFORE, OPENED_AT, ACTS_AT = time(8, 30), time(9, 10), time(10, 30)
APART = timedelta(minutes=25)
"""Between the acts of one story on one day."""


@dataclass
class Play:
    """The stage: the place, its people, and where each story stands."""

    session: Session
    world: RuleContext
    store: Store
    now: datetime
    told: DemoScript
    ways: Ways
    cast: list[Cast] = field(default_factory=list)
    evidence: tuple[StoredFile, ...] = ()
    letter: StoredFile | None = None
    """The specimen of a letter of authority."""

    @property
    def base(self) -> date:
        """The last working day before today: every step of today's has then happened."""
        return add_workdays(self.world.calendar, self.world.jurisdiction.day_of(self.now), -1)

    def day(self, away: int, since: date | None = None) -> date:
        """So many working days from a day, or from the last one before today."""
        since = since or self.base
        return add_workdays(self.world.calendar, since, away) if away else since

    def at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=self.world.jurisdiction.zone).astimezone(UTC)

    def begins(self) -> datetime:
        """A week before the first story: the records must be there before anybody speaks of them."""
        return self.at(self.day(-self.told.longest - 5), time(8))


BEATEN: Final = ("sweep", "displays", "mail", "deliveries")
"""What moves cases and records while the stories are played; everything else is done once, at their end."""

SHEET: Final = "sheet"
"""Who acts in a story where the record comes once more in a sheet."""

Happening = tuple[datetime, Callable[[datetime], object]]


def play_demo(session: Session, law: Jurisdiction, store: Store, now: datetime, ways: Ways = NOWHERE) -> int:
    """Fill an empty database with the demo; gives the number of cases. Refuses one that holds real accounts.

    It is one transaction: a demo that is broken off leaves the database empty, and is played from the start again.
    """
    play = Play(session, RuleContext(law, law.calendar), store, now, read_stories(), ways)
    with transaction():
        if anybody(session, demo=False):
            raise Impossible(say("This database holds real accounts: demo data may not be played into it."))
        play.cast = set_the_stage(session, law, play.told, play.begins(), law.day_of(now))
        play.evidence, (play.letter,) = _kept(store, "evidence"), _kept(store, "letters")
        for at, happens in _programme(play):
            happens(at)
        tick(_means(play), now)
        lay_sheets(ways.connections.values())
        return session.scalar(select(func.count()).select_from(Case)) or 0


def _kept(store: Store, folder: str) -> tuple[StoredFile, ...]:
    """The specimens of a folder of the demo place, as files that came."""
    kept, faults = take_in(store, [(path.name, path.read_bytes()) for path in sorted(FOLDER.glob(f"{folder}/*"))])
    if faults:
        raise RuntimeError(f"the demo's {folder} are unfit: {faults[0]}")
    return tuple(kept)


def _programme(play: Play) -> list[Happening]:
    """Everything that happens, in order: cases opened, steps, deputies, and the clock at midnight and at nine."""
    told, happenings = play.told, list(_beats(play))
    happenings += [(play.at(play.day(one.from_day), BEFORE), partial(_name_deputy, play, one)) for one in told.deputies]
    happenings += [(play.at(play.day(one.from_day), BEFORE), partial(_let_act, play, one)) for one in told.agents]
    happenings += [(play.at(play.day(one.from_day), ACTS_AT), partial(_apply, play, one)) for one in told.applicants]
    for place, cast in enumerate(play.cast):
        happenings += _events(play, cast, timedelta(minutes=place % 45))
    return sorted((one for one in happenings if one[0] <= play.now), key=lambda one: one[0])


def _events(play: Play, cast: Cast, later: timedelta) -> Iterator[Happening]:
    """A story: its record's class stated where it says so, the case opened, and what is done about it."""
    opened = play.day(-cast.story.ago)
    if cast.story.severity:
        yield play.at(opened, BEFORE), partial(_state_class, play, cast)
    yield play.at(opened, OPENED_AT) + later, partial(_open, play, cast)
    for number, step in enumerate(cast.story.steps):
        moment = play.at(play.day(step.after, opened), ACTS_AT) + number * APART + later
        yield moment, partial(_take, play, cast, step)


def _beats(play: Play) -> Iterator[Happening]:
    law = play.world.jurisdiction
    day = law.day_of(play.begins())
    while day <= law.day_of(play.now):
        for hour in (time(0), time(law.office_opens.hour)):
            yield play.at(day, hour), partial(_beat, play)
        day += timedelta(days=1)


def _beat(play: Play, at: datetime) -> None:
    if play.ways.connections:
        answer(play.ways.connections.values(), play.told.outside, at)
        if at >= play.at(_day(play, at), BEFORE):
            officer = _standing(play, _user(play, "office"), at)
            work_by_hand(play.session, play.world.jurisdiction, play.told.outside, officer, at)
    for task in BEATEN:
        run(task, _means(play), at)


def _means(play: Play) -> Means:
    return Means(play.session, play.world, NoMail(), ways=play.ways)


def _name_deputy(play: Play, told: StandsIn, at: datetime) -> None:
    person, deputy = (_user(play, name).id for name in (told.person, told.deputy))
    new = NewDeputy(person, deputy, play.day(told.from_day), play.day(told.until_day))
    name_deputy(play.session, new, identity_of(play.session, _user(play, told.by)), _day(play, at), at)


def _let_act(play: Play, told: Agent, at: datetime) -> None:
    """The firm names its agent, who gets the password that everybody knows, like the firm's own account."""
    filer = _user(play, told.firm)
    by = identity_of(play.session, filer)
    new = NewAgent(told.username, told.name, "", play.day(told.from_day), play.day(told.until_day), told.kinds)
    row, _token = name_agent(play.session, min(by.manages), new, play.letter, by, _day(play, at), at, demo=True)
    agent = play.session.get_one(User, row.agent_id)
    agent.password_hash = filer.password_hash


def _apply(play: Play, told: Applicant, at: datetime) -> None:
    apply(play.session, AdmissionRequest(told.firm, told.code, told.person), told.mail, "zh", _day(play, at), at)


def _state_class(play: Play, cast: Cast, at: datetime) -> None:
    """The bureau states the class of the record, as its reviewer does on the record's page."""
    bureau = cast.record.determined_by_id
    reviewer = people_with(play.session, [ROLES["reviewer"]], bureau_id=bureau)[0]
    state_class(cast.record.id, bureau, cast.story.severity, at, reviewer.id)


def _open(play: Play, cast: Cast, at: datetime) -> None:
    story, record = cast.story, cast.record
    definition = all_kinds()[story.kind]
    about = None if definition.without_record else record
    rows = (row for row in definition.actions_named(story.action) if START in row.source)
    row = next(row for row in rows if not story.variant or story.variant in row.variants)
    said = answers(_desk(play, cast, at), row, story.answers)
    about_id, firm = about.id if about else None, record.enterprise_id
    opening = Opening(story.kind, story.action, about_id, said, variant=story.variant, enterprise_id=firm)
    identity = _standing(play, _who(play, cast, story.who, record.determined_by_id), at)
    person = person_opening(identity, about, firm)
    cast.case_id = open_case(play.world, opening, person, at).case_id


def _take(play: Play, cast: Cast, step: StoryStep, at: datetime) -> None:
    if step.who == SHEET:
        _send_sheet(play, cast.record, step.answers, at)
        return
    case = _case(play, cast, step.linked)
    row = all_kinds()[case.kind].action(step.action, case.state, case.variant)
    said = answers(_desk(play, cast, at, case), row, step.answers) if row else step.answers
    person = person_in(_standing(play, _who(play, cast, step.who, case.bureau_id), at), case)
    advance(play.world, Command(case.id, step.action, said), person, at)


def _send_sheet(play: Play, record: CreditRecord, cells: Mapping[str, str], at: datetime) -> None:
    """The record comes once more in a sheet of its bureau, with these cells otherwise."""
    columns = KINDS[record.kind]
    says = tuple({**record.values, **cells}.get(column.key, "") for column in columns)
    heading = tuple(column.heading for column in columns)
    sheet = RecordSheet(heading, iter([(2, says)]), 1)

    def tell(_rows: int, news: SheetNews) -> None:
        tell_of_sheet(play.session, play.world, news, SHEET, at)

    done = import_sheet(
        play.session, sheet, record.kind, play.world.jurisdiction, at, f"import:{SHEET}", after_batch=tell
    )
    if done.rejections:
        raise RuntimeError(f"the demo's sheet is unfit: {done.rejections[0]}")


def _case(play: Play, cast: Cast, linked: str) -> Case:
    """The story's case as it stands, or the one of that kind which it has opened."""
    query = select(Case).where(Case.id == cast.case_id)
    if linked:
        query = select(Case).join(CaseLink, CaseLink.to_case_id == Case.id)
        query = query.where(CaseLink.from_case_id == cast.case_id, Case.kind == linked)
    return play.session.scalars(query.execution_options(populate_existing=True)).one()


def _who(play: Play, cast: Cast, who: str, bureau: int | None) -> User:
    """Who acts: the firm of the story, somebody with that role at the bureau that has the case, or a person by name."""
    if who == "filer":
        return cast.filer
    if who in ROLES and ROLES[who].party is Party.BUREAU and bureau is not None:
        return people_with(play.session, [ROLES[who]], bureau_id=bureau)[0]
    return _user(play, who)


def _user(play: Play, username: str) -> User:
    user = find_person(play.session, username)
    if user is None:
        raise RuntimeError(f"the demo has nobody called {username}")
    return user


def _standing(play: Play, user: User, at: datetime) -> Identity:
    return identity_of(play.session, user, _day(play, at))


def _desk(play: Play, cast: Cast, at: datetime, case: Case | None = None) -> AnswerContext:
    return AnswerContext(play.session, play.world.calendar, cast.record, _day(play, at), play.evidence, case)


def _day(play: Play, at: datetime) -> date:
    return play.world.jurisdiction.day_of(at)
