"""What does not fit when all kinds stand side by side is refused."""

from dataclasses import replace

from tests.workflow.builders import act, plus, sound, with_action
from workflow.checks import check_all
from workflow.definition import CASE, START, STAY, Definition, open_case, route


def together(*definitions: Definition) -> list[str]:
    return [str(fault) for fault in check_all(definitions, [])]


def test_two_kinds_of_one_name_or_with_the_same_letters() -> None:
    lines = together(sound(), replace(sound(), file="again.py"))
    assert any("again.py: kind request: request.py defines it too" in line for line in lines)
    assert any("request.py: letters QQ: another kind has the same letters" in line for line in lines)


def test_letters_that_no_case_number_can_carry() -> None:
    assert any("case numbers carry two capital letters" in line for line in together(replace(sound(), letters="q1")))


def test_a_case_opened_of_a_kind_that_is_not_there() -> None:
    opener = with_action("refer", does=(route("supplied_by"), open_case("dream")))
    assert any("action refer: it opens a case of the kind 'dream'" in line for line in together(opener))


def test_an_opening_by_a_case_that_no_kind_opens() -> None:
    opened = plus(sound(), act("opened", "Opened", (CASE,), (START,), "filed"))
    assert any("action opened: it can never be taken: no kind opens" in line for line in together(opened))
    opener = replace(
        with_action("refer", does=(route("supplied_by"), open_case("request"))), kind="other", letters="OO", file="o.py"
    )
    assert not any("no kind opens" in line or "opens a case of the kind" in line for line in together(opened, opener))


def test_a_kind_that_is_opened_by_a_case_lets_one_be_joined_in_every_open_state() -> None:
    opened = plus(sound(), act("opened", "Opened", (CASE,), (START,), "filed"))
    joined = act("joined", "Joined", (CASE,), ("filed", "awaiting_papers"), STAY)
    opener = replace(
        with_action("refer", does=(route("supplied_by"), open_case("request"))), kind="other", letters="OO", file="o.py"
    )
    lines = [line for line in together(plus(opened, joined), opener) if line.startswith("request.py")]
    assert any("state with_bureau: another case's findings cannot be added to one in 'with_bureau'" in x for x in lines)
    assert not any("'filed'" in line for line in lines)
    everywhere = replace(joined, source=("filed", "awaiting_papers", "with_bureau"))
    assert not any("cannot be added" in line for line in together(plus(opened, everywhere), opener))
