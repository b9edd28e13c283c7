"""Opening a record sheet that came from outside: a child process reads it, and its death is a sentence.

One reader for every door. The child is given the file and limits, never the platform's environment.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from registry.cleaning import EPOCH, EPOCH_1904
from registry.sheets import child
from registry.sheets.child import SheetLimits
from registry.sheets.reading import BadSheet, RecordSheet, Row, heads
from workflow.refusal import Message, say

GIGABYTE: Final = 1024**3
SENT: Final = SheetLimits(memory=GIGABYTE, seconds=60, unpacked=GIGABYTE // 2, told=GIGABYTE // 4, rows=100_000)
"""For a sheet that somebody sent over the site, whose pages wait meanwhile."""
BROUGHT: Final = SheetLimits(memory=6 * GIGABYTE, seconds=900, unpacked=2 * GIGABYTE, told=4 * GIGABYTE, rows=1_048_576)
"""For a sheet on the command line."""
LOOKED_AT: Final = 20
"""The first rows that say something, of which one must head the sheet."""
DIED: Final = say(
    "The sheet could not be read: it is damaged, or takes more memory or time than one sheet may. Save it again as "
    "XLSX, or split it."
)
log = logging.getLogger("redress.sheets")


def open_records(source: Path | bytes, kind: str) -> RecordSheet:
    """The first sheet that has the heading row of this kind; raises `BadSheet` with a sentence, now or while it is
    read."""
    lines = _told(source)
    sheet, before = {}, 0
    for line in lines:
        if isinstance(line, dict):
            sheet, before = line, 0
            continue
        before += 1
        if before <= LOOKED_AT and heads(kind, line[1]):
            return RecordSheet(line[1], _below(lines), sheet["height"], EPOCH_1904 if sheet["mac"] else EPOCH)
    raise BadSheet(say("No row with the headings of the record sheet was found: keep the heading row as it came."))


def _below(lines: Iterator[Any]) -> Iterator[tuple[int, Row]]:
    for line in lines:
        if isinstance(line, dict):
            return  # the next sheet
        yield line


def _told(source: Path | bytes) -> Iterator[Any]:
    """What the child says, line by line: a sheet, then its rows. Raises `BadSheet` where it refuses or dies."""
    process = _begun(source)
    assert process.stdout
    try:
        for line in process.stdout:
            said = json.loads(line, object_hook=_untagged)
            if isinstance(said, dict) and "end" in said:
                return
            if isinstance(said, dict) and "unfit" in said:
                log.info("a sheet is refused: %s", said["unfit"])
                raise BadSheet(_sentence(*said["unfit"]))
            yield said
        log.error("a sheet has ended its reader: %s", process.wait())
        raise BadSheet(DIED)
    except ValueError as error:  # half a line, since it died in it
        raise BadSheet(DIED) from error
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def _begun(source: Path | bytes) -> subprocess.Popen[str]:
    within = SENT if isinstance(source, bytes) else BROUGHT
    try:
        with source.open("rb") if isinstance(source, Path) else tempfile.TemporaryFile() as file:
            if isinstance(source, bytes):
                file.write(source)
                file.seek(0)
            return subprocess.Popen(
                [sys.executable, "-I", child.__file__, *map(str, within)],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=None if os.name == "nt" else {},
                encoding="utf-8",
            )
    except OSError as error:
        log.error("the reader of sheets could not begin: %s", error)
        raise BadSheet(say("The platform has no room to read a sheet at the moment: send it again later.")) from error


def _untagged(said: dict[str, Any]) -> Any:
    """A day or a time of a cell; what speaks of the sheet itself stays as it is."""
    if len(said) != 1:
        return said
    [(tag, value)] = said.items()
    if tag == "seconds":
        return timedelta(seconds=value)
    kind = {"date": date, "datetime": datetime, "time": time}.get(tag)
    return kind.fromisoformat(value) if kind else said  # type: ignore[attr-defined]


def _sentence(word: str, what: object = "") -> Message:
    """What to say of a file that the child refuses."""
    return {
        "large": say("The workbook is too large: split it."),
        "long": say(
            "The sheet has more than {most} rows: split it. The command line takes {n}.", most=what, n=BROUGHT.rows
        ),
        "wide": say("A row has more than {most} cells: delete what stands beside the table.", most=what),
        "apart": say(
            "The sheet reaches as far as cell {cell} with almost nothing in it: delete what stands outside the table "
            "and save it again.",
            cell=what,
        ),
        "workbook": say(
            "The workbook cannot be read: it is damaged, or locked with a password. Save it again as XLSX, without one."
        ),
        "csv": say("The file cannot be read as CSV: save it as XLSX."),
        "neither": say("The file is neither XLSX nor CSV in UTF-8 or GB 18030: save it as XLSX."),
    }[word]
