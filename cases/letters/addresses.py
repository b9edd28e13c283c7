"""Where the letters of a case go: the enterprise, a bureau, the office, by role; and whoever has it on their desk."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from cases.model.reading import LoadedCase, office_of
from cases.model.visibility import ABOUT_AN_OFFICER, CHIEF_ALONE
from notifications.post import Address
from registry.organisations import Bureau
from workflow.definition import APPROVER, CHIEF, FILER, OFFICER, REVIEWER, STAY, Action, Definition, Party, Role, State

OFFICE_ID = 1


def filer(file: LoadedCase) -> Address:
    return Address(str(Party.ENTERPRISE), file.enterprise_id, str(FILER), file.enterprise_mail)


def at_office(session: Session, role: Role, complained_of: str = "") -> Address:
    """Somebody at the office; what would tell the officers of a case about one of them tells their head (D16)."""
    kept = role in (OFFICER, CHIEF) and complained_of == ABOUT_AN_OFFICER
    return Address(str(Party.OFFICE), OFFICE_ID, CHIEF_ALONE if kept else str(role), office_of(session).email)


def at_bureau(session: Session, bureau_id: int | None, role: Role) -> Iterator[Address]:
    """A bureau that has the case; before it is routed there, nobody (D25)."""
    if bureau_id is not None:
        yield Address(str(Party.BUREAU), bureau_id, str(role), session.get_one(Bureau, bureau_id).email)


def at_desk(
    session: Session,
    file: LoadedCase,
    definition: Definition,
    state: State,
    bureau_id: int | None,
    complained_of: str = "",
) -> Iterator[Address]:
    """Whoever has the case on their desk in this state; nobody where it is closed."""
    if state.desk is Party.ENTERPRISE:
        yield filer(file)
    elif state.desk is Party.OFFICE:
        yield at_office(session, working_role(definition, state, Party.OFFICE), complained_of)
    elif state.desk is Party.BUREAU:
        yield from at_bureau(session, bureau_id, working_role(definition, state, Party.BUREAU))


def working_role(definition: Definition, state: State, party: Party) -> Role:
    """Who at a body has the next step: officer before chief, reviewer before approver, of those who can lead it on.

    Whoever can only end a case is not asked to work on it.
    """
    usual = (OFFICER, CHIEF) if party is Party.OFFICE else (REVIEWER, APPROVER)
    movers = definition.movers(state.name)
    onward = [
        role for row in definition.actions if state.name in row.source and _leads_on(definition, row) for role in row.by
    ]
    return next((role for role in usual if role in onward), next((role for role in usual if role in movers), usual[0]))


def _leads_on(definition: Definition, row: Action) -> bool:
    return any(target is not STAY and not definition.state(str(target)).final for target in row.targets)
