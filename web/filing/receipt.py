"""The receipt of a filing: what comes and when, by the rules of the filing day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.model.reading import read_cases
from cases.model.tables import Case
from cases.model.visibility import addresses_of, find_case
from notifications.letters import letters_of
from registry.identity import Identity
from web.filing.ahead import Coming, Opened, coming
from workflow.definition import CHIEF, FILER, OFFICER, START, Action
from workflow.refusal import Message, say
from workflow.snapshot import EventFacts, RuleContext

READ_BY = (FILER, OFFICER, CHIEF)
"""It bears the case code: the filer and the office."""


@dataclass(frozen=True)
class Receipt:
    """What is kept of a filing. `readable`: the reader may open the case."""

    number: str
    code: str
    at: datetime
    title: Message
    coming: tuple[Coming, ...]
    letter_id: int | None
    mail: bool
    record_id: int | None
    readable: bool
    mine: bool

    @property
    def proposed(self) -> bool:
        """Whether a limit here is ours and not yet published."""
        return any(one.rule.basis == "proposal" for one in self.coming)

    @property
    def all_proposed(self) -> bool:
        return all(one.rule.basis == "proposal" for one in self.coming)


def receipt_of(session: Session, identity: Identity, case: Case, world: RuleContext, now: datetime) -> Receipt:
    """The receipt of a case, for who may read it or has entered it."""
    file = read_cases(session, [case.id])[0]
    first = file.snapshot.past[0]
    letters = letters_of(session, addresses_of(identity), case.number, now)
    letter = letters[-1] if letters else None
    return Receipt(
        number=case.number,
        code=f"{case.check_code[:5]} {case.check_code[5:]}",
        at=case.opened_at,
        title=_title(case, first),
        coming=coming(_opened(case, first), world),
        letter_id=letter.id if letter else None,
        mail=bool(letter and letter.mail),
        record_id=case.record_id,
        readable=find_case(session, identity, case.number) is not None,
        mine=identity.holds(FILER),
    )


def _opened(case: Case, first: EventFacts) -> Opened:
    definition, row = all_kinds()[case.kind], _row(case, first)
    variant = row.variants[0] if len(row.variants) == 1 else case.variant
    return Opened(definition, variant, first.target, first.codes, case.filed_on, first.on)


def _title(case: Case, first: EventFacts) -> Message:
    """That it was received; of what a body opens itself, what it was."""
    row = _row(case, first)
    if FILER in row.by:
        return say("{kind} received", kind=say(all_kinds()[case.kind].label))
    return say(row.done)


def _row(case: Case, first: EventFacts) -> Action:
    """The row by which it was opened; its variant then, where a later step has chosen another one."""
    rows = [row for row in all_kinds()[case.kind].actions_named(first.action) if START in row.source]
    return next((row for row in rows if case.variant in row.variants), rows[0])
