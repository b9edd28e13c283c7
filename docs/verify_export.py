"""Checks the export of one case by itself: without the program that made it, its database or its people.

    pip install cryptography
    python verify_export.py EXPORT.json --key KEY [--files FOLDER] [--language zh]

KEY is the office's public key, 64 hex digits, or a file with one a line. Get it from the office, never from whoever
gave you the export. FOLDER holds files of the case, under any names. The exit code is 0 when nothing is wrong, else 1.
What is checked, and all one needs to write this anew; canonical(x) is JSON, names sorted, no spaces, UTF-8:
  file        seal = Ed25519 signature over canonical(everything but the seal)
  event       hash = SHA-256(canonical({action, actor, at, body, case, previous, seq})); previous = the hash before it
  words       body.texts[name] = SHA-256(salt + text); body.files[SHA-256 of the file] = SHA-256(salt + file name)
  checkpoint  every few minutes the office signs one root over the last hash of every case: a Merkle tree (RFC 6962)
              with leaf = SHA-256(00 + canonical({case, head, length})), node = SHA-256(01 + left + right)
"""

import argparse
import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GOOD, BAD, NOTE = "✓", "✗", "·"
Lines = Iterator[tuple[Any, ...]]  # a mark, a sentence, and what stands in its braces


def read(content: bytes, keys: set[str], folder: Path | None = None) -> list[tuple[Any, ...]]:
    """What there is to say of a file, line by line."""
    try:
        lines = list(check(json.loads(content, object_pairs_hook=once), keys, folder))
    except Exception as error:  # whoever forges a file need not keep to its format
        lines = [(BAD, "This cannot be read as an export: {}", repr(error))]
    wrong = any(line[0] == BAD for line in lines)
    return lines + ([(BAD, WRONG)] if wrong else [(GOOD, RIGHT), (NOTE, LIMITS)])


def check(export: Any, keys: set[str], folder: Path | None) -> Lines:
    events, point = export["events"], export["checkpoint"]
    yield NOTE, "Case {}, given out by {} at {}.", export["case"], export["made_by"], export["made_at"]
    if not keys:
        yield NOTE, "You gave no key, so the one in the file is used: whoever made the file may have made it too."
        keys = {export["seal"]["key"], point["statement"]["key"] if point else ""}
    rest = {name: export[name] for name in export if name != "seal"}
    if export["format"] == 1 and signed(rest, export["seal"]["key"], export["seal"]["signature"], keys):
        yield GOOD, "The file: as it was sealed with this key."
    else:
        yield BAD, "The file: changed after it was sealed, or sealed with another key."
    yield from check_chain(export["case"], events)
    yield from check_words(events, export["with_texts"])
    yield from check_files(export["files"], events, folder)
    yield from check_checkpoint(export["case"], events, point, keys)


def check_chain(case: str, events: list[Any]) -> Lines:
    before, faults = "0" * 64, 0
    for n, event in enumerate(events, 1):
        content = {name: event[name] for name in ("action", "actor", "at", "body", "previous", "seq")}
        if event["seq"] != n or event["previous"] != before:
            faults += 1
            yield BAD, "Event {}: does not follow the one before; one was removed, added or moved.", n
        if event["body"] is None:
            yield NOTE, "Event {}: withheld, as it names another case; only its place was checked.", n
        elif sha(canonical({**content, "case": case})) != event["hash"]:
            faults += 1
            yield BAD, "Event {}: changed; what it says does not give its hash.", n
        before = event["hash"]
    if not faults:
        yield GOOD, "The chain: {} events, each sealing the one before.", len(events)


def check_words(events: list[Any], with_texts: bool) -> Lines:
    right = emptied = 0
    for event in events if with_texts else ():
        body = event["body"] or {"texts": {}, "files": {}}
        hashes = {**body["texts"], **{f"file:{file}": name for file, name in body["files"].items()}}
        for name in sorted({*hashes, *event["texts"]}):
            text, salt = (event["texts"].get(name, {}).get(part, "") for part in ("text", "salt"))
            if name in hashes and text is None:
                emptied += 1
            elif name in hashes and len(salt) == 32 and sha((salt + text).encode()) == hashes[name]:
                right += 1
            else:
                yield BAD, "Event {}: its text {} is not what was sealed.", event["seq"], name
    if with_texts:
        yield GOOD, "The words: {} texts and file names as they were sealed; {} lawfully emptied.", right, emptied
    else:
        yield NOTE, "The words: left out of this file; their hashes are in it."


