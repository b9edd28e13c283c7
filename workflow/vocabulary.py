"""The fixed words of the language of kinds: who acts, what a form asks, what an act does, which deadlines run.

A kind imports them from `definition.py`, which passes them on.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final


class Party(StrEnum):
    """Who may act: the three desks a case can lie on, the clock, and another case; a third party is only asked."""

    ENTERPRISE = "enterprise"
    BUREAU = "bureau"
    OFFICE = "office"
    CLOCK = "clock"
    CASE = "case"
    THIRD = "third"


DESKS: Final = (Party.ENTERPRISE, Party.BUREAU, Party.OFFICE)
OFFICIALS: Final = (Party.BUREAU, Party.OFFICE)


@dataclass(frozen=True)
class Role:
    """What a person may do at a desk."""

    party: Party
    name: str

    def __str__(self) -> str:
        return self.name


FILER: Final = Role(Party.ENTERPRISE, "filer")
REVIEWER: Final = Role(Party.BUREAU, "reviewer")
APPROVER: Final = Role(Party.BUREAU, "approver")
HEAD: Final = Role(Party.BUREAU, "head")
OFFICER: Final = Role(Party.OFFICE, "officer")
CHIEF: Final = Role(Party.OFFICE, "chief")
AUDITOR: Final = Role(Party.OFFICE, "auditor")
CLOCK: Final = Role(Party.CLOCK, "clock")
CASE: Final = Role(Party.CASE, "case")
OPERATOR: Final = Role(Party.OFFICE, "operator")
"""Whoever runs the site, by a command; no person holds it."""

ROLES: Final = {role.name: role for role in (FILER, REVIEWER, APPROVER, HEAD, OFFICER, CHIEF, AUDITOR)}


class Addressee(StrEnum):
    """Whom a notice is for, seen from the case."""

    FILER = "filer"
    BUREAU = "bureau"
    OFFICE = "office"
    CHIEF = "chief"
    DESK = "desk"
    OWNER = "owner"
    OWNER_HEAD = "owner_head"
    LEADING_GROUP = "leading_group"
    AUDITOR = "auditor"
    COMPLAINED_OF = "complained_of"
    THIRD = "third"
    """A third party: its address is what the field `third_mail` was last answered."""


class FieldKind(StrEnum):
    """How a form asks for a field."""

    LINE = "line"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    CLAIMS = "claims"
    FINDINGS = "findings"
    FILES = "files"
    BUREAU = "bureau"
    DEADLINE = "deadline"
    NUMBER = "number"
    RECORD = "record"
    PERSON = "person"
    COMMITMENT = "commitment"
    LAW = "law"
    TICK = "tick"


Only = tuple[str, ...]
"""A field and its codes: only where that field is answered with one of them."""


def answered_so(only: Only | None, said: Callable[[str], object]) -> bool:
    """Whether it holds, given what each field is answered."""
    return only is None or said(only[0]) in only[1:]


@dataclass(frozen=True)
class Effect:
    """What a move does beyond the state. `of` names a field, a deadline, a kind or a column.

    `only`: done only where that field is answered so, now or when it was last answered. `by` is the field that gives
    the length, or the day.
    """

    name: str
    of: str = ""
    only: Only | None = None
    by: str = ""


# The verbs of the language for effects: `does=(take(), route("supplied_by"), extend("decide", by="days"))`.
flag = partial(Effect, "flag")
unflag = partial(Effect, "unflag")
keep_statement = partial(Effect, "keep_statement")
set_variant = partial(Effect, "set_variant")
open_case = partial(Effect, "open_case")
take = partial(Effect, "take")
"""Whoever acts has the case in hand, among those of the desk."""
give_back = partial(Effect, "give_back")
hand_to = partial(Effect, "hand_to")
drop_review = partial(Effect, "drop_review")
"""What was found on review and not approved is dropped: the first findings count."""
route = partial(Effect, "route")
"""Route the case to a bureau: `supplied_by`, `determined_by`, `own_bureau` of whoever acts, or a field."""
extend = partial(Effect, "extend")
"""Longer by what the rule gives, or by the number in a field, up to that."""


def succeed(bureau: str, by: str) -> Effect:
    """A bureau has become another: what lies or runs there goes on there, since in law it is the same body (D26)."""
    return Effect("succeed", bureau, by=by)


def correct(findings: str = "findings") -> Effect:
    return Effect("correct", findings)


def refuse_sheet(findings: str = "findings") -> Effect:
    """What a sheet said against a decision and was not found: said again, it changes nothing (D56)."""
    return Effect("refuse_sheet", findings)


def end_display(findings: str = "", only: Only | None = None, on: str = "") -> Effect:
    """End the display, on the day that a field gives; given findings, only where they say so."""
    return Effect("end_display", findings, only, on)


def show_again(only: Only | None = None) -> Effect:
    """Undo what this case ended (D15)."""
    return Effect("show_again", only=only)


def delist(only: Only | None = None, on: str = "") -> Effect:
    return Effect("delist", only=only, by=on)


def stop_sharing(only: Only | None = None, on: str = "") -> Effect:
    return Effect("stop_sharing", only=only, by=on)


ON_THE_RECORD: Final = frozenset(
    (
        *("flag", "unflag", "correct", "end_display", "show_again", "delist", "stop_sharing", "keep_statement"),
        "refuse_sheet",
    )
)
"""Effects that change the credit record, or what stands beside it."""
EFFECTS: Final = ON_THE_RECORD | {
    *("drop_review", "route", "set_variant", "succeed", "extend", "open_case", "take", "give_back", "hand_to")
}


@dataclass(frozen=True)
class Rung:
    """A step of a deadline's ladder: so many working days before (-) or after (+) the due date."""

    offset: int
    action: str
    at_least: int = 0
    exact: bool = False
    """At the very end of the day, worked or not; else in office hours of a working day."""


