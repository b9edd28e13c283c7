"""The pictures of the guides: a few scenes a role, kept under docs/pictures, and named with their words in the guides.

A guide shows a scene by a line `![…](pictures/ROLE/NN-NAME.webp)`; number, language and words of that line are the
script's, its place is the writer's.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Final

from playwright.sync_api import Page

from config import ROOT
from tests.bench.album.scene import Scene

DOCS: Final = ROOT / "docs"
SUFFIX: Final = {"zh": ".zh-CN", "en": ""}
MOST: Final = 60_000
"""Bytes of one picture."""
SMALLER: Final = ((1, 82), (1, 66), (1, 50), (0.85, 60), (0.85, 45), (0.75, 50), (0.75, 34), (0.66, 30))
"""What is tried until a picture is small enough: first coarser, then of fewer points; a dense page is still read so."""


def keep_picture(page: Page, scene: Scene, language: str) -> Iterable[str]:
    """Keep the top of the page as it is in a guide; gives a line where it cannot be made small enough."""
    path = DOCS / "pictures" / _name(scene, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": scene.width, "height": scene.height})
    page.evaluate("scrollTo(0, 0)")
    begins = page.locator(scene.top).first.evaluate("part => part.getBoundingClientRect().top - 16") if scene.top else 0
    tall = min(scene.height, page.evaluate("document.documentElement.scrollHeight") - begins)
    clip = {"x": 0, "y": begins, "width": scene.width, "height": tall}
    for scale, quality in SMALLER:
        picture = _webp(page, clip | {"scale": scale}, quality)
        if len(picture) <= MOST:
            path.write_bytes(picture)
            return ()
    return (f"the picture is {len(picture)} bytes",)


def rewrite(scenes: Iterable[Scene]) -> Iterator[str]:
    """Put the words and the names of the pictures into the guides anew, and remove the pictures that none shows."""
    shown = [scene for scene in scenes if scene.guide]
    wanted = {DOCS / "pictures" / _name(scene, language) for scene in shown for language in SUFFIX}
    for path in sorted((DOCS / "pictures").rglob("*.webp")):
        if path not in wanted:
            path.unlink()
            yield f"removed {path.name}"
    for role in sorted({scene.guide.split("/")[0] for scene in shown}):
        for language, suffix in SUFFIX.items():
            guide = DOCS / f"guide-{role}{suffix}.md"
            text = guide.read_text("utf-8")
            for scene in (one for one in shown if one.guide.startswith(f"{role}/")):
                line = f"![{getattr(scene, language)}](pictures/{_name(scene, language)})"
                text, times = re.subn(_line(role, scene.name), lambda _found, line=line: line, text)
                if times != 1:
                    yield f"{guide.name} shows {scene.name} {times} times"
            guide.write_text(text, "utf-8")


def _name(scene: Scene, language: str) -> str:
    role, number = scene.guide.split("/")
    return f"{role}/{number}-{scene.name}{SUFFIX[language]}.webp"


def _line(role: str, name: str) -> str:
    return rf"!\[[^\]\n]*\]\(pictures/{role}/\d\d-{re.escape(name)}(\.zh-CN)?\.webp\)"


def _webp(page: Page, clip: dict[str, float], quality: int) -> bytes:
    session = page.context.new_cdp_session(page)
    asked = {"format": "webp", "quality": quality, "clip": clip, "captureBeyondViewport": True}
    answer = session.send("Page.captureScreenshot", asked)
    session.detach()
    return base64.b64decode(answer["data"])
