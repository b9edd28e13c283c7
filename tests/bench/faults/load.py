"""The load: people at their desks who open what lies there, take some act that the page offers, and file new cases."""

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from extensions import only_reading
from registry.people import DEMO_PASSWORD
from tests.bench.faults.acknowledged import DONE, NOT_DONE, UNKNOWN, Acknowledged, Act
from tests.bench.faults.answers import Sent, fill, new_word
from tests.bench.faults.board import Board
from tests.bench.faults.browser import Answer, Browser, Gone
from tests.bench.faults.lot import dice
from tests.bench.faults.outside import from_outside
from tests.bench.faults.page import Form, Link
from tests.bench.faults.stage import CAST, Person
from tests.builders import LAW

RECEIPT: Final = re.compile(r"/cases/([^/]+)/receipt")
ENOUGH_OPEN: Final = 60
"""Firms file less once so many cases are open."""
KINDS: Final = ("objection", "objection", "correction", "repair", "complaint")
FINDS_WORK_EVERY: Final = 0.5
FAILED: Final = (500, 503)
MOST_AGAIN: Final = 5
GIVES_UP: Final = 0.4
"""How often somebody to whom a page says that it failed leaves it at that."""


class Desks:
    """Which cases lie on which desk, looked up in the database now and then; who has none of them files."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.cases: dict[str, list[str]] = defaultdict(list)
        self.records: Sequence[int] = ()

    def look(self) -> None:
        with self._engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT number, desk FROM case_ ORDER BY id DESC LIMIT 400")).all()
            self.records = self.records or connection.scalars(sa.text("SELECT id FROM credit_record")).all()
            connection.rollback()
        found = defaultdict(list)
        for number, desk in rows:
            found[desk or "closed"].append(number)
        self.cases = found

    def action_of(self, draft: str) -> str:
        """By which action the saved form opens a case."""
        with only_reading(), self._engine.connect() as connection:
            statement = sa.text("SELECT action FROM draft WHERE key = :key")
            return str(connection.scalar(statement, {"key": draft}))

    @property
    def open(self) -> int:
        return sum(len(cases) for desk, cases in self.cases.items() if desk != "closed")

    def some(self, desk: str) -> str | None:
        """A case at that desk, or now and then one elsewhere: a firm withdraws, a closed case is taken up again."""
        where = desk if dice().random() < 0.85 else dice().choice(list(self.cases) or [desk])
        return dice().choice(self.cases[where]) if self.cases.get(where) else None


class Somebody:
    """One person at work until the bench is over. Each runs in a thread of their own."""

    def __init__(self, person: Person, desks: Desks, browser: Browser, board: Board, told: Acknowledged) -> None:
        self.person, self.desks, self.browser, self.board, self.told = person, desks, browser, board, told
        self.seen: Counter[str] = Counter()

    def work(self, over: threading.Event) -> None:
        try:
            self.sign_in()
            while not over.is_set():
                self.step()
        except Gone as gone:
            if not over.is_set():
                self.seen[f"gave up: {gone}"] += 1

    def sign_in(self) -> None:
        """Until it is done: a page may say that something failed, and asks to try again."""
        while (form := self.browser.get("/sign-in").page.form) is not None:
            word = form.value("csrf_token")
            sent = [("username", self.person.name), ("password", DEMO_PASSWORD), ("csrf_token", word)]
            self.seen[f"{self.browser.post('/sign-in', sent).status} at the sign-in"] += 1

    def step(self) -> None:
        files = self.person.desk == "enterprise" or dice().random() < 0.05
        if files and self.desks.records and dice().random() < (0.8 if self.desks.open < ENOUGH_OPEN else 0.1):
            self._file()
        elif number := self.desks.some(self.person.desk):
            self._act(number)
        else:
            threading.Event().wait(0.05)

    def _act(self, number: str) -> None:
        page = self.browser.get(f"/cases/{number}").page
        if not page.acts:
            return
        link = _chosen(page.acts)
        form = self.browser.get(link.href).page.form
        if form is None or "shown" not in form.names:
            return
        self._take(number, link, form)

    def _take(self, number: str, link: Link, form: Form) -> None:
        word = new_word()
        sent, files, bears = fill(form, word, LAW.day_of(self.board.now()))
        answer, unsure = self._send(link.href, sent, files)
        done = answer.status == 302 and answer.location.startswith(f"/cases/{number}")
        told = self._told(done, answer, unsure)
        self._note(told, number, link.action, int(form.value("shown")), word if bears else "")

    def _send(self, path: str, sent: Sent, files: Sent) -> tuple[Answer, bool]:
        """Sends a form; where a page says that it failed, now and then its button is pressed. Whether all is known."""
        answer = self.browser.post(path, sent, files)
        unsure = bool(answer.broken)
        for _ in range(MOST_AGAIN):
            if answer.status not in FAILED:
                break
            unsure |= answer.page.recorded != "no"
            if dice().random() < GIVES_UP:
                break
            answer = self.browser.post(path, sent, files)
            unsure |= bool(answer.broken)
        return answer, unsure

    def _file(self) -> None:
        """Through the pages of filing, whichever they are."""
        kind = dice().choice(KINDS)
        path = "/file/complaint" if kind == "complaint" else f"/records/{dice().choice(self.desks.records)}/{kind}"
        answer, word, bears = self.browser.get(path), new_word(), False
        for _ in range(12):
            page = answer.page
            if page.form is None:
                if not (ways := [link.href for link in page.links if "way=" in link.href]):
                    return
                path = dice().choice(ways)
                answer = self.browser.get(path)
                continue
            sent, files, here = fill(page.form, word, LAW.day_of(self.board.now()))
            bears, last, path = bears or here, "declared" in page.form.names, page.form.action or path
            answer, unsure = self._send(path, sent, files)
            if last:
                self._filed(self.desks.action_of(page.form.value("draft")), answer, unsure, word if bears else "")
                return
            if answer.status not in (302, 303):
                self.seen[f"{answer.status} while filing"] += 1
                return
            path = answer.location
            answer = self.browser.get(path)

    def _filed(self, action: str, answer: Answer, unsure: bool, word: str) -> None:
        receipt = RECEIPT.search(answer.location)
        number = receipt[1] if receipt else None
        done = answer.status == 302 and (number is not None or "/sent" in answer.location)
        if done and number is None:
            number = self.browser.get(answer.location).page.sent or None
        self._note(self._told(done, answer, unsure), number, action, None, word)

    def _told(self, done: bool, answer: Answer, unsure: bool) -> str:
        """What the person knows then: done, not done, nothing of both; empty where it was refused in words."""
        self.seen[f"{answer.status} {'done' if done else 'not'}"] += 1
        if done:
            return DONE
        if unsure:
            return UNKNOWN
        return NOT_DONE if answer.status in FAILED else ""

    def _note(self, told: str, number: str | None, action: str, shown: int | None, word: str) -> None:
        if told:
            self.told.note(Act(number, action, told, shown, self.person.name, word))


def _chosen(acts: Sequence[Link]) -> Link:
    """Mostly the step that the page puts first, so that cases come to their end."""
    first = [link for link in acts if link.main]
    return dice().choice(first) if first and dice().random() < 0.6 else dice().choice(acts)


class Load:
    """All of the cast at work, each in a thread; `stop` lets each finish what they have begun."""

    def __init__(self, url: str, ports: Sequence[int], board: Board, told: Acknowledged) -> None:
        self.over = threading.Event()
        self._engine = from_outside(url)
        self.desks = Desks(self._engine)
        self.people = [Somebody(person, self.desks, Browser(ports, self.over), board, told) for person in CAST]
        self._threads = [threading.Thread(target=one.work, args=(self.over,), name=one.person.name)
                         for one in self.people]  # fmt: skip
        self._threads.append(threading.Thread(target=self._look, name="desks"))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()
        self._engine.dispose()

    @property
    def answered(self) -> int:
        """How many pages have come back so far."""
        return sum(one.browser.answered for one in self.people)

    @property
    def seen(self) -> Counter[str]:
        return sum((one.seen for one in self.people), Counter[str]())

    def _look(self) -> None:
        while not self.over.is_set():
            with only_reading():
                self.desks.look()
            self.over.wait(FINDS_WORK_EVERY)
