"""The language in which a kind of case is written: frozen data.

A definition says which actions each party may take in each state, on whose desk the case then
lies, which deadlines run meanwhile, what an action does and who is told. It knows no database,
no clock and no kind. `checks/` refuses a definition that does not hold together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import ClassVar, Final

from workflow.letters import PaperForm, Wording
from workflow.refusal import Impossible, Message, Refusal
from workflow.snapshot import EventFacts, Person, RecordFacts, RuleContext, Snapshot
from workflow.vocabulary import *  # passed on: a kind imports its language from here alone


class Stay(Enum):
    """The target of an action that leaves the case where it is."""

    STAY = "stay"


STAY: Final = Stay.STAY
START: Final = "start"
HOLDING: Final = frozenset(("take", "give_back", "hand_to"))
"""Effects that say whose work a case is, among the officials of one desk."""
SHAPES: Final = ("circle", "square", "diamond", "triangle", "pentagon")
RECOUNTED: Final = "recounted"
"""The clock's action where a newly announced calendar moves a date; no rung names it."""


class Part(Enum):
    """What an action is in the making of a decision.

    PROPOSES: puts a decision forward; the filer does not see it before somebody DECIDES. SENDS_BACK: back to whoever
    proposed. CALLS_BACK: whoever proposed takes it back while nobody who may decide has opened it (D71).
    """

    PROPOSES = "proposes"
    DECIDES = "decides"
    SENDS_BACK = "sends_back"
    CALLS_BACK = "calls_back"


PROPOSES: Final = Part.PROPOSES
DECIDES: Final = Part.DECIDES
SENDS_BACK: Final = Part.SENDS_BACK
CALLS_BACK: Final = Part.CALLS_BACK


@dataclass(frozen=True)
class State:
    """A place in the procedure; `work` says what its desk has to do. With an outcome it is final, on no desk."""

    name: str
    label: str
    desk: Party | None = None
    work: str = ""
    outcome: str = ""
    adverse: bool = False

    @property
    def final(self) -> bool:
        return bool(self.outcome)


@dataclass(frozen=True)
class Question:
    """A function of what is recorded and what is answered now; it names the values it can give."""

    name: str
    values: tuple[str, ...]
    read: Callable[[Facts], str] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Branch:
    """A target that depends on the answer to a question."""

    question: Question
    targets: tuple[tuple[str, str | Stay], ...]

    def target(self, value: str) -> str | Stay:
        return dict(self.targets)[value]


def By(question: Question, **targets: str | Stay) -> Branch:  # noqa: N802 -- reads as a word of the language
    """`By(outcome, kept="answering", …)`: a branch for each value of the question."""
    return Branch(question, tuple(targets.items()))


def BySome(question: Question, **targets: str | Stay) -> Branch:  # noqa: N802
    """A branch where only these values of the question can come about, as in one variant."""
    return Branch(replace(question, values=tuple(targets)), tuple(targets.items()))


Target = str | Stay | Branch


@dataclass(frozen=True)
class Notice:
    """Who is told, and with which letter. `once`: only the first time for a running deadline."""

    to: Addressee
    letter: str
    once: bool = False


class Guard:
    """What every guard offers. `sorts` says of what its fields are the names."""

    sorts: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("actions", "since", "by"), "action"),
        **dict.fromkeys(("field", "day"), "field"),
        "states": "state",
        "rule": "rule",
        "deadline": "deadline",
    }
    refuses: ClassVar[type[Refusal]] = Impossible
    """How a message of this guard refuses; it may give a refusal of another sort itself."""

    def why_not(self, facts: Facts) -> Message | Refusal | None:
        raise NotImplementedError

    def named(self, sort: str) -> tuple[str, ...]:
        """The actions, states, fields, rules or deadlines that it speaks of."""
        said = (getattr(self, name, ()) for name, of in self.sorts.items() if of == sort)
        return tuple(name for one in said if one for name in ((one,) if isinstance(one, str) else one))


