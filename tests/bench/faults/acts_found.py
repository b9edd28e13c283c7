"""What was answered "done" stands in the ledger once, what was not answered at most once, what failed not at all.

A line is a JSON object: `case` its number (null or empty where a filing was not answered), `action`, `state` "done",
"unknown" or "not_done" (the answer said that nothing was changed), `who` a username, `nonce` a word that stands in a
text of the act and nowhere else, and `version_shown`, the length of the chain that the actor saw. An act that asks no
text has an empty nonce, and is known by its actor, its action and its place after that version.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tests.bench.faults.stored import Row, Stored

Line = dict[str, Any]


def acts_found(stored: Stored, lines: Iterable[str]) -> Iterator[str]:
    """Acts that were lost, or done twice."""
    acts: list[Line] = [json.loads(line) for line in lines if line.strip()]
    told = _said(stored, {str(act["nonce"]) for act in acts if act.get("nonce")})
    for act in acts:
        if act.get("nonce"):
            yield from _by_nonce(stored, act, told[str(act["nonce"])])
    yield from _by_place(stored, [act for act in acts if not act.get("nonce")])


def _said(stored: Stored, nonces: set[str]) -> dict[str, list[Row]]:
    """The events in whose texts a nonce stands: all nonces are looked for in each text once."""
    events = {event.id: event for of in stored.events.values() for event in of}
    found: dict[str, dict[int, Row]] = defaultdict(dict)
    for text in stored["event_text"]:
        if text.text and text.event_id in events:
            for nonce in _in(text.text, nonces):
                found[nonce][text.event_id] = events[text.event_id]
    return defaultdict(list, {nonce: list(of.values()) for nonce, of in found.items()})


def _in(text: str, nonces: set[str]) -> Iterator[str]:
    """The nonces among the words of a text; a nonce is letters, digits, `-` and `_` of ASCII."""
    word = "".join(x if x.isascii() and (x.isalnum() or x in "-_") else " " for x in text)
    yield from nonces.intersection(word.split())


def _by_nonce(stored: Stored, act: Line, events: Sequence[Row]) -> Iterator[str]:
    """Its nonce in its own action; a case that it opens may repeat its words."""
    own = [event for event in events if event.action == act["action"]]
    here = [event for event in own if not act.get("case") or stored.name_of(event.case_id) == act["case"]]
    told = f"{act.get('case') or 'a new case'}: {act['action']} of {act.get('who')} ({act['nonce']})"
    if act["state"] == "done" and not here:
        yield f"{told} was answered and is lost"
    if act["state"] == "not_done" and own:
        yield f"{told} was answered with nothing done, and stands in the ledger"
    if len(own) > 1:
        yield f"{told} was done {len(own)} times"


def _by_place(stored: Stored, acts: Sequence[Line]) -> Iterator[str]:
    """As many events after what was shown as were answered, and no more than were tried."""
    names = {f"user:{user.id}": user.username for user in stored["user_"]}
    groups: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for act in acts:
        groups[str(act["case"]), str(act["action"]), str(act.get("who") or "")].append(act)
    for (number, action, who), tried in groups.items():
        case = stored.by_number.get(number)
        first = min(int(act.get("version_shown") or 0) for act in tried)
        found = [event for event in (stored.events.get(case.id, ()) if case else ()) if event.seq > first
                 and event.action == action and (not who or who in (event.actor, names.get(event.actor)))]  # fmt: skip
        done = sum(act["state"] == "done" for act in tried)
        may = done + sum(act["state"] == "unknown" for act in tried)
        if not done <= len(found) <= may:
            yield f"{number}: {action} of {who}: {done} answered, {may} tried, {len(found)} in the ledger"
