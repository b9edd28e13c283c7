"""What people do about a delivery: tell a place by hand, look what it shows with proof, send again, say it is wrong."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from exchange.queue import DRIFT, REPORTED, Owing, owe
from exchange.tables import ENDED, OPEN, Delivery, DeliveryAct, move, note
from registry.credit_records import CreditRecord, RecordChange
from registry.identity import Identity
from workflow.calendar import workdays_between
from workflow.definition import CHIEF, OFFICER, REVIEWER
from workflow.jurisdiction import Jurisdiction, ShowingPlace
from workflow.refusal import Forbidden, Impossible, Incomplete, say
from workflow.snapshot import RuleContext

AGAIN_AFTER: Final = 5
"""Working days after which a firm may say once more of the same place that it still shows the old (D47)."""


class Seen(NamedTuple):
    """What somebody saw at a place, on which day: the keeper's reference or what was there, a file's SHA-256 (D47)."""

    agrees: bool
    on: date
    proof: str
    sha256: str = ""


def tend(who: Identity, place: ShowingPlace | None, record: CreditRecord) -> bool:
    """Whether the person may say what was done about a place: an officer, of a bureau's own system its reviewer."""
    own = place is not None and place.sort == "bureau" and record.determined_by_id in who.bureau_ids
    return who.holds(OFFICER) or (own and who.holds(REVIEWER))


def tell(session: Session, law: Jurisdiction, delivery: Delivery, how: str, who: Identity, now: datetime) -> None:
    """Record how the keeper was told by hand; from then on it is the keeper's turn."""
    _require(session, law, delivery, who)
    if not how.strip():
        raise Incomplete({"how": say("Say how the keeper was told, and whom you reached.")})
    actor = f"user:{who.user_id}"
    if delivery.state != "by_hand":
        move(session, delivery, "hand", now, actor)
    delivery.sent_at = delivery.sent_at or now
    note(session, delivery, now, actor, reason=how.strip())
    session.flush()


def look(session: Session, law: Jurisdiction, delivery: Delivery, seen: Seen, who: Identity, now: datetime) -> None:
    """Record what somebody saw at the place; agreeing ends the delivery (D48)."""
    _require(session, law, delivery, who)
    wrong = {}
    if not seen.proof.strip() and not seen.sha256:
        wrong["proof"] = say("Write what you saw or the keeper's reference, or add a file.")
    if not law.day_of(delivery.queued_at) <= seen.on <= law.day_of(now):
        wrong["seen_on"] = say("Give a day from the change until today.")
    if wrong:
        raise Incomplete(wrong)
    actor, said = f"user:{who.user_id}", f"{seen.on.isoformat()} {seen.proof.strip()}".rstrip()
    if delivery.cause == REPORTED and actor in _confirmed_by(session, delivery):
        raise Forbidden(say("You found this place right before: somebody else must look this time."))
    move(session, delivery, "confirm" if seen.agrees else "differ", now, actor, said, seen.sha256)
    session.flush()


def send_again(session: Session, world: RuleContext, delivery: Delivery, who: Identity, now: datetime) -> Delivery:
    """Owe the place the record as it stands now, by machine where it has one; its due day stays."""
    place = place_of(world.jurisdiction, delivery)
    if place is None or delivery.state not in ("refused", "differs"):
        raise Impossible(say("This has moved on meanwhile. Nothing was changed: reload the page and look first."))
    _require(session, world.jurisdiction, delivery, who)
    cause = DRIFT if delivery.state == "differs" else delivery.cause
    record = session.get_one(CreditRecord, delivery.record_id)
    owing = Owing(record, place, cause, _newest_change(session, record.id), delivery.case_id, f"user:{who.user_id}")
    return owe(session, world, [owing], now)[0]


def give_up(session: Session, delivery: Delivery, reason: str, who: Identity, now: datetime) -> None:
    """End what a place has refused for good, with reasons: it is closed, or shows no such records."""
    if not who.holds(CHIEF):
        raise Forbidden(say("Only the head of the office says that a place is not to be told any more."))
    if not reason.strip():
        raise Incomplete({"reason": say("Give the reasons: this place is then not told of it any more.")})
    move(session, delivery, "void", now, f"user:{who.user_id}", reason.strip())
    session.flush()


