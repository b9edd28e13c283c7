"""Who acts on the stage, each role held by itself, and the records that the cases are about."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.identity import identity_of
from registry.organisations import Bureau
from registry.people import add_person, find_person
from tests.builders import Place, _record

WHO: Mapping[str, str] = {
    "filer": "enterprise", "reviewer": "reviewer", "approver": "approver_only", "head": "head_only",
    "officer": "office", "chief": "chief", "auditor": "auditor",
}  # fmt: skip
AT_MARKET_REGULATION: Mapping[str, str] = {
    **WHO, "reviewer": "reviewer_market", "approver": "approver_market", "head": "head_market",
}  # fmt: skip
"""The same roles where the record is one of market regulation."""
STRANGERS: Mapping[str, str] = {
    "filer": "enterprise2", "reviewer": "reviewer2", "approver": "approver2", "head": "approver3",
}  # fmt: skip
"""The same roles at another firm and at other bureaus."""
MARKET_REGULATION = "market_regulation"
OF_MARKET_REGULATION = "示市监罚〔2026〕7号"
"""The branch of law with rules of its own, and a record of it."""


def add_people(session: Session, place: Place) -> None:
    """One for each role that the usual place joins with another, and a colleague to hand a case to."""
    market = session.scalars(select(Bureau).order_by(Bureau.id)).first()
    assert market
    ours, theirs = place.bureau.id, market.id
    for name, role, bureau in (
        ("approver_only", "approver", ours), ("head_only", "head", ours), ("reviewer_market", "reviewer", theirs),
        ("approver_market", "approver", theirs), ("head_market", "head", theirs), ("reviewer_too", "reviewer", ours),
        ("approver_too", "approver", ours), ("reviewer_market_too", "reviewer", theirs),
        ("approver_market_too", "approver", theirs), ("chief_too", "chief", None),
    ):  # fmt: skip
        place.people[name] = add_person(session, name, f"{name}人", (role,), bureau_id=bureau, demo=True)
    session.add(_record(place.firm, market, OF_MARKET_REGULATION))
    session.flush()


def third_bureau(session: Session) -> int:
    """The bureau of those who never have a case."""
    stranger = find_person(session, STRANGERS["head"])
    found = identity_of(session, stranger).bureau_id if stranger else None
    assert found
    return found


def who_in(variant: str) -> Mapping[str, str]:
    """Who takes what a role may do, by role."""
    return AT_MARKET_REGULATION if variant == MARKET_REGULATION else WHO
