"""Every page of the album for whoever reads it, without a browser: in which words it speaks, whether it holds together,
and so does the answer to a form that was sent with nothing in it.

A person reads in one language today and in the other tomorrow, half of them in each; `EVERY_PAGE=1 python3 run.py test
tests/bench/album/test_every_page.py` reads every page in both.

A word of the other language is no fault where somebody wrote it: a name, a record, a reason. So an English page may
say in Chinese what stands in the database, and what it marks as Chinese; a Chinese page says nothing in English.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import ROOT
from extensions import db
from registry.people import DEMO_PASSWORD
from tests.bench.album.demo import album_demo
from tests.bench.album.found import NotThere, found_in, letters_of
from tests.bench.album.scenes import NO_PAGES, SCENES
from tests.bench.lighthouse import signed_in
from tests.bench.weight import AFTER, FIRST, weight_of
from tests.sound import Form, Read
from tests.spoken import foreign, raw, said_by, strange, written_in
from tests.turns import in_turn

LANGUAGES = ("zh", "en")
READERS = sorted({scene.who for scene in SCENES})
LEADS_ON = {("approver", "/approvals/next"), ("", "/desk")}
"""What leads to another page: the next one to approve; whoever has not signed in, to where one does."""

WRONG = {
    "/sign-in": {"username": "enterprise", "password": "not-this"},
    "/status": {"number": "2026-YY-000001", "code": "ABCDEFGHJK"},
    "/join": {"firm": "示范旗星河选煤有限公司", "code": "911506996MLUGJW61X"},
    "/account/password": {"current": DEMO_PASSWORD, "password": "short"},
}
"""What is sent to some addresses instead of nothing."""


@dataclass(frozen=True)
class Seen:
    """A page as it was shown: to whom, where, in which language."""

    who: str
    address: str
    language: str
    page: str

    @property
    def place(self) -> str:
        return f"{self.who or 'nobody'} {self.address} {self.language}"

    @cached_property
    def read(self) -> Read:
        return Read(self.page)

    def misspoken(self, data: frozenset[str]) -> Iterator[str]:
        """What is said in the other language, and what says nothing because a value is missing."""
        said = said_by(self.page)
        if not self.read.language.startswith(self.language):
            yield f"is marked as {self.read.language!r}"
        known = data | written_in(self.address)
        yield from (f"says {text!r}" for text in foreign(said, self.language) if not written_in(text) <= known)
        yield from (f"says {text!r}, which nobody wrote" for text in strange(said, self.language, known))
        yield from (f"no value is put in {text!r}" for text in raw(said))


class Visit:
    """The demo, and each of its people at it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.clients: dict[str, FlaskClient] = {}
        self.missing: set[str] = set()

    def everywhere(self) -> Iterator[Seen]:
        """Each page of the scenes, and a letter of each sort."""
        for who, theirs in groupby(sorted(SCENES, key=lambda scene: scene.who), key=lambda scene: scene.who):
            for address in self._found(who, (scene.address for scene in theirs)):
                yield from self.answers(who, address)

    def answers(self, who: str, address: str, form: Mapping[str, str] | None = None) -> Iterator[Seen]:
        """What is answered, where it is a page: to who opens it, or sends this form there."""
        client = self.client(who)
        for language in languages_of(who):
            client.set_cookie("language", language)
            answer = client.get(address) if form is None else client.post(address, data=form)
            if answer.status_code == 302:
                answer = client.get(answer.location)
            assert answer.status_code < 500, f"{who} {address} {language}"
            if answer.mimetype == "text/html":
                yield Seen(who, address, language, answer.text)

    def client(self, who: str) -> FlaskClient:
        """Somebody who has signed in."""
        if who not in self.clients:
            self.clients[who] = signed_in(self.app, who)
        return self.clients[who]

    def _found(self, who: str, addresses: Iterable[str]) -> list[str]:
        found: dict[str, None] = {}
        with self.app.app_context():
            for address in (*filter(None, addresses), *letters_of(who)):
                try:
                    found[found_in(address, who)] = None
                except NotThere:
                    self.missing.add(address)
        return list(found)


