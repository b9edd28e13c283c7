"""How the tests are shared out among processes: a file is the work of one, and the longest begin first.

By itself the runner begins with the files that hold the most tests. Those in a browser hold few and take the longest:
they would come last, and one process would wait for the other.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = "tests/browser/"
"""Its last file looks at every page that the others have opened."""

LONGEST = (
    TOGETHER, "tests/web/test_records_in_a_browser.py", "tests/web/test_layout.py", "tests/test_serving.py",
    "tests/workflow/test_random_walks.py", "tests/commands/test_demo.py", "tests/look/",
    "tests/web/parts/test_sheet.py", "tests/web/test_permissions_over_http.py", "tests/web/test_addresses.py",
    "tests/web/test_case_page.py",
)  # fmt: skip


class ByFile(LoadFileScheduling):
    """The tests of a file go to one process, in the order in which they were found; so does what builds on another."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else super()._split_scope(nodeid)


def longest_first(items: list[pytest.Item]) -> None:
    """Put the longest files first, in their order here; the others stay as they are."""
    items.sort(key=lambda item: next((place for place, start in enumerate(LONGEST) if item.nodeid.startswith(start)),
                                     len(LONGEST)))  # fmt: skip
