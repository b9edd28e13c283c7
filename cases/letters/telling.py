"""Who is told of an act, by which letter and paper: the enterprise, a bureau, the office, by role."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from typing import Final, cast

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from cases.letters.decision import basis_of
from cases.letters.facts import answering, facts_of, stage_of
from cases.letters.sharing import SHARED
from cases.model.custody import WHOLE
from cases.model.reading import Act, LoadedCase
from cases.model.tables import Event, RungFired, SealedRow
from cases.model.visibility import ABOUT_AN_OFFICER, CHIEF_ALONE
from notifications.letters import OFFICE_ID, Address, Letter
from notifications.papers import SHARED_FORMS, NewPaper
from notifications.post import NewLetter
from notifications.wording import ALSO_DUE, FELL_DUE, GENERAL, GENERAL_TO_FILER, WORDINGS
from registry.organisations import Bureau, Office
from registry.people import Membership, User
from workflow.calendar import next_workday
from workflow.definition import (
    APPROVER,
    AUDITOR,
    CHIEF,
    FILER,
    HEAD,
    OFFICER,
    REVIEWER,
    STAY,
    Action,
    Addressee,
    Definition,
    Notice,
    Party,
    Role,
    State,
)
from workflow.letters import PaperForm, Wording
from workflow.refusal import Message, say
from workflow.snapshot import RuleContext
from workflow.timing import Timer, left

OF_THE_LADDER: Final = ("remind", "overdue", "overdue_filer", "supervise", "leading_group")
Told = tuple[Act, Sequence[Timer]]
"""An act, with the timers of its case after it."""


def letters_for(session: Session, world: RuleContext, act: Act, timers: Sequence[Timer]) -> Iterator[NewLetter]:
    """The letters of a move, each addressee once for each letter."""
    if not act.move.tells:
        return
    facts = facts_of(session, world, act, timers)
    papers: dict[str, NewPaper] = {}
    sent: dict[str, dict[Address, Notice]] = {}
    for notice in act.move.tells:
        for address in _addresses(session, world, act, notice):
            sent.setdefault(notice.letter, {}).setdefault(address, notice)
    readers = cache(partial(_readers, session))
    for addresses in sent.values():
        for address in _each_once(addresses, readers):
            yield _letter(world, act, addresses[address], address, facts, papers)


def ladder_letters(session: Session, world: RuleContext, told: Sequence[Told], now: datetime) -> Iterator[NewLetter]:
    """The letters of rungs that were recorded together: to each address one a deadline, the last (D38).

    None reminds of a day that has passed. Deadlines that end the same day speak in one letter.
    """
    today = world.jurisdiction.day_of(now)
    last: dict[tuple[int, Address], dict[str, tuple[Told, Notice]]] = {}
    for act, timers in told:
        if act.move.action.name == "remind" and act.firing and act.firing.due < today:
            continue
        for notice in act.move.tells:
            for address in _addresses(session, world, act, notice):
                last.setdefault((act.file.id, address), {})[_clock(act)] = ((act, timers), notice)
    letters: dict[tuple[int, int, str], tuple[list[Told], Notice, list[Address]]] = {}
    for (case_id, address), found in last.items():
        same_day: dict[tuple[str, object], list[tuple[Told, Notice]]] = {}
        for one, notice in sorted(found.values(), key=lambda pair: _clock(pair[0][0]) == WHOLE):
            same_day.setdefault((notice.letter, one[0].move.codes.get("due")), []).append((one, notice))
        for (name, _due), pairs in same_day.items():
            first, notice = pairs[0]
            ones = [one for one, _notice in pairs]
            letters.setdefault((case_id, first[0].seq, name), (ones, notice, []))[2].append(address)
    readers = cache(partial(_readers, session))  # the same few bodies, whatever the number of cases
    known: dict[tuple[int, ...], Mapping[str, object]] = {}
    for ones, notice, addresses in letters.values():
        act, papers = ones[0][0], dict[str, NewPaper]()
        key = (act.file.id, *(one.seq for one, _timers in ones))
        if key not in known:  # one rung may send several letters
            known[key] = _ladder_facts(session, world, ones, told, today)
        for address in _each_once(addresses, readers):
            yield _letter(world, act, notice, address, known[key], papers)


def _ladder_facts(
    session: Session, world: RuleContext, ones: Sequence[Told], told: Sequence[Told], today: date
) -> Mapping[str, object]:
    """The facts of a rung's letter, with the other deadlines of that day, and what was recorded with it before."""
    act = ones[0][0]
    facts = facts_of(session, world, *ones[0])
    facts["also_due"] = [
        say(ALSO_DUE.id, stage=stage_of(one, one.timer), basis=basis_of(world, one, one.timer))
        for one, _timers in ones[1:]
        if one.timer
    ]
    before = (one for one, _timers in told if one.file.id == act.file.id and _clock(one) == _clock(act))
    facts["meanwhile"] = [
        say(FELL_DUE.id, day=one.move.on, what=Message(one.move.action.done)) for one in before if one.seq < act.seq
    ]
    if act.move.action.name == "remind" and act.timer:  # it is of use today alone: it counts from today
        facts |= {"days_left": left(act.timer, world.calendar, today), "written_on": ""}
    return facts


