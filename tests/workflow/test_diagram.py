from __future__ import annotations

from dataclasses import replace

from tests.workflow.builders import sound, with_action
from workflow.diagram import mermaid


def test_a_diagram_begins_at_the_opening_and_ends_at_the_final_states() -> None:
    lines = mermaid(sound()).splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert "    [*] --> filed : File" in lines
    assert "    granted --> [*]" in lines
    assert "    filed --> [*]" not in lines


def test_a_state_shows_its_label_and_its_desk() -> None:
    assert '    state "Filed · office" as filed' in mermaid(sound()).splitlines()


def test_an_edge_of_the_clock_bears_a_mark() -> None:
    assert "    awaiting_papers --> filed : Supply / ⏱ Papers late" in mermaid(sound()).splitlines()


def test_what_stays_in_its_state_is_left_out() -> None:
    assert "Remind" not in mermaid(sound())


def test_every_branch_is_an_edge() -> None:
    text = mermaid(sound())
    assert "with_bureau --> granted : Decide" in text
    assert "with_bureau --> refused : Decide" in text


def test_the_words_come_through_the_function() -> None:
    text = mermaid(sound(), _chinese)
    assert "    [*] --> filed : 提出" in text
    assert '"已提出 · 信用办" as filed' in text


def _chinese(words: str) -> str:
    return {"File": "提出", "Filed": "已提出", "office": "信用办"}.get(words, words)


def test_characters_that_mermaid_reads_itself_are_written_as_codes() -> None:
    text = mermaid(with_action("file", label='File: "now" #1'))
    assert "[*] --> filed : File#58; #quot;now#quot; #35;1" in text


def test_one_variant_shows_only_its_own_edges() -> None:
    definition = replace(with_action("refer", variants=("long",)), variants=("short", "long"))
    assert "Refer" in mermaid(definition, variant="long")
    assert "Refer" not in mermaid(definition, variant="short")
