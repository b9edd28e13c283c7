"""From which day the law's remedies for failure to act open (D3): never a day earlier."""

from __future__ import annotations

from datetime import date, timedelta

from workflow.calendar import due
from workflow.snapshot import Snapshot, World


def remedies_open(world: World, case: Snapshot) -> date:
    """The day after the time that 《行政诉讼法》第四十七条 gives from the request; of a review, from the asking."""
    remedy = next(remedy for remedy in world.jurisdiction.remedies if remedy.after == "silence")
    return due(world.calendar, _requested(case), remedy.n, remedy.unit, rolls=remedy.rolls)[0] + timedelta(days=1)


def _requested(case: Snapshot) -> date:
    """The day of the filing, or of what began the present round."""
    began = next((event.on for event in case.past if event.round == case.round), None)
    filed = case.filed_on or began
    assert filed is not None
    return began if began and case.round > 1 else filed
