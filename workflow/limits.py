"""A limit as the law or the place sets it: how long, counted from what, on which basis, and how sure that is.

It knows no case, no file and no clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from workflow.calendar import Unit

Basis = Literal["statute", "promise", "proposal", "analogy"]
Certainty = Literal["read", "read_part", "second_hand", "recalled", "none"]
Mark = Literal["statute", "statute_unverified", "promise", "proposal", "analogy"]

Count = Annotated[StrictInt, Field(ge=1)]
Length = Annotated[StrictInt, Field(ge=0)]
"""How long a limit is. Nought: until the end of the day from which it counts, as in "on the day of receipt"."""
Words = Annotated[str, Field(min_length=1)]
ONE_DAY: Final = timedelta(days=1)
SEEN: Final = ("read", "read_part", "second_hand")


class FileEntry(BaseModel):
    """Something that a jurisdiction's file says: frozen, and refused when it has a key too many."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(FileEntry):
    """An entry with its first and its last day of force, both included."""

    valid_from: date
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from: give the first and the last day of force")
        return self


class Binding(FileEntry):
    """Where a text binds what else is only proposed: `where` says for which cases, in words.

    A case is one of them by its `variant`, or since its opening answered the field `asked`. `n` is the text's own
    number, where the place has promised the others another one.
    """

    where: Words
    variant: str = ""
    asked: str = ""
    counted_from: str = ""
    n: Length | None = None
    citation: Words
    citation_en: Words
    certainty: Certainty
    note: str = ""


class Rule(Dated):
    """A limit: `n` units from an event. Labels, events and notes are message ids; citations are as they are cited.

    Without a variant it holds for every variant that has no rule of its own. `extension` is in the same unit, at most
    so long where `extension_up_to`; `extension_basis` says where its basis is not the limit's own. A `window` is a
    time in which something may be done; nobody is late by it. `valid_from` and `valid_until` look at the filing day.
    """

    name: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+$")]
    variant: Annotated[str, Field(pattern=r"^[a-z_]*$")] = ""
    label: Words
    n: Length
    unit: Unit
    counted_from: Words
    rolls: StrictBool = False
    extension: Count | None = None
    extensions: Count = 1
    extension_up_to: StrictBool = False
    extension_basis: Basis | None = None
    extension_certainty: Certainty | None = None
    basis: Basis
    citation: str = ""
    citation_en: str = ""
    certainty: Certainty
    note: str = ""
    window: StrictBool = False
    binding: Binding | None = None

    @property
    def key(self) -> str:
        """How an address or a form names it: `repair.decide.market_regulation`."""
        return f"{self.name}.{self.variant}" if self.variant else self.name

    @property
    def kind(self) -> str:
        return self.name.partition(".")[0]

    @property
    def stage(self) -> str:
        return self.name.partition(".")[2]

    def binds(self, variant: str, said: Mapping[str, object]) -> bool:
        """Whether a text binds a case of that variant, whose opening said so."""
        if self.binding is None:
            return False
        return bool(variant and variant == self.binding.variant) or bool(said.get(self.binding.asked))

    def bound(self) -> Rule:
        """The same limit for the cases that a text binds; itself where it makes no difference."""
        if self.binding is None:
            return self
        special = self.binding
        own = {key: getattr(special, key) for key in ("citation", "citation_en", "certainty", "note")}
        counted_from = special.counted_from or self.counted_from
        return self.model_copy(
            update={
                **own,
                "n": self.n if special.n is None else special.n,
                "counted_from": counted_from,
                "basis": "statute",
                "extension_basis": self.of_extension,
                "binding": None,
            }
        )

    @property
    def of_extension(self) -> Basis | None:
        """The basis of the extension, None where there is none."""
        return (self.extension_basis or self.basis) if self.extension else None

    @model_validator(mode="after")
    def _basis_is_honest(self) -> Self:
        _check_honest(self)
        return self

    @model_validator(mode="after")
    def _extension_is_there(self) -> Self:
        spoken_of = self.extensions != 1 or self.extension_up_to or self.extension_basis or self.extension_certainty
        if self.extension is None and spoken_of:
            raise ValueError("extension is missing: give its length, or take out what is said of it")
        return self


