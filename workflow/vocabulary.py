"""Who acts and who is told, and how a form asks: the fixed words of the language in which a kind is written.

They are read as part of `definition.py`, which gives them on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Party(StrEnum):
    """Who may act: the three desks a case can lie on, the clock, and another case."""

    ENTERPRISE = "enterprise"
    BUREAU = "bureau"
    OFFICE = "office"
    CLOCK = "clock"
    CASE = "case"


DESKS: Final = (Party.ENTERPRISE, Party.BUREAU, Party.OFFICE)


@dataclass(frozen=True)
class Role:
    """What a person may do at a desk."""

    party: Party
    name: str

    def __str__(self) -> str:
        return self.name


FILER: Final = Role(Party.ENTERPRISE, "filer")
REVIEWER: Final = Role(Party.BUREAU, "reviewer")
APPROVER: Final = Role(Party.BUREAU, "approver")
HEAD: Final = Role(Party.BUREAU, "head")
OFFICER: Final = Role(Party.OFFICE, "officer")
CHIEF: Final = Role(Party.OFFICE, "chief")
AUDITOR: Final = Role(Party.OFFICE, "auditor")
CLOCK: Final = Role(Party.CLOCK, "clock")
CASE: Final = Role(Party.CASE, "case")
OPERATOR: Final = Role(Party.OFFICE, "operator")
"""Whoever runs the site, by a command; no person holds it."""

ROLES: Final = {role.name: role for role in (FILER, REVIEWER, APPROVER, HEAD, OFFICER, CHIEF, AUDITOR)}


class Addressee(StrEnum):
    """Whom a notice is for, seen from the case."""

    FILER = "filer"
    BUREAU = "bureau"
    OFFICE = "office"
    CHIEF = "chief"
    DESK = "desk"
    OWNER = "owner"
    OWNER_HEAD = "owner_head"
    LEADING_GROUP = "leading_group"
    AUDITOR = "auditor"
    COMPLAINED_OF = "complained_of"


class FieldKind(StrEnum):
    """How a form asks for a field."""

    LINE = "line"
    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    CLAIMS = "claims"
    FINDINGS = "findings"
    FILES = "files"
    BUREAU = "bureau"
    DEADLINE = "deadline"
    NUMBER = "number"
    RECORD = "record"
    PERSON = "person"
    COMMITMENT = "commitment"
