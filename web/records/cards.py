"""An enterprise's records as cards: what each is, how long it is displayed, and what can be done about it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from cases.kinds import all_kinds
from cases.lists.records import RecordRow
from cases.model.tables import Case
from registry.columns import ADVERSE, CLASSES
from registry.display import Advice, ClassDays, Eligibility, advice, eligibility
from registry.organisations import Bureau
from web.case.display_facts import DisplayFacts, display_facts
from web.case.path import turn_of
from web.filing.entries import WayIn
from web.parts.words import DaysLeft
from web.site.language import bureau_short, office_short
from workflow.calendar import Calendar
from workflow.definition import Party
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Message, say

RECENT: Final = timedelta(days=90)
"""For how long a record that is no longer displayed counts as just ended."""
FEW: Final = 3
"""So many records about which nothing goes on are shown whole; more are folded, a line each."""


@dataclass(frozen=True)
class OpenCase:
    """A case that is going on: whose turn it is, when that is due, and whether it is the enterprise's."""

    case: Case
    kind: Message
    turn: Message
    due: DaysLeft | None
    mine: bool


@dataclass(frozen=True)
class Card:
    """One record. `closed` is the last case that ended; `acts` what may be begun now; `repair_from` says from when a
    repair may be applied for, `repair_now` that it may for any class; `main`: its first button is filled."""

    row: RecordRow
    display: DisplayFacts
    repair: Eligibility
    advice: tuple[Advice, ...]
    open: tuple[OpenCase, ...]
    acts: tuple[WayIn, ...]
    closed: Case | None
    closed_as: str
    repair_from: Message | None = None
    repair_now: bool = False
    main: bool = False

    @property
    def my_turn(self) -> bool:
        return any(one.mine for one in self.open)

    @property
    def counted(self) -> bool:
        """Whether it speaks against the firm and is displayed."""
        return self.row.record.kind in ADVERSE and self.row.record.displayed


@dataclass(frozen=True)
class Cards:
    """The cards by where they stand on the page: `asked` is the enterprise's turn, in `going` a case is under way,
    in `quiet` nothing goes on while it is displayed; `good` speaks well of the enterprise. `shown`: how many that speak
    against it are displayed."""

    asked: tuple[Card, ...]
    going: tuple[Card, ...]
    quiet: tuple[Card, ...]
    just_ended: tuple[Card, ...]
    earlier: tuple[Card, ...]
    good: tuple[Card, ...]
    shown: int

    @property
    def in_progress(self) -> int:
        """How many of those that are shown have a case under way; one may go on about what is displayed no more."""
        return sum(1 for card in (*self.asked, *self.going) if card.counted)

    @property
    def repairs_now(self) -> int:
        return sum(1 for card in self.quiet if card.repair_now)

    @property
    def folded(self) -> bool:
        """Whether the quiet ones are a line each."""
        return len(self.quiet) > FEW

    @property
    def none(self) -> bool:
        parts = (self.asked, self.going, self.quiet, self.just_ended, self.earlier, self.good)
        return not any(parts)


@dataclass(frozen=True)
class Known:
    """What is known beside the records: the cases about each, what may be begun, the bureaus; `begun`: whether a form
    waits to be gone on with."""

    about: Mapping[int, Sequence[Case]]
    acts: Mapping[int, Sequence[WayIn]]
    bureaus: Mapping[int, Bureau]
    calendar: Calendar
    begun: bool = False


def record_cards(rows: Sequence[RecordRow], known: Known, law: Jurisdiction, today: date) -> Cards:
    """A card for each record, what asks something of the enterprise first."""
    cards = [_card(row, known, law, today) for row in sorted(rows, key=_newest_first)]
    against = [card for card in cards if card.row.record.kind in ADVERSE]
    still = [card for card in against if not card.open]
    quiet = [card for card in still if card.counted]
    ended = [card for card in still if not card.counted]
    recent = [card for card in ended if _recent(card, today)]
    return _with_main(
        Cards(
            asked=tuple(card for card in cards if card.my_turn),
            going=tuple(card for card in against if card.open and not card.my_turn),
            quiet=tuple(sorted(quiet, key=lambda card: not card.repair_now)),
            just_ended=tuple(recent),
            earlier=tuple(card for card in ended if card not in recent),
            good=tuple(card for card in cards if card not in against and not card.my_turn),
            shown=sum(1 for card in cards if card.counted),
        ),
        known.begun,
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
        open=tuple(_going_on(case, known, today) for case in cases if case.closed_at is None),
        acts=not_open(known.acts.get(record.id, ()), cases),
        closed=closed,
        closed_as=all_kinds()[closed.kind].state(closed.state).label if closed else "",
        repair_from=_repair_from(repair, today),
        repair_now=_days_to_come(repair, today) == [],
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
    first, klass = later[0].acted_on.day, later[0].severity
    if repair.stated or not klass:
        return say("Repair may be applied for from {day}.", day=first)
    return say("If the class is {klass}, repair may be applied for from {day}.", klass=CLASSES[klass], day=first)


def _going_on(case: Case, known: Known, today: date) -> OpenCase:
    """Of a case that goes on. A bureau is the one that has the case, whoever supplied the record."""
    bureau = known.bureaus[case.bureau_id] if case.desk == Party.BUREAU and case.bureau_id else None
    turn = turn_of(case.kind, case.state, case.desk, bureau_short(bureau) if bureau else office_short())
    due = DaysLeft.to(case.due_on, known.calendar, today)
    return OpenCase(case, say(all_kinds()[case.kind].label), turn, due, case.desk == Party.ENTERPRISE)


def _newest_first(row: RecordRow) -> int:
    return -row.record.decided_on.toordinal()


def _recent(card: Card, today: date) -> bool:
    ended = card.display.ended_on
    return ended is not None and today - ended <= RECENT


def _with_main(cards: Cards, begun: bool) -> Cards:
    """One filled button on the page: what is mine to do, else the form that was begun, which stands over the cards,
    else the first record about which nothing goes on."""
    if cards.asked:
        return replace(cards, asked=_first_filled(cards.asked))
    if begun:
        return cards
    return replace(cards, quiet=_first_filled(cards.quiet))


def _first_filled(cards: tuple[Card, ...]) -> tuple[Card, ...]:
    return tuple(replace(card, main=place == 0) for place, card in enumerate(cards))
