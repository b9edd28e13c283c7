"""A person at a browser whose every press is counted, and how long a skilled one takes.

The seconds are those of the keystroke-level model (Card, Moran and Newell 1980): each thing that the hand does has a
time of its own, and to that comes what is waited for, measured. Reading is not in it, nor thinking about the case.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Locator, Page

KEY: Final = 0.28
"""K: a key, at 40 words a minute; a Chinese character is three of them on a pinyin keyboard."""
POINT: Final = 1.1
"""P: to point with the mouse."""
BUTTON: Final = 0.1
"""B: to press the mouse button, and as much to let it go."""
HOME: Final = 0.4
"""H: the hand goes from the mouse to the keys or back."""
DECIDE: Final = 1.35
"""M: to decide upon the next act; once for a field that is chosen and filled in."""
PINYIN: Final = 3
IN_DIALOG: Final = 2
"""Clicks in the system's own window when a file is chosen: the file, and to open it."""


@dataclass
class Person:
    """Counts of one job: clicks, keys pressed as commands, characters typed, pages loaded, seconds."""

    page: Page
    clicks: int = 0
    keys: int = 0
    typed: int = 0
    pages: int = 0
    waited: float = 0.0
    acted: float = 0.0
    _at_keys: bool = field(default=False, repr=False)

    @property
    def seconds(self) -> float:
        return self.acted + self.waited

    def click(self, where: str | Locator, loads: bool = True) -> None:
        """Click what is there; `loads`: it leads to another page, which is waited for."""
        self._point(1)
        self._do(self._one(where).click, loads)

    def tick(self, where: str | Locator) -> None:
        """Click what leads nowhere: a box, a field, a choice."""
        self.click(where, loads=False)

    def select(self, where: str | Locator, **option: str) -> None:
        """Choose from a list: open it, and click."""
        self._point(2)
        self._one(where).select_option(**option)

    def upload(self, where: str | Locator, path: str) -> None:
        """Choose a file in the system's window."""
        self._point(1 + IN_DIALOG)
        self._one(where).set_input_files(path)

    def write(self, where: str | Locator, text: str, at_it: bool = False, key: str = "") -> None:
        """Click a field and type, decided on once; `key` leads to it instead of a click; `at_it`: the cursor is there
        already."""
        if key:
            self.press(key)
        elif at_it:
            self.acted += DECIDE
        else:
            self._point(1)
        self._hand(keys=True)
        strokes = sum(PINYIN if re.match("[\u3400-\u9fff]", letter) else 1 for letter in text)
        self.typed += len(text)
        self.acted += strokes * KEY
        self._one(where).fill(text)

    def offered(self, where: str) -> None:
        """Wait until what is offered for the words just typed is there."""
        with self._waiting():
            self.page.locator(where).first.wait_for()

    def press(self, *keys: str, loads: bool = False) -> None:
        """Press keys as commands, decided on once."""
        self.acted += DECIDE
        self._hand(keys=True)
        for place, key in enumerate(keys, 1):
            self.keys += key.count("+") + 1
            self.acted += KEY * (key.count("+") + 1)
            self._do(lambda key=key: self.page.keyboard.press(key), loads and place == len(keys))

    def settle(self) -> None:
        """Wait for a part of the page that was asked for."""
        begun = time.monotonic()
        self.page.locator(".htmx-request, .htmx-settling, .htmx-swapping").first.wait_for(state="detached")
        self.waited += time.monotonic() - begun

    def look(self, times: int = 1) -> None:
        """To find with the eye what the page does not put first: decided upon once each time."""
        self.acted += DECIDE * times

    def _one(self, where: str | Locator) -> Locator:
        return self.page.locator(where).first if isinstance(where, str) else where.first

    def _point(self, clicks: int) -> None:
        self._hand(keys=False)
        self.clicks += clicks
        self.acted += DECIDE + clicks * (POINT + 2 * BUTTON)

    def _hand(self, keys: bool) -> None:
        if keys is not self._at_keys:
            self.acted += HOME
            self._at_keys = keys

    def _do(self, act: object, loads: bool) -> None:
        assert callable(act)
        if not loads:
            act()
            return
        with self._waiting(), self.page.expect_navigation(wait_until="load"):
            act()
        self.pages += 1

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.waited += time.monotonic() - begun
