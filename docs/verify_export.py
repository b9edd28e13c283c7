"""Checks the export of one case by itself: without the program that made it, its database or its people.

    pip install cryptography
    python verify_export.py EXPORT.json --key KEY [--files FOLDER] [--language zh]

KEY is the office's public key, 64 hex digits, or a file with one a line. Get it from the office, never from whoever
gave you the export. FOLDER holds files of the case, under any names. The exit code is 0 when nothing is wrong, 1 when
something is, 3 when too little is there to tell: no key, no seal, or withheld events that nothing vouches for.
What is checked, and all one needs to write this anew; canonical(x) is JSON, names sorted, no spaces, UTF-8:
  file        seal = Ed25519 signature over canonical(everything but the seal)
  event       hash = SHA-256(canonical({action, actor, at, body, case, previous, seq})); previous = the hash before it
  words       body.texts[name] = SHA-256(salt + text); body.files[SHA-256 of the file] = SHA-256(salt + file name)
  checkpoint  every few minutes the office signs one root over the last hash of every case: a Merkle tree (RFC 6962)
              with leaf = SHA-256(00 + canonical({case, head, length})), node = SHA-256(01 + left + right);
              root_sm3 and proof_sm3 are the same by SM3, which GB/T 32905 defines
"""

import argparse
import json
import os.path
import re
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SM3, Hash

GOOD, BAD, LACK, NOTE = "✓", "✗", "!", "·"
NAMES = {
    "export": "about case checkpoint events files format made_at made_by seal with_texts",
    "seal": "key signature",
    "event": "action actor at body hash previous seq texts",
    "text": "salt text",
    "file": "event name sha256 size",
    "checkpoint": "index length proof signature statement",
    "statement": "at cases checkpoint events key previous root",
}
# what a part has beside these where there is something to say
MAY = {"checkpoint": ("proof_sm3",), "statement": ("host", "promised", "register", "root_sm3", "said", "sealed")}
KEY = re.compile("[0-9a-f]{64}")
Lines = Iterator[tuple[Any, ...]]  # a mark, a sentence, and what stands in its braces


def read(content: bytes, keys: set[str], folder: Path | None = None) -> list[tuple[Any, ...]]:
    """What there is to say of a file, line by line."""
    try:
        found = check(json.loads(content, object_pairs_hook=once), keys, folder)
        lines = [(mark, sentence, *map(plain, values)) for mark, sentence, *values in found]
    except Exception as error:  # whoever forges a file need not keep to its format
        lines = [(BAD, "This cannot be read as an export: {}", plain(repr(error)))]
    marks = {line[0] for line in lines}
    if BAD in marks:
        return [*lines, (BAD, WRONG)]
    return [*lines, (LACK, LITTLE) if LACK in marks else (GOOD, RIGHT), (NOTE, LIMITS)]


def plain(value: Any) -> str:
    """A value of the file as it is shown: nothing in it moves the cursor, turns the line or looks like our marks."""
    return "".join(
        c if c.isprintable() and c not in GOOD + BAD else c.encode("unicode_escape").decode() for c in str(value)
    )


def check(export: Any, keys: set[str], folder: Path | None) -> Lines:
    check_names(export)
    events, point, seal = export["events"], export["checkpoint"], export["seal"]
    yield NOTE, "Case {}, given out by {} at {}.", export["case"], export["made_by"], export["made_at"]
    if not keys:
        yield LACK, "You gave no key, so the one in the file is used: whoever made the file may have made it too."
        keys = {seal["key"] if seal else "", point["statement"]["key"] if point else ""}
    rest = {name: export[name] for name in export if name != "seal"}
    if seal is None:
        yield LACK, "The file: not sealed; anybody who had it could have changed it."
    elif signed(rest, seal["key"], seal["signature"], keys):
        yield GOOD, "The file: as it was sealed with this key."
    else:
        yield BAD, "The file: changed after it was sealed, or sealed with another key."
    yield from check_chain(export["case"], events, point["length"] if point else 0)
    yield from check_words(events, export["with_texts"])
    yield from check_files(export["files"], events, folder)
    yield from check_checkpoint(export["case"], events, point, keys)