class MissingRule(LookupError):
    """A limit that the place does not have on that day."""


def mark_of(rule: Rule, extended: bool = False) -> Mark:
    """Which mark stands beside the limit on a page; once extended, that of the extension, if it has its own."""
    basis, certainty = rule.basis, rule.certainty
    if extended and rule.extension_basis:
        basis, certainty = rule.extension_basis, rule.extension_certainty or rule.certainty
    if basis == "statute" and certainty == "second_hand":
        return "statute_unverified"
    return basis


def lay_over(inherited: Sequence[Rule], own: Sequence[Rule]) -> tuple[Rule, ...]:
    """A place's own rules over those it extends: for its days an own rule stands instead of an inherited one.

    Rules are the same when name and variant are. An inherited rule keeps the days that the own one leaves it; own ones
    come first.
    Raises ValueError for own rules that overlap, and where a mere proposal or analogy would displace a statute.
    """
    _check_apart(own)
    kept: list[Rule] = list(inherited)
    for rule in own:
        kept = [piece for old in kept for piece in _displaced(old, rule)]
    return (*own, *kept)


def from_day(rules: Iterable[Rule], first: date) -> tuple[Rule, ...]:
    """The rules as they hold for cases filed on that day or later."""
    held = (rule for rule in rules if rule.valid_until is None or rule.valid_until >= first)
    return tuple(rule if rule.valid_from >= first else rule.model_copy(update={"valid_from": first}) for rule in held)


def _check_honest(rule: Rule) -> None:
    """A recalled figure has no citation and is a proposal; what is cited has been seen (law.md, certainty marks)."""
    if rule.basis == "proposal" and (rule.citation or rule.citation_en):
        raise ValueError("citation on a proposal: a proposal is ours and cites no text; say it in note")
    if rule.basis == "proposal" and rule.certainty in ("read", "read_part"):
        raise ValueError(f"certainty {rule.certainty} with proposal: what was read is a statute or an analogy")
    if rule.basis != "proposal" and not (rule.citation and rule.citation_en):
        raise ValueError(f"citation is missing: {rule.basis} names its text, in citation and citation_en")
    cited = (rule.basis, rule.certainty), ("statute", rule.binding.certainty if rule.binding else "read")
    for basis, certainty in cited:
        if basis != "proposal" and certainty not in SEEN:
            raise ValueError(f"certainty {certainty} with {basis}: only a text that was seen can be cited")


def _check_apart(rules: Sequence[Rule]) -> None:
    same: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        same[rule.name, rule.variant].append(rule)
    for (name, variant), versions in same.items():
        for earlier, later in pairwise(sorted(versions, key=lambda version: version.valid_from)):
            if earlier.holds_on(later.valid_from):
                which = f"{name} {variant}".strip()
                raise ValueError(
                    f"{which}: two versions hold on {later.valid_from}; end the earlier the day before (valid_until)"
                )


def _displaced(old: Rule, own: Rule) -> tuple[Rule, ...]:
    """What is left of an inherited rule beside an own one: all of it, the days before, the days after."""
    if (old.name, old.variant) != (own.name, own.variant) or not _meet(old, own):
        return (old,)
    if old.basis == "statute" and own.basis in ("proposal", "analogy"):
        raise ValueError(
            f"{own.name} {own.variant}".strip() + f": a mere {own.basis} cannot stand instead of a statute"
        )
    left: list[Rule] = []
    if old.valid_from < own.valid_from:
        left.append(old.model_copy(update={"valid_until": own.valid_from - ONE_DAY}))
    if own.valid_until and (old.valid_until is None or own.valid_until < old.valid_until):
        left.append(old.model_copy(update={"valid_from": own.valid_until + ONE_DAY}))
    return tuple(left)


def _meet(a: Rule, b: Rule) -> bool:
    return a.holds_on(b.valid_from) or b.holds_on(a.valid_from)
