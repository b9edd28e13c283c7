"""Every sort of page that the walks have seen, in both languages: whom it shuts out, and in which words it speaks.

It runs last, on what the walks before it have opened (one address of each sort for each person); alone, it opens the
pages that a person reaches from the frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from playwright.sync_api import Page

from commands.catalogs import compiled, translation
from tests.browser.steps import SIDEWAYS, Site
from tests.pictures import violations

pytestmark = pytest.mark.browser

PEOPLE = ("enterprise", "reviewer", "approver", "office", "chief", "auditor")
FRAME = {
    "enterprise": ["/", "/records", "/cases", "/inbox", "/rules", "/calendar", "/calendar/due", "/account",
                   "/account/password", "/accessibility"],
    "reviewer": ["/desk", "/search", "/inbox", "/records"],
    "office": ["/desk", "/overdue", "/inbox", "/cases", "/records", "/records/import"],
    "chief": ["/overdue", "/overdue?as=table", "/organisations", "/organisations/1",
              "/organisations/office", "/people", "/people/new", "/people/1", "/people/2/end", "/audit", "/records/1"],
    "auditor": ["/cases", "/audit"],
}  # fmt: skip
PLACE = re.compile(r"\\\{\w+[^{}]*\\\}|%\\\(\w+\\\)[sd]|%\(\w+\)[sd]")

SPOKEN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.replace(/\\s+/g, ' ').trim();
    if (!text || parent.closest('script, style, textarea, code, .code, .code *')) continue;
    found.push([text, parent.closest('[lang]').lang]);
  }
  for (const name of ['aria-label', 'placeholder', 'title', 'alt'])
    for (const one of document.body.querySelectorAll(`[${name}]`))
      if (one.getAttribute(name)) found.push([one.getAttribute(name), one.closest('[lang]').lang]);
  found.push([document.title.split(' · ')[0], document.documentElement.lang]);
  return found;
}"""


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_shut_nobody_out_and_speak_one_language(site: Site, who: str) -> None:
    page = site.of(who)
    wrong: list[str] = []
    for address in addresses(site, who):
        for language, words_of_the_other in (("zh", english()), ("en", chinese())):
            page.context.add_cookies([{"name": "language", "value": language, "url": site.address}])
            page.set_viewport_size({"width": 1366, "height": 900})
            answer = page.goto(site.address + address)
            assert answer
            assert answer.status in (200, 409), address  # 409: the form of an act whose time is over
            wrong += [f"{address} {language}: {fault}" for fault in _faults(page, language)]
            wrong += [f"{address} {language}: says {text!r}" for text in _foreign(page, language, words_of_the_other)]
    page.context.add_cookies([{"name": "language", "value": "zh", "url": site.address}])
    page.set_viewport_size({"width": 1366, "height": 900})
    assert not wrong, "\n".join(wrong)


def test_the_words_of_each_language_are_told_apart(site: Site) -> None:
    page = site.window()
    for language, own, others in (("zh", chinese(), english()), ("en", english(), chinese())):
        page.context.add_cookies([{"name": "language", "value": language, "url": site.address}])
        page.reload()
        assert len(list(_foreign(page, language, own))) > 30
        assert not list(_foreign(page, language, others))


def addresses(site: Site, who: str) -> list[str]:
    seen = {address.partition("?")[0]: address for address in site.seen.get(who, {}).values()}
    frame = {address: address for address in FRAME.get(who, ())}
    return sorted({**frame, **seen}.values())


def _faults(page: Page, language: str) -> Iterator[str]:
    """What axe finds, wide in Chinese and narrow in English, and what scrolls sideways at either width."""
    if page.evaluate(SIDEWAYS):
        yield "scrolls sideways at 1366"
    if language == "zh":
        yield from _axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    if page.evaluate(SIDEWAYS):
        yield "scrolls sideways at 390"
    if language == "en":
        yield from _axe(page)


def _axe(page: Page) -> Iterator[str]:
    for one in violations(page):
        yield f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}"


def _foreign(page: Page, language: str, words: re.Pattern[str]) -> Iterator[str]:
    """What the page itself says in the other language; what is marked as of that language is meant to be."""
    for text, spoken in page.evaluate(SPOKEN):
        if spoken.startswith(language) and words.fullmatch(text):
            yield text


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