def check_names(export: Any) -> None:
    """Stops at a part with a name too many, which nobody would have checked, or with one too few."""
    events, point = export["events"], export["checkpoint"]
    texts = [text for event in events for text in event["texts"].values()]
    told = [point["statement"]] if point else []
    parts = [[export], [export["seal"]], events, texts, export["files"], [point], told]
    for (what, names), several in zip(NAMES.items(), parts, strict=True):
        if any({*part} - {*MAY.get(what, ())} != {*names.split()} for part in several if part is not None):
            raise ValueError(f"other names than those of: {what}")
    if export["format"] != 1:
        raise ValueError("another format")


def check_chain(case: str, events: list[Any], covered: int) -> Lines:
    before, faults, withheld = "0" * 64, 0, [event["seq"] for event in events if event["body"] is None]
    for n, event in enumerate(events, 1):
        content = {name: event[name] for name in ("action", "actor", "at", "body", "previous", "seq")}
        if event["seq"] != n or event["previous"] != before:
            faults += 1
            yield BAD, "Event {}: does not follow the one before; one was removed, added or moved.", n
        if event["body"] is None and (event["at"], event["actor"], event["action"]) != (None, None, None):
            faults += 1
            yield BAD, "Event {}: withheld, and yet something is said of it that nothing seals.", n
        elif event["body"] is None:
            yield NOTE, "Event {}: withheld by the office; only its place was checked.", n
        elif sha(canonical({**content, "case": case})) != event["hash"]:
            faults += 1
            yield BAD, "Event {}: changed; what it says does not give its hash.", n
        before = event["hash"]
    if len(withheld) == len(events) or max(withheld, default=0) > covered:
        yield LACK, "The chain: events are withheld, and no other event or no checkpoint vouches for them."
    elif not faults:
        yield GOOD, "The chain: {} events, each sealing the one before.", len(events)


def check_words(events: list[Any], with_texts: bool) -> Lines:
    right = emptied = 0
    for event in events:
        body = event["body"] if with_texts and event["body"] else {"texts": {}, "files": {}}
        hashes = {**body["texts"], **{f"file:{file}": name for file, name in body["files"].items()}}
        for name in sorted({*hashes, *event["texts"]}):
            text, salt = (event["texts"].get(name, {}).get(part, "") for part in ("text", "salt"))
            if name in hashes and text is None and salt is None:
                emptied += 1
            elif (
                name in hashes and text is not None and len(salt) == 32 and sha((salt + text).encode()) == hashes[name]
            ):
                right += 1
            else:
                yield BAD, "Event {}: its text {} is not what was sealed.", event["seq"], name
    if with_texts:
        yield GOOD, "The words: {} texts and file names as they were sealed; {} emptied.", right, emptied
    else:
        yield NOTE, "The words: left out of this file; their hashes are in it."


def check_files(files: list[Any], events: list[Any], folder: Path | None) -> Lines:
    """Each sealed file once, at its event, by its sealed name (none where the words are not here)."""
    paths = [path for path in folder.rglob("*") if path.is_file()] if folder else []
    sizes, names = {sha(path.read_bytes()): path.stat().st_size for path in paths}, {path.name for path in paths}
    sealed = {
        (event["seq"], file): event["texts"].get(f"file:{file}", {}).get("text")
        for event in events if event["body"] for file in event["body"]["files"]
    }  # fmt: skip
    if sorted((file["event"], file["sha256"]) for file in files) != sorted(sealed):
        yield BAD, "The files: not those of the events; one was removed, added or moved."
    for file in files:
        name, size = file["name"] or file["sha256"], sizes.get(file["sha256"])
        if sealed.get((file["event"], file["sha256"])) != file["name"]:
            yield BAD, "The file {}: not sealed under this name.", name
        elif size is None and name in names:
            yield BAD, "The file {}: not the one that was handed in.", name
        elif size is None:
            yield NOTE, "The file {}: not at hand; neither it nor its size was compared.", name
        elif file["size"] not in (None, size):
            yield BAD, "The file {}: of another size than is said here.", name
        else:
            yield GOOD, "The file {}: the one that was handed in.", name


