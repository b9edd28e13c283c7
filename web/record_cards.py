"""An enterprise's records as cards: what it is, how long it is displayed, and the one thing to do about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from cases.kinds import all_kinds
from cases.records import RecordRow
from cases.tables import Case, Draft
from registry.organisations import Bureau
from web.bodies import bureau_short, office_short
from web.display_facts import DisplayFacts, display_facts
from workflow.definition import Party
from workflow.jurisdiction import Display
from workflow.refusal import Message, say

OBJECTION: Final = "objection"
"""The kind whose open cases the page counts by name."""
RECENT: Final = timedelta(days=90)
"""For how long a record that is no longer displayed counts as just ended."""


@dataclass(frozen=True)
class Card:
    """One record. `open_case` is what is going on, `closed` the last case that ended; `main`: its button is filled."""

    row: RecordRow
    display: DisplayFacts
    open_case: Case | None
    turn: Message | None
    my_turn: bool
    closed: Case | None
    closed_as: str
    draft: Draft | None
    main: bool = False

    @property
    def objected(self) -> bool:
        return bool(self.open_case and self.open_case.kind == OBJECTION)

    @property
    def open_kind(self) -> str:
        """What the case that is going on is called."""
        return all_kinds()[self.open_case.kind].label if self.open_case else ""


@dataclass(frozen=True)
class Cards:
    """The cards by where they stand on the page."""

    shown: tuple[Card, ...]
    just_ended: tuple[Card, ...]
    earlier: tuple[Card, ...]

    @property
    def objected(self) -> int:
        return sum(1 for card in self.shown if card.objected)


def record_cards(
    rows: Sequence[RecordRow],
    about: Mapping[int, Sequence[Case]],
    drafts: Mapping[int, Draft],
    bureaus: Mapping[int, Bureau],
    displays: Sequence[Display],
    today: date,
) -> Cards:
    """A card for each record, what asks something of the enterprise first."""
    cards = [
        _card(row, about.get(row.record.id, ()), drafts.get(row.record.id), bureaus, displays, today) for row in rows
    ]
    shown = sorted((card for card in cards if card.row.record.displayed), key=_order)
    ended = [card for card in cards if not card.row.record.displayed]
    recent = [card for card in ended if _recent(card, today)]
    return Cards(_with_main(shown), tuple(recent), tuple(card for card in ended if card not in recent))


def _card(
    row: RecordRow,
    cases: Sequence[Case],
    draft: Draft | None,
    bureaus: Mapping[int, Bureau],
    displays: Sequence[Display],
    today: date,
) -> Card:
    going_on = [case for case in cases if case.closed_at is None]
    open_case = next((case for case in going_on if case.desk == Party.ENTERPRISE), next(iter(going_on), None))
    closed = next((case for case in cases if case.closed_at is not None), None)
    return Card(
        row=row,
        display=display_facts(row, displays, today),
        open_case=open_case,
        turn=_turn(open_case, bureaus) if open_case else None,
        my_turn=bool(open_case and open_case.desk == Party.ENTERPRISE),
        closed=closed,
        closed_as=all_kinds()[closed.kind].state(closed.state).label if closed else "",
        draft=draft,
    )


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
    return (not card.my_turn, card.open_case is None, card.draft is None, -card.row.record.decided_on.toordinal())


def _recent(card: Card, today: date) -> bool:
    ended = card.display.ended_on
    return ended is not None and today - ended <= RECENT


def _with_main(cards: Sequence[Card]) -> tuple[Card, ...]:
    """One filled button on the page: what is mine to do, else the first record that can be objected to."""
    main = next((card for card in cards if card.my_turn), None) or next(
        (card for card in cards if card.open_case is None), None
    )
    return tuple(replace(card, main=True) if card is main else card for card in cards)
