"""Every part, in every state, shuts nobody out: no fault for axe and nothing that scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.look.sheet import PAGES, sheet_app
from tests.pictures import CHROMIUM, browser_page, faults, serve

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(sheet_app(tmp_path_factory.mktemp("sheet"))) as found:
        yield found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("name", PAGES)
def test_the_parts_shut_nobody_out(address: str, name: str, width: int, dark: bool) -> None:
    with browser_page(f"{address}/look/{name}", width, dark=dark) as page:
        assert faults(page) == []


@pytest.mark.parametrize("width", [768, 1024, 1920])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways(address: str, name: str, width: int) -> None:
    for language in ("zh", "en"):
        with browser_page(f"{address}/look/{name}", width, cookies={"language": language}) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= width
