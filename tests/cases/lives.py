"""The same life of cases of every kind, played by any clock: what people do and when, and who looks after what is due.

Real time is the argument; what the machine's clock says of it is a function of that. So no test of a clock waits.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from application import create_app
from cases.engine.advance import Command, Opening, advance, open_case
from cases.engine.clock import Doubted
from cases.ledger.sealing import instant
from cases.model.tables import Case, Event
from cases.model.visibility import person_opening
from cases.scheduler.tasks import Means, run
from extensions import db
from notifications.channels import NoMail
from registry.credit_records import RecordChange, correct
from tests.builders import APPLICATION, FILING, REQUEST, WORLD, Place, day, make_place
from tests.conftest import make_settings
from workflow.snapshot import RuleContext

Machine = Callable[[datetime], datetime]
"""What the machine's clock says at a real moment."""
Fact = tuple[object, ...]


def right(real: datetime) -> datetime:
    return real


@dataclass(frozen=True)
class Act:
    """What a person does at a real moment; the first act of a case opens it."""

    at: datetime
    case: str
    who: str
    action: str
    answers: dict[str, object]
    kind: str = ""


def at(month: int, day_: int, hour: int = 10) -> datetime:
    return day(2026, month, day_, hour)


BEGINS, ENDS = at(9, 7, 0), at(10, 13, 0)


def life(place: Place) -> list[Act]:
    """All four kinds: answered in time, too late, and never; papers that come and papers that never do."""
    complaint = {"complained_of": "bureau", "body": place.bureau.id, "facts": "拖了三个月。", "sought": "请督促。",
                 "files": ()}  # fmt: skip
    return sorted([
        Act(at(9, 7), "lived", "enterprise", "file", dict(FILING), "objection"),
        Act(at(9, 8), "lived", "office", "ask_papers", {"missing": "照片"}),
        Act(at(9, 11, 15), "lived", "enterprise", "supply", {"words": "在此。", "files": ()}),
        Act(at(9, 14), "lived", "office", "accept", {}),
        Act(at(9, 15), "lived", "office", "refer", {"question": "请核查。"}),
        Act(at(9, 21), "lived", "approver", "extend", {"reasons": "需要调取原始档案。"}),
        Act(at(9, 7, 15), "silent", "enterprise2", "file", dict(FILING), "objection"),
        Act(at(9, 8, 11), "silent", "office", "ask_papers", {"missing": "照片"}),
        Act(at(9, 9), "correction", "enterprise2", "file", dict(REQUEST), "correction"),
        Act(at(9, 10), "correction", "office", "accept", {}),
        Act(at(9, 16), "repair", "enterprise", "file", dict(APPLICATION), "repair"),
        Act(at(9, 17), "repair", "office", "forward", {"received_on": date(2026, 9, 17)}),
        Act(at(9, 18), "repair", "reviewer", "accept", {}),
        Act(at(9, 8, 16), "complaint", "enterprise", "file", complaint, "complaint"),
        Act(at(9, 9), "complaint", "office", "acknowledge", {}),
        Act(at(9, 10), "complaint", "office", "route", {"route": "petition"}),
    ], key=lambda act: act.at)  # fmt: skip


def settled(place: Place) -> Place:
    """A place in which a display ends by itself on the way."""
    correct(place.session, place.other_record, {"display_until": "2026-10-09"}, None, BEGINS, "import")
    place.session.commit()
    return place


def played_alone(folder: Path, template: Path, beats: Sequence[datetime], world: RuleContext = WORLD) -> Counter[Fact]:
    """What happens in that life on a database of its own, by a clock that is right."""
    shutil.copy(template, folder / "alone.sqlite")
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'alone.sqlite'}"))
    with app.app_context():
        place = settled(make_place(db.session()))
        player = Player(place, world=world)
        player.play(life(place), beats)
        facts = player.facts()
        db.session.remove()
        db.engine.dispose()
    return facts


def usual_beats() -> list[datetime]:
    """Once a day, a little after the office opens; in one night also a little after midnight, when papers fall due."""
    days = [BEGINS + timedelta(days=n) for n in range((ENDS - BEGINS).days)]
    opening = [moment + timedelta(hours=9, seconds=20) for moment in days]
    return sorted([*opening, at(9, 22, 0) + timedelta(seconds=20)])


@dataclass
class Player:
    """Plays a life: acts and beats in the order of real time, each at the time that the machine says it is.

    `before_beat` is called with the real moment before each beat: there a watch looks, or somebody confirms.
    """

    place: Place
    machine: Machine = right
    world: RuleContext = WORLD
    before_beat: Callable[[datetime], None] = lambda real: None

    def play(self, acts: Iterable[Act], beats: Iterable[datetime]) -> None:
        self.cases: dict[str, int] = {}
        self.doubted: list[datetime] = []
        moments: list[tuple[datetime, Act | None]] = [*((act.at, act) for act in acts), *((at, None) for at in beats)]
        for real, act in sorted(moments, key=lambda moment: moment[0]):
            self.act(act) if act else self.beat(real)

    def beat(self, real: datetime) -> None:
        self.before_beat(real)
        for task in ("sweep", "displays"):
            try:
                run(task, Means(self.place.session, self.world, NoMail()), self.machine(real))
            except Doubted:
                self.doubted.append(real)

    def act(self, act: Act) -> None:
        place, now = self.place, self.machine(act.at)
        if act.kind:
            record = None if act.kind == "complaint" else place.other_record if act.who[-1] == "2" else place.record
            firm = place.other_firm if act.who[-1] == "2" else place.firm
            person = person_opening(place.identity(act.who), record, firm.id)
            opening = Opening(act.kind, act.action, record and record.id, act.answers,
                              enterprise_id=None if record else firm.id)  # fmt: skip
            self.cases[act.case] = open_case(self.world, opening, person, now).case_id
        else:
            case = place.case(self.number(act.case))
            advance(self.world, Command(case.id, act.action, act.answers), place.person(act.who, case), now)

    def number(self, name: str) -> str:
        return self.place.session.get_one(Case, self.cases[name]).number

    def events(self, name: str = "") -> Sequence[Event]:
        found = select(Event).order_by(Event.case_id, Event.seq)
        found = found.where(Event.case_id == self.cases[name]) if name else found
        return self.place.session.scalars(found.execution_options(populate_existing=True)).all()

    def facts(self) -> Counter[Fact]:
        """What happened, without the time at which it was written down."""
        names = {id: name for name, id in self.cases.items()}
        happened: Counter[Fact] = Counter()
        for event in self.events():
            body = json.loads(event.body)
            codes, clock = body["codes"], event.actor == "clock"
            fell_due = body.get("as_of", instant(event.at)) if clock else None
            happened[(names[event.case_id], event.actor, event.action, codes.get("deadline"), codes.get("rung"),
                      codes.get("due"), fell_due, body["on"], body["source"], body["target"])] += 1  # fmt: skip
        for change in self.place.session.scalars(select(RecordChange)):
            after = (
                "" if change.what == "display_ended" else change.after
            )  # the day on which it did end: when it was seen
            happened[("record", change.record_id, change.what, change.field, change.before, after)] += 1
        return happened