@dataclass(frozen=True)
class Action:
    """One row of a procedure's table. `label` stands on the button, `done` in the time line.

    What is not `offered` by the pages of a case has a page of its own.
    """

    name: str
    label: str
    done: str
    by: tuple[Role, ...]
    source: tuple[str, ...]
    target: Target
    asks: tuple[Field, ...] = ()
    guard: tuple[Guard, ...] = ()
    does: tuple[Effect, ...] = ()
    tells: tuple[Notice, ...] = ()
    variants: tuple[str, ...] = ()
    reopens: bool = False
    part: Part | None = None
    offered: bool = True
    optional: bool = False
    """A step that need not be taken: the way ahead of a case does not promise it."""

    @cached_property
    def targets(self) -> tuple[str | Stay, ...]:
        if isinstance(self.target, Branch):
            return tuple(target for _, target in self.target.targets)
        return (self.target,)

    @cached_property
    def moves(self) -> bool:
        """Whether the action can leave its state."""
        return any(target is not STAY for target in self.targets)

    @property
    def is_holding(self) -> bool:
        """Whether it only says whose work the case is."""
        return bool(self.does) and all(effect.name in HOLDING for effect in self.does)

    @property
    def is_internal(self) -> bool:
        """Whether it is between officials alone: it moves nothing, tells nobody, and asks and does nothing else."""
        if self.target is not STAY or self.tells or (self.does and not self.is_holding):
            return False
        return self.is_holding or (bool(self.asks) and all(field.internal for field in self.asks))

    @property
    def moves_on(self) -> bool:
        """Whether it can be the step for which a case lies on its desk: to call back one's own proposal is none."""
        return self.moves and self.part is not CALLS_BACK

    @property
    def judges(self) -> bool:
        """Whether it decides on what another wrote: it is bound to what its page showed (D37)."""
        return self.part in (DECIDES, SENDS_BACK)

    def field(self, name: str) -> Field:
        return next(field for field in self.asks if field.name == name)


MAPPED: Final = Action(
    "mapped",
    "Go on under the changed procedure",
    "The procedure has changed; the case goes on under the new one",
    by=(OPERATOR,),
    source=(),
    target=STAY,
    offered=False,
    asks=(Field("because", "Reason", internal=True),),
    tells=(Notice(Addressee.FILER, "mapped"), Notice(Addressee.DESK, "mapped")),
)
"""What the kind calls otherwise now, the case calls so too; a row of no kind, and known to each (`mapping.py`)."""


