"""Cases of the shipped kinds that begin on a day, with what a test of their dates asks of them."""

from datetime import UTC, date, datetime

from cases.kinds import all_kinds
from tests.workflow.walking import RECORD, Walk
from workflow.decide import Move
from workflow.jurisdiction import Jurisdiction
from workflow.limits import Rule
from workflow.snapshot import RecordFacts, RuleContext


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(law: Jurisdiction, kind: str, morning: str, variant: str = "", record: RecordFacts = RECORD) -> Walk:
    """A case of that kind that is not opened yet, at ten in the morning."""
    now = datetime.fromisoformat(f"{morning}T02:00").replace(tzinfo=UTC)
    return Walk(all_kinds()[kind], RuleContext(law, law.calendar), now, record, variant)


def filed(law: Jurisdiction, kind: str, morning: str, variant: str = "", **answers: object) -> Walk:
    walk = at(law, kind, morning, variant)
    walk.do("file", **answers)
    return walk


def limit(walk: Walk, deadline: str) -> Rule:
    return walk.world.limit_of(walk.snapshot, f"{walk.definition.kind}.{deadline}")


def rungs(moves: list[Move], deadline: str) -> list[str]:
    """`2026-11-24 +0:overdue` of each rung that has fired for a deadline."""
    return [f"{move.on} {move.codes['rung']}" for move in moves if move.codes.get("deadline") == deadline]
