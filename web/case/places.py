"""Where else a record is shown: whether somebody has seen that a place agrees, whose turn it is, by which day."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from exchange.by_hand import days_of
from exchange.queue import FLAGS, newest_of, places_of
from exchange.tables import Delivery
from registry.credit_records import CreditRecord
from registry.identity import Identity
from registry.organisations import Bureau
from web.parts.words import listed
from web.site.language import bureau_short, language
from workflow.calendar import workdays_between
from workflow.definition import Party
from workflow.jurisdiction import ShowingPlace
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext


class PlaceStep(NamedTuple):
    """A step of the way: `how` is done, here, back, late, next or agrees."""

    how: str
    what: Message
    on: date | None = None


class PlaceShown(NamedTuple):
    """A place with what stands there: tag, who does what by when, the steps; `follows` names the place it copies."""

    place: ShowingPlace
    name: str
    keeper: str
    delivery: Delivery | None
    tag: str
    words: Message
    told: Message
    steps: tuple[PlaceStep, ...]
    mark_alone: bool = False
    """Whether nothing but the mark of an objection was ever told of its record: nothing else has changed."""

    @property
    def group(self) -> str:
        """`agrees`, `open`, or `theirs`: what nobody here can change, or tell now."""
        if self.tag == "ok":
            return "agrees"
        return "theirs" if self.tag == "off" else "open"

    @property
    def late(self) -> bool:
        return self.tag == "late"


def places_shown(
    session: Session, world: RuleContext, record: CreditRecord, who: Identity, today: date
) -> list[PlaceShown]:
    """The places of a record, the late ones first; a bureau reads of its own and of this platform."""
    found = places_of(session, world.jurisdiction, record)
    newest = newest_of(session, record.id) if found else {}
    if not newest:
        return []
    if Party.BUREAU in who.parties:
        theirs = ("own", "bureau") if record.determined_by_id in who.bureau_ids else ("own",)
        found = [place for place in found if place.sort in theirs]
    days = {id: {state: world.jurisdiction.day_of(at) for state, at in own.items()} for id, own in
            days_of(session, [one.id for one in newest.values()]).items()}  # fmt: skip
    bureau = bureau_short(session.get_one(Bureau, record.determined_by_id))
    first = min(world.jurisdiction.day_of(one.queued_at) for one in newest.values())
    shown: dict[str, PlaceShown] = {}
    for place in sorted(found, key=lambda one: bool(one.via)):
        name = name_of_place(session, place, record)
        keeper = place.keeper[language()] if place.keeper else bureau if place.sort == "bureau" else name
        one = newest.get(place.code)
        if place.sort == "own":
            shown[place.code] = _own(place, name, first)
        elif place.via and place.via in shown:
            shown[place.code] = _following(place, name, keeper, shown[place.via], first)
        elif one is not None:
            shown[place.code] = _owed(world, place, name, keeper, one, days.get(one.id, {}), today)
    order = {"late": 0, "soon": 1, "busy": 2, "off": 3, "ok": 4}
    alone = all(one.cause in FLAGS for one in newest.values())
    marked = [one._replace(mark_alone=alone) for one in shown.values()]
    return sorted(marked, key=lambda one: (order[one.tag], one.place.sort != "own"))


def name_of_place(session: Session, place: ShowingPlace, record: CreditRecord) -> str:
    """What the place is called to the reader; a bureau's own system goes by the bureau."""
    if place.sort != "bureau":
        return place.label[language()]
    return f"{bureau_short(session.get_one(Bureau, record.determined_by_id))} · {place.label[language()]}"


def _own(place: ShowingPlace, name: str, day: date) -> PlaceShown:
    steps = PlaceStep("agrees", say("changed here"), day)
    said = say("Every page here shows it since {day}.", day=day)
    return PlaceShown(place, name, "", None, "ok", say("agrees"), said, (steps,))


def _following(place: ShowingPlace, name: str, keeper: str, leader: PlaceShown, day: date) -> PlaceShown:
    steps = (
        PlaceStep("done", say("changed here"), day),
        PlaceStep("done" if leader.tag == "ok" else "next", say("{place} agrees", place=leader.name)),
        PlaceStep("next", say("seen there")),
    )
    said = say("It copies {place} and cannot be told directly. No text read says how soon: so it has no due day.",
               place=leader.name)  # fmt: skip
    tag = "off" if leader.tag == "ok" else "busy"  # nobody can be told of it any more: it copies what is right
    return PlaceShown(place, name, keeper, None, tag, say("follows {place}", place=leader.name), said, steps)


