"""Kinds that have changed for the tests of mappings, and cases taken over to them."""

from datetime import date, datetime
from functools import cache

from cases.engine.mapping import MappingOrder, MappingResult, map_cases
from cases.kinds import all_kinds
from cases.model.reading import read_cases
from cases.model.tables import Case
from tests.builders import WORLD, Place, day
from tests.cases.courses import GRANTED
from tests.kinds_changed import changed
from workflow.definition import Definition
from workflow.timing import due_of

NOW = day(2026, 9, 11)
BEFORE = all_kinds()["objection"]
WHY = "信用办〔2026〕7号"


@cache
def _changed(*pairs: tuple[str, str]) -> Definition:
    return changed("objection", dict(pairs))


def now_is(**names: str) -> Definition:
    """The objection as it is once its file calls these otherwise."""
    return _changed(*names.items())


def order(*pairs: tuple[str, str], kind: str = "objection", variant: str | None = None) -> MappingOrder:
    return MappingOrder(kind, pairs, variant)


RENAMED = order(("with_bureau", "verifying"))


def mapped(given: MappingOrder = RENAMED, now: datetime = NOW) -> MappingResult:
    return map_cases(WORLD, given, WHY, now)


def running(place: Place, case: Case) -> dict[str, date | None]:
    timers = read_cases(place.session, [case.id])[0].snapshot.timers
    return {timer.deadline: due_of(timer, WORLD.calendar).day for timer in timers if timer.stopped is None}


def answer(place: Place, case: Case, findings: object = GRANTED) -> Case:
    place.act(case, "reviewer", "propose", day(2026, 9, 14), findings=findings, reasons="已核对。")
    place.act(case, "approver", "approve", day(2026, 9, 15))
    if place.case(case.number).state == "carrying_out":
        place.act(case, "office", "carry_out", day(2026, 9, 15))
    place.act(case, "office", "answer", day(2026, 9, 16), letter="逐项认定如下。")
    return place.case(case.number)