def check_checkpoint(case: str, events: list[Any], point: Any, keys: set[str]) -> Lines:
    if point is None:
        yield NOTE, "No checkpoint covers this case yet: the database's owner could still have written it anew."
        return
    told, length = point["statement"], point["length"]
    head = events[length - 1]["hash"] if 0 < length <= len(events) else None
    leaf = sha(b"\0" + canonical({"case": case, "head": head, "length": length}))
    if not signed(told, told["key"], point["signature"], keys):
        yield BAD, "The checkpoint: not signed with this key."
    elif root(leaf, point["index"], told["cases"], list(point["proof"]), sha) != told["root"]:
        yield BAD, "The checkpoint: another chain is under it; this one was cut short or written anew."
    else:
        which = told["checkpoint"], told["at"], length
        yield GOOD, "Checkpoint {} of {}: signed; events 1 to {} stood like this then, not changed since.", *which
        if "root_sm3" in told:
            leaf = sm3(b"\0" + canonical({"case": case, "head": head, "length": length}))
            way = list(point.get("proof_sm3", []))
            same = root(leaf, point["index"], told["cases"], way, sm3) == told["root_sm3"]
            yield (GOOD, "By SM3: the same.") if same else (BAD, "By SM3: another chain is under the checkpoint.")
        yield NOTE, "Its root, the same in every export of that checkpoint: {}", told["root"]
    if length < len(events):
        yield NOTE, "Events {} to {}: chained, but under no checkpoint yet.", length + 1, len(events)


def root(node: str, index: int, size: int, proof: list[str], hashed: Callable[[bytes], str]) -> str:
    """The root that a proof leads to; empty where a tree of this size has another shape."""
    last = size - 1
    while last > 0:
        if index % 2:
            node = hashed(b"\1" + bytes.fromhex(proof.pop(0) + node))
        elif index < last:
            node = hashed(b"\1" + bytes.fromhex(node + proof.pop(0)))
        index, last = index // 2, last // 2
    return "" if proof or index else node


