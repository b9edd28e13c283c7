"""What bodies are called in the reader's language: at first mention whole, then short."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.organisations import Bureau, Office
from web.site.context import law
from web.site.language import language
from workflow.definition import Party
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Names:
    """What the bodies are called in the reader's language, bureaus by their number, whole and short."""

    whole: Mapping[int, str]
    short: Mapping[int, str]
    office: str


def body_names(session: Session) -> Names:
    """All of them, read once."""
    bureaus = session.scalars(select(Bureau)).all()
    whole = {bureau.id: bureau_name(bureau) for bureau in bureaus}
    return Names(whole, {bureau.id: bureau_short(bureau) for bureau in bureaus}, office_short())


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


def in_a_sentence(body: Message | str, party: str | Party | None) -> Message | str:
    """A desk as a sentence names it: English sets "the" before the name of a body."""
    return say("the {body}", body=body) if isinstance(body, str) and body and party != Party.ENTERPRISE else body


def party_name(party: str | Party | None, bureau: Bureau | None, firm: str, mine: bool) -> Message | str:
    """Who a desk is, seen by the reader; the firm itself is called `your firm`."""
    if party == Party.BUREAU:
        return bureau_short(bureau) if bureau else say("the bureau")
    if party == Party.OFFICE:
        return office_short()
    if party == Party.THIRD:
        return say("the third party")
    return say("your firm") if mine else firm
