"""A page as a browser sees it: the links that lead on, and the form in its main part."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

BUTTONS: Final = ("main", "final")


@dataclass
class Asked:
    """One control: what it is called, which sort, what it holds, and of a list its options."""

    name: str
    sort: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form that is sent by POST; `button` is what its main button sends with it."""

    action: str
    asked: list[Asked] = field(default_factory=list)
    button: tuple[str, str] | None = None
    sends: bool = False

    def value(self, name: str) -> str:
        return next((one.value for one in self.asked if one.name == name), "")

    @property
    def names(self) -> set[str]:
        return {one.name for one in self.asked}


@dataclass(frozen=True)
class Link:
    """A link in the main part; `action` where it leads to an act, `main` where it is the step to take."""

    href: str
    action: str = ""
    main: bool = False


class Page(HTMLParser):
    """What stands in `main`: links, forms, and what its attributes say: what was sent, what of it is recorded."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self.sent = ""
        self.recorded = ""
        self._main = False
        self._form: Form | None = None
        self._select: Asked | None = None
        self._area: Asked | None = None
        self.feed(text)

    @property
    def form(self) -> Form | None:
        """The form that the page is for."""
        return next((form for form in self.forms if form.sends), None)

    @property
    def acts(self) -> list[Link]:
        return [link for link in self.links if link.action]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._main = True
        if not self._main:
            return
        self.sent = given.get("data-sent", self.sent)
        self.recorded = given.get("data-recorded", self.recorded)
        match tag:
            case "a":
                main = "main" in given.get("class", "").split()
                self.links.append(Link(given.get("href", ""), given.get("data-action", ""), main))
            case "form" if given.get("method") == "post":
                self._form = Form(given.get("action", ""))
                self.forms.append(self._form)
            case "input" | "select" | "textarea" | "button" | "option" if self._form:
                self._control(self._form, tag, given)

    def _control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        if tag == "button":
            if set(BUTTONS) & set(given.get("class", "").split()):
                form.sends = True
                form.button = (given["name"], given.get("value", "")) if given.get("name") else None
            return
        if tag == "option":
            if self._select:
                self._select.options.append(given.get("value", ""))
            return
        one = Asked(given.get("name", ""), given.get("type", "text") if tag == "input" else tag, given.get("value", ""))
        form.asked.append(one)
        self._select = one if tag == "select" else self._select
        self._area = one if tag == "textarea" else None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._main = False
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


def radios(form: Form) -> Iterator[tuple[str, list[str]]]:
    """Each group of radio buttons with its values."""
    groups: dict[str, list[str]] = {}
    for one in form.asked:
        if one.sort == "radio":
            groups.setdefault(one.name, []).append(one.value)
    return iter(groups.items())