def _clock(act: Act) -> str:
    return act.timer.deadline if act.timer else ""


def _letter(
    world: RuleContext,
    act: Act,
    notice: Notice,
    address: Address,
    facts: Mapping[str, object],
    papers: dict[str, NewPaper],
) -> NewLetter:
    not_before = _office_hours(world, act.move.at) if act.firing and not act.firing.rung.exact else None
    wording = _wording(act, notice)
    form = _form(act, wording.paper, facts)
    if form and form.name not in papers:
        papers[form.name] = _paper(world, act, form, facts)
    paper, shared = papers[form.name] if form else None, address.party in SHARED
    return NewLetter(address, notice.letter, act.file.number, facts, paper, not_before, shared, wording)


def _each_once(addresses: Iterable[Address], readers: Callable[[Address], set[int]]) -> list[Address]:
    """The addresses without those whose readers all read the letter at another one of the same body."""
    kept = list(addresses)
    for address in reversed(kept[1:]):
        others = [one for one in kept if (one.party, one.id) == (address.party, address.id) and one != address]
        own = readers(address) if others else set()
        if own and any(own <= readers(one) for one in others):
            kept.remove(address)
    return kept


def _readers(session: Session, address: Address) -> set[int]:
    """The people who hold a role at a bureau or the office."""
    found = select(Membership.user_id).join(User, User.id == Membership.user_id).where(User.ended_at.is_(None))
    found = found.where(Membership.role == address.role, Membership.enterprise_id.is_(None))
    bureau = Membership.bureau_id
    return set(
        session.scalars(found.where(bureau.is_(None) if address.party == Party.OFFICE else bureau == address.id))
    )


_TAKE_BACK: Final = delete(cast(Table, Letter.__table__)).where(
    Letter.case_number == bindparam("number"),
    Letter.name.in_(OF_THE_LADDER),
    Letter.served_at > bindparam("at"),
    Letter.served_at > Letter.written_at,
    Letter.claimed_until.is_(None),
    Letter.paper_id.is_(None),
    Letter.id.not_in(select(SealedRow.row_id).where(SealedRow.tab == Letter.__tablename__)),
    Letter.written_at.in_(
        select(Event.at)
        .join(RungFired, RungFired.event_seq == Event.seq)
        .where(Event.case_id == bindparam("case"), RungFired.timer_id.in_(bindparam("ended", expanding=True)))
    ),
)


