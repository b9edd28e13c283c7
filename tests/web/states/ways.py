"""What a kind has to say so that its table can be tried over HTTP: how its cases come to each place of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.cases.kinds.permissions import Place

Answers = Mapping[str, object]


@dataclass(frozen=True)
class Ways:
    """Each way is the actions that lead to a place, the opening one first.

    Its name is the state, behind the variant where the kind has any (`petition with_unit`); a second way to a place,
    by a certain past, has a colon and that past behind it. A step is an action, taken by whom the table gives it to.
    `sweep` lets the clock do what weeks bring, `sheet` brings a sheet against what was decided. A slash and a word
    choose other answers than the usual ones from `answers`; `objection.file` is a step of another kind's case, and
    `route@chief` is taken by that person.
    """

    kind: str
    ways: Mapping[str, str]
    answers: Mapping[str, Answers] = field(default_factory=dict)
    bureau_reads: frozenset[str] = frozenset()
    """The states in which a bureau has the case or had it (D25); of a complaint, in which one investigates (D16)."""
    asks_for_a_past: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By state and action: the past without which a guard keeps that action shut."""

    def way(self, variant: str, state: str, action: str = "") -> str:
        """The name of the way to a place, with the past that the action asks for."""
        past = self.asks_for_a_past.get((state, action))
        return f"{variant} {state}".strip() + (f": {past}" if past else "")

    def answers_in(self, variant: str, action: str) -> Answers:
        """What a form answers otherwise than usual, in that variant or in all."""
        return self.answers.get(f"{variant} {action}") or self.answers.get(action, {})


def place_of(way: str) -> Place:
    """The place that a way leads to."""
    variant, _, state = way.partition(":")[0].rpartition(" ")
    return Place(variant, state)
