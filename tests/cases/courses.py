"""The course of an objection as far as the bureau, and to its answer."""

from sqlalchemy import select

from cases.model.tables import Case
from notifications.letters import Letter
from tests.builders import CLAIMS, START, Place, day

GRANTED = {name: {"finding": "as_claimed"} for name in CLAIMS}
KEPT = {name: {"finding": "kept", "reason": "决定书与记录一致。"} for name in CLAIMS}


def to_bureau(place: Place) -> Case:
    case = place.file(START)
    place.act(case, "office", "accept", day(2026, 9, 8))
    place.act(case, "office", "refer", day(2026, 9, 9), question="请核对决定书原件。")
    return case


def answered(place: Place, findings: dict[str, dict[str, str]]) -> Case:
    case = to_bureau(place)
    place.act(case, "reviewer", "propose", day(2026, 9, 10), findings=findings, reasons="已核对。")
    place.act(case, "approver", "approve", day(2026, 9, 11))
    if place.case(case.number).state == "carrying_out":
        place.act(case, "office", "carry_out", day(2026, 9, 14))
    place.act(case, "office", "answer", day(2026, 9, 15), letter="逐项认定如下。")
    return place.case(case.number)


def letters(place: Place, name: str) -> list[Letter]:
    """Those of that name, in the order in which they were written."""
    return list(place.session.scalars(select(Letter).where(Letter.name == name).order_by(Letter.id)))
