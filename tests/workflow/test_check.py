"""`check` finds nothing in what holds together, and names each fault of what does not, all at once."""

from dataclasses import replace

from tests.workflow.builders import place, sound, with_state
from tests.workflow.planted import faults
from workflow.checks import check_all


def test_a_sound_definition_has_no_faults() -> None:
    assert faults(sound()) == []


def test_a_sound_definition_has_none_in_several_places() -> None:
    assert check_all([sound()], [place(), place(code="there")]) == []


def test_every_fault_is_told_at_once_with_its_sentence() -> None:
    found = [str(one) for one in check_all([replace(with_state("filed", label=""), letters="Q")], [place()])]
    assert len(found) == 2
    assert "request.py: state filed: it has no label; say how people call it." in found


def test_a_fault_names_the_kind_where_there_is_no_file() -> None:
    assert faults(replace(with_state("filed", label=""), file=""))[0].startswith("kind request: state filed: ")
