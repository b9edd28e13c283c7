"""A fault planted in a definition is found: its file, its place, what is wrong and how it is mended."""

from tests.workflow.builders import place
from workflow.checks import check
from workflow.definition import Definition
from workflow.jurisdiction import Jurisdiction


def faults(definition: Definition, *places: Jurisdiction) -> list[str]:
    return [str(fault) for fault in check(definition, places or [place()])]


def assert_fault(definition: Definition, where: str, *words: str, at: Jurisdiction | None = None) -> None:
    """One of the faults names the file, the place, and each of the words; the mend included."""
    found = faults(definition, at or place())
    start = f"request.py: {where}: "
    hits = [line for line in found if line.startswith(start) and all(word in line for word in words)]
    assert hits, "\n".join([f"expected {start} … {words}", *found])
