"""`python -m tests.bench.tampering [--seed N] [--rounds N] [--write]`: every trick on copies of a demo, as a table.

Ends with 1 where a trick is found that should not be, or the other way round. `--write` puts the table into
docs/security.md.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.bench.tampering.stage import prepare, tampered
from tests.bench.tampering.tricks import TRICKS, Trick, found
from tests.played import played_demo

DOCS: Final = Path(__file__).parents[3] / "docs" / "security.md"
BEGIN, END = "<!-- tricks -->\n", "<!-- end of tricks -->\n"


def main() -> int:
    reads = argparse.ArgumentParser(prog="python -m tests.bench.tampering", description=__doc__)
    reads.add_argument("--seed", type=int, default=1, help="which rows are taken")
    reads.add_argument("--rounds", type=int, default=1, help="so many rows a trick")
    reads.add_argument("--write", action="store_true", help="put the table into docs/security.md")
    asked = reads.parse_args()
    otherwise = 0
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there) / "played"
        folder.mkdir()
        prepare(played_demo(folder, stands=True))
        for name, trick in TRICKS.items():
            for seed in range(asked.seed, asked.seed + asked.rounds):
                said = faults_of(trick, folder, seed)
                otherwise += bool(said)
                _say(f"{'OTHERWISE' if said else 'as told':10} {name} (seed {seed}) {said}")
    _say(table())
    if asked.write:
        before, _, rest = DOCS.read_text().partition(BEGIN)
        DOCS.write_text(before + BEGIN + "\n" + table() + "\n" + END + rest.partition(END)[2])
    return 1 if otherwise else 0


def faults_of(trick: Trick, folder: Path, seed: int) -> str:
    """What a check says otherwise than the table does of a trick on a row drawn by lot; empty where it is so."""
    here, beside = tampered(folder, folder.parent / f"copy-{seed}", trick.deed, seed)
    wrong = [
        f"{where}: {[f'{fault.case_number} {fault.seq}: {fault.what}' for fault in verdict.faults[:3]]}"
        for where, verdict, words in (("here", here, trick.here), ("with the copy", beside, trick.beside or trick.here))
        if not found(verdict.faults, words)
    ]
    return "; ".join(wrong)


def table() -> str:
    """The tricks, by whose hands, and whether a check finds them."""
    lines = ["| what is changed | with | `flask audit verify` | with a copy of the log |", "|---|---|---|---|"]
    for name, trick in TRICKS.items():
        here, beside = (WORDS[bool(words)] for words in (trick.here, trick.beside or trick.here))
        lines.append(f"| {name} | {trick.hands} | {here} | {beside} |")
    return "\n".join(lines) + "\n"


WORDS: Final = {True: "found", False: "**not found**"}


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