def _owed(
    world: RuleContext, place: ShowingPlace, name: str, keeper: str, one: Delivery, days: dict[str, date], today: date
) -> PlaceShown:
    tag, words = _tag(world, place, one, today)
    return PlaceShown(place, name, keeper, one, tag, words, _told(one, keeper, days), tuple(_steps(world, one, days)))


def _tag(world: RuleContext, place: ShowingPlace, one: Delivery, today: date) -> tuple[str, Message]:
    if one.state == "confirmed":
        return "ok", say("agrees")
    if one.state == "void":
        return "off", say("not told any more")
    if place.sort == "third":
        return "off", say("not ours to change")
    if one.is_late(today):
        n = workdays_between(world.calendar, one.due_on, today)
        return "late", say("{n} working days late", n=n) if n > 1 else say("1 working day late")
    if one.state in ("differs", "refused"):
        return "soon", say("still shows the old") if one.state == "differs" else say("refused")
    if one.state == "acknowledged":
        return "busy", say("received, to be looked at")
    return "busy", say("told, due {day}", day=one.due_on) if one.with_keeper else say("to be told")


def _told(one: Delivery, keeper: str, days: dict[str, date]) -> Message:
    """Who does what, and by when."""
    values: dict[str, object] = {"keeper": keeper, "due": one.due_on, "day": days.get(one.state)}
    if one.state == "confirmed":
        return say("On {day} it was looked at, and shows what it should.", **values)
    if one.state == "differs":
        return say("Looked at on {day}: it still shows the old. The credit office tells {keeper} again.", **values)
    if one.state == "refused":
        return say("{keeper} sent it back on {day}. The credit office puts that right and sends it again.", **values)
    if one.state == "void":
        return say("The head of the office decided on {day} that it is not told any more.", **values)
    if one.state == "acknowledged":
        return say("{keeper} has received it. The credit office looks whether it is shown; due {due}.", **values)
    if not one.with_keeper:
        return say("The credit office tells {keeper}; it should show it by {due}.", **values)
    values["day"] = days.get("told") or days.get("sent")
    return say("Told on {day}. {keeper} should show it by {due}.", **values)


def _steps(world: RuleContext, one: Delivery, days: dict[str, date]) -> Iterator[PlaceStep]:
    yield PlaceStep("done", say("changed here"), world.jurisdiction.day_of(one.queued_at))
    sent = world.jurisdiction.day_of(one.sent_at) if one.sent_at else None
    by_hand = one.state == "by_hand" or not ({"sent", "acknowledged", "refused", "queued"} & days.keys())
    yield PlaceStep("done" if sent else "here", say("told") if by_hand else say("sent"), sent)
    if not by_hand:
        if one.state == "refused":
            yield PlaceStep("back", say("sent back"), days.get("refused"))
        else:
            received = days.get("acknowledged")
            yield PlaceStep("done" if received else "here" if sent else "next", say("received"), received)
    if one.state == "confirmed":
        yield PlaceStep("agrees", say("seen to agree"), days.get("confirmed"))
    elif one.state == "differs":
        yield PlaceStep("late", say("seen, still the old"), days.get("differs"))
    else:
        yield PlaceStep("next", say("seen there"))


def said_in_short(shown: Sequence[PlaceShown]) -> Message:
    """What of it is known: "corrected" is only said of what somebody has seen (D48)."""
    open_ones = [one.name for one in shown if one.group == "open"]
    if any(one.mark_alone for one in shown):
        if not open_ones:
            return say("Only the mark of an objection was passed on; it agrees wherever we can have it shown.")
        return say("Only the mark of an objection was passed on; to be confirmed at: {places}.",
                   places=listed(open_ones))  # fmt: skip
    if not open_ones:
        return say("Changed here, and seen to agree everywhere else where we can have it changed.")
    return say("Changed here; still to be confirmed at: {places}.", places=listed(open_ones))