def report(
    session: Session, world: RuleContext, record: CreditRecord, place: ShowingPlace, who: Identity, now: datetime
) -> Delivery:
    """A firm says that a place still shows the old: somebody has to look there (D47)."""
    if record.enterprise_id not in who.enterprise_ids:
        raise Forbidden(say("Only the enterprise of the record says so."))
    today, actor = world.jurisdiction.day_of(now), f"user:{who.user_id}"
    known = select(Delivery).where(Delivery.place == place.code, Delivery.record_id == record.id)
    found = session.scalars(known.order_by(Delivery.id.desc()).with_for_update()).all()
    said = select(DeliveryAct.at).where(DeliveryAct.delivery_id.in_([one.id for one in found]))
    for at in session.scalars(said.where(DeliveryAct.actor == actor, DeliveryAct.reason == REPORTED)):
        if workdays_between(world.calendar, world.jurisdiction.day_of(at), today) < AGAIN_AFTER:
            raise Impossible(say("You have said so of this place already; somebody is to look there."))
    still = next((one for one in found if one.state not in ENDED), None)
    if still is None:
        owing = Owing(record, place, REPORTED, _newest_change(session, record.id), None, actor)
        (still,) = owe(session, world, [owing], now)
    note(session, still, now, actor, reason=REPORTED)
    session.flush()
    return still


def place_of(law: Jurisdiction, delivery: Delivery) -> ShowingPlace | None:
    """The place of a delivery; None where the file of places no longer has it."""
    return next((place for place in law.places if place.code == delivery.place), None)


class OwedCounts(NamedTuple):
    """How many deliveries are open, how many of them late, and of how many it is the office's turn."""

    open: int
    late: int
    office: int


def office_turn() -> ColumnElement[bool]:
    """The open deliveries of which it is the office's turn, as `Delivery.with_keeper` has it."""
    return or_(Delivery.sent_at.is_(None), Delivery.state.not_in(("sent", "by_hand")))


def waiting() -> Select[int]:
    """How many wait for the office."""
    return select(func.count()).select_from(Delivery).where(Delivery.state.in_(OPEN), office_turn())


def counts(session: Session, today: date) -> OwedCounts:
    """How much is owed to other places."""
    numbers = select(func.count(), func.count().filter(Delivery.due_on < today), func.count().filter(office_turn()))
    return OwedCounts(*session.execute(numbers.where(Delivery.state.in_(OPEN))).one())


def days_of(session: Session, delivery_ids: Sequence[int]) -> Mapping[int, Mapping[str, datetime]]:
    """When each delivery last came into each of its states, and as `told` when its keeper was last told by hand."""
    found: dict[int, dict[str, datetime]] = {}
    query = select(DeliveryAct).where(DeliveryAct.delivery_id.in_(delivery_ids)).order_by(DeliveryAct.id)
    for act in session.scalars(query):
        own = found.setdefault(act.delivery_id, {})
        if act.from_state != act.to_state or act.to_state not in own:
            own[act.to_state] = act.at
        elif act.to_state == "by_hand" and act.reason != REPORTED:
            own["told"] = act.at
    return found


def acts_of(session: Session, delivery_id: int) -> Sequence[DeliveryAct]:
    """What was done about a delivery, the oldest first."""
    query = select(DeliveryAct).where(DeliveryAct.delivery_id == delivery_id).order_by(DeliveryAct.id)
    return session.scalars(query).all()


def _require(session: Session, law: Jurisdiction, delivery: Delivery, who: Identity) -> None:
    if not tend(who, place_of(law, delivery), session.get_one(CreditRecord, delivery.record_id)):
        raise Forbidden(
            say("The credit office records what was done about a place; a bureau records it of its own system alone.")
        )


def _newest_change(session: Session, record_id: int) -> int:
    return session.scalar(select(func.max(RecordChange.id)).where(RecordChange.record_id == record_id)) or 0


def _confirmed_by(session: Session, delivery: Delivery) -> set[str]:
    said = select(DeliveryAct.actor).join(Delivery, Delivery.id == DeliveryAct.delivery_id)
    same = Delivery.place == delivery.place, Delivery.record_id == delivery.record_id
    return set(session.scalars(said.where(*same, DeliveryAct.to_state == "confirmed")))
