"""An enterprise's records as cards: what each is, how long it is displayed, and what can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from cases.kinds import all_kinds
from cases.lists.records import RecordRow, cases_about
from cases.model.tables import Case
from extensions import db
from registry.columns import ADVERSE
from registry.credit_records import CreditRecord
from registry.display import Advice, ClassDays, Eligibility, advice, eligibility
from registry.organisations import Bureau, directory
from web.case.path import turn_of
from web.filing.entries import WayIn, ways_of
from web.parts.display_facts import DisplayFacts, display_facts
from web.parts.words import DaysLeft
from web.site.access import identity, law, today, world
from web.site.language import bureau_short, office_short
from workflow.definition import Party
from workflow.refusal import Message, say

RECENT: Final = timedelta(days=90)
"""For how long a record that is no longer displayed counts as just ended."""
FEW: Final = 3
"""So many records about which nothing goes on are shown whole; more are folded, a line each."""


@dataclass(frozen=True)
class OpenCase:
    """A case that is going on: whose turn it is, and when that is due."""

    case: Case
    kind: Message
    turn: Message
    due: DaysLeft | None


@dataclass
class Card:
    """One record. `closed` is the last case that ended; `acts` what may be begun now; `repair_from` says from when a
    repair may be applied for, `repair_now` that it may for any class; `main`: its first button is filled."""

    row: RecordRow
    display: DisplayFacts
    repair: Eligibility
    advice: tuple[Advice, ...]
    open: list[OpenCase]
    acts: list[WayIn]
    closed: Case | None
    repair_from: Message | None
    repair_now: bool
    main: bool = False

    @property
    def closed_as(self) -> str:
        return all_kinds()[self.closed.kind].state(self.closed.state).label if self.closed else ""

    @property
    def my_turn(self) -> bool:
        return any(one.case.desk == Party.ENTERPRISE for one in self.open)

    @property
    def counted(self) -> bool:
        """Whether it speaks against the firm and is displayed."""
        return self.row.record.kind in ADVERSE and self.row.record.displayed


def record_cards(rows: Sequence[RecordRow], begun: bool) -> dict[str, Any]:
    """A card for each record by where it is on the page, what asks something of the enterprise first.

    `asked` is the enterprise's turn, in `going` a case is under way, in `quiet` nothing goes on while it is displayed;
    `good` speaks well of the enterprise. `shown`: how many that speak against it are displayed. One button on the page
    is filled: what is the enterprise's to do, else of the form that was `begun`, else of the first quiet record.
    """
    session, day = db.session(), today()
    about = cases_about(session, identity(), [row.record.id for row in rows])
    bureaus = directory(session).bureaus
    newest = sorted(rows, key=lambda row: row.record.decided_on, reverse=True)
    cards = [_card(row, about[row.record.id], bureaus, day) for row in newest]
    against = [card for card in cards if card.row.record.kind in ADVERSE]
    still = [card for card in against if not card.open]
    ended = [card for card in still if not card.counted]
    recent = [card for card in ended if card.display.ended_on and day - card.display.ended_on <= RECENT]
    asked = [card for card in cards if card.my_turn]
    going = [card for card in against if card.open and not card.my_turn]
    quiet = sorted((card for card in still if card.counted), key=lambda card: not card.repair_now)
    for card in asked[:1] or quiet[: 0 if begun else 1]:
        card.main = True
    return {
        "asked": asked,
        "going": going,
        "quiet": quiet,
        "folded": len(quiet) > FEW,
        "just_ended": recent,
        "earlier": [card for card in ended if card not in recent],
        "good": [card for card in cards if card not in against and not card.my_turn],
        "shown": sum(card.counted for card in cards),
        "in_progress": sum(card.counted for card in (*asked, *going)),
        "repairs_now": sum(card.repair_now for card in quiet),
        "none": not cards,
    }


def may_begin(record: CreditRecord, cases: Sequence[Case]) -> list[WayIn]:
    """What the reader may begin now about a record: one case of a kind at a time (D19)."""
    going_on = {case.kind for case in cases if case.closed_at is None}
    return [way for way in ways_of(identity(), record) if way.kind not in going_on]


def _card(row: RecordRow, cases: Sequence[Case], bureaus: Mapping[int, Bureau], day: date) -> Card:
    repair = eligibility(row.record, row.determined_by, law(), day)
    return Card(
        row=row,
        display=display_facts(row, law().displays, day),
        repair=repair,
        advice=advice(repair, day),
        open=[_going_on(case, bureaus, day) for case in cases if case.closed_at is None],
        acts=may_begin(row.record, cases),
        closed=next((case for case in cases if case.closed_at is not None), None),
        repair_from=_repair_from(repair, day),
        repair_now=_days_to_come(repair, day) == [],
    )


def _days_to_come(repair: Eligibility, today: date) -> list[ClassDays] | None:
    """The classes for which it is too early, the first to come first; None where there is nothing to apply for."""
    if not (repair.repairable and repair.displayed and repair.classes):
        return None
    return [one for one in repair.classes if one.acted_on.day > today]


def _repair_from(repair: Eligibility, today: date) -> Message | None:
    """From when a repair may be applied for, as the classes it may have allow. It advises and bars nothing."""
    later = _days_to_come(repair, today)
    if later is None:
        return None
    if not later:
        return say("Repair may be applied for now.")
    if repair.stated or not later[0].severity:
        return say("Repair may be applied for from {day}.", day=later[0].acted_on.day)
    return say("The bureau has stated no class; from when repair may be applied for depends on it.")


def _going_on(case: Case, bureaus: Mapping[int, Bureau], day: date) -> OpenCase:
    """The bureau is the one that has the case, whichever supplied the record."""
    bureau = bureaus[case.bureau_id] if case.desk == Party.BUREAU and case.bureau_id else None
    turn = turn_of(case.kind, case.state, case.desk, bureau_short(bureau) if bureau else office_short())
    return OpenCase(case, say(all_kinds()[case.kind].label), turn, DaysLeft.to(case.due_day, world().calendar, day))
