"""A definition as Mermaid: states with their desks, edges with their words, and which variants have them."""

import re
from dataclasses import replace

import pytest

from cases.kinds import all_kinds
from tests.workflow.builders import ACTIONS, act, plus, sound, with_action
from workflow.definition import CASE, OFFICER, START, Definition, State
from workflow.diagram import mermaid

EDGE = re.compile(r"    (\[\*\]|\w+) --> (\[\*\]|\w+)(?: : ([^:;#\n]|#\w+;)+)?")
BOX = re.compile(r'    state "([^":;#]|#\w+;)+" as \w+')


def in_two(**variants: tuple[str, ...]) -> Definition:
    """The sound kind in two variants, `short` and `long_way`; some rows are only in one."""
    rows = tuple(replace(row, variants=variants.get(row.name, ())) for row in ACTIONS)
    return replace(sound(), actions=rows, variants=("short", "long_way"), starts_as=lambda record: "short")


def test_a_diagram_begins_at_the_opening_and_ends_at_the_final_states() -> None:
    lines = mermaid(sound()).splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert "    [*] --> filed : File" in lines
    assert "    granted --> [*]" in lines
    assert "    filed --> [*]" not in lines


def test_a_state_shows_its_label_and_its_desk() -> None:
    assert '    state "Filed · office" as filed' in mermaid(sound()).splitlines()


def test_an_edge_of_the_clock_and_one_of_another_case_bear_a_mark() -> None:
    assert "    awaiting_papers --> filed : Supply / ⏱ Papers late" in mermaid(sound()).splitlines()
    opened = plus(sound(), act("opened", "Open it", (CASE,), (START,), "filed"))
    assert "    [*] --> filed : File / ⛓ Open it" in mermaid(opened).splitlines()


def test_what_stays_in_its_state_is_left_out() -> None:
    assert "Remind" not in mermaid(sound())


def test_what_comes_back_to_its_state_is_drawn() -> None:
    again = plus(sound(), act("again", "Again", (OFFICER,), ("filed",), "filed"))
    assert "    filed --> filed : Again" in mermaid(again).splitlines()


def test_every_branch_is_an_edge() -> None:
    text = mermaid(sound())
    assert "with_bureau --> granted : Decide" in text
    assert "with_bureau --> refused : Decide" in text


def test_what_no_case_comes_to_is_left_out() -> None:
    lost = plus(sound(), State("lost", "Lost"), act("find", "Find", (OFFICER,), ("lost",), "filed"))
    assert mermaid(lost) == mermaid(sound())


def test_the_words_come_through_the_function() -> None:
    text = mermaid(sound(), _chinese)
    assert "    [*] --> filed : 提出" in text
    assert '"已提出 · 信用办" as filed' in text


def _chinese(words: str) -> str:
    return CHINESE.get(words, words)


CHINESE = {"File": "提出", "Filed": "已提出", "office": "信用办", "long way": "长程", "Refer": "转办"}


def test_characters_that_mermaid_reads_itself_are_written_as_codes() -> None:
    text = mermaid(with_action("file", label='File: "now"; #1'))
    assert "[*] --> filed : File#58; #quot;now#quot;#59; #35;1" in text


def test_what_only_some_variants_can_do_names_them() -> None:
    text = mermaid(in_two(extend=("short",), refer=("long_way",), ask_papers=("short", "long_way")))
    assert "    filed --> with_bureau : Refer (long way)" in text
    assert "    filed --> awaiting_papers : Ask for papers\n" in text
    assert "    filed --> with_bureau : 转办 (长程)" in mermaid(in_two(refer=("long_way",)), _chinese)


def test_where_only_one_variant_comes_nothing_has_to_be_named() -> None:
    text = mermaid(in_two(refer=("long_way",)))
    assert "    with_bureau --> granted : Decide\n" in text


def test_an_opening_names_its_variants_among_those_that_are_opened() -> None:
    one, other = (replace(ACTIONS[0], name=name, label=name, variants=(name,)) for name in ("short", "long_way"))
    text = mermaid(replace(sound(), actions=(one, other, *ACTIONS[1:]), variants=("short", "long_way")))
    assert "    [*] --> filed : short (short) / long_way (long way)" in text
    assert "(unrouted)" not in mermaid(all_kinds()["complaint"]), "a complaint is opened in one variant only"


def test_one_variant_shows_only_its_own_edges_and_states_and_names_none() -> None:
    definition = in_two(refer=("long_way",))
    long, short = mermaid(definition, variant="long_way"), mermaid(definition, variant="short")
    assert "    filed --> with_bureau : Refer\n" in long
    assert "Refer" not in short
    assert "with_bureau" not in short
    assert "granted" not in short


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_every_kind_is_drawn_whole(kind: str) -> None:
    definition = all_kinds()[kind]
    for variant in (None, *definition.variants):
        lines = mermaid(definition, variant=variant).splitlines()
        assert lines[0] == "stateDiagram-v2"
        assert all(EDGE.fullmatch(line) or BOX.fullmatch(line) for line in lines[1:]), lines
        boxes = {line.rpartition(" as ")[2] for line in lines if " as " in line}
        ends = {name for line in lines if "-->" in line for name in line.strip().split(" : ")[0].split(" --> ")}
        assert ends - {"[*]"} == boxes
        assert variant is not None or boxes == set(definition.by_state)


def test_the_correction_s_openings_are_told_apart() -> None:
    lines = mermaid(all_kinds()["correction"]).splitlines()
    assert "    [*] --> filed : Ask for a correction (on request)" in lines
    assert (
        "    [*] --> with_bureau : Our decision has changed (decision changed) / We have found an error (self found)"
        " / ⛓ Open a correction (sheet conflict)"
    ) in lines
    assert "    [*] --> putting_right : ⛓ Open a correction (from objection)" in lines
    assert "    filed --> withdrawn : Withdraw the request" in lines
    assert "    with_bureau --> withdrawn : Withdraw the request (on request)" in lines
