"""Contact sheets: many pictures on one, so that a person looks through hundreds. Chromium itself lays them out."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from tests.bench.album.looking import THEMES, WIDTHS
from tests.bench.album.scene import Scene
from tests.pictures import chromium

WIDE = 1560
COLUMNS = {390: 6, 768: 4, 1366: 2, 1920: 2}
TALL = {390: 3.1, 768: 2.0, 1366: 1.05, 1920: 1.05}
"""How much of a page one tile shows, in widths of it; a longer page is cut into several tiles, four at most.
A sheet is one row of tiles: as much as can be looked at at once."""
STYLE = """body{margin:0;width:%dpx;background:#777;font:13px sans-serif;display:grid;gap:6px;padding:6px;
box-sizing:border-box;grid-template-columns:repeat(%d,1fr)} figure{margin:0;background:#fff;overflow:hidden}
figcaption{background:#222;color:#fff;padding:1px 4px;white-space:nowrap}
div{overflow:hidden;position:relative} img{position:absolute;width:100%%;left:0}"""


def contact_sheets(folder: Path, scenes: Sequence[Scene], language: str) -> list[Path]:
    """The sheets of all pictures in one language, by width and theme."""
    made: list[Path] = []
    page = chromium().new_page(viewport={"width": WIDE, "height": 800})
    for width in WIDTHS:
        for theme in THEMES:
            tiles = [tile for scene in scenes for tile in _tiles(folder, scene, f"{language}-{width}-{theme}", width)]
            for number, start in enumerate(range(0, len(tiles), COLUMNS[width]), 1):
                some = tiles[start : start + COLUMNS[width]]
                drawn = folder / "sheet.html"
                style = f"<style>{STYLE % (WIDE, COLUMNS[width])}</style>"
                drawn.write_text(f"<!doctype html><meta charset=utf-8>{style}{''.join(some)}", "utf-8")
                page.goto(drawn.as_uri())
                made.append(folder / f"sheet-{language}-{width}-{theme}-{number:02}.png")
                page.screenshot(path=str(made[-1]), full_page=True)
                drawn.unlink()
    page.close()
    return made


def _tiles(folder: Path, scene: Scene, view: str, width: int) -> Iterator[str]:
    path = folder / f"{scene.key}.{view}.jpg"
    if not path.exists():
        return
    ratio = _ratio(path)
    parts = min(4, max(1, -(-int(ratio * 100) // int(TALL[width] * 100))))
    tile = WIDE / COLUMNS[width] - 8
    for part in range(parts):
        name = f"{scene.key} {part + 1}/{parts}" if parts > 1 else scene.key
        size = f"height:{min(TALL[width], ratio) * tile:.0f}px"
        yield (f'<figure><figcaption>{escape(name)}</figcaption><div style="{size}">'
               f'<img src="{path.name}" style="top:-{part * TALL[width] * tile:.0f}px"></div></figure>')  # fmt: skip


def _ratio(path: Path) -> float:
    """Height by width, from the JPEG's frame header."""
    data = path.read_bytes()
    place = 2
    while data[place] == 0xFF and data[place + 1] not in (0xC0, 0xC1, 0xC2):
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return int.from_bytes(data[place + 5 : place + 7], "big") / int.from_bytes(data[place + 7 : place + 9], "big")
