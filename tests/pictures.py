"""The product in a real browser: serve an application, take a picture of a page, look for what shuts people out."""

import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import waitress
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from waitress.wasyncore import close_all

from run import BROWSERS

CHROMIUM: Final = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
HEIGHTS: Final = {390: 844, 1366: 900}
QUIET: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                "--disable-sync")  # fmt: skip
PATIENCE: Final = 40_000
"""Milliseconds within which a page must have come: it costs nothing where it comes at once, as it does but on a busy
machine."""
LOOK: Final = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
LOOK_AT_WHAT_IS_NEW: Final = """async known => {
  const seen = new Set(known), styles = new Map(), fresh = [], looks = [];
  const layers = one => {
    if (!one) return '';
    if (!styles.has(one)) {
      const is = getComputedStyle(one);
      const own = [is.backgroundColor, is.backgroundImage, is.opacity, is.filter].join();
      styles.set(one, own + '/' + layers(one.parentElement));
    }
    return styles.get(one);
  };
  for (const one of document.body.querySelectorAll('*')) {
    const says = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!says && !one.matches('input, select, textarea')) continue;
    const is = getComputedStyle(one);
    const look = [is.color, is.fontSize, is.fontWeight, is.textShadow, layers(one)].join();
    if (is.visibility !== 'visible' || !one.getClientRects().length || seen.has(look)) continue;
    seen.add(look); looks.push(look); fresh.push(one);
  }
  const options = {resultTypes: ['violations']};
  const rest = await axe.run({...options, rules: {'color-contrast': {enabled: false}}});
  const contrast = {runOnly: ['color-contrast'], ...options};
  const poor = fresh.length ? (await axe.run({include: fresh}, contrast)).violations : [];
  return [[...rest.violations, ...poor], poor.length ? [] : looks];
}"""
"""Contrast takes most of the time of axe, and follows from a colour, a size and what lies under the text: what looks
the same need not be measured on every page."""
_STARTED: Final = ExitStack()
_MEASURED: Final[set[str]] = set()
"""How the text looked whose contrast axe has found good."""


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Serve on a free port until the block ends; gives the address without the last slash."""
    many = {"connection_limit": 1000, "asyncore_use_poll": True}  # each window holds some open, and tests have many
    server: Any = waitress.create_server(app, host="127.0.0.1", port=0, threads=4, **many)  # type: ignore
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # in its own thread and at once: closed from here, it would be looked for on a socket that is gone
        server.trigger.pull_trigger(lambda: close_all(server._map))
        thread.join(timeout=5)
        server.task_dispatcher.shutdown()


@cache
def chromium() -> Browser:
    """One Chromium a process, whose windows share nothing: to start one costs as much as to look at ten pages."""
    playwright = _STARTED.enter_context(sync_playwright())
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    _STARTED.callback(browser.close)
    expect.set_options(timeout=PATIENCE)
    return browser


def window(width: int = 1366, **options: Any) -> BrowserContext:
    """A window that shares nothing with any other, without animation."""
    viewport = {"width": width, "height": HEIGHTS.get(width, 900)}
    context = chromium().new_context(viewport=viewport, reduced_motion="reduce", **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    return context


def follow(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait for it: else what is done next is done to the page that is left."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def stop() -> None:
    """End the Chromium of this process, where there is one."""
    chromium.cache_clear()
    _STARTED.close()


@contextmanager
def browser_page(
    url: str, width: int = 1366, *, dark: bool = False, cookies: Mapping[str, str] | None = None, script: bool = True
) -> Iterator[Page]:
    """A page opened at a width, without animation; `cookies` such as language or session."""
    context = window(width, color_scheme="dark" if dark else "light", java_script_enabled=script)
    with closing(context):
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in (cookies or {}).items()])
        page = context.new_page()
        page.goto(url)
        yield page


def picture(
    url: str, path: Path | str, width: int = 1366, *, dark: bool = False, cookies: Mapping[str, str] | None = None
) -> None:
    """Keep the whole page as a PNG."""
    with browser_page(url, width, dark=dark, cookies=cookies) as page:
        page.screenshot(path=str(path), full_page=True)


def violations(page: Page, *, whole: bool = False) -> list[Any]:
    """What axe finds. Its script, half a megabyte, is sent once a window; the pages to come begin with it.

    Contrast is measured of what has not been measured in this process yet; of the `whole` page if that is asked for.
    Looked at once the page has loaded: on a page still being built axe meets a frame without a document.
    """
    page.wait_for_load_state()
    if page.evaluate("typeof axe === 'undefined'"):
        page.context.add_init_script(AXE_SCRIPT)
        page.evaluate(AXE_SCRIPT)
    if whole:
        return list(page.evaluate(LOOK))
    found, looks = page.evaluate(LOOK_AT_WHAT_IS_NEW, sorted(_MEASURED))
    _MEASURED.update(looks)
    return list(found)


def faults_at_each_width(page: Page) -> list[str]:
    """The faults of a page that is open, wide and narrow, light and dark."""
    found = []
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            found += [f"{width} {theme}: {fault}" for fault in faults(page)]
    return found


def faults(page: Page) -> list[str]:
    """What axe finds, what scrolls sideways, and what does not load: one line each."""
    found = [f"{one['id']}: {node['target']} {node['failureSummary']}"
             for one in violations(page) for node in one["nodes"]]  # fmt: skip
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"scrolls sideways at {page.viewport_size}")
    return found