@dataclass(frozen=True)
class Definition:
    """A kind of case, whole. `letters` are the two letters of its case numbers."""

    kind: str
    label: str
    letters: str
    states: tuple[State, ...]
    actions: tuple[Action, ...]
    deadlines: tuple[Deadline, ...]
    variants: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    """Rules that only a `within` guard reads: windows in which an action may be taken."""
    records: tuple[str, ...] = ()
    """The kinds of records that such a case may be about; none named: any."""
    one_open: bool = True
    """One open case a record and filer (D19); else several may run side by side."""
    without_record: bool = False
    """Such a case is about no record."""
    starts_as: Callable[[RecordFacts], str] | None = None
    """Which variant a new case is, by its record, where the opening row leaves several."""
    closed_to: str = ""
    """The field of the opening that names whom the case is kept from (D16)."""
    general_letters: tuple[str, ...] = ()
    """Its letters without words of their own: they go out as the general one, which says what happened."""
    wordings: Mapping[str, Wording] = field(default_factory=dict, hash=False)
    """The words of the letters that it alone sends, by name."""
    papers: tuple[PaperForm, ...] = field(default=(), hash=False)
    """The forms of papers that it alone issues; `KIND_FORM` or `VARIANT_FORM` is its version of a shared one."""
    number_word: str = ""
    """Its word in the numbers of papers."""
    mark: str = ""
    """A word short enough for the little box before a row of a list."""
    shape: str = "pentagon"
    """What stands for it on the overdue board; kinds are listed there in the order of `SHAPES`."""
    file: str = field(default="", compare=False)
    """Where it is written; the folder of kinds fills it in."""

    @cached_property
    def by_state(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    def state(self, name: str) -> State:
        """The state of that name. One that the kind has no more is over, on no desk, and called by its name."""
        return self.by_state.get(name) or State(name, label=name, outcome=name)

    @cached_property
    def ends(self) -> dict[str, State]:
        """Its final states by their outcomes."""
        return {state.outcome: state for state in self.states if state.final}

    def open_states(self) -> tuple[str, ...]:
        return tuple(state.name for state in self.states if not state.final)

    @cached_property
    def by_name(self) -> dict[str, tuple[Action, ...]]:
        rows = (*self.actions, MAPPED)
        names = dict.fromkeys(action.name for action in rows)
        return {name: tuple(action for action in rows if action.name == name) for name in names}

    @cached_property
    def effects_of(self) -> dict[str, frozenset[str]]:
        """The names of the effects that any action of a name has: most past events have none that is looked for."""
        rows = self.by_name.items()
        return {name: frozenset(effect.name for row in named for effect in row.does) for name, named in rows}

    def doing(self, effects: tuple[str, ...]) -> frozenset[str]:
        """The names of the actions that may have one of these effects."""
        if effects not in self._doing:
            found = (name for name, has in self.effects_of.items() if not has.isdisjoint(effects))
            self._doing[effects] = frozenset(found)
        return self._doing[effects]

    @cached_property
    def _doing(self) -> dict[tuple[str, ...], frozenset[str]]:
        return {}

    def actions_named(self, name: str) -> tuple[Action, ...]:
        return self.by_name.get(name, ())

    def action(self, name: str, state: str, variant: str = "") -> Action | None:
        """The row of that name that leaves that state in that variant, or None."""
        return next((action for action in self.actions_from(state, variant) if action.name == name), None)

    def actions_from(self, state: str, variant: str = "") -> tuple[Action, ...]:
        if (state, variant) not in self._rows_from:
            self._rows_from[state, variant] = tuple(
                action
                for action in self.actions
                if state in action.source and (not action.variants or variant in action.variants)
            )
        return self._rows_from[state, variant]

    @cached_property
    def _rows_from(self) -> dict[tuple[str, str], tuple[Action, ...]]:
        return {}

    def deadlines_of(self, variant: str = "") -> tuple[Deadline, ...]:
        return tuple(d for d in self.deadlines if not d.variants or variant in d.variants)

    def deadline(self, name: str, variant: str | None = None) -> Deadline:
        """The deadline of that name; where variants have one each, that of the variant.

        One that the kind has no more runs nowhere, is nobody's and is called by its name.
        """
        named = [deadline for deadline in self.deadlines if deadline.name == name]
        gone = Deadline(name, label=name, rule="", owner=Addressee.DESK, over=(), rungs=())
        return next((one for one in named if not one.variants or variant in one.variants), (*named, gone)[0])

    @cached_property
    def deadline_names(self) -> frozenset[str]:
        return frozenset(deadline.name for deadline in self.deadlines)

    def movers(self, state: str, variant: str | None = None) -> frozenset[Role]:
        """The roles of its desk that can move a case out of that state: whose work it is. No variant: in any."""
        if (state, variant) not in self._movers_of:
            rows, desk = self.actions if variant is None else self.actions_from(state, variant), self.state(state).desk
            moving = (row for row in rows if state in row.source and row.moves_on and row.offered)
            roles = frozenset(role for row in moving for role in row.by if role.party is desk)
            self._movers_of[state, variant] = roles
        return self._movers_of[state, variant]

    @cached_property
    def _movers_of(self) -> dict[tuple[str, str | None], frozenset[Role]]:
        return {}

    def finds(self, variant: str) -> bool:
        """Whether findings are made in such a case; what another case has found already is only carried out."""
        rows = (row for row in self.actions if not row.variants or variant in row.variants)
        return any(field.kind is FieldKind.FINDINGS for row in rows for field in row.asks)

    def machine_may(self, action: Action) -> bool:
        """Whether a body's own system may take it for a person (D63): it decides nothing and sends nothing back, opens
        no case, ends none but where a bureau confirms, and commits nobody. In a case kept from somebody: nothing."""
        of_bureau = all(role.party is Party.BUREAU for role in action.by)
        ends = any(isinstance(target, str) and self.state(target).final for target in action.targets)
        commits = any(field.kind is FieldKind.COMMITMENT for field in action.asks)
        begins = START in action.source or self.closed_to or not action.offered
        return not (begins or action.judges or commits or (ends and not of_bureau))

    def paper(self, form: str, variant: str, shared: Mapping[str, PaperForm]) -> PaperForm:
        """The form of that name in the version of the variant, else of the kind, else as it is."""
        own = {one.name: one for one in self.papers}
        names = (f"{variant}_{form}", f"{self.kind}_{form}", form)
        return next((own[name] for name in names if name in own), None) or shared[form]

    def opening(self, name: str, variant: str) -> Action | None:
        """The row by which a case of that variant is opened."""
        return self.action(name, START, variant)

    @cached_property
    def digest(self) -> str:
        """A short fingerprint of the definition; a case and its events carry it."""
        return hashlib.sha256(repr(_parts(self)).encode()).hexdigest()[:16]


def _parts(definition: Definition) -> Iterable[object]:
    named = (definition.kind, definition.states, definition.actions, definition.deadlines, definition.variants)
    return (*named, definition.records, definition.closed_to)


@dataclass(frozen=True)
class Facts:
    """What a guard or a question may read about an act that is being decided."""

    definition: Definition
    snapshot: Snapshot
    world: RuleContext
    action: Action
    role: Role
    person: Person
    answers: Mapping[str, object]
    now: datetime
    on: date

    def last(self, action: str) -> EventFacts | None:
        return next((past for past in reversed(self.snapshot.past) if past.action == action), None)

    def opening_said(self, field_name: str) -> object:
        """What the opening answered to a field."""
        return self.snapshot.past[0].codes.get(field_name) if self.snapshot.past else None

    def said(self, field_name: str) -> object:
        """What a field is answered now, or was when it was last answered."""
        if field_name in self.answers:
            return self.answers[field_name]
        told = (past.codes[field_name] for past in reversed(self.snapshot.past) if field_name in past.codes)
        return next(told, None)

    @property
    def subject(self) -> str:
        """Whom the case is about, where it is kept from them."""
        return self.world.subject_of(self.snapshot)

    @property
    def party(self) -> Party:
        return self.role.party