def take_back_overtaken(session: Session, acts: Sequence[Act]) -> None:
    """Letters of a deadline that wait for the office's hour, once the deadline has ended: nobody reads them (D38).

    An act that has waited for its lock comes from before: what was served, sealed or mailed meanwhile stays. So does
    a sheet, whose number is given.
    """
    for act in acts:
        told = {timer.id for timer in act.file.snapshot.timers if timer.stopped is None and timer.fired}
        ended = [timer.id for timer in act.move.timers if timer.stopped is not None and timer.id in told]
        if ended:
            those = {"number": act.file.number, "case": act.file.id, "at": act.move.at, "ended": ended}
            session.connection().execute(_TAKE_BACK, those)


def _wording(act: Act, notice: Notice) -> Wording:
    """The words of a letter: the kind's own, else those that several kinds send, else the general ones."""
    general = GENERAL_TO_FILER if notice.to is Addressee.FILER else GENERAL
    return act.move.definition.wordings.get(notice.letter) or WORDINGS.get(notice.letter) or general


def _paper(world: RuleContext, act: Act, form: PaperForm, facts: Mapping[str, object]) -> NewPaper:
    law, definition = world.jurisdiction, act.move.definition
    return NewPaper(
        form,
        facts,
        act.move.on,
        law.paper_prefix,
        definition.kind,
        act.file.number,
        word=definition.number_word,
        about_record=not definition.without_record,
        specimen=law.invented,
        to_seal=law.seals,
    )


def _form(act: Act, name: str, facts: Mapping[str, object]) -> PaperForm | None:
    """The form of a letter's paper, if one is issued now. An answer without findings, but of a review, refuses."""
    form = act.move.definition.paper(name, act.move.variant, SHARED_FORMS) if name else None
    while form and form.unless and not facts.get(form.unless[0]):
        form = SHARED_FORMS[form.unless[1]]
    issued = {"": True, "adverse": act.move.target.adverse, "closing": act.move.closes}
    return form if form and issued[form.only] else None


def paper_form(name: str) -> PaperForm:
    """The form of an issued paper, shared or of any kind."""
    own = (form for definition in all_kinds().values() for form in definition.papers if form.name == name)
    return SHARED_FORMS.get(name) or next(own)


def _addresses(session: Session, world: RuleContext, act: Act, notice: Notice) -> Iterator[Address]:
    match notice.to:
        case Addressee.FILER:
            yield filer(act.file)
        case Addressee.BUREAU if _may_be_told(act):
            yield from at_bureau(session, act.move.bureau, REVIEWER)
        case Addressee.OFFICE:
            yield at_office(session, OFFICER, act.move.complained_of)
        case Addressee.CHIEF:
            yield at_office(session, CHIEF, act.move.complained_of)
        case Addressee.DESK:
            yield from at_desk(
                session, act.file, act.move.definition, act.move.target, act.move.bureau, act.move.complained_of
            )
        case Addressee.OWNER:
            yield from _owner(session, world, act, head=False)
        case Addressee.OWNER_HEAD:
            yield from _owner(session, world, act, head=True)
        case Addressee.LEADING_GROUP:
            yield from _leading_group(session, world, act)
        case Addressee.AUDITOR:
            yield Address(str(Party.OFFICE), OFFICE_ID, str(AUDITOR))
        case Addressee.THIRD:
            yield _third(session, act)
        case Addressee.COMPLAINED_OF:
            yield from at_bureau(session, act.move.complained_bureau, HEAD)


def _may_be_told(act: Act) -> bool:
    """A bureau hears of a case that is kept from somebody only while it has it on its desk (D16)."""
    definition = act.move.definition
    source = definition.by_state.get(act.move.source)
    at_hand = {act.move.target.desk, source.desk if source else None}
    return not definition.closed_to or Party.BUREAU in at_hand


def timers_told(act: Act) -> list[Timer]:
    """The timers an act is about: the one that fired, the one the chief chose, or those that a calendar moved."""
    moved = act.move.codes.get("to")
    names = list(moved) if isinstance(moved, Mapping) else [act.move.codes.get("deadline")]
    running = [timer for timer in act.file.snapshot.timers if timer.stopped is None and timer.deadline in names]
    return running if isinstance(moved, Mapping) else [act.timer] if act.timer else running


