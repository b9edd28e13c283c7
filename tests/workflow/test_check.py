"""`check` finds nothing in what holds together, and names each fault of what does not, all at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow.builders import place, sound, with_state
from tests.workflow.planted import faults
from workflow.checks import Unsound, refuse_unsound


def test_a_sound_definition_has_no_faults() -> None:
    assert faults(sound()) == []


def test_a_sound_definition_may_start() -> None:
    refuse_unsound([sound()], [place(), place(code="there")])


def test_every_fault_is_raised_at_once_with_its_sentence() -> None:
    unsound = replace(with_state("filed", label=""), letters="Q")
    with pytest.raises(Unsound) as raised:
        refuse_unsound([unsound], [place()])
    assert len(raised.value.faults) == 2
    assert "request.py: state filed: it has no label; say how people call it." in str(raised.value)


def test_a_fault_names_the_kind_where_there_is_no_file() -> None:
    assert faults(replace(with_state("filed", label=""), file=""))[0].startswith("kind request: state filed: ")
