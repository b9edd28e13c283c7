"""How the tests are shared out among processes: a file is the work of one, and the longest begin first.

By itself the runner begins with the files that hold the most tests. Those in a browser hold few and take the longest:
they would come last, and one process would wait for the other.
"""

import re

import pytest
from xdist.scheduler import LoadFileScheduling

from cases.kinds import all_kinds

TOGETHER = tuple(f"tests/browser/test_{name}.py" for name in ("walks", "without_script", "words_and_access"))
"""The last of them looks at every page that the others have opened."""

BY_KIND = ("tests/workflow/test_random_walks.py", "tests/web/test_permissions_over_http.py")
"""Each kind is played once for all tests about it, and none needs another."""

LONGEST = (
    *TOGETHER, "tests/web/test_permissions_over_http.py", "tests/bench/faults/test_bench.py",
    "tests/workflow/test_random_walks.py",
    "tests/bench/album/test_every_page.py", "tests/web/test_addresses.py", "tests/browser/",
    "tests/web/test_provisional.py", "tests/registry/test_sheets_again.py",
    "tests/web/records/test_records_in_a_browser.py", "tests/test_serving.py", "tests/cases/walks/",
    "tests/cases/engine/test_machine.py", "tests/commands/test_demo.py",
    "tests/notifications/test_letters.py", "tests/web/site/test_layout.py", "tests/bench/look/",
    "tests/web/parts/test_sheet.py", "tests/web/test_every_place.py", "tests/web/case/test_case_page.py",
    "tests/web/test_many_rows.py", "tests/web/public/test_status.py", "tests/web/acts/test_conflict.py",
    "tests/web/test_attacks.py", "tests/registry/test_sheets.py", "tests/sixth/",
)  # fmt: skip


class ByFile(LoadFileScheduling):
    """The tests of a file go to one process, in the order in which they were found; so does what builds on another."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if file in BY_KIND:
            return f"{file} {_kind(nodeid)}"
        return TOGETHER[0] if file in TOGETHER else file


def _kind(nodeid: str) -> str:
    """The kind that a test of a file of kinds is about: what stands first in its brackets, or nothing."""
    first = re.split(r"[-\]]", nodeid.partition("[")[2])[0]
    return first if first in all_kinds() else ""


def longest_first(items: list[pytest.Item]) -> None:
    """Put the longest files first, in their order here; the others stay as they are."""
    items.sort(key=lambda item: next((place for place, start in enumerate(LONGEST) if item.nodeid.startswith(start)),
                                     len(LONGEST)))  # fmt: skip