def _owner(session: Session, world: RuleContext, act: Act, head: bool) -> Iterator[Address]:
    """The owner of the time; at a body, the role with the next step, or its head alone."""
    definition, state = act.move.definition, act.move.target
    for timer in (answering(world, act, timer) for timer in timers_told(act)):
        if timer.owner == Party.BUREAU:
            role = HEAD if head else working_role(definition, state, Party.BUREAU)
            yield from at_bureau(session, timer.bureau, role)
        elif timer.owner == Party.OFFICE:
            role = CHIEF if head else working_role(definition, state, Party.OFFICE)
            yield at_office(session, role, act.move.complained_of)
        elif not head:
            yield _third(session, act) if timer.owner == Party.THIRD else filer(act.file)


def _third(session: Session, act: Act) -> Address:
    """The third party, where it was last said to be reached; without a mail address the letter is sent on paper."""
    said = {**act.file.words, act.seq: act.move.words}
    mails = (said[seq]["third_mail"] for seq in sorted(said, reverse=True) if said[seq].get("third_mail"))
    return Address(str(Party.THIRD), None, mail=next(mails, ""))


def _leading_group(session: Session, world: RuleContext, act: Act) -> Iterator[Address]:
    """The leading group's address; where none is known, the chief and the auditor carry it there on paper."""
    mail = world.jurisdiction.leading_group.email
    if mail:
        yield Address("leading_group", None, mail=mail)
    else:
        yield from (at_office(session, CHIEF), at_office(session, AUDITOR))


def _office_hours(world: RuleContext, at: datetime) -> datetime | None:
    """When a letter of the ladder goes out: now, in office hours of a working day, else as the office next opens."""
    law, local = world.jurisdiction, at.astimezone(world.jurisdiction.zone)
    if world.calendar.is_worked(local.date()) and law.office_opens <= local.time() < law.office_closes:
        return None
    day = local.date() if local.time() < law.office_opens else local.date() + timedelta(days=1)
    opening = datetime.combine(next_workday(world.calendar, day), law.office_opens, tzinfo=law.zone)
    return opening.astimezone(UTC)


def filer(file: LoadedCase) -> Address:
    return Address(str(Party.ENTERPRISE), file.enterprise_id, str(FILER), file.enterprise_mail)


def at_office(session: Session, role: Role, complained_of: str = "") -> Address:
    """A role at the office; of a complaint about an officer, their head alone is told (D16)."""
    kept = role in (OFFICER, CHIEF) and complained_of == ABOUT_AN_OFFICER
    return Address(
        str(Party.OFFICE), OFFICE_ID, CHIEF_ALONE if kept else str(role), session.get_one(Office, OFFICE_ID).email
    )


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
    """The desk that has the case in this state; none where it is closed."""
    if state.desk is Party.ENTERPRISE:
        yield filer(file)
    elif state.desk is Party.OFFICE:
        yield at_office(session, working_role(definition, state, Party.OFFICE), complained_of)
    elif state.desk is Party.BUREAU:
        yield from at_bureau(session, bureau_id, working_role(definition, state, Party.BUREAU))


def working_role(definition: Definition, state: State, party: Party) -> Role:
    """The role at a body with the next step: officer before chief, reviewer before approver.

    A role that can only end a case comes last.
    """
    usual = (OFFICER, CHIEF) if party is Party.OFFICE else (REVIEWER, APPROVER)
    movers = definition.movers(state.name)
    onward = [
        role for row in definition.actions if state.name in row.source and _leads_on(definition, row) for role in row.by
    ]
    return next((role for role in usual if role in onward), next((role for role in usual if role in movers), usual[0]))


def _leads_on(definition: Definition, row: Action) -> bool:
    return row.moves_on and any(
        target is not STAY and not definition.state(str(target)).final for target in row.targets
    )
