"""Filling in whatever form a page has, as somebody would who wants it taken; one text bears a word of its own."""

import re
import string
from collections.abc import Mapping
from datetime import date
from typing import Final

from tests.bench.faults.lot import dice
from tests.bench.faults.page import Asked, Form, radios

Sent = list[tuple[str, str]]

PDF: Final = "%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n% "
CLAIMED: Final[Mapping[str, str]] = {"fine": "0.80", "decided_on": "2026-03-13"}
OTHERWISE: Final[Mapping[str, str]] = {"fine": "1.00", "decided_on": "2026-03-12"}
FINDING: Final = re.compile(r"findings-(\w+)-(finding|value|reason)")
FIELD: Final = re.compile("(findings|claims)-")
"""How the name of what is asked of one field of a record begins; it is filled in by the field, and bears no word."""
CLAIM: Final = re.compile(r"claims-(\w+)-(wrong|value)")
TAKEN_BY_CHANCE: Final = 0.75
"""How often a form that may be answered in several ways is answered in the first."""


def new_word() -> str:
    """A word that nobody else writes: letters alone, so that it is no number that a check would look for."""
    return "n" + "".join(dice().choices(string.ascii_lowercase, k=13))


def fill(form: Form, word: str, today: date) -> tuple[Sent, list[tuple[str, str]], bool]:
    """What is sent, the files (field and content), and whether the word stands in it as a text of the case."""
    chosen = {name: _choose(name, values) for name, values in radios(form)}
    sent: Sent = [*chosen.items()]
    files = []
    own_words = (one.name for one in form.asked if one.sort == "textarea" and not FIELD.match(one.name))
    bears = next(own_words, "")
    claimed = {match[1] for one in form.asked if (match := CLAIM.fullmatch(one.name)) and match[1] in CLAIMED}
    for one in form.asked:
        if one.sort == "file":
            files.append((one.name, PDF + word))
        elif one.sort != "radio" and one.name:
            sent += _answer(one, word if one.name == bears else "", today, chosen, claimed)
    if form.button:
        sent.append(form.button)
    return sent, files, bool(bears)


def _choose(name: str, values: list[str]) -> str:
    return values[0] if dice().random() < TAKEN_BY_CHANCE else dice().choice(values)


def _answer(one: Asked, word: str, today: date, chosen: Mapping[str, str], claimed: set[str]) -> Sent:
    if found := FINDING.fullmatch(one.name):
        return [(one.name, _found(found[1], found[2], chosen.get(f"findings-{found[1]}-finding", "")))]
    if claim := CLAIM.fullmatch(one.name):
        return [(one.name, "y" if claim[2] == "wrong" else CLAIMED[claim[1]])] if claim[1] in claimed else []
    match one.sort:
        case "hidden":
            return [(one.name, one.value)]
        case "checkbox":
            return [] if one.name.endswith("_out") else [(one.name, one.value or "y")]
        case "date":
            return [(one.name, today.isoformat())]
        case "select":
            return [(one.name, dice().choice([value for value in one.options if value] or [""]))]
        case "number":
            return [(one.name, "5")]
        case "textarea":
            return [(one.name, f"核查 {word}" if word else "已核")]
    return [(one.name, "甲1")]


def _found(field: str, part: str, finding: str) -> str:
    if part == "value":
        return OTHERWISE.get(field, "") if finding == "other" else ""
    return "" if finding == "as_claimed" else "决定如此"
