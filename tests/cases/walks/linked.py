"""How walks come to what only another case does: it is opened, or what another found is added to it (D7, D19).

The other case goes its own quick way there, and walks on from where that leaves it.
"""

from sqlalchemy import select

from cases.model.tables import Case
from tests.cases.walks.walker import CaseWalk
from workflow.definition import CHIEF, OFFICER, START, Party, Role

FINDINGS = "as_claimed"
SUSTAINED = (("accept", ""), ("refer", ""), ("propose", FINDINGS), ("approve", ""), ("carry_out", ""))
"""How an objection comes to open a correction."""


def take_each(walk: CaseWalk, steps: tuple[tuple[str, str], ...], **fixed: object) -> bool:
    """Take these steps at once, by whoever may; False where one cannot be taken."""
    for action, finding in steps:
        walk.look()
        row = walk.definition.action(action, walk.state, walk.snapshot.variant)
        if row is None or not any(_attempt(walk, action, role, finding, fixed) for role in row.by for _ in range(3)):
            return False
    walk.look()
    return True


def _attempt(walk: CaseWalk, action: str, role: Role, finding: str, fixed: dict[str, object]) -> bool:
    row = walk.definition.action(action, walk.state, walk.snapshot.variant)
    assert row
    said = dict(fixed) if action == "open_objection" else {}
    if finding:
        said["findings"] = {name: {"finding": finding} for name in _disputed(walk)}
    return walk.attempt(row, role, **said)


def _disputed(walk: CaseWalk) -> list[str]:
    return [str(name) for name in walk.moves[0].codes["claims"]]


def complain(open_walk: CaseWalk, record: int) -> bool:
    """A complaint that has been filed leads to an objection on that record, opened or added to."""
    steps = (("acknowledge", ""), ("open_objection", ""))
    return take_each(open_walk, steps, record=record)


def newest(walk: CaseWalk, kind: str, after: int) -> list[int]:
    """The cases of a kind that were opened since."""
    return list(walk.town.session.scalars(select(Case.id).where(Case.kind == kind, Case.id > after)))


__all__ = ["CHIEF", "OFFICER", "START", "SUSTAINED", "Party", "complain", "newest", "take_each"]
