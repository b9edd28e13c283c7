"""What a machine finds wrong with a page: axe, sideways scrolling, words of the other language, values not put in."""

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.pictures import violations
from tests.spoken import SPOKEN, foreign, raw

WIDTHS = (390, 768, 1366, 1920)
AXE_AT = (390, 1366)
THEMES = ("light", "dark")
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def faults_of(page: Page, language: str) -> Iterator[str]:
    """Everything that is wrong with the page that is open, a line each."""
    said = page.evaluate(SPOKEN)
    yield from (f"says {text!r}" for text in foreign(said, language))
    yield from (f"a value is not put in: {text!r}" for text in raw(said))
    heads = page.locator("h1").count()
    if heads != 1:
        yield f"has {heads} h1"
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if theme == "light" and page.evaluate(SIDEWAYS):
                yield f"scrolls sideways at {width}"
            if width in AXE_AT:
                for one in violations(page, whole=True):
                    where = [node["target"] for node in one["nodes"]][:3]
                    yield f"{one['id']} at {width} {theme}: {where}"
