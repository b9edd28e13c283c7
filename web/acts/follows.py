"""What follows from a decision beyond the act itself: what the next steps do to the record, and the answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from cases.kinds import all_kinds
from cases.model.words import Dispute, disputes
from web.case.consequences import EFFECTS, target_of
from web.case.list_row import LONGEST
from web.case.path import Way, ahead, leading_on
from web.case.reading import Reading
from web.site.field_words import column_in, field_label
from web.site.record_words import value_in_a_sentence
from workflow.definition import Action, Addressee
from workflow.findings import AS_CLAIMED, DISPLAY, GRANTED, UNDECIDABLE
from workflow.refusal import Message, say

BY_FIELD: Final = ("correct", "end_display", "keep_statement", "unflag", "open_case")
"""What is said here in detail, where there are findings."""


def on_record(reading: Reading, action: Action) -> Iterator[Message]:
    """What happens to the record until the end, once this is decided as it was proposed."""
    later = list(_later(reading, action))
    does = {effect.name: effect for row in (action, *later) for effect in row.does}
    found = disputes(reading.definition, reading.past, reading.words)
    for one in found:
        yield from _of_field(reading, one, set(does))
    if "unflag" in does:
        yield EFFECTS["unflag"]
    if "open_case" in does and any(one.finding in GRANTED for one in found):
        yield say(
            "A linked case is opened: {kind}. It ends by itself.", kind=say(all_kinds()[does["open_case"].of].label)
        )


def at_the_end(reading: Reading, action: Action) -> Iterator[Message]:
    """The letter with which a later step closes the case."""
    last = next(iter(reversed(list(_later(reading, action)))), None)
    if last is None or all(notice.to is not Addressee.FILER for notice in last.tells):
        return
    end = target_of(reading, last)
    if end and end.adverse:
        yield say("At the end the firm gets a written answer with reasons, remedies, body and period.")
    else:
        yield say("At the end the firm is told the result in writing.")


def _later(reading: Reading, action: Action) -> Iterator[Action]:
    """The steps from where the decision leads to the end."""
    target, way = target_of(reading, action), Way.of(reading)
    states = (target.name, *ahead(way, target.name)) if target else ()
    for state, then in pairwise(states):
        yield from (row for row in leading_on(way, state) if then in row.targets)


def _of_field(reading: Reading, one: Dispute, does: set[str]) -> Iterator[Message]:
    label = field_label(reading.record, one.field)
    if one.finding in GRANTED and one.field == DISPLAY and "end_display" in does:
        yield say("The display of the record ends.")
    elif one.finding in GRANTED and one.field != DISPLAY and "correct" in does:
        value = one.claim if one.finding == AS_CLAIMED else one.value
        if len(value) > LONGEST:
            yield say("{field} becomes “{value}”; what stood there is kept.", field=label, value=value)
        else:
            said = value_in_a_sentence(column_in(reading.record, one.field), value)
            yield say("{field} becomes {value}; what stood there is kept.", field=label, value=said)
    elif one.finding == UNDECIDABLE and "keep_statement" in does:
        yield say("Beside {field} stand the firm's words and that it could not be established.", field=label)
