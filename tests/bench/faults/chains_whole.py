"""Chains: events without holes, each with the hash of its content, and the texts and files that they seal."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from tests.bench.faults.stored import Row, Stored, grouped

BEFORE_THE_FIRST = "0" * 64
SALT = 32
FILE = "file:"


def chains_whole(stored: Stored, evidence: Path | None) -> Iterator[str]:
    """What does not match of any chain, its texts and its files; their bytes too where `evidence` is their folder."""
    texts, files = grouped(stored["event_text"], "event_id"), grouped(stored["attachment"], "event_id")
    for case_id, events in stored.events.items():
        number = stored.name_of(case_id)
        if case_id not in stored.cases:
            yield f"{number}: {len(events)} events belong to no case"
            continue
        yield from _chain(number, events)
        for event in events:
            yield from _sealed(number, event, texts.pop(event.id, ()), files.pop(event.id, ()))
    for row in chain.from_iterable((*texts.values(), *files.values())):
        yield f"{stored.name_of(row.case_id)}: {row.name} is the text or file of no event"
    for case in stored["case_"]:
        yield from _end(case, stored.events.get(case.id, ()))
    if evidence:
        yield from _bytes(stored, evidence)


def _chain(number: str, events: Sequence[Row]) -> Iterator[str]:
    previous = BEFORE_THE_FIRST
    for place, event in enumerate(events, start=1):
        if event.seq != place:
            yield f"{number}: event {event.seq} stands where event {place} should"
        if event.previous != previous:
            yield f"{number}: event {event.seq} quotes another hash than the one before it has"
        if not event.said or one_spelling(event.said) != event.body:
            yield f"{number}: the body of event {event.seq} is not canonical JSON"
        if event_hash(number, event) != event.hash:
            yield f"{number}: event {event.seq} does not give its hash"
        previous = event.hash


def _end(case: Row, events: Sequence[Row]) -> Iterator[str]:
    last = events[-1] if events else None
    if case.length != len(events) or not events:
        yield f"{case.number}: the case counts {case.length} events, its chain has {len(events)}"
    if last and case.head != last.hash:
        yield f"{case.number}: the case's head is not the hash of its last event"


def one_spelling(value: object) -> str:
    """JSON as it is sealed: keys sorted, no spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def event_hash(number: str, event: Row) -> str:
    """The SHA-256 of an event: of everything it says, its place and the hash before it."""
    content = {
        "action": event.action, "actor": event.actor, "at": event.at, "body": event.said, "case": number,
        "previous": event.previous, "seq": event.seq,
    }  # fmt: skip
    return hashlib.sha256(one_spelling(content).encode()).hexdigest()


def _sealed(number: str, event: Row, texts: Sequence[Row], files: Sequence[Row]) -> Iterator[str]:
    """The texts and files of one event against what it seals."""
    at = f"{number}: event {event.seq}"
    sealed = {**event.said.get("texts", {}), **{FILE + sha: seal for sha, seal in event.said.get("files", {}).items()}}
    found = {text.name: text for text in texts}
    if len(found) != len(texts):
        yield f"{at} has a text twice"
    for name in sealed.keys() ^ found.keys():
        yield f"{at}: the text {name} " + ("is missing" if name in sealed else "was never sealed")
    for name in sealed.keys() & found.keys():
        text = found[name]
        if text.case_id != event.case_id:
            yield f"{at}: the text {name} is said to be of another case"
        if text.text is not None and not _fits(text, sealed[name]):
            yield f"{at}: the text {name} does not give its hash"
    yield from _files(at, event, files, found)


def _fits(text: Row, seal: str) -> bool:
    return len(text.salt) == SALT and hashlib.sha256((text.salt + text.text).encode()).hexdigest() == seal


def _files(at: str, event: Row, files: Sequence[Row], texts: dict[str, Row]) -> Iterator[str]:
    attached = {file.sha256: file for file in files}
    if len(attached) != len(files):
        yield f"{at} has a file twice"
    for sha256, file in attached.items():
        if sha256 not in event.said.get("files", {}) or file.case_id != event.case_id:
            yield f"{at}: the file {sha256} was never sealed"
        name = texts.get(FILE + sha256)
        if name and name.text is not None and name.text != file.name:
            yield f"{at}: the file {sha256} bears another name than was sealed"
    for sha256 in event.said.get("files", {}).keys() - attached.keys():
        name = texts.get(FILE + sha256)
        if name is None or name.text is not None:
            yield f"{at}: the file {sha256} is missing"


def _bytes(stored: Stored, evidence: Path) -> Iterator[str]:
    for sha256 in sorted({file.sha256 for file in stored["attachment"]}):
        path = evidence / sha256[:2] / sha256
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            yield f"the bytes of the file {sha256} are missing or others"
