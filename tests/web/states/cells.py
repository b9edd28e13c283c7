"""Which cells of a table are tried over HTTP, and what is to come of it. The tables are by hand; nothing else is read.

Over HTTP there is less than in the table: a bureau has no role before a move routes the case to it (D25), and in a
complaint only while it investigates (D16); nobody is supervised while every official's time stands still; and what
befalls a case when its bureau becomes another has a page of its own.
"""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import takewhile

from tests.cases.kinds.permissions import Cells, Place, actions_of, by_hand
from tests.web.states import ways_of
from workflow.definition import ROLES, START

OF_A_BUREAU = frozenset({"reviewer", "approver", "head"})
ONLY_THE_ENTERPRISES_TIME_RUNS = frozenset({"awaiting_papers", "bureau_asks", "hearing"})
SHEETS = frozenset({"supervise"})
ELSEWHERE = frozenset({"succeeded"})
SHARED = frozenset({"note", "take", "give_back", "hand_to", *SHEETS, *ELSEWHERE})
"""What every kind has in every open state, or at every desk."""
EVERY_CELL = bool(os.environ.get("EVERY_CELL"))
"""Set it, and every cell of every table is tried; it takes some three times as long."""
THIRD, SEVENTH = (1, 1) if EVERY_CELL else (3, 7)

Tried = dict[tuple[Place, str], set[str]]
"""Actions by place and role."""


@dataclass(frozen=True)
class Tries:
    """What is tried and must succeed, and what is tried and must fail."""

    taken: Tried = field(default_factory=lambda: defaultdict(set))
    opened: Tried = field(default_factory=lambda: defaultdict(set))
    """Whose form is opened first: of each action in a state once, by the first role that may."""
    refused: Tried = field(default_factory=lambda: defaultdict(set))


def places_of(kind: str) -> list[Place]:
    """Where a case of the kind can stand, in the order of the table."""
    return [place for place in by_hand(kind) if place.state != START]


def may(kind: str, place: Place, role: str) -> frozenset[str]:
    """What the table gives a role here, over HTTP."""
    if role in OF_A_BUREAU and place.state not in ways_of(kind).bureau_reads:
        return frozenset()
    no_sheet = SHEETS if place.state in ONLY_THE_ENTERPRISES_TIME_RUNS else frozenset()
    return by_hand(kind)[place][role] - ELSEWHERE - no_sheet


def refusals(kind: str, place: Place, role: str) -> tuple[int, ...]:
    """What may answer a try that is refused: the reason, to who may read the case; nothing, to who may not (D33). A
    bureau reads what a move has led to it; what is closed it reads if it ever had it."""
    if role not in OF_A_BUREAU or place.state in ways_of(kind).bureau_reads:
        return (403, 409)
    return (404,) if "note" in by_hand(kind)[place]["officer"] else (403, 404, 409)


@cache
def tries_of(kind: str) -> Tries:
    """In each place, what anybody may do there and what the role may do anywhere: tried, all or in turn."""
    tries, table = Tries(), by_hand(kind)
    first = [place for place in places_of(kind) if not earlier(kind, place)]
    for shift, (role, action) in enumerate(_pairs(kind)):
        given = [place for place in first if action in may(kind, place, role)]
        own = any(action in table[place][role] for place in places_of(kind))
        here = [place for place in first if place not in given and (own or action in actions_of(table[place]))]
        for place in _in_turn(given, THIRD if action in SHARED else 1, shift):
            tries.taken[(place, role)].add(action)
            if action not in SHARED and not any(action in tries.opened[(place, other)] for other in ROLES):
                tries.opened[(place, role)].add(action)
        for every in {1, THIRD, SEVENTH}:
            alike = [place for place in here if _every(table[place], action, own) == every]
            for place in _in_turn(alike, every, shift):
                tries.refused[(place, role)].add(action)
    _compare_variants(kind, tries)
    return tries


def _pairs(kind: str) -> Iterator[tuple[str, str]]:
    actions = sorted({action for place in places_of(kind) for action in actions_of(by_hand(kind)[place])})
    return ((role, action) for action in actions for role in ROLES)


def _every(cells: Cells, action: str, own: bool) -> int:
    """How many places share a try: what no person may do at all, what nobody may do there, what this role may do
    nowhere."""
    peoples = {action for role in ROLES for action in cells[role]}
    if action in actions_of(cells) - peoples:
        return SEVENTH
    return THIRD if action not in peoples or not own or action in SHARED else 1


def _in_turn(places: Sequence[Place], every: int, shift: int) -> Iterator[Place]:
    """One of so many places, and always one."""
    first = shift % min(every, len(places) or 1)
    return (place for n, place in enumerate(places) if n % every == first)


def _compare_variants(kind: str, tries: Tries) -> None:
    """Where another variant was before: what moves the case, and what only the others may do."""
    for place in places_of(kind):
        for role in ROLES if earlier(kind, place) else ():
            given = may(kind, place, role)
            others = {action for other in earlier(kind, place) for action in by_hand(kind)[other][role]}
            tries.taken[(place, role)] |= given - SHARED - {"add"}
            tries.refused[(place, role)] |= others - given - SHARED


def earlier(kind: str, place: Place) -> list[Place]:
    """The same state in the variants that stand before this one in the table, if they are tried for it too."""
    table = [] if EVERY_CELL else places_of(kind)
    return [other for other in takewhile(lambda other: other != place, table) if other.state == place.state]
