"""`flask refusals list` has every refusal that a person can get, in both languages."""

import re
from collections.abc import Iterator

import pytest

from cases.kinds import all_kinds
from commands.refusals import STATUS, RefusalLine, refusals
from workflow.guards import REMEDIES
from workflow.refusal import Refusal


@pytest.fixture(scope="module")
def lines() -> list[RefusalLine]:
    return refusals()


def kept_acts() -> Iterator[tuple[str, str, str]]:
    for kind, definition in all_kinds().items():
        for action in definition.actions:
            yield from ((kind, action.name, type(guard).__name__) for guard in action.guard)


def test_each_guard_of_each_kind_is_in_it(lines: list[RefusalLine]) -> None:
    """With the acts that it keeps; what a guard says through another is said there."""
    told = {line.where for line in lines}
    assert REMEDIES
    for kind, action, guard in sorted(set(kept_acts())):
        if guard in ("After", "CameFrom"):
            continue
        acts = [part.removeprefix(f"{kind}: ").split(", ") for where in told for part in where.split("; ")
                if part.startswith(f"{kind}: ")]  # fmt: skip
        assert any(action in names for names in acts), (kind, action, guard)


def test_each_says_a_whole_sentence_in_both_languages(lines: list[RefusalLine]) -> None:
    assert [line.english for line in lines if not line.chinese] == []
    assert [line.chinese for line in lines if line.chinese[-1] not in "。？！"] == []


def test_no_sort_of_refusal_is_left_out() -> None:
    def sorts(of: type[Refusal]) -> Iterator[str]:
        yield of.__name__
        for one in of.__subclasses__():
            yield from sorts(one)

    assert {name for name in sorts(Refusal) if name != "Refusal"} <= set(STATUS)


def test_no_flat_sentence_stands_for_many_situations(lines: list[RefusalLine]) -> None:
    said = " ".join(line.english for line in lines)
    assert "has moved on" not in said
    assert "another step that has not been taken" not in said


FIRST_AN_ACT = re.compile(r"(Write|Enter|Choose|Add|Attach|Tick|Say|Name|Give|Type|Go|Use|Lead|Scan|Try)\b")
GOES_ON = re.compile(r"[:;] |[.?!] |, or |only after")
"""After what happened comes what is possible: a second part, or a second sentence."""
ON_A_PAGE_THAT_SAYS_IT = ("workflow/decide.py", "cases/engine/advance.py", "web/site/errors.py")
"""The page of a closed act says whose turn it is, by when, and what its reader can do (D35); that of two people at once
shows what happened; that of a fault says when to try again. So does the page of each act with a guard."""


def test_each_says_what_happened_and_what_is_possible(lines: list[RefusalLine]) -> None:
    bare = {
        line.english
        for line in lines
        if not (GOES_ON.search(line.english) or FIRST_AN_ACT.match(line.english))
        and line.where not in ON_A_PAGE_THAT_SAYS_IT
        and ": " not in line.where  # a guard, by the acts that it keeps
    }
    assert bare == set()


def test_a_sentence_is_that_of_its_own_file(lines: list[RefusalLine]) -> None:
    """Two files may use one name for a constant: the steps that the guide draws are no refusal of too many tries."""
    assert all("ry again" in line.english for line in lines if line.where == "registry/tries.py")