@dataclass(frozen=True)
class CountsFrom:
    """Where the law counts from an event and not from the entering: a date field, an action, or the filing."""

    asked: str = ""
    taken: str = ""
    filing: bool = False


def asked(field_name: str) -> CountsFrom:
    return CountsFrom(asked=field_name)


def taken(action: str) -> CountsFrom:
    return CountsFrom(taken=action)


FILING: Final = CountsFrom(filing=True)
"""From the day of filing, which is the day of receipt and not of typing (D17); of a reopened case, from its request."""


@dataclass(frozen=True)
class Deadline:
    """A limit that runs while the case is in a set of states. It bears its rule's name.

    Its owner is whose lateness it is; `Addressee.DESK`: of whoever has the case.
    """

    name: str
    label: str
    rule: str
    owner: Party | Addressee
    over: tuple[str, ...]
    rungs: tuple[Rung, ...]
    paused_in: tuple[str, ...] = ()
    fresh: bool = False
    counts_from: CountsFrom | None = None
    variants: tuple[str, ...] = ()

    def owned_by(self, desk: Party | str | None) -> bool:
        """Whether it is the time of that desk while the case lies there."""
        return self.owner in (desk, Addressee.DESK)


@dataclass(frozen=True)
class Choice:
    """One answer of a choice: its code and the words shown.

    Given `records`, only for these kinds of records; given `about`, only in cases about one of these (D16). Who has a
    role of `elsewhere` and chooses it files nothing: a page says where to go (D40).
    """

    code: str
    label: str
    records: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    elsewhere: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """An answer that is put forward where the opening answered a field so, and why; whoever acts chooses freely."""

    field: str
    said: str
    answer: str
    because: str


@dataclass(frozen=True)
class Field:
    """What an action asks.

    `by` limits it to those roles, `only` to forms in which another field is answered so. `internal` words are never
    shown to the filer. A date that is the `day_of_filing` counts instead of the day of typing (D17, D30), and one
    `since_filing` lies not before it. Of claims: `display` disputes the display itself and no value; those that wait
    are not found here, and the end of this case opens theirs (D39). Of findings:
    `settles` leaves none open, `review` asks only for what was not granted and is laid over the first ones (D21).
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    by: tuple[Role, ...] = ()
    internal: bool = False
    only: Only | None = None
    day_of_filing: bool = False
    since_filing: bool = False
    display: bool = False
    waits: bool = False
    settles: bool = False
    review: bool = False
    unless: str = ""
    """Not required where that field is answered."""
    ends: tuple[str, ...] = field(default=(), repr=False)
    """Of the law that a decision rests on: the ends that it may be for (D60)."""
    suggests: tuple[Suggestion, ...] = field(default=(), repr=False)
    """Not in the digest: what is only put forward changes no procedure."""
