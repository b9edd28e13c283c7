"""How accounts stand, as the list of people shows them: last sign-in, second step, what keeps one from signing in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from registry.admission import Member
from registry.factors import second_steps
from registry.identity import deputies_in_force
from registry.people import names_of
from registry.sessions import last_sign_ins
from registry.tries import waiting_names
from web.account.security_lines import SORTS
from web.site.access import now, settings, today
from workflow.definition import Party
from workflow.refusal import Message, say

QUIET: Final = timedelta(days=90)
"""Whoever has not signed in for so long may not need the account any more."""

STATES: Final = {
    "active": ("ok", say("Active")),
    "proposed": ("soon", say("Waits for a second person")),
    "new": ("soon", say("No password yet")),
    "no-step": ("soon", say("No second step")),
    "waits": ("soon", say("Has to wait")),
    "ended": ("off", say("Ended")),
}
"""How an account may stand: the tone of its tag, and its words."""


@dataclass(frozen=True)
class AccountRow:
    """A person in the list; `state` is one of `STATES`, `beside` what else is to be known of them today."""

    member: Member
    last: datetime | None
    steps: Sequence[str]
    state: str
    beside: Sequence[Message]

    @property
    def in_use(self) -> bool:
        return self.state in ("active", "no-step", "waits")

    @property
    def quiet(self) -> bool:
        return self.in_use and (self.last is None or self.last < now() - QUIET)

    @property
    def tone(self) -> str:
        return STATES[self.state][0]

    @property
    def words(self) -> Message:
        return STATES[self.state][1]


SHOWN: Final[dict[str, tuple[Message, Callable[[AccountRow], bool]]]] = {
    "": (say("All"), lambda _row: True),
    "in-use": (say("In use"), lambda row: row.in_use),
    "proposed": (STATES["proposed"][1], lambda row: row.state == "proposed"),
    "new": (STATES["new"][1], lambda row: row.state == "new"),
    "no-step": (STATES["no-step"][1], lambda row: row.state == "no-step"),
    "waits": (STATES["waits"][1], lambda row: row.state == "waits"),
    "quiet": (say("No sign-in for 90 days"), lambda row: row.quiet),
    "ended": (STATES["ended"][1], lambda row: row.state == "ended"),
}
"""What the list may be narrowed to, and what then stands in it."""


def account_rows(session: Session, people: Sequence[Member]) -> list[AccountRow]:
    """How each of these accounts stands."""
    last, steps, beside = last_sign_ins(session), second_steps(session), _deputies(session)
    waiting = waiting_names(session, (one.user.username for one in people), now())
    rows = []
    for one in people:
        id, theirs = one.user.id, [str(SORTS[sort]) for sort in steps.get(one.user.id, ())]
        state = _state(one, bool(theirs), one.user.username in waiting)
        rows.append(AccountRow(one, last.get(id), theirs, state, beside.get(id, ())))
    return rows


def _state(one: Member, has_step: bool, waits: bool) -> str:
    if one.user.ended_at:
        return "ended"
    if not one.roles:
        return "proposed"
    if waits:
        return "waits"
    if not one.user.password_hash:
        return "new"
    return "no-step" if settings().second_factor and one.party is not Party.ENTERPRISE and not has_step else "active"


def _deputies(session: Session) -> dict[int, list[Message]]:
    """Who stands in for whom today, said of both."""
    rows = deputies_in_force(session, today())
    names = names_of(session, {id for row in rows for id in (row.person_id, row.deputy_id)})
    said: dict[int, list[Message]] = {}
    for row in rows:
        theirs = say("{name} stands in until {until}", name=names[row.deputy_id], until=row.until_day)
        stands_in = say("Stands in for {name} until {until}", name=names[row.person_id], until=row.until_day)
        said.setdefault(row.person_id, []).append(theirs)
        said.setdefault(row.deputy_id, []).append(stands_in)
    return said
