"""The use cases as a machine whose every step may be any of them: what Hypothesis draws, runs and shrinks.

Cases are opened and moved by whoever may, and by whoever may not; time passes, schedulers beat, deputies are named,
bureaus become others, holiday notices and refusing mail servers come in between. After each step the rows must hold.
"""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from sqlalchemy import select

from cases.engine.advance import Command, Opening, advance, open_case
from cases.letters.sharing import share_out
from cases.model.reading import read_cases
from cases.model.tables import Case
from cases.model.visibility import OpeningOption, person_in, person_opening, ways_to_open
from cases.scheduler.tasks import Means, run
from extensions import db, transaction
from notifications.channels import channel_for
from notifications.deliver import deliver_due
from notifications.letters import SENT, Letter
from registry.credit_records import CreditRecord
from registry.identity import Identity, NewDeputy, name_deputy, who_may_stand_in
from tests.builders import START
from tests.cases.walks.answering import fitting_answers
from tests.cases.walks.holds import faults_of_case, faults_of_ledger, faults_of_lists, rows_of_all
from tests.cases.walks.rounds import unopened
from tests.cases.walks.town import Town, make_town
from tests.cases.walks.walker import CaseWalk
from tests.cases.walks.watching import Tally
from tests.notifications.mail_servers import MailServer
from workflow.decide import AvailableAction, choices
from workflow.definition import START as BEFORE
from workflow.definition import Action, Role
from workflow.past import waiting_proposal
from workflow.refusal import Refusal

PICK = st.integers(0, 60)
"""Which of those that there are, counted round."""
LUCK = st.integers(0, 5)
"""Of which dice the answers are."""
HOURS = st.sampled_from((1, 20, 24, 24 * 5, 24 * 12, 24 * 31, 24 * 120))
ABOUT = ("penalty", "serious_list", "penalty")
WHOSE_WORK = ("take", "give_back", "hand_to")
KINDS = Tally().guides


def found_town() -> Town:
    """The place in which the machine begins, with a record of each sort."""
    town = make_town(START, Random(1))
    for n, kind in enumerate(ABOUT):
        town.new_record(kind, town.bureaus[n], town.bureaus[n], town.firms[n % 2])
    return town


