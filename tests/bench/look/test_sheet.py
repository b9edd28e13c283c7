"""Every part, in every state, shuts nobody out: no fault for axe and nothing that scrolls sideways."""

from collections.abc import Iterator

import pytest

from tests.bench.look.sheet import PAGES, sheet_app
from tests.pictures import CHROMIUM, browser_page, faults_at_each_width, serve

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(sheet_app(tmp_path_factory.mktemp("sheet"))) as found:
        yield found


@pytest.mark.parametrize("name", PAGES)
def test_the_parts_shut_nobody_out(address: str, name: str) -> None:
    with browser_page(f"{address}/look/{name}", 390) as page:
        assert not faults_at_each_width(page)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways(address: str, name: str, language: str) -> None:
    with browser_page(f"{address}/look/{name}", 768, cookies={"language": language}) as page:
        for width in (768, 1024, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
