"""What a move does beyond the state, as frozen data: the words in which a definition says it.

`decide` resolves them, `cases/engine/effects.py` carries out those that change a record. Nothing here knows a kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Only = tuple[str, str]
"""A field and a code: only where that field is answered so."""


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


def flag() -> Effect:
    return Effect("flag")


def unflag() -> Effect:
    return Effect("unflag")


def correct(findings: str = "findings") -> Effect:
    return Effect("correct", findings)


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


def take() -> Effect:
    """Whoever acts has the case in hand, among those of the desk."""
    return Effect("take")


def give_back() -> Effect:
    return Effect("give_back")


def hand_to(person: str) -> Effect:
    return Effect("hand_to", person)


def keep_statement() -> Effect:
    return Effect("keep_statement")


def drop_review() -> Effect:
    """What was found on review and not approved is dropped: the first findings stand."""
    return Effect("drop_review")


def route(to: str) -> Effect:
    """Route the case to a bureau: `supplied_by`, `determined_by`, `own_bureau` of whoever acts, or a field."""
    return Effect("route", to)


def set_variant(of: str) -> Effect:
    return Effect("set_variant", of)


def succeed(bureau: str, by: str) -> Effect:
    """A bureau has become another: what lies or runs there goes on there, since in law it is the same body (D26)."""
    return Effect("succeed", bureau, by=by)


def extend(deadline: str, by: str = "") -> Effect:
    """Longer by what the rule gives, or by the number in a field, up to that."""
    return Effect("extend", deadline, by=by)


def open_case(kind: str) -> Effect:
    return Effect("open_case", kind)


EFFECTS: Final = frozenset(
    (
        *("flag", "unflag", "correct", "end_display", "show_again", "delist", "stop_sharing", "keep_statement"),
        *("drop_review", "route", "set_variant", "succeed", "extend", "open_case", "take", "give_back", "hand_to"),
    )
)
