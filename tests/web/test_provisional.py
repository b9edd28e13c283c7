"""A due date that may still move says so wherever it stands: pages of each role, letters, papers, lists, the feed.

The holidays are taken as announced up to the day of the test alone, so that nearly every date is provisional; each kind
is walked to each of its places, and whatever its readers are shown is searched for the days on which it is due.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from markupsafe import Markup
from sqlalchemy import select

from cases.letters.telling import paper_form
from cases.model.tables import Case, TimerRow
from extensions import db
from notifications.languages import LANGUAGES
from notifications.letters import Letter
from notifications.papers import Paper
from notifications.printing import printed
from tests.conftest import NOW
from tests.web.stage import build_stage
from tests.web.states import kinds_with_ways, ways_of
from tests.web.states.walked import Walked
from tests.web.states.ways import place_of
from workflow import timing
from workflow.calendar import Calendar

READERS = ("enterprise", "reviewer", "approver", "office", "chief", "auditor")
LISTS = ("/desk", "/records", "/cases", "/search?q={number}", "/overdue", "/inbox", "/approvals")
DRAWN_DAYS = re.compile(
    r'<(div|ol|table) class="(?:strip|strip-blocks|strip-line|proof-days|lanes|axis)[\s"].*?</\1>', re.S
)
MARKS = {"zh": "暂定", "en": "provisional"}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Walked]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Calendar, "is_known", lambda _calendar, day: day <= NOW.date())
        timing._counted.cache_clear()
        yield Walked(build_stage(tmp_path_factory.mktemp("provisional"), sqlite_template))
    timing._counted.cache_clear()


def due_days(number: str) -> set[date]:
    """The days on which something is due in the case and that may still move."""
    running = select(TimerRow.due_on).join(Case, Case.id == TimerRow.case_id)
    found = db.session.scalars(
        running.where(Case.number == number, TimerRow.stopped_on.is_(None), TimerRow.provisional)
    )
    return {day for day in found if day}


def unmarked(text: str, days: set[date]) -> list[str]:
    """Where a day stands in a text, in either language, without a word that it may move."""
    words = {f"{day.month}月{day.day}日": "暂定" for day in days}
    words |= {f"{day.day} {day:%B}": "provisional" for day in days}
    found = []
    for day, mark in words.items():
        for at in re.finditer(rf"(?<![0-9]){day}", text):
            if mark not in text[at.end() : at.end() + 24]:
                found.append(text[max(0, at.start() - 40) : at.end() + 24])
    return found


def words_of(page: str) -> str:
    main = page[page.find("<main") :]
    return str(Markup(DRAWN_DAYS.sub(" ", main).replace("<", " <")).striptags())


@pytest.mark.parametrize("kind", kinds_with_ways())
def test_a_due_date_that_may_move_says_so_on_every_page_letter_and_paper(walked: Walked, kind: str) -> None:
    ways = ways_of(kind)
    seen = 0
    for number, (state, name) in enumerate({place_of(name).state: name for name in ways.ways}.items()):
        there = walked.at(ways, name)
        with walked.stage.app.app_context():
            days = due_days(there.number)
            if not days:
                continue
            seen += 1
            written = [text for letter in db.session.scalars(select(Letter)) for text in _letter(letter)]
            papers = db.session.scalars(select(Paper)).all()
            written += [_sheet(paper, language) for paper in papers for language in LANGUAGES]
        for text in written:
            assert not unmarked(text, days), (kind, state)
        for who in READERS[number % 2 :: 2]:
            browser = walked.stage.browser(who)
            browser.set_cookie("language", LANGUAGES[number % 2])
            case = f"/cases/{there.number}"
            links = re.findall(rf'href="({case}/[a-z_/-]+)"', browser.get(case).text)
            for address in (case, *dict.fromkeys(links), *(one.format(number=there.number) for one in LISTS)):
                found = unmarked(words_of(browser.get(address, follow_redirects=True).text), days)
                assert not found, (kind, state, who, address)
    assert seen > 2


def _letter(letter: Letter) -> list[str]:
    return [letter.subject(language) + "\n" + letter.body(language) for language in LANGUAGES]


def _sheet(paper: Paper, language: str) -> str:
    return str(Markup(printed(paper, paper_form(paper.form), language)).striptags())
