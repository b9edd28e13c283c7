"""What a page weighs on the line, packed as it is sent: itself, and with the files of ours that it names.

`python -m tests.bench.weight` prints the sorts of pages of tests.bench.lighthouse; evidence and papers as files
are not counted.
"""

import gzip
import re
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from config import ROOT
from tests.bench.album.demo import album_demo
from tests.bench.album.found import found_in
from tests.bench.album.scenes import SCENES

FIRST, AFTER = 100_000, 20_000
"""Bytes: the most of a first visit, and of any page once our files are kept."""
OWN_FILE: Final = re.compile(r'(?:href|src)="/static/([\w./-]+)')
PACKED_FROM: Final = 1024


@dataclass(frozen=True)
class Weight:
    """Bytes: of the page, and of the page with every file of ours."""

    page: int
    first: int


def weight_of(page: str) -> Weight:
    body = packed(page.encode())
    return Weight(body, body + sum(_file(name) for name in set(OWN_FILE.findall(page))))


def packed(body: bytes, level: int = 5) -> int:
    return len(gzip.compress(body, level)) if len(body) >= PACKED_FROM else len(body)


@cache
def _file(name: str) -> int:
    """A file of ours, with those that a style sheet names."""
    body = (ROOT / "static" / name).read_bytes()
    named = re.findall(rb"url\([\"']?([\w-]+\.\w+)", body) if name.endswith(".css") else []
    return packed(body, 9) + sum(_file(f"{Path(name).parent}/{one.decode()}") for one in set(named))


def main() -> int:
    from tests.bench.lighthouse import SORTS, signed_in

    print("| page | after, kB | first visit, kB |\n|---|---|---|")  # noqa: T201
    with tempfile.TemporaryDirectory() as kept:
        app = album_demo(Path(kept))
        for scene in (one for one in SCENES if one.key in SORTS):
            with app.app_context():
                address = found_in(scene.address, scene.who)
            found = weight_of(signed_in(app, scene.who).get(address).text)
            print(f"| {scene.key} | {found.page / 1000:.1f} | {found.first / 1000:.1f} |")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
