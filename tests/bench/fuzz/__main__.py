"""`python -m tests.bench.fuzz [--seed N] [--rounds N]`: rounds of the fuzzer, each by its own seed; ends with 1 on a
fault. `--seed N --rounds 1` makes one again.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.bench.fuzz.fuzzer import play
from tests.conftest import _build
from tests.databases import settle
from tests.web.stage import build_stage
from tests.web.test_addresses import fill_for_every_address


def main() -> int:
    reads = argparse.ArgumentParser(prog="python -m tests.bench.fuzz", description=__doc__)
    reads.add_argument("--seed", type=int, default=1)
    reads.add_argument("--rounds", type=int, default=50)
    asked = reads.parse_args()
    seen, faults, begun = Counter[str](), 0, time.monotonic()
    with tempfile.TemporaryDirectory() as there:
        template = Path(there) / "template.sqlite"
        _build(f"sqlite:///{template}", template.parent)
        settle(template)
        stage = build_stage(Path(there), template)
        fill_for_every_address(stage)
        for seed in range(asked.seed, asked.seed + asked.rounds):
            for fault in play(stage, seed, seen):
                faults += 1
                _say(f"seed {seed}: {fault}")
    _say(f"{seen.total()} requests in {time.monotonic() - begun:.0f} s: {dict(sorted(seen.items()))}, {faults} faults")
    return 1 if faults else 0


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
