"""A stranger with two files and a key finds every letter that was changed, and is told what that shows and what not."""

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from cases.ledger.checkpoints import make_due
from cases.ledger.export import ExportOptions, export_of
from cases.ledger.sealing import canonical
from cases.ledger.witness import Witness
from cases.model.evidence import Store
from cases.model.tables import EventText
from config import ROOT
from extensions import db
from tests.builders import START, later, make_place
from tests.docs.forgeries import FORGERIES, UNREADABLE, sealed, withhold
from tests.promised import promise

pytestmark = pytest.mark.sqlite
"""The file is the same from either database: `tests/cases/ledger/test_export.py` holds that."""

PROGRAM = ROOT / "docs" / "verify_export.py"
CONTENT = b"%PDF-1.4 a decision, on paper"


@dataclass(frozen=True)
class Given:
    """What the stranger has: the file, the office's key, a folder; and we, to forge with, the office itself."""

    text: str
    key: str
    files: Path
    witness: Witness

    @property
    def export(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.text)
        return read


@pytest.fixture(scope="module")
def given_out(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Given:
    """An objection with a file under a checkpoint of five cases; one event came after it, one text was emptied."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "files").mkdir()
    place, witness = make_place(db.session()), Witness(folder)
    file = Store(folder / "store").keep("决定书.pdf", CONTENT, "application/pdf")
    (folder / "files" / "from the firm.pdf").write_bytes(CONTENT)
    for _ in range(3):
        place.complain()
    case = place.file(files=(file,))
    place.file(record=place.other_record, by="enterprise2")
    place.act(case, "office", "accept", START)
    place.act(case, "office", "refer", START, question="请核对决定书原件。")
    place.act(case, "office", "note", START, words="这些话以后依法清除。")
    db.session.execute(update(EventText).where(EventText.text == "这些话以后依法清除。").values(text=None))
    db.session.commit()
    promise(place)
    assert make_due(db.session(), witness, later(START, hours=1))
    place.act(case, "office", "note", later(START, hours=2), words="已经电话告知了企业。")
    text = export_of(db.session(), witness, case.number, "示范旗信用办", later(START, days=1), ExportOptions())
    assert text
    return Given(text, witness.key(), folder / "files", witness)


@pytest.fixture(scope="module")
def program() -> Any:
    """The program, loaded here for the many files that it is to read."""
    spec = importlib.util.spec_from_file_location("verify_export", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """The program as the stranger starts it: a process of its own, without anything of ours to import."""
    shutil.copy(PROGRAM, folder)
    command = [sys.executable, "-I", "verify_export.py", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_a_stranger_with_the_file_and_the_key_reads_what_was_checked(given_out: Given, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(given_out.text, "utf-8")
    code, lines = run(tmp_path, "case.json", "--key", given_out.key, "--files", str(given_out.files))
    root = given_out.export["checkpoint"]["statement"]["root"]
    assert code == 0
    assert lines == [
        "· Case 2026-YY-000001, given out by 示范旗信用办 at 2026-09-08T02:00:00.000000Z.",
        "✓ The file: as it was sealed with this key.",
        "✓ The chain: 5 events, each sealing the one before.",
        "✓ The words: 6 texts and file names as they were sealed; 1 emptied.",
        "✓ The file 决定书.pdf: the one that was handed in.",
        "✓ Checkpoint 1 of 2026-09-07T03:00:00.000000Z: signed; events 1 to 4 stood like this then, not changed since.",
        "✓ By SM3: the same.",
        f"· Its root, the same in every export of that checkpoint: {root}",
        "· Events 5 to 5: chained, but under no checkpoint yet.",
        "✓ Nothing is wrong in what could be checked: each line above that begins with ✓ holds.",
        "· That does not show that what was recorded is true, nor who is behind an actor's number.",
    ]


def test_the_same_in_chinese_with_the_key_in_a_file(given_out: Given, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(given_out.text, "utf-8")
    (tmp_path / "key.txt").write_text(f"{'0' * 64}\n{given_out.key}\n")
    code, lines = run(tmp_path, "case.json", "--key", "key.txt", "--language", "zh")
    assert code == 0
    assert lines[2] == "✓ 链：共 5 条，每条封住前一条。"
    assert "· 附件 决定书.pdf：不在手边，内容和大小都未核对。" in lines
    assert not [line for line in lines if re.search("[A-Za-z]{3,}", re.sub("[0-9a-f]{64}|pdf|2026-YY", "", line))]


def test_every_sentence_has_its_chinese(given_out: Given, program: Any) -> None:
    said = re.findall(r'yield \w+, (".*?")(?:, |$)', PROGRAM.read_text("utf-8"), re.MULTILINE)
    assert len(said) > 15
    for sentence in said:
        english = ast.literal_eval(sentence)
        assert english.count("{}") == program.CHINESE[english].count("{}")


def test_without_a_key_it_says_that_the_file_vouches_for_itself_alone(given_out: Given, program: Any) -> None:
    lines = said(program.read(given_out.text.encode(), set()))
    assert "! You gave no key, so the one in the file is used: whoever made the file may have made it too." in lines
    assert LITTLE in lines
    assert not [line for line in lines if line.startswith("✓ Nothing is wrong")]


def test_what_is_not_sealed_is_no_success_even_with_the_key(given_out: Given, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(json.dumps({**given_out.export, "seal": None}), "utf-8")
    code, lines = run(tmp_path, "case.json", "--key", given_out.key)
    assert code == 3
    assert "! The file: not sealed; anybody who had it could have changed it." in lines
    assert lines[-2] == LITTLE


def test_nothing_more_can_stand_in_the_seal_which_seals_itself_not(given_out: Given, program: Any) -> None:
    export = given_out.export
    export["seal"]["x"] = 1
    assert said(program.read(json.dumps(export).encode(), {given_out.key}))[0] == f"✗ {UNREADABLE} of: seal')"


def test_a_key_is_never_read_as_a_file_and_may_be_written_in_capitals(given_out: Given, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(given_out.text, "utf-8")
    (tmp_path / given_out.key).write_text("0" * 64)
    assert run(tmp_path, "case.json", "--key", given_out.key)[0] == 0
    assert run(tmp_path, "case.json", "--key", given_out.key.upper())[0] == 0


@pytest.mark.parametrize("key", ["", "none.txt", "empty.txt", "0" * 63, "0" * 65])
def test_a_key_that_is_none_is_an_error(given_out: Given, tmp_path: Path, key: str) -> None:
    (tmp_path / "case.json").write_text(given_out.text, "utf-8")
    (tmp_path / "empty.txt").write_text("\n")
    command = [sys.executable, "-I", str(PROGRAM), "case.json", "--key", key]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("error: --key: neither a key of 64 hex digits nor a file with one\n")


def test_nothing_in_a_file_can_write_lines_of_its_own(given_out: Given, tmp_path: Path) -> None:
    export = given_out.export
    export["case"] = "1\n✓ The file: as it was sealed with this key.\r\x1b[2J\u202e\u2028\ud800"
    export["events"][0]["texts"]["\n✓ x"] = {"text": "", "salt": ""}
    for content in (
        json.dumps(export),
        json.dumps({**export, "case": {export["case"]: 1}}),
        '{"events": "\\u001b[2J"}',
    ):
        (tmp_path / "case.json").write_text(content)
        code, lines = run(tmp_path, "case.json", "--key", given_out.key)
        assert code == 1
        assert not [line for line in lines if not line.isprintable() or line.rfind("✓") > 0]
        assert "✓ The file: as it was sealed with this key." not in lines


def test_another_key_than_the_offices_does_not_do(given_out: Given, program: Any, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(given_out.text, "utf-8")
    code, lines = run(tmp_path, "case.json", "--key", Witness(tmp_path).key())
    assert code == 1
    assert "✗ The file: changed after it was sealed, or sealed with another key." in lines
    assert "✗ The checkpoint: not signed with this key." in lines
    assert lines[-1] == "✗ Something does not match. Do not rely on this file."


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_changed_byte_that_means_anything_is_found(given_out: Given, program: Any, data: st.DataObject) -> None:
    content = given_out.text.encode()
    place, byte = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 255))
    how = data.draw(st.sampled_from(["changed", "removed", "added"]))
    after = place + (how != "added")
    changed = content[:place] + (b"" if how == "removed" else bytes([byte])) + content[after:]
    assume(not _means_the_same(content, changed))
    assert program.read(changed, {given_out.key})[-1][0] == program.BAD


def test_a_changed_byte_is_found_by_the_process_too(given_out: Given, tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(given_out.text.replace("八千元", "八万元", 1), "utf-8")
    code, lines = run(tmp_path, "case.json", "--key", given_out.key)
    assert code == 1
    assert "✗ Event 1: its text words is not what was sealed." in lines


def _means_the_same(content: bytes, changed: bytes) -> bool:
    try:
        return canonical(json.loads(content)) == canonical(json.loads(changed))
    except (ValueError, TypeError, RecursionError):
        return False


LITTLE = "! Too little is here to rely on it: each line above that begins with ! says what is missing."


@pytest.mark.parametrize(
    ("numbers", "vouched"), [((2,), True), ((1, 2, 3, 4), True), ((5,), False), ((1, 2, 3, 4, 5), False)]
)
def test_a_chain_is_whole_only_where_something_vouches_for_what_is_withheld(
    given_out: Given, program: Any, numbers: tuple[int, ...], vouched: bool
) -> None:
    """Events 1 to 4 are under the checkpoint."""
    content = sealed(withhold(given_out.export, *numbers), given_out.witness)
    lines = said(program.read(content, {given_out.key}))
    assert {f"· Event {n}: withheld by the office; only its place was checked." for n in numbers} <= set(lines)
    assert ("✓ The chain: 5 events, each sealing the one before." in lines) == vouched
    assert (LITTLE in lines) == (not vouched)


def test_what_is_withheld_before_any_checkpoint_is_vouched_for_by_nothing(given_out: Given, program: Any) -> None:
    export = {**withhold(given_out.export, 1), "checkpoint": None}
    lines = said(program.read(sealed(export, given_out.witness), {given_out.key}))
    assert LITTLE in lines
    assert not [line for line in lines if line.startswith("✓ The chain")]


@pytest.mark.parametrize("forged", FORGERIES)
def test_what_is_changed_and_sealed_again_by_the_office_itself_is_found(
    given_out: Given, program: Any, forged: str
) -> None:
    forge, found = FORGERIES[forged]
    export = given_out.export
    forge(export)
    lines = said(program.read(sealed(export, given_out.witness), {given_out.key}, given_out.files))
    assert [line for line in lines if line.startswith(f"✗ {found}")], lines


def test_events_under_no_checkpoint_can_be_left_out_by_the_office_alone(given_out: Given, program: Any) -> None:
    export = given_out.export
    export["events"].pop()
    assert said(program.read(json.dumps(export).encode(), {given_out.key}))[-1].startswith("✗")
    assert program.read(sealed(export, given_out.witness), {given_out.key})[-1][0] != program.BAD


def test_a_file_that_is_not_there_or_is_no_export_is_said_so(given_out: Given, program: Any, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-I", str(PROGRAM), "none.json"], cwd=tmp_path, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "verify_export.py: error: there is no file none.json")
    for content in (b"", b"[]", b"{}", b"\xff", b'{"case": 1}'):
        assert said(program.read(content, set()))[0].startswith("✗ This cannot be read as an export")


def test_a_file_in_the_folder_that_reads_otherwise_is_named(given_out: Given, program: Any, tmp_path: Path) -> None:
    (tmp_path / "决定书.pdf").write_bytes(CONTENT + b" ")
    lines = said(program.read(given_out.text.encode(), {given_out.key}, tmp_path))
    assert "✗ The file 决定书.pdf: not the one that was handed in." in lines


def test_a_name_that_stands_twice_is_refused(given_out: Given, program: Any) -> None:
    twice = given_out.text.replace('"format": 1,', '"format": 1, "format": 1,')
    assert "a name stands twice" in said(program.read(twice.encode(), {given_out.key}))[0]


def said(lines: list[tuple[Any, ...]]) -> list[str]:
    return [f"{mark} {sentence.format(*values)}" for mark, sentence, *values in lines]
