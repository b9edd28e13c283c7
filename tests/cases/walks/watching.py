"""What the walks came to: what did not hold, and where; which rows were taken in how many walks."""

from collections import Counter
from dataclasses import dataclass, field

from cases.engine.sweep import stuck_cases
from cases.kinds import all_kinds
from tests.builders import LAW
from tests.cases.walks.happened import Happened
from tests.cases.walks.holds import faults_of_case, faults_of_ledger, faults_of_lists, rows_of_all
from tests.cases.walks.town import Town
from tests.cases.walks.walker import CaseWalk
from tests.workflow import invariants
from tests.workflow.guide import Guide
from tests.workflow.step import Step
from workflow.definition import DECIDES, Action
from workflow.refusal import Refusal
from workflow.snapshot import Snapshot

OF_MOVES = tuple(
    holds for holds in invariants.INVARIANTS
    if holds is not invariants.a_complaint_about_an_officer_is_the_chief_s_alone
)  # fmt: skip
"""The invariants of the pure walks, looked at from the rows; who the chief is, this place says itself."""
NEVER_LEFT = frozenset({"heartbeat"})


@dataclass
class Tally:
    """What all walks came to, over many places."""

    guides: dict[str, Guide] = field(default_factory=lambda: {kind: Guide(d, LAW) for kind, d in all_kinds().items()})
    walked: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    """How many of them another case has opened."""
    helped: Counter[str] = field(default_factory=Counter)
    """Cases that were opened for another's sake and went straight to their end: counted apart."""
    events: int = 0
    one_by_one: int = 0
    """Events that the invariants of moves saw each alone."""
    refusals: int = 0
    counted: int = 0
    """Refusals around which every table's rows were counted."""
    looks: int = 0
    broken: dict[str, list[str]] = field(default_factory=dict)
    stops_at: str = ""
    """The fault after which it need not walk on."""
    every: int = 6
    """A case's rows are looked at after every so many of its turns, and at its ends."""

    @property
    def has_seen(self) -> bool:
        """Whether that has been seen for which alone it walks."""
        return bool(self.stops_at) and any(self.stops_at in what for what in self.broken)

    def wrong(self, what: str, where: str) -> None:
        ways = self.broken.setdefault(what, [])
        if len(ways) < 5:
            ways.append(where)

    def watch(self, walk: CaseWalk, before: Snapshot | None, new: list[Happened]) -> None:
        """Told of everything that has happened in a case since it was last read."""
        self.events += len(new)
        if before is not None and len(new) == 1:
            self.one_by_one += 1
            self._look_at(walk, before, new[0])
        if walk.steps % self.every == 0 or any(move.closes for move in new):
            self.looks += 1
            for fault in faults_of_case(walk.town.session, walk.world, walk.case_id, new[0].seq - 1):
                self.wrong(fault.partition(": ")[2], f"{trail(walk)}: {fault}")

    def _look_at(self, walk: CaseWalk, before: Snapshot, move: Happened) -> None:
        step = Step(walk, before, move)  # type: ignore[arg-type]
        for holds in OF_MOVES:
            if not holds(step):
                self.wrong(holds.__name__, trail(walk))
        if before.complained_of == "officer" and move.action.part:
            alone = move.action.part is DECIDES and move.person.id == walk.town.chief
            if not alone:
                self.wrong("a complaint about an officer is the chief's alone", trail(walk))

    def refused(self, walk: CaseWalk, row: Action, refusal: Refusal, before: dict[str, int] | None) -> None:
        self.refusals += 1
        if before is None:
            return
        self.counted += 1
        after = rows_of_all(walk.town.session)
        if left := {name: after[name] - count for name, count in before.items() if after[name] != count}:
            self.wrong(f"a refusal leaves rows behind: {sorted(left)}", f"{trail(walk)} {row.name}: {refusal} {left}")

    def intruded(self, walk: CaseWalk, row: Action, who: str) -> None:
        self.wrong("what is not offered can be taken", f"{trail(walk)} {row.name} by {who}")

    def look_around(self, town: Town) -> None:
        """Everything in the place, between two turns."""
        for fault in (*faults_of_ledger(town.session, town.witness), *faults_of_lists(town.session, town.everybody())):
            self.wrong(fault, str(town.now))
        self.look_at_the_clock(town)

    def look_at_the_clock(self, town: Town) -> None:
        for stuck in stuck_cases(town.session):
            self.wrong("the clock cannot move a case", f"{stuck.number} {town.now}")

    def done(self, walk: CaseWalk) -> None:
        (self.helped if walk.helper else self.walked)[walk.definition.kind] += 1
        walk.guide.note(walk.keys)

    def missing(self, kind: str, often: int) -> dict[str, int]:
        return {" ".join(key): count for key, count in self.guides[kind].missing(often).items()}


def trail(walk: CaseWalk) -> str:
    """The way a case has gone, for whoever looks for what went wrong."""
    return f"{walk.seed} {walk.file.number}: " + " ".join(f"{m.action.name}>{m.target.name}" for m in walk.moves)
