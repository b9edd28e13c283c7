"""What a page must have whatever it says: a title, one h1, ids that stand once, a label for whatever is filled in."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.markup import Piece, pieces

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
CLOSED_BY_THE_NEXT = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"}
FILLED_IN = {"input", "select", "textarea"}
NOT_FILLED_IN = {"hidden", "submit", "button", "image", "reset"}
POINTING = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "list", "form")
HEADINGS = {f"h{level}" for level in range(1, 7)}
DRAWN = {"path", "circle", "rect", "line", "polyline", "polygon", "ellipse", "use"}

Attributes = dict[str, str]


@dataclass
class Form:
    """A form that posts: where to, what it carries unseen, and its first button that says something."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    pressed: dict[str, str] = field(default_factory=dict)


class Read:
    """A page taken apart; `faults` says what is wrong with it."""

    def __init__(self, page: str) -> None:
        self.language = ""
        self.title = ""
        self.h1: list[str] = []
        self._level = 0
        self.ids: Counter[str] = Counter()
        self.forms: list[Form] = []
        self._open: list[str] = []
        self._filled_in: list[tuple[Attributes, bool]] = []
        self._labels: set[str] = set()
        self._pointed: list[tuple[str, str]] = []
        self._wrong: list[str] = []
        self._form: Form | None = None
        for one in pieces(page):
            if one.tag:
                self._starts(one)
            elif one.end:
                self._ends(one.end)
            else:
                self._says(one.text)

    @property
    def faults(self) -> list[str]:
        return [*self._wrong, *self._heads(), *self._ids_wrong(), *self._unlabelled()]

    def _starts(self, one: Piece) -> None:
        tag, given = one.tag, dict(one.given)
        if len(given) < len(one.given):
            self._wrong.append(f"<{tag}> has one attribute twice: {sorted(name for name, _ in one.given)}")
        if "id" in given:
            self.ids[given["id"]] += 1
        self._pointed += [(name, to) for name in POINTING if name in given for to in given[name].split()]
        if tag == "a" and given.get("href", "").startswith("#"):
            self._pointed.append(("href", given["href"][1:]))
        self._note(tag, given)
        if tag not in VOID and not one.closed:
            self._open.append(tag)

    def _ends(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        while self._open:
            last = self._open.pop()
            if last == tag:
                return
            if last not in CLOSED_BY_THE_NEXT | DRAWN:
                self._wrong.append(f"</{tag}> closes <{last}>")
        self._wrong.append(f"</{tag}> closes nothing")

    def _says(self, text: str) -> None:
        if self._open[-1:] == ["title"] and "svg" not in self._open:
            self.title += text.strip()
        if "h1" in self._open:
            self.h1[-1] += text.strip()

    def _note(self, tag: str, given: Attributes) -> None:
        if tag in HEADINGS:
            self._step_down(int(tag[1]))
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "h1":
            self.h1.append("")
        elif tag == "label" and "for" in given:
            self._labels.add(given["for"])
        elif tag == "form":
            self._begin(given)
        elif tag == "img" and "alt" not in given:
            self._wrong.append(f"a picture without alt: {given.get('src')}")
        if tag in FILLED_IN and given.get("type") not in NOT_FILLED_IN:
            self._filled_in.append((given, "label" in self._open))
        if self._form and tag in ("input", "button"):
            self._carry(tag, given)

    def _step_down(self, level: int) -> None:
        """A heading may stand one level under the one before it, no more; the first of all may stand anywhere."""
        if self._level and level > self._level + 1:
            self._wrong.append(f"<h{level}> follows <h{self._level}>")
        self._level = level

    def _begin(self, given: Attributes) -> None:
        if given.get("method", "").lower() == "post" and "main" in self._open:
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)

    def _carry(self, tag: str, given: Attributes) -> None:
        assert self._form
        if given.get("type") == "hidden":
            self._form.hidden[given.get("name", "")] = given.get("value", "")
        elif tag == "button" and given.get("name") and not self._form.pressed:
            self._form.pressed = {given["name"]: given.get("value", "")}

    def _heads(self) -> Iterator[str]:
        if not self.title:
            yield "has no title"
        if len(self.h1) != 1 or not self.h1[0]:
            yield f"has {len(self.h1)} h1: {self.h1}"

    def _ids_wrong(self) -> Iterator[str]:
        yield from (f"the id {one!r} stands {times} times" for one, times in self.ids.items() if times > 1)
        yield from (f"{name} points at {to!r}, which is not there"
                    for name, to in self._pointed if to and to not in self.ids)  # fmt: skip

    def _unlabelled(self) -> Iterator[str]:
        for given, within in self._filled_in:
            named = given.get("aria-label") or given.get("aria-labelledby") or given.get("id") in self._labels
            if not named and not within:
                yield f"the field {given.get('name')!r} has no label"