def signed(thing: Any, key: str, signature: str, keys: set[str]) -> bool:
    """Whether this key signed it and is one of ours."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), canonical(thing))
    except InvalidSignature:
        return False
    return key in keys and signature == bytes.fromhex(signature).hex()


def canonical(thing: Any) -> bytes:
    return json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha(data: bytes) -> str:
    return sha256(data).hexdigest()


def sm3(data: bytes) -> str:
    hashed = Hash(SM3())
    hashed.update(data)
    return hashed.finalize().hex()


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A part of the file. A name that stands twice in it would show you one thing and this program another."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def keys_in(given: str) -> set[str]:
    """The keys that were given. 64 digits are a key, even where a file is called so: a forger may name his files."""
    if not KEY.fullmatch(given.strip().lower()) and os.path.isfile(given):
        given = Path(given).read_text("utf-8", errors="replace")
    return {word for word in given.lower().split() if KEY.fullmatch(word)}


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks the export of one case.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", help="the office's public key, or a file with one a line")
    parser.add_argument("--files", type=Path, help="a folder with files of the case")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    asked = parser.parse_args()
    if not asked.file.is_file():
        parser.error(f"there is no file {asked.file}")
    keys = keys_in(asked.key or "")
    if asked.key is not None and not keys:
        parser.error("--key: neither a key of 64 hex digits nor a file with one")
    lines = read(asked.file.read_bytes(), keys, asked.files)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for mark, sentence, *values in lines:
        print(mark, (CHINESE[sentence] if asked.language == "zh" else sentence).format(*values))
    marks = {line[0] for line in lines}
    return 1 if BAD in marks else 3 if LACK in marks else 0


WRONG = "Something does not match. Do not rely on this file."
RIGHT = "Nothing is wrong in what could be checked: each line above that begins with ✓ holds."
LITTLE = "Too little is here to rely on it: each line above that begins with ! says what is missing."
LIMITS = "That does not show that what was recorded is true, nor who is behind an actor's number."
# fmt: off
CHINESE = {
    "Case {}, given out by {} at {}.": "案件 {}，由{}于 {} 导出。",
    "You gave no key, so the one in the file is used: whoever made the file may have made it too.":
        "未给出密钥，用的是文件自带的：做文件的人也可能自造密钥。",
    "The file: as it was sealed with this key.": "文件：与用此密钥封存时一致。",
    "The file: not sealed; anybody who had it could have changed it.": "文件：未封存，经手的人都可能改过。",
    "The file: changed after it was sealed, or sealed with another key.": "文件：封存后被改动，或用的是别的密钥。",
    "Event {}: does not follow the one before; one was removed, added or moved.":
        "第 {} 条：接不上前一条，有增删或移动。",
    "Event {}: withheld, and yet something is said of it that nothing seals.":
        "第 {} 条：未给出，却写有未经封存的内容。",
    "Event {}: withheld by the office; only its place was checked.": "第 {} 条：信用办未给出；只核对了位置。",
    "The chain: events are withheld, and no other event or no checkpoint vouches for them.":
        "链：有未给出的条目，没有别的条目或检查点可以佐证。",
    "Event {}: changed; what it says does not give its hash.": "第 {} 条：被改动，内容与哈希不符。",
    "The chain: {} events, each sealing the one before.": "链：共 {} 条，每条封住前一条。",
    "Event {}: its text {} is not what was sealed.": "第 {} 条：文字 {} 不是当时封存的。",
    "The words: {} texts and file names as they were sealed; {} emptied.":
        "文字：{} 段文字和文件名与封存时一致，{} 段已清除。",
    "By SM3: the same.": "国密 SM3：同样相符。",
    "By SM3: another chain is under the checkpoint.": "国密 SM3：检查点下是另一条链。",
    "The words: left out of this file; their hashes are in it.": "文字：本文件不含，只含其哈希。",
    "The file {}: not the one that was handed in.": "附件 {}：不是当时交来的那份。",
    "The file {}: the one that was handed in.": "附件 {}：就是当时交来的那份。",
    "The file {}: not at hand; neither it nor its size was compared.": "附件 {}：不在手边，内容和大小都未核对。",
    "The file {}: of another size than is said here.": "附件 {}：大小与此处所写不符。",
    "The file {}: not sealed under this name.": "附件 {}：当时封存的不是这个名字。",
    "The files: not those of the events; one was removed, added or moved.": "附件：与各条所封存的不符，有增删或移动。",
    "No checkpoint covers this case yet: the database's owner could still have written it anew.":
        "尚无检查点覆盖本案：掌握数据库的人仍可能整体重写。",
    "The checkpoint: not signed with this key.": "检查点：不是用此密钥签的。",
    "The checkpoint: another chain is under it; this one was cut short or written anew.":
        "检查点：其下是另一条链，本链被截短或整体重写。",
    "Checkpoint {} of {}: signed; events 1 to {} stood like this then, not changed since.":
        "第 {} 号检查点（{}）：签名有效；第 1 至 {} 条当时就是这样，此后未改。",
    "Its root, the same in every export of that checkpoint: {}": "它的根，同一检查点的每份导出件都相同：{}",
    "Events {} to {}: chained, but under no checkpoint yet.": "第 {} 至 {} 条：已入链，尚无检查点覆盖。",
    "This cannot be read as an export: {}": "无法作为导出件读取：{}",
    WRONG: "有不符之处，不可采信。",
    RIGHT: "能核对的没有不符：上面标 ✓ 的各条成立。",
    LITTLE: "材料不足，尚不可采信：上面标 ! 的各条说明缺什么。",
    LIMITS: "这不表明所记属实，也不表明编号背后是谁。",
}
# fmt: on

if __name__ == "__main__":
    sys.exit(main())
