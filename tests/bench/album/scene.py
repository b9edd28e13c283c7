"""What a picture shows: whose page it is, where, and what is done there first."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

Step = Callable[[Page], None]


@dataclass(frozen=True)
class Scene:
    """A page or a state of one.

    `who`: the account, "" for nobody signed in. `address`: with things to be found in braces, as in
    `/cases/{objection.with_bureau}`; "" goes on from the page that the scene before has left, and `at` says where to.
    `steps` are done there before the picture. `zh` and `en` say what is seen. `guide`: the place in the guide of a
    role, `bureau/03`, pictured `width` by `height`, from the part that `top` selects on, if it names one. `slight`:
    one of many of its sort, pictured at two widths only.
    """

    who: str
    name: str
    address: str
    zh: str = ""
    en: str = ""
    steps: tuple[Step, ...] = ()
    guide: str = ""
    slight: bool = False
    at: str = ""
    width: int = 1366
    height: int = 900
    stage: str = ""
    top: str = ""

    @property
    def key(self) -> str:
        return f"{self.who or 'nobody'}-{self.name}"


def press(selector: str) -> Step:
    """Press what is there, and wait for the page that comes."""

    def step(page: Page) -> None:
        with page.expect_navigation():
            page.locator(selector).first.click()

    return step


def go(address: str) -> Step:
    """Go to an address of the same place."""

    def step(page: Page) -> None:
        page.goto("/".join(page.url.split("/")[:3]) + address)

    return step


def put(selector: str, text: str) -> Step:
    return lambda page: page.locator(selector).first.fill(text)


def upload(selector: str, file: Path) -> Step:
    return lambda page: page.locator(selector).first.set_input_files(file)


def pick(selector: str) -> Step:
    """Tick or choose what a label stands for, or open what is folded."""
    return lambda page: page.locator(selector).first.click()


def send() -> Step:
    """The button of the form that sends it."""
    return press("main form[method=post] button.main, main form[method=post] button.final")


def several(page: Page) -> None:
    """Tick the first rows of a list, and go on to what can be done with them."""
    for box in page.locator("#desk input[type=checkbox]").all()[:3]:
        box.check()
    with page.expect_navigation():
        page.locator("#bulk button[value=note]").click()


def keys(*pressed: str) -> Step:
    def step(page: Page) -> None:
        for key in pressed:
            page.keyboard.press(key)
        page.wait_for_timeout(400)

    return step
