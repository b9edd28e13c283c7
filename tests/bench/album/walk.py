"""Going through the scenes in a browser, a person after the other, in one language."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby

from flask import Flask
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from registry.people import DEMO_PASSWORD
from tests.bench.album.found import NotThere, found_in
from tests.bench.album.scene import Scene
from tests.pictures import window

LOCALES = {"zh": "zh-CN", "en": "en-GB"}
See = Callable[[Scene, Page], Iterable[str]]
"""Does something with a scene that is open; gives a line for each fault."""


def go_through(app: Flask, address: str, scenes: Iterable[Scene], language: str, see: See) -> Iterator[str]:
    """Show each scene to `see`; gives a line for each fault, and for each scene that could not be shown."""
    for who, theirs in groupby(scenes, key=lambda scene: scene.who):
        with _window(address, who, language) as page:
            for scene in theirs:
                try:
                    _open(app, address, page, scene)
                    yield from (f"{scene.key} {language}: {fault}" for fault in see(scene, page))
                except (NotThere, BrowserError) as missing:
                    yield f"{scene.key} {language}: {type(missing).__name__} {str(missing).splitlines()[0]}"


def _open(app: Flask, address: str, page: Page, scene: Scene) -> None:
    page.set_viewport_size({"width": 1366, "height": 900})
    page.emulate_media(color_scheme="light")
    if scene.address:
        with app.app_context():
            path = found_in(scene.address, scene.who)
        page.goto(address + path)
    for step in scene.steps:
        step(page)
    page.wait_for_load_state("networkidle")


@contextmanager
def _window(address: str, who: str, language: str) -> Iterator[Page]:
    """A browser of somebody who has signed in, or of nobody."""
    context = window(locale=LOCALES[language])
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    page = context.new_page()
    if who:
        page.goto(f"{address}/sign-in")
        page.fill("[name=username]", who)
        page.fill("[name=password]", DEMO_PASSWORD)
        with page.expect_navigation():
            page.press("[name=password]", "Enter")
    try:
        yield page
    finally:
        context.close()
