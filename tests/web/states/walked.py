"""One case at a time, walked to the place that is wanted; what was walked once is taken down and put back.

So a place costs only the steps that no place before it had, and to undo a try costs a copy in memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.engine.sweep import sweep
from cases.kinds import all_kinds
from cases.model.drafts import Draft
from cases.model.evidence import take_in
from cases.model.tables import Case
from extensions import db
from tests.builders import WORLD, as_shown, day
from tests.conftest import NOW
from tests.web.signing import session_for
from tests.web.stage import PDF, Shot, Stage, people_it
from tests.web.states.filled import Said
from tests.web.states.people import MARKET_REGULATION, OF_MARKET_REGULATION, add_people, third_bureau
from tests.web.states.steps import Scene, new_sheet, record_of
from tests.web.states.ways import Ways, place_of
from workflow.definition import START

LONG_BEFORE, THE_DAY_BEFORE = day(2026, 11, 2), day(2026, 11, 23, 8)
"""When a case begins: weeks before, where the clock has to come, else within a day."""
WEEKS, STEP = timedelta(days=19), timedelta(minutes=45)
SWEEP, SWEEP_NOW, SHEET = "sweep", "sweep/now", "sheet"
"""What weeks bring; and what is due by now, so that nothing of it comes between a try and its refusal; and a sheet
that contradicts what was decided."""


Chains = list[tuple[str, str, int]]


@dataclass(frozen=True)
class There:
    """The case that stands in a place, what a form says there, the version shown, and how every case stands."""

    number: str
    variant: str
    said: Said
    shown: dict[str, str]
    chains: Chains


class Walked:
    """A stage on which cases are walked. A database that cannot be put back is for one place of each kind."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        with stage.app.app_context():
            session = db.session()
            place = people_it(stage, session)
            add_people(session, place)
            session.commit()
            stage.sessions = {name: session_for(user) for name, user in place.people.items()}
            files, _ = take_in(stage.app.extensions["store"], [("材料.pdf", PDF)])
            bureaus = {"own": place.bureau.id, "other": place.other_bureau.id, "third": third_bureau(session)}
            self.usual = Scene(Ways("", {}), "", place.record.document_number, place.firm.id, bureaus, tuple(files))
        self.shots: dict[tuple[str, ...], Shot] = {(): stage.taken_down()}
        self.there: dict[tuple[str, ...], There] = {}

    def at(self, ways: Ways, name: str) -> There:
        """The case of that way, where it leads, whatever was done to it before."""
        scene = self._scene(ways, place_of(name).variant)
        steps = (*ways.ways[name].split(), SWEEP_NOW)
        times = list(_times(steps))
        keys = [(), *((ways.kind, scene.variant, str(times[0]), *steps[: n + 1]) for n in range(len(steps)))]
        walked = max(n for n, key in enumerate(keys) if key in self.shots)
        self.stage.put_back(self.shots[keys[walked]])
        for n in range(walked, len(steps)):
            self._take(scene, steps[n], times[n])
            self.shots[keys[n + 1]] = self.stage.taken_down()
        if keys[-1] not in self.there:
            self.there[keys[-1]] = self._there(scene, name)
        return self.there[keys[-1]]

    def _scene(self, ways: Ways, variant: str) -> Scene:
        record = OF_MARKET_REGULATION if variant == MARKET_REGULATION else self.usual.record
        return replace(self.usual, ways=ways, variant=variant, record=record)

    def filing(self, kind: str, variant: str, action: str) -> str:
        """The address at which such a case begins; every case there was is gone."""
        self.stage.put_back(self.shots[()])
        scene, definition = self._scene(self.usual.ways, variant), all_kinds()[kind]
        rows = [row for row in definition.actions_named(action) if START in row.source]
        way = action if len(rows) == 1 else f"{action}:{variant}"
        if definition.without_record:
            return f"/file/{kind}?way={way}&enterprise={scene.firm}"
        with self.stage.app.app_context():
            return f"/records/{record_of(db.session(), scene.record).id}/{kind}?way={way}"

    def _there(self, scene: Scene, name: str) -> There:
        with self.stage.app.app_context():
            case = scene.case(db.session(), scene.ways.kind)
            assert case, f"no case: {name}"
            assert (case.variant, case.state) == place_of(name)
            said = scene.said(db.session(), case, NOW)
            shown = as_shown(db.session(), case.number)
            return There(case.number, case.variant, said, shown, chains_in(db.session()))

    def _take(self, scene: Scene, step: str, at: datetime) -> None:
        with self.stage.app.app_context():
            if step in (SWEEP, SWEEP_NOW):
                sweep(WORLD, at)
            elif step == SHEET:
                new_sheet(db.session(), scene.record, at)
            else:
                scene.take(db.session(), step, at)


def chains_in(session: Session) -> Chains:
    """Where every case stands, and the length of its chain; and the forms that somebody has begun."""
    cases = session.execute(select(Case.number, Case.state, Case.length))
    return [*map(tuple, cases), *((key, "", 0) for key in session.scalars(select(Draft.key)))]


def _times(steps: tuple[str, ...]) -> Iterator[datetime]:
    """When each step is taken: one after another, with weeks between where the clock has to come."""
    at = LONG_BEFORE if SWEEP in steps else THE_DAY_BEFORE
    for step in steps:
        at = NOW if step == SWEEP_NOW else at + (WEEKS if step == SWEEP else STEP)
        yield at