def languages_of(who: str) -> Sequence[str]:
    """In which of them somebody reads in this round."""
    return in_turn(LANGUAGES, len(LANGUAGES), READERS.index(who))


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    return Visit(album_demo(tmp_path_factory.mktemp("album"), tmp_path_factory))


@pytest.fixture(scope="module")
def seen(visit: Visit) -> list[Seen]:
    return list(visit.everywhere())


def test_the_demo_has_every_page(visit: Visit, seen: list[Seen]) -> None:
    assert not visit.missing
    assert len(seen) > 275 * len(languages_of(""))
    assert {one.language for one in seen} == set(LANGUAGES)


def test_no_page_says_a_word_of_the_other_language(visit: Visit, seen: list[Seen]) -> None:
    data = data_of(visit.app)
    assert not faults((one.place, one.misspoken(data)) for one in seen)


def test_each_page_holds_together(seen: list[Seen]) -> None:
    assert not faults((one.place, one.read.faults) for one in seen)


def test_no_page_is_heavy(seen: list[Seen]) -> None:
    """20 kB at most, 100 with our own files on a first visit, packed as they are sent."""
    heavy = [(one.place, found) for one in seen if (found := weight_of(one.page)).page > AFTER or found.first > FIRST]
    assert not heavy


def test_no_two_pages_have_one_title(seen: list[Seen]) -> None:
    """Tabs and the history are told apart by it; the same page asked another way is the same page."""
    places: dict[tuple[str, str, str], set[str]] = {}
    for one in (one for one in seen if (one.who, one.address) not in LEADS_ON):
        key = (one.who, one.language, one.read.title)
        places.setdefault(key, set()).add(one.address.partition("?")[0])
    assert not "\n".join(f"{key}: {sorted(found)}" for key, found in places.items() if len(found) > 1)


def test_the_answer_to_an_empty_form_does_too(visit: Visit, seen: list[Seen]) -> None:
    """Refusals, and what is said at the top of a page when something was done."""
    answers = []
    for who, address, form in forms_of(seen):
        answers += visit.answers(who, address, form.hidden | WRONG.get(address, form.pressed))
    assert len(answers) > 50 * len(languages_of(""))
    data = data_of(visit.app)
    assert not faults((f"POST {one.place}", [*one.misspoken(data), *one.read.faults]) for one in answers)


def data_of(app: Flask) -> frozenset[str]:
    """Every run of Chinese in the database, letters left out, and in the holiday notices that the calendar names."""
    with app.app_context():
        rows = [
            str(tuple(row))
            for table in db.metadata.sorted_tables if table.name != "letter"
            for row in db.session.execute(table.select())
        ]  # fmt: skip
    notices = (ROOT / "jurisdictions" / "cn" / "calendar").glob("*.toml")
    return written_in(*rows, *(notice.read_text("utf-8") for notice in notices))


def forms_of(seen: Iterable[Seen]) -> Iterator[tuple[str, str, Form]]:
    """A form of each sort for each person; that of leaving is not sent."""
    kept: set[tuple[str, str]] = set()
    for one in seen:
        for form in one.read.forms:
            address = form.action or one.address
            sort = re.sub(r"\d[\w-]*", "N", address.partition("?")[0])
            if (one.who, sort) not in kept and sort not in NO_PAGES:
                kept.add((one.who, sort))
                yield one.who, address, form


def faults(found: Iterable[tuple[str, Iterable[str]]]) -> str:
    """A line for each fault, with how many pages have it and the first of them."""
    by_fault: dict[str, list[str]] = {}
    for place, theirs in found:
        for fault in theirs:
            by_fault.setdefault(fault, []).append(place)
    return "\n".join(f"{fault}: {len(places)} pages, {places[0]}" for fault, places in by_fault.items())
