"""A due date that may still move says so wherever it stands: pages of each role, letters, papers, lists, the feed.

The holidays are taken as announced up to the day of the test alone, so that nearly every date is provisional; each kind
is walked to each of its places, and whatever its readers are shown is searched for the days on which it is due. In
each place a third of the readers look, others each day (`tests/turns.py`).
"""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from markupsafe import Markup
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from cases.letters.telling import paper_form
from cases.model.tables import Case, TimerRow
from extensions import db
from notifications.languages import LANGUAGES
from notifications.letters import Letter
from notifications.papers import Paper
from notifications.printing import printed
from tests.conftest import NOW
from tests.turns import ROUND, in_turn
from tests.web.stage import build_stage
from tests.web.states import kinds_with_ways, ways_of
from tests.web.states.cells import THIRD
from tests.web.states.walked import Walked
from tests.web.states.ways import place_of
from workflow import timing
from workflow.calendar import Calendar

READERS = ("enterprise", "reviewer", "approver", "office", "chief", "auditor")
LISTS = ("/desk", "/records", "/cases", "/search?q={number}", "/overdue", "/inbox", "/approvals")
DRAWN_DAYS = re.compile(
    r'<(div|ol|table) class="(?:strip|strip-blocks|strip-line|proof-days|lanes|axis)[\s"].*?</\1>', re.S
)
ARGUMENT = re.compile(r"<(?:[^<>:]+(?:\([^()]*\))?:)?(\w+)>")
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
        for who in in_turn(READERS, THIRD, number):
            browser = walked.stage.browser(who)
            browser.set_cookie("language", LANGUAGES[(number + ROUND) % 2])
            case = f"/cases/{there.number}"
            links = re.findall(rf'href="({case}/[a-z_/-]+)"', browser.get(case).text)
            for address in (case, *dict.fromkeys(links), *(one.format(number=there.number) for one in LISTS)):
                found = unmarked(words_of(browser.get(address, follow_redirects=True).text), days)
                assert not found, (kind, state, who, address)
    assert seen > 2


@pytest.mark.parametrize(("kind", "who"), [("objection", "enterprise"), ("repair", "chief"), ("complaint", "chief")])
def test_no_address_gives_such_a_day_without_the_mark(walked: Walked, kind: str, who: str) -> None:
    """Whatever can be asked for with the numbers of the case, in the words of a page and as machines read it."""
    ways = ways_of(kind)
    there = walked.at(ways, next(name for name in ways.ways if "with_bureau" in name or "registered" in name))
    with walked.stage.app.app_context():
        days = due_days(there.number)
        case = db.session.scalars(select(Case).where(Case.number == there.number)).one()
        numbers = {"number": case.number, "record_id": case.record_id, "id": case.bureau_id or 1, "name": "whole"}
        numbers |= {"letter_id": db.session.scalar(select(Letter.id)), "paper_id": db.session.scalar(select(Paper.id))}
    assert days
    browser, asked = walked.stage.browser(who), 0
    for rule in walked.stage.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.arguments <= set(numbers):
            continue
        answer = browser.get(ARGUMENT.sub(lambda found: str(numbers[found[1]]), rule.rule))
        if answer.status_code == 200 and str(answer.mimetype).startswith(("text", "application/json")):
            asked += 1
            text = words_of(answer.text) if answer.mimetype == "text/html" else answer.text
            assert not unmarked(text, days), rule.rule
            assert not _bare(text, days), rule.rule
    assert asked > 20


def test_the_sheet_of_all_cases_says_which_days_may_move(walked: Walked) -> None:
    there = walked.at(ways_of("objection"), "with_bureau")
    with walked.stage.app.app_context():
        days = {day.isoformat() for day in due_days(there.number)}
    browser = walked.stage.browser("chief")
    browser.set_cookie("language", "en")
    book = CalamineWorkbook.from_filelike(BytesIO(browser.get("/cases?as=xlsx").data))
    head, row = next(pair for pair in pairwise(book.get_sheet_by_index(0).to_python()) if pair[1][0] == there.number)
    assert head[8:10] == ["Due", "provisional"]
    assert row[8] in days
    assert row[9] == "yes"


def _bare(text: str, days: set[date]) -> list[str]:
    """Where a day stands as machines write it and nothing near says that it may move."""
    near = [text[max(0, at.start() - 120) : at.end() + 60] for day in days for at in re.finditer(day.isoformat(), text)]
    return [words for words in near if not re.search("rovisional|暂定", words)]


def _letter(letter: Letter) -> list[str]:
    return [letter.subject(language) + "\n" + letter.body(language) for language in LANGUAGES]


def _sheet(paper: Paper, language: str) -> str:
    return str(Markup(printed(paper, paper_form(paper.form), language)).striptags())
