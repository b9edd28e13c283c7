"""What the office itself could change in an export and seal again, and what the program says to each."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from cases.ledger.sealing import canonical
from cases.ledger.witness import Witness


def sealed(export: dict[str, Any], witness: Witness) -> bytes:
    """Sealed again with the office's key."""
    rest = {name: value for name, value in export.items() if name != "seal"}
    seal = {"key": witness.key(), "signature": witness.sign(canonical(rest))}
    return json.dumps({**rest, "seal": seal}).encode()


def withhold(export: dict[str, Any], *numbers: int) -> dict[str, Any]:
    for n in numbers:
        export["events"][n - 1].update(at=None, actor=None, action=None, body=None, texts={})
    export["files"] = [file for file in export["files"] if file["event"] not in numbers]
    return export


Forgery = Callable[[dict[str, Any]], object]


def _event(n: int, **said: object) -> Forgery:
    return lambda export: export["events"][n - 1].update(said)


def _chained_anew(export: dict[str, Any]) -> None:
    """A whole chain written anew, each hash right."""
    before = "0" * 64
    export["events"][1]["body"]["codes"] = {"why": "forged"}
    for event in export["events"]:
        event["previous"] = before
        names = ("action", "actor", "at", "body", "previous", "seq")
        event["hash"] = before = _sha({**{name: event[name] for name in names}, "case": export["case"]})


UNREADABLE = "This cannot be read as an export: ValueError('other names than those"


def _one_more(part: Callable[[dict[str, Any]], dict[str, Any]]) -> Forgery:
    return lambda export: part(export).update(x=1)


PARTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "export": lambda export: export,
    "event": lambda export: export["events"][1],
    "text": lambda export: export["events"][0]["texts"]["words"],
    "file": lambda export: export["files"][0],
    "checkpoint": lambda export: export["checkpoint"],
    "statement": lambda export: export["checkpoint"]["statement"],
}

FORGERIES: dict[str, tuple[Forgery, str]] = {
    "a text": (lambda e: e["events"][0]["texts"]["words"].update(text="x"), "Event 1: its text words is not what"),
    "a salt": (lambda e: e["events"][0]["texts"]["words"].update(salt="x"), "Event 1: its text words is not what"),
    "a text away": (lambda e: e["events"][0]["texts"].pop("words"), "Event 1: its text words is not what"),
    "a text more": (lambda e: e["events"][1]["texts"].update(x={"text": "", "salt": ""}), "Event 2: its text x is not"),
    "a file": (lambda e: e["files"][0].update(sha256="0" * 64), "The file 决定书.pdf: not sealed under this name"),
    "an actor": (_event(2, actor="user:1"), "Event 2: changed"),
    "a time": (_event(2, at="2026-09-07T02:00:00.000001Z"), "Event 2: changed"),
    "a hash": (_event(5, hash="0" * 64), "Event 5: changed"),
    "a hash amid": (_event(2, hash="0" * 64), "Event 3: does not follow"),
    "an event amid": (lambda e: e["events"].pop(1), "Event 2: does not follow"),
    "the first event": (lambda e: e["events"].pop(0), "Event 1: does not follow"),
    "two in place of each other": (lambda e: e["events"].insert(1, e["events"].pop(2)), "Event 2: does not follow"),
    "the end": (lambda e: e.update(events=e["events"][:3]), "The checkpoint: another chain is under it"),
    "all written anew": (_chained_anew, "The checkpoint: another chain is under it"),
    "a longer chain": (lambda e: e["checkpoint"].update(length=5), "The checkpoint: another chain is under it"),
    "another place": (lambda e: e["checkpoint"].update(index=2), "The checkpoint: another chain is under it"),
    "a shorter proof": (lambda e: e["checkpoint"]["proof"].pop(), "This cannot be read as an export"),
    "a longer proof": (lambda e: e["checkpoint"]["proof"].append("0" * 64), "The checkpoint: another chain is under"),
    "a root": (lambda e: e["checkpoint"]["statement"].update(root="0" * 64), "The checkpoint: not signed"),
    "a time of the checkpoint": (lambda e: e["checkpoint"]["statement"].update(at=""), "The checkpoint: not signed"),
    "another format": (lambda e: e.update(format=2), "This cannot be read as an export"),
    "another case": (lambda e: e.update(case="2026-YY-000002"), "Event 1: changed"),
    "words said to be left out": (lambda e: e.update(with_texts=False), "Event 1: its text words is not what"),
    "an emptied text with a salt": (lambda e: e["events"][0]["texts"]["words"].update(text=None), "Event 1: its text"),
    "a file's name": (lambda e: e["files"][0].update(name="x.pdf"), "The file x.pdf: not sealed under this name"),
    "a file's name away": (lambda e: e["files"][0].update(name=None), "The file "),
    "a file's size": (lambda e: e["files"][0].update(size=1), "The file 决定书.pdf: of another size"),
    "a file's event": (lambda e: e["files"][0].update(event=5), "The files: not those of the events"),
    "a file away": (lambda e: e["files"].clear(), "The files: not those of the events"),
    "a file twice": (lambda e: e["files"].append(e["files"][0]), "The files: not those of the events"),
    "an actor where withheld": (_event(2, body=None, at=None, action=None, texts={}), "Event 2: withheld, and yet"),
    "a text where withheld": (_event(1, body=None, at=None, actor=None, action=None), "Event 1: its text words"),
    **{f"a name more in {what}": (_one_more(part), f"{UNREADABLE} of: {what}") for what, part in PARTS.items()},
}  # fmt: skip


def _sha(content: dict[str, Any]) -> str:
    return sha256(canonical(content).encode()).hexdigest()
