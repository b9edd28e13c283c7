"""The frame at its hardest: a window of 320 pixels, a reader's own spacing of text (WCAG 1.4.12), a sheet of paper."""

import re

import pytest
from sqlalchemy import select

from cases.model.tables import Case
from extensions import db
from notifications.papers import Paper
from tests.browser.steps import SIDEWAYS, Site

pytestmark = pytest.mark.browser

SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }"""
SPACE = """css => {
  const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet];
}"""
PAGES = {
    "enterprise": ("/records", "/cases", "/inbox", "/account"),
    "office": ("/desk", "/overdue", "/intake", "/papers/check"),
}


@pytest.mark.parametrize("who", PAGES)
def test_nothing_scrolls_sideways_in_a_narrow_window_nor_when_text_is_spaced(site: Site, who: str) -> None:
    page = site.of(who)
    wrong = []
    for language in ("en", "zh"):
        page.context.add_cookies([{"name": "language", "value": language, "url": site.address}])
        for address in PAGES[who]:
            page.goto(site.address + address)
            for width, spaced in ((320, False), (683, False), (390, True), (1366, True)):
                page.set_viewport_size({"width": width, "height": 700})
                page.evaluate(SPACE, SPACED if spaced else "")
                if page.evaluate(SIDEWAYS):
                    wrong.append(f"{address} {language} at {width}{', spaced' * spaced}")
    page.set_viewport_size({"width": 1366, "height": 900})
    assert not wrong


def test_a_paper_is_printed_on_its_sheet_and_without_the_page_around_it(site: Site) -> None:
    with site.app.app_context():
        answers = (
            select(Paper.id)
            .join(Case, Case.number == Paper.case_number)
            .where(Paper.form == "acceptance", Case.kind == "objection")
        )
        paper = db.session.scalars(answers).first()
    page = site.of("auditor")
    page.goto(f"{site.address}/papers/{paper}")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    page.emulate_media(media="print")
    shown = {name: page.locator(name).first.is_visible() for name in ("header.top", "footer", ".demo", ".paper", ".qr")}
    page.emulate_media(media="screen")
    assert shown == {"header.top": False, "footer": False, ".demo": False, ".paper": True, ".qr": True}
