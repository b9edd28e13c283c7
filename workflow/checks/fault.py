"""A fault of a definition: where it is, what is wrong, and how it is mended. Developers' English."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.definition import Definition


@dataclass(frozen=True)
class Fault:
    file: str
    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.what}; {self.mend}."


def fault(definition: Definition, where: str, what: str, mend: str) -> Fault:
    return Fault(definition.file or f"kind {definition.kind}", where, what, mend)


def listed(names: object) -> str:
    """Names as a sentence gives them, in a fixed order."""
    return ", ".join(sorted(str(name) for name in names)) if isinstance(names, (set, frozenset, tuple, list)) else ""
