"""What bodies are called in the reader's language: at first mention whole, then short."""

from __future__ import annotations

from registry.organisations import Bureau, Office
from web.language import language
from web.world import law
from workflow.definition import Party
from workflow.refusal import Message, say


def bureau_name(bureau: Bureau | Office) -> str:
    """The whole name."""
    return (language() == "en" and bureau.name_en) or bureau.name


def bureau_short(bureau: Bureau | Office) -> str:
    """The name that staff and firms use; the whole one where there is no other."""
    if language() == "en":
        return bureau.short_name_en or bureau.name_en or bureau.name
    return bureau.short_name or bureau.name


def office_short() -> str:
    office = law().place.office
    return office.short_name_en if language() == "en" else office.short_name


def party_name(party: str | Party | None, bureau: Bureau | None, firm: str, mine: bool) -> Message | str:
    """Who a desk is, seen by the reader; the firm itself is called `your firm`."""
    if party == Party.BUREAU:
        return bureau_short(bureau) if bureau else say("the bureau")
    if party == Party.OFFICE:
        return office_short()
    return say("your firm") if mine else firm