def check_files(files: list[Any], events: list[Any], folder: Path | None) -> Lines:
    found = {sha(path.read_bytes()): path.name for path in folder.rglob("*") if path.is_file()} if folder else {}
    sealed = {file for event in events if event["body"] for file in event["body"]["files"]}
    for file in files:
        name, known = file["name"] or file["sha256"], file["sha256"] in found
        if file["sha256"] not in sealed or (not known and name in found.values()):
            yield BAD, "The file {}: not the one that was handed in.", name
        elif known:
            yield GOOD, "The file {}: the one that was handed in.", name
        else:
            yield NOTE, "The file {}: not at hand, not compared.", name


def check_checkpoint(case: str, events: list[Any], point: Any, keys: set[str]) -> Lines:
    if point is None:
        yield NOTE, "No checkpoint covers this case yet: the database's owner could still have written it anew."
        return
    told, length = point["statement"], point["length"]
    head = events[length - 1]["hash"] if 0 < length <= len(events) else None
    leaf = sha(b"\0" + canonical({"case": case, "head": head, "length": length}))
    if not signed(told, told["key"], point["signature"], keys):
        yield BAD, "The checkpoint: not signed with this key."
    elif root(leaf, point["index"], told["cases"], list(point["proof"])) != told["root"]:
        yield BAD, "The checkpoint: another chain is under it; this one was cut short or written anew."
    else:
        which = told["checkpoint"], told["at"], length
        yield GOOD, "Checkpoint {} of {}: signed; events 1 to {} stood like this then, not changed since.", *which
        yield NOTE, "Its root, the same in every export of that checkpoint: {}", told["root"]
    if length < len(events):
        yield NOTE, "Events {} to {}: chained, but under no checkpoint yet.", length + 1, len(events)


def root(node: str, index: int, size: int, proof: list[str]) -> str:
    """The root that a proof leads to; empty where a tree of this size has another shape."""
    last = size - 1
    while last > 0:
        if index % 2:
            node = sha(b"\1" + bytes.fromhex(proof.pop(0) + node))
        elif index < last:
            node = sha(b"\1" + bytes.fromhex(node + proof.pop(0)))
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


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A part of the file. A name that stands twice in it would show you one thing and this program another."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks the export of one case.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", default="", help="the office's public key, or a file with one a line")
    parser.add_argument("--files", type=Path, help="a folder with files of the case")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    asked = parser.parse_args()
    if not asked.file.is_file():
        parser.error(f"there is no file {asked.file}")
    keys = Path(asked.key).read_text("utf-8") if Path(asked.key).is_file() else asked.key
    lines = read(asked.file.read_bytes(), set(keys.split()), asked.files)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for mark, sentence, *values in lines:
        print(mark, (CHINESE[sentence] if asked.language == "zh" else sentence).format(*values))
    return int(any(line[0] == BAD for line in lines))


WRONG = "Something does not match. Do not rely on this file."
RIGHT = "Nothing is wrong in what could be checked: each line above that begins with ✓ holds."
LIMITS = "That does not show that what was recorded is true, nor who is behind an actor's number."
# fmt: off
CHINESE = {
    "Case {}, given out by {} at {}.": "案件 {}，由{}于 {} 导出。",
    "You gave no key, so the one in the file is used: whoever made the file may have made it too.":
        "未给出密钥，用的是文件自带的：做文件的人也可能自造密钥。",
    "The file: as it was sealed with this key.": "文件：与用此密钥封存时一致。",
    "The file: changed after it was sealed, or sealed with another key.": "文件：封存后被改动，或用的是别的密钥。",
    "Event {}: does not follow the one before; one was removed, added or moved.":
        "第 {} 条：接不上前一条，有增删或移动。",
    "Event {}: withheld, as it names another case; only its place was checked.":
        "第 {} 条：提到别的案件，未给出；只核对了位置。",
    "Event {}: changed; what it says does not give its hash.": "第 {} 条：被改动，内容与哈希不符。",
    "The chain: {} events, each sealing the one before.": "链：共 {} 条，每条封住前一条。",
    "Event {}: its text {} is not what was sealed.": "第 {} 条：文字 {} 不是当时封存的。",
    "The words: {} texts and file names as they were sealed; {} lawfully emptied.":
        "文字：{} 段文字和文件名与封存时一致，{} 段已依法清除。",
    "The words: left out of this file; their hashes are in it.": "文字：本文件不含，只含其哈希。",
    "The file {}: not the one that was handed in.": "附件 {}：不是当时交来的那份。",
    "The file {}: the one that was handed in.": "附件 {}：就是当时交来的那份。",
    "The file {}: not at hand, not compared.": "附件 {}：不在手边，未核对。",
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
    LIMITS: "这不表明所记属实，也不表明编号背后是谁。",
}
# fmt: on

if __name__ == "__main__":
    sys.exit(main())
