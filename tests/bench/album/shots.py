"""Pictures of a page at each width, light and dark."""

from pathlib import Path

from playwright.sync_api import Page

from tests.bench.album.looking import THEMES, WIDTHS
from tests.bench.album.scene import Scene

HEIGHTS = {390: 844, 768: 1024, 1366: 900, 1920: 1080}


def shoot(page: Page, scene: Scene, folder: Path, language: str) -> None:
    """Keep the whole page as JPEGs: ROLE-NAME.LANGUAGE-WIDTH-THEME.jpg."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width in (WIDTHS[0], WIDTHS[2]) if scene.slight else WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            path = folder / f"{scene.key}.{language}-{width}-{theme}.jpg"
            page.screenshot(path=str(path), full_page=True, type="jpeg", quality=72)
