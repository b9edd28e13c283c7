"""An enterprise's records as cards: what each is, how long it is displayed, and what can be done about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from cases.kinds import all_kinds
from cases.records import RecordRow
from cases.tables import Case, Draft
from registry.columns import ADVERSE
from registry.eligibility import Advice, Eligibility, advice, eligibility
from registry.organisations import Bureau
from web.bodies import bureau_short, office_short
from web.display_facts import DisplayFacts, display_facts
from web.filing_ways import WayIn
from workflow.definition import Party
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Message, say

RECENT: Final = timedelta(days=90)
"""For how long a record that is no longer displayed counts as just ended."""


@dataclass(frozen=True)
class OpenCase:
    """A case that is going on: whose turn it is, and whether it is the enterprise's."""

    case: Case
    kind: Message
    turn: Message
    mine: bool


@dataclass(frozen=True)
class Card:
    """One record. `closed` is the last case that ended; `acts` what may be begun now; `main`: its first button is
    filled."""

    row: RecordRow
    display: DisplayFacts
    repair: Eligibility
    advice: tuple[Advice, ...]
    open: tuple[OpenCase, ...]
    acts: tuple[WayIn, ...]
    closed: Case | None
    closed_as: str
    draft: Draft | None
    main: bool = False

    @property
    def my_turn(self) -> bool:
        return any(one.mine for one in self.open)


@dataclass(frozen=True)
class Cards:
    """The cards by where they stand on the page; `good`: records that speak well of the enterprise."""

    shown: tuple[Card, ...]
    just_ended: tuple[Card, ...]
    earlier: tuple[Card, ...]
    good: tuple[Card, ...]

    @property
    def in_progress(self) -> int:
        return sum(1 for card in self.shown if card.open)

    @property
    def none(self) -> bool:
        return not (self.shown or self.just_ended or self.earlier or self.good)


@dataclass(frozen=True)
class Known:
    """What is known beside the records: the cases about each, the forms begun, what may be begun, the bureaus."""

    about: Mapping[int, Sequence[Case]]
    drafts: Mapping[int, Draft]
    acts: Mapping[int, Sequence[WayIn]]
    bureaus: Mapping[int, Bureau]


def record_cards(rows: Sequence[RecordRow], known: Known, law: Jurisdiction, today: date) -> Cards:
    """A card for each record, what asks something of the enterprise first."""
    cards = [_card(row, known, law, today) for row in rows]
    against = [card for card in cards if card.row.record.kind in ADVERSE]
    shown = sorted((card for card in against if card.row.record.displayed), key=_order)
    ended = [card for card in against if not card.row.record.displayed]
    recent = [card for card in ended if _recent(card, today)]
    return Cards(
        shown=_with_main(shown),
        just_ended=tuple(recent),
        earlier=tuple(card for card in ended if card not in recent),
        good=tuple(card for card in cards if card not in against),
    )


def not_open(acts: Sequence[WayIn], cases: Sequence[Case]) -> tuple[WayIn, ...]:
    """What may be begun now: one case of a kind at a time (D19)."""
    going_on = {case.kind for case in cases if case.closed_at is None}
    return tuple(act for act in acts if act.kind not in going_on)


def _card(row: RecordRow, known: Known, law: Jurisdiction, today: date) -> Card:
    record = row.record
    cases = known.about.get(record.id, ())
    closed = next((case for case in cases if case.closed_at is not None), None)
    repair = eligibility(record, row.determined_by, law, today)
    return Card(
        row=row,
        display=display_facts(row, law.displays, today),
        repair=repair,
        advice=advice(repair, today),
        open=tuple(_going_on(case, known.bureaus) for case in cases if case.closed_at is None),
        acts=not_open(known.acts.get(record.id, ()), cases),
        closed=closed,
        closed_as=all_kinds()[closed.kind].state(closed.state).label if closed else "",
        draft=known.drafts.get(record.id),
    )


def _going_on(case: Case, bureaus: Mapping[int, Bureau]) -> OpenCase:
    label = say(all_kinds()[case.kind].label)
    return OpenCase(case, label, _turn(case, bureaus), case.desk == Party.ENTERPRISE)


def _turn(case: Case, bureaus: Mapping[int, Bureau]) -> Message:
    """Whose turn it is, and by when. A bureau is the one that has the case, whoever supplied the record."""
    duty = say(all_kinds()[case.kind].state(case.state).work)
    if case.desk == Party.ENTERPRISE:
        said = say("It is your turn to {duty}.", duty=duty)
    else:
        desk = bureau_short(bureaus[case.bureau_id]) if case.desk == Party.BUREAU and case.bureau_id else office_short()
        said = say("It is the turn of {desk} to {duty}.", desk=desk, duty=duty)
    if case.due_on is None:
        return said
    return say("{first} {rest}", first=said, rest=say("Due {day}.", day=case.due_on))


def _order(card: Card) -> tuple[bool, bool, bool, int]:
    """My turn first, then what is going on, then what I have begun to write, then the newest."""
    return (not card.my_turn, not card.open, card.draft is None, -card.row.record.decided_on.toordinal())


def _recent(card: Card, today: date) -> bool:
    ended = card.display.ended_on
    return ended is not None and today - ended <= RECENT


def _with_main(cards: Sequence[Card]) -> tuple[Card, ...]:
    """One filled button on the page: what is mine to do, else the first record about which nothing goes on."""
    main = next((card for card in cards if card.my_turn), None) or next(
        (card for card in cards if not card.open and card.acts), None
    )
    return tuple(replace(card, main=True) if card is main else card for card in cards)
