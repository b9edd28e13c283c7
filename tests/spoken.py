"""In which words a page speaks: all that the product says in one language and says otherwise in the other."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from commands.messages import compiled, translation
from registry.people import DEMO_NAMES
from tests.markup import pieces

PLACE = re.compile(r"\\\{\w+[^{}]*\\\}|%\\\(\w+\\\)[sd]|%\(\w+\)[sd]")
SAID_IN = ("aria-label", "placeholder", "title", "alt")
SILENT = {"script", "style", "textarea", "code"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
RAW = re.compile(r"%\(\w+\)[sd]?|\{\w+\}|\bworkflow\.|^None$|.\bNone\b|\bundefined\b|<built-in")
"""What stands in a text where a value was not put in, or where a value was none."""
RUN = re.compile("[\u3400-\u9fff]+")
WORDS = re.compile(r"[A-Za-z]{3,} [A-Za-z]{2,}")
ALONE = re.compile(r"(?<![\w./@:?=&#-])[a-z]{3,}(?![\w./@:=&#-])")
"""One English word that is part of no address and of no file's name."""
CODE = re.compile(r"\b[A-Z0-9]{5} [A-Z0-9]{5}\b")
"""A check code is written in two halves: no words."""

SPOKEN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.replace(/\\s+/g, ' ').trim();
    if (!text || parent.closest('script, style, textarea, code, .code, .code *')) continue;
    found.push([text, parent.closest('[lang]').getAttribute('lang')]);
  }
  for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
    for (const one of document.body.querySelectorAll(`[${name}]`))
      if (one.getAttribute(name)) found.push([one.getAttribute(name), one.closest('[lang]').getAttribute('lang')]);
  found.push([document.title.split(' · ')[0], document.documentElement.lang]);
  return found;
}"""

Said = Iterable[tuple[str, str]]
"""Texts with the language in which they are marked."""


def foreign(said: Said, language: str) -> Iterator[str]:
    """What is said in the other language though it is marked as of this one (`zh` or `en`)."""
    for text, spoken in said:
        if spoken.startswith(language) and of_the_other(text, language):
            yield text


def strange(said: Said, language: str, known: frozenset[str]) -> Iterator[str]:
    """What is in the other language, whoever says it, except what is known to be somebody's: `written_in` it."""
    for text, spoken in said:
        of_the_other = _english_in(CODE.sub("", text)) if language == "zh" else written_in(text) - known
        if of_the_other and spoken.startswith(language):
            yield text


def _english_in(text: str) -> bool:
    return bool(WORDS.search(text) or set(ALONE.findall(text)) - set(DEMO_NAMES))


def written_in(*texts: str) -> frozenset[str]:
    """Every run of Chinese characters in those texts."""
    return frozenset(run for text in texts for run in RUN.findall(text))


def raw(said: Said) -> Iterator[str]:
    """What stands where a value should."""
    for text, _spoken in said:
        if RAW.search(text):
            yield text


@cache
def of_the_other(text: str, language: str) -> bool:
    """Whether the text is one of the product's own in the language that the page does not speak."""
    return bool((english() if language == "zh" else chinese()).fullmatch(text))


def said_by(page: str) -> list[tuple[str, str]]:
    """The same as SPOKEN, of a page that no browser has read."""
    said: list[tuple[str, str]] = []
    opened: list[tuple[str, str, bool]] = [("", "", False)]  # each element with its language and its silence
    for one in pieces(page):
        tag, language, silent = opened[-1]
        if one.tag:
            given = dict(one.given)
            language = given.get("lang", language)
            said += [(given[name], language) for name in SAID_IN if given.get(name)]
            if one.tag not in VOID and not one.closed:
                silent = silent or one.tag in SILENT or "code" in given.get("class", "").split()
                opened.append((one.tag, language, silent))
        elif one.end:
            while len(opened) > 1 and opened.pop()[0] != one.end:
                pass
        elif language and not silent and (text := " ".join(one.text.split())):
            said.append((text.split(" · ")[0] if tag == "title" else text, language))
    return said


@cache
def english() -> re.Pattern[str]:
    """Everything that the product says in English and says otherwise in Chinese."""
    catalog = compiled()
    said = {
        id
        for message in catalog
        if message.id
        for id in ([message.id] if isinstance(message.id, str) else message.id)
        if re.search("[A-Za-z]{3}", id) and re.search("[\u3400-\u9fff]", translation(catalog, _key(message.id)))
    }
    return _any_of(said)


@cache
def chinese() -> re.Pattern[str]:
    catalog = compiled()
    said = {translation(catalog, _key(message.id)) for message in catalog if message.id}
    return _any_of({text for text in said if re.search("[\u3400-\u9fff]", text)})


def _any_of(said: set[str]) -> re.Pattern[str]:
    """Fits each of these sentences, whatever stands in their places."""
    return re.compile("|".join(PLACE.sub(".*?", re.escape(text)) for text in said if _says(text)), re.DOTALL)


def _says(text: str) -> bool:
    """Whether anything but places and signs is in it."""
    return bool(re.search("[A-Za-z\u3400-\u9fff]{2}", re.sub(r"\{[^{}]*\}|%\(\w+\)[sd]", "", text)))


def _key(id: str | tuple[str, ...]) -> str:
    return id if isinstance(id, str) else id[0]
