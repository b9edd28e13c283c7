"""Who reads a case that is kept from whom it is about (D16): said at the top of its page, and one by one beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.model.visibility import ABOUT_AN_OFFICER
from web.case.consequences import in_a_list
from web.case.reading import Reading
from web.parts.words import Words
from web.site.bodies import bureau_short
from workflow.definition import Party
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Reader:
    """Somebody, what of the case they read (`all`, `part` or `none`), and that in words."""

    who: Words
    how: str
    words: Message | None = None


def is_closed_to_some(reading: Reading) -> bool:
    return bool(reading.file.snapshot.complained_of)


def read_only_by(reading: Reading) -> Message | None:
    """The line at the top of the page; none where the case is kept from nobody."""
    if not is_closed_to_some(reading):
        return None
    who = in_a_list([one.who for one in readers(reading) if one.how == "all"])
    return say("Only these read this case: {who}", who=who)


def readers(reading: Reading) -> tuple[Reader, ...]:
    """Everybody who might be thought to read it, with what they do read; empty where nothing is kept from anybody."""
    return tuple(_readers(reading)) if is_closed_to_some(reading) else ()


def _readers(reading: Reading) -> Iterator[Reader]:
    snapshot = reading.file.snapshot
    firm: Words = say("your firm") if reading.mine else reading.file.enterprise_name
    yield Reader(firm, "all", say("what it wrote, what it was sent, what came of it"))
    if snapshot.complained_of == ABOUT_AN_OFFICER:
        yield Reader(say("the officers"), "none", say("the head of the office handles it alone"))
    else:
        yield Reader(say("the officers"), "all")
    yield Reader(say("the head of the office"), "all")
    yield Reader(say("the auditor"), "all", say("writes nothing"))
    unit = reading.bureaus.get(snapshot.bureau or 0) if reading.state.desk is Party.BUREAU else None
    if unit:
        yield Reader(bureau_short(unit), "all", say("while it lies there"))
    complained = reading.bureaus.get(snapshot.complained_bureau or 0)
    if complained:
        yield Reader(
            bureau_short(complained),
            "part",
            say("only what the office writes to it: no name, no number, no text, no file"),
        )
    yield Reader(say("all other bureaus"), "none")