class UseCases(RuleBasedStateMachine):
    """One place from nothing. `begin` makes the database as new, with a town in it; `server` is where mail goes."""

    cases = Bundle("cases")
    begin: Callable[[], Town]
    server: MailServer
    looks_around: bool = True
    """Whether everybody's lists and the whole ledger are looked at too, after each step that moved a case."""
    steps: list[str] = []
    """Those of the run that was last begun: of a failure, the shortest way to it."""

    def __init__(self) -> None:
        super().__init__()
        self.town = type(self).begin()
        type(self).steps = []
        self.server.taken.clear()
        self.records = list(self.town.session.scalars(select(CreditRecord.id).order_by(CreditRecord.id)))[-len(ABOUT) :]
        self.lengths: dict[int, int] = {}
        self.refused_and_left: list[str] = []

    def teardown(self) -> None:
        db.session.remove()

    @initialize(target=cases, pick=PICK, record=st.integers(0, 3), luck=LUCK)
    def begins(self, pick: int, record: int, luck: int) -> Any:
        return self._open(pick, record, luck)

    @rule(target=cases, pick=PICK, record=st.integers(0, 3), luck=LUCK)
    def opens(self, pick: int, record: int, luck: int) -> Any:
        return self._open(pick, record, luck)

    def _open(self, pick: int, record: int, luck: int) -> Any:
        """Somebody opens a case of some kind on a record, or on none."""
        ways = self._ways(self.records[record] if record < len(self.records) else None)
        identity, way, about = ways[pick % len(ways)]
        self._note(f"{identity.name} opens {way.kind}: {way.action.name}")
        firm = about.enterprise_id if about else next(iter(identity.enterprise_ids), self.town.firms[0])
        form = self._form(way.kind, luck)
        form.file = unopened(firm, about.id if about else None, way.variant, way.kind)  # type: ignore[assignment]
        opening = Opening(way.kind, way.action.name, about.id if about else None,
                          fitting_answers(form, way.action, way.role), variant=way.variant,
                          enterprise_id=None if about else firm)  # fmt: skip
        person = person_opening(identity, about, firm)
        return self._whole(lambda: open_case(self.town.world, opening, person, self.town.now))

    @rule(target=cases, case=cases, pick=PICK, luck=LUCK)
    def acts(self, case: int, pick: int, luck: int) -> Any:
        """Somebody does what is offered to them."""
        return self._do(case, pick, luck, lambda act: True)

    @rule(target=cases, case=cases, picks=st.lists(PICK, min_size=1, max_size=4), luck=LUCK)
    def moves(self, case: int, picks: list[int], luck: int) -> Any:
        """Some people, one after another, do what leads the case on."""
        opened = [self._do(case, pick, luck, lambda act: act.action.moves) for pick in picks]
        return multiple(*(number for some in opened for number in some.values))

    @rule(target=cases, case=cases, pick=PICK, luck=LUCK)
    def says_whose_work(self, case: int, pick: int, luck: int) -> Any:
        """Somebody takes a case, gives it back or hands it on."""
        return self._do(case, pick, luck, lambda act: act.action.name in WHOSE_WORK)

    @rule(case=cases, who=PICK, pick=PICK, luck=LUCK)
    def intrudes(self, case: int, who: int, pick: int, luck: int) -> None:
        """Somebody tries what is not offered to them."""
        self.town.catch_up(case)
        form, everybody = self._form_of(case, luck), self.town.everybody()
        identity = everybody[who % len(everybody)]
        person = person_in(identity, form.file)
        offered = {act.action.name for act in self._offered(form, identity) if act.why_not is None}
        rows = [row for row in form.definition.actions
                if row.offered and BEFORE not in row.source and row.name not in offered]  # fmt: skip
        row = rows[pick % len(rows)]
        self._note(f"{identity.name} tries {row.name}")
        answers, before = fitting_answers(form, row, row.by[0]), rows_of_all(self.town.session)
        try:
            advance(self.town.world, Command(case, row.name, answers), person, self.town.now)
        except Refusal:
            self._nothing_left(before)
        else:
            raise AssertionError(f"{identity.name} could do {row.name}, which is not offered")

    @rule(hours=HOURS, schedulers=st.integers(0, 2))
    def time_passes(self, hours: int, schedulers: int) -> None:
        """Nobody, one or two schedulers beat then; what one has done at an instant, another one finds done."""
        self._note(f"{hours} hours pass, {schedulers} schedulers beat")
        self.town.now += timedelta(hours=hours)
        means = Means(self.town.session, self.town.world, self.town.channel)
        for scheduler in range(schedulers):
            done = [line for task in ("sweep", "displays") for line in run(task, means, self.town.now)]
            assert not (scheduler and done), done

    @rule(what=st.sampled_from(("deputy", "notice", "succession", "remedy")), pick=PICK, luck=LUCK)
    def the_place_changes(self, what: str, pick: int, luck: int) -> None:
        self._note(f"{what} {pick} {luck}")
        match what:
            case "deputy":
                self._name_deputy(pick, luck)
            case "notice":
                self._load_notice(self.town.today + timedelta(days=1 + pick // 2))
            case "succession":
                self.town.dice = Random(luck)
                self.town.succeed(self.town.bureaus[pick % 3])
            case "remedy":
                self.town.set_remedy(luck % 2 == 0, self.town.bureaus[pick % 3])

    def _name_deputy(self, pick: int, days: int) -> None:
        heads = [identity for identity in self.town.everybody() if who_may_stand_in(self.town.session, identity)]
        by = heads[pick % len(heads)]
        known = [user.id for user in who_may_stand_in(self.town.session, by)]
        new = NewDeputy(known[pick % len(known)], known[pick // 3 % len(known)], self.town.today,
                        self.town.today + timedelta(days=9 * days))  # fmt: skip

        def named() -> None:
            with transaction() as session:
                name_deputy(session, new, by, self.town.today, self.town.now)

        self._whole(named)
        self.town.deputies_changed(new.from_day, new.until_day)

    def _load_notice(self, off: date) -> None:
        """A day ahead is off, which nobody knew."""
        if self.town.world.calendar.is_worked(off) and off.year <= self.town.world.calendar.known_until.year + 1:
            self.town.notice(off)

    @rule(code=st.sampled_from(("", "450 later", "550 never")))
    def mail_goes_out(self, code: str) -> None:
        """The server refuses one firm or nobody; what it took is recorded as sent, and nothing else."""
        self._note(f"mail, {code or 'all taken'}")
        refused = "91150699yalkaur84l@firm.example"
        self.server.refuses = {refused: code} if code else {}
        before = len(self.server.taken)
        share_out(self.town.world.jurisdiction, self.town.now)
        sent = deliver_due(self.town.now, channel_for(self.server.url))
        taken = self.server.taken[before:]
        assert sent == len(taken)
        assert not code or all(refused not in str(mail["To"]) for mail in taken)
        recorded = self.town.session.scalars(select(Letter.id).where(Letter.mail_state == SENT)).all()
        assert len(recorded) == len({mail["Message-ID"] for mail in self.server.taken}) == len(self.server.taken)

    @invariant()
    def rows_hold(self) -> None:
        """Of every case that has moved since, and of everybody's lists."""
        session = self.town.session
        session.commit()
        session.expire_all()
        lengths = {row.id: row.length for row in session.execute(select(Case.id, Case.length))}
        moved = [id for id, length in lengths.items() if self.lengths.get(id) != length]
        faults = [
            fault for id in moved for fault in faults_of_case(session, self.town.world, id, self.lengths.get(id, 0))
        ]
        if moved and self.looks_around:
            faults += [*faults_of_lists(session, self.town.everybody()), *faults_of_ledger(session)]
        self.lengths = lengths
        session.commit()
        assert faults == [], faults

    def _ways(self, record_id: int | None) -> list[tuple[Identity, OpeningOption, CreditRecord | None]]:
        record = self.town.session.get(CreditRecord, record_id) if record_id else None
        return [(one, way, record) for one in self.town.everybody() for way in ways_to_open(one, record)
                if record or one.enterprise_ids or way.role.party == "office"]  # fmt: skip

    def _do(self, case: int, pick: int, luck: int, wanted: Callable[[AvailableAction], bool]) -> Any:
        form = self._form_of(case, luck)
        acts = [(identity, act) for identity in self.town.everybody() for act in self._offered(form, identity)
                if act.why_not is None and wanted(act)]  # fmt: skip
        if not acts:
            return multiple()
        identity, act = acts[pick % len(acts)]
        self._note(f"{identity.name}: {act.action.name}")
        waiting = waiting_proposal(form.definition, form.file.snapshot.past)
        said, seen = self._answers(form, act.action, act.role), waiting.seq if waiting else None
        request = Command(case, act.action.name, said, form.file.length, seen)
        return self._whole(
            lambda: advance(self.town.world, request, person_in(identity, form.file), self.town.now), case
        )  # fmt: skip

    def _answers(self, form: CaseWalk, row: Action, role: Role) -> dict[str, object]:
        return fitting_answers(form, row, role)

    def _offered(self, form: CaseWalk, identity: Identity) -> tuple[AvailableAction, ...]:
        """What a page offers somebody; nothing where they may not read the case."""
        person = person_in(identity, form.file)
        if not person.roles or not self.town.can_read(identity, form.case_id):
            return ()
        return choices(form.definition, form.snapshot, self.town.world, person, self.town.now)

    def _whole(self, do: Callable[[], object], case: int | None = None) -> Any:
        """Do it: it happens, or is refused and nothing has happened. Gives the cases that were opened by it."""
        if case is not None:
            self.town.catch_up(case)
        session = self.town.session
        before, known = rows_of_all(session), set(session.scalars(select(Case.id)))
        try:
            do()
        except Refusal:
            self._nothing_left(before)
        return multiple(*sorted(set(session.scalars(select(Case.id))) - known))

    def _nothing_left(self, before: dict[str, int]) -> None:
        after = rows_of_all(self.town.session)
        assert after == before, {name: (before[name], count) for name, count in after.items() if count != before[name]}

    def _form_of(self, case: int, luck: int) -> CaseWalk:
        file = read_cases(self.town.session, [case])[0]
        form = self._form(file.kind, luck)
        form.case_id, form.file = case, file
        return form

    def _form(self, kind: str, luck: int) -> CaseWalk:
        nobody = lambda *_: None  # noqa: E731
        return CaseWalk(self.town, KINDS[kind], 0, Random(luck), nobody, nobody, nobody, dict)

    def _note(self, step: str) -> None:
        type(self).steps.append(step)
