"""Every sort of page that the walks have seen: whom it shuts out, and in which words it speaks.

It runs last, on what the walks before it have opened (one address of each sort for each person); alone, it opens the
pages that a person reaches from the frame. A third of them a day, wide in Chinese and narrow in English, in turn;
`EVERY_PAGE=1 python3 run.py test tests/browser` looks at all. Every page is read every day without a browser
(`tests/bench/album/test_every_page.py`), and `python -m tests.bench.album --check` lets axe look at each in both
languages and at all widths.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from cases.model.tables import EventText
from extensions import db
from tests.browser.steps import SIDEWAYS, Site
from tests.pictures import HEIGHTS, violations
from tests.spoken import SPOKEN, chinese, english, foreign
from tests.turns import in_turn

pytestmark = pytest.mark.browser

LOOKED_AT = (("zh", 1366), ("en", 390))
"""The language of a page, and how wide it is when axe looks at it."""

THIRD = 3
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


@pytest.mark.parametrize("who", PEOPLE)
def test_pages_shut_nobody_out_and_speak_one_language(site: Site, who: str) -> None:
    page, theirs = site.of(who), people_wrote(site)
    wrong: list[str] = []
    for place, address in enumerate(addresses(site, who)):
        language, looked_at = LOOKED_AT[place % len(LOOKED_AT)]
        page.context.add_cookies([{"name": "language", "value": language, "url": site.address}])
        answer = page.goto(site.address + address)
        assert answer
        assert answer.status in (200, 409), address  # 409: the form of an act whose time is over
        wrong += [f"{address} {language}: {fault}" for fault in _faults(page, looked_at)]
        said = [one for one in page.evaluate(SPOKEN) if one[0] not in theirs]
        wrong += [f"{address} {language}: says {text!r}" for text in foreign(said, language)]
    page.context.add_cookies([{"name": "language", "value": "zh", "url": site.address}])
    page.set_viewport_size({"width": 1366, "height": 900})
    assert not wrong, "\n".join(wrong)


def people_wrote(site: Site) -> set[str]:
    """Whoever reads it in whichever language reads these words as they were written."""
    with site.app.app_context():
        return {" ".join(text.split()) for text in db.session.scalars(select(EventText.text)) if text}


def test_the_words_of_each_language_are_told_apart(site: Site) -> None:
    page = site.window()
    for language, own in (("zh", chinese()), ("en", english())):
        page.context.add_cookies([{"name": "language", "value": language, "url": site.address}])
        page.reload()
        said = page.evaluate(SPOKEN)
        assert len([text for text, _spoken in said if own.fullmatch(text)]) > 30
        assert not list(foreign(said, language))


def test_poor_contrast_is_seen_on_a_page_whose_colours_were_measured_before(site: Site) -> None:
    page = site.of("chief")
    page.goto(f"{site.address}/account")
    assert violations(page) == []
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert [one["id"] for one in violations(page)] == ["color-contrast"]
    page.evaluate("document.querySelector('h1').style.color = ''; document.querySelector('main').style.opacity = 0.3")
    assert [one["id"] for one in violations(page)] == ["color-contrast"]
    page.reload()
    assert violations(page) == []


def addresses(site: Site, who: str) -> list[str]:
    seen = {address.partition("?")[0]: address for address in site.seen.get(who, {}).values()}
    frame = {address: address for address in FRAME.get(who, ())}
    return list(in_turn(sorted({**frame, **seen}.values()), THIRD, PEOPLE.index(who)))


def _faults(page: Page, looked_at: int) -> Iterator[str]:
    """What scrolls sideways at either width, and what axe finds at this one."""
    for width, height in HEIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate(SIDEWAYS):
            yield f"scrolls sideways at {width}"
        if width == looked_at:
            yield from _axe(page)


def _axe(page: Page) -> Iterator[str]:
    for one in violations(page):
        yield f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}"
