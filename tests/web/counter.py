"""Each way in to a case, page by page, and a counter at which it is gone."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from cases.kinds import all_kinds
from cases.model.drafts import Draft
from cases.model.tables import Case, Event
from extensions import db
from tests.conftest import NOW
from tests.web.stage import PDF, Stage

TODAY = NOW.date()
SEND = {"declared": "y"}
CLAIM = {"claims-fine-wrong": "y", "claims-fine-value": "0.8"}
WORDS = {"words": "决定书写的是八千元，不是八万元。"}
PUT_RIGHT = {**WORDS, "files": "proof", "commitment": "y"}
COMPLAINT = {"facts": "拖了三个月没有答复。", "sought": "请督促办理。"}
ABOUT = {"complained_of": "bureau", "body": "{bureau}"}

ROLE = {"enterprise": "filer", "office": "officer", "reviewer": "reviewer"}

Pages = tuple[dict[str, str], ...]

ROWS: dict[str, tuple[str, str, str, Pages, str]] = {
    "objection": ("enterprise", "objection", "", ({"ground": "wrong", **CLAIM}, WORDS, SEND), ""),
    "objection on paper at the office": (
        "office", "objection", "",
        ({"handed_in_on": "2026-11-20"}, {"ground": "expired"}, WORDS, SEND), "2026-11-20"),
    "objection on paper at the bureau": (
        "reviewer", "objection", "",
        ({"handed_in_on": "2026-11-23"}, {"ground": "wrong", **CLAIM}, WORDS, SEND), "2026-11-23"),
    "correction": ("enterprise", "correction", "", (CLAIM, {**WORDS, "files": "proof"}, SEND), ""),
    "correction on paper at the office": (
        "office", "correction", "",
        ({"handed_in_on": "2026-11-20"}, CLAIM, {**WORDS, "files": "proof"}, SEND), "2026-11-20"),
    "correction on paper at the bureau": (
        "reviewer", "correction", "file",
        ({"handed_in_on": "2026-11-20"}, CLAIM, {**WORDS, "files": "proof"}, SEND), "2026-11-20"),
    "correction, the decision has changed": (
        "reviewer", "correction", "open:decision_changed",
        ({"changed_on": "2026-11-20", "document": "示环撤〔2026〕1号", "files": "proof"}, SEND), ""),
    "correction, an error was found": (
        "reviewer", "correction", "open:self_found", (CLAIM, WORDS, SEND), ""),
    "repair": ("enterprise", "repair", "", (PUT_RIGHT, SEND), ""),
    "repair at the window": (
        "office", "repair", "",
        ({"came_by": "window", "handed_in_on": "2026-11-20"}, PUT_RIGHT, SEND), "2026-11-20"),
    "repair forwarded from Credit China": (
        "office", "repair", "",
        ({"came_by": "credit_china", "applied_on": "2026-11-19", "handed_in_on": "2026-11-24"}, PUT_RIGHT, SEND),
        "2026-11-19"),
    "repair entered by the bureau": (
        "reviewer", "repair", "", ({"received_on": "2026-11-20"}, PUT_RIGHT, SEND), "2026-11-20"),
    "complaint": ("enterprise", "complaint", "", (ABOUT, COMPLAINT, SEND), ""),
    "complaint on paper": (
        "office", "complaint", "",
        ({"came_by": "hotline", "handed_in_on": "2026-11-20"}, ABOUT, COMPLAINT, SEND), "2026-11-20"),
}  # fmt: skip
"""Each way in: who, which kind, by which row where there are several, what is answered page by page, and the day that
counts where it is not today."""


@dataclass
class Counter:
    """A stage with the ids of its firm and bureaus; each filing takes a record of its own."""

    stage: Stage
    firm: int
    bureau: int
    records: Iterator[int]

    def __call__(self, who: str) -> FlaskClient:
        return self.stage.browser(who)

    def begin(self, who: str, kind: str, way: str = "") -> str:
        """An address with which such a form begins; none has been begun."""
        with self.stage.app.app_context():
            db.session.execute(delete(Draft).where(Draft.case_id.is_(None)))
            db.session.commit()
        if all_kinds()[kind].without_record:
            return f"/file/{kind}" + (f"?enterprise={self.firm}" if who != "enterprise" else "")
        return f"/records/{next(self.records)}/{kind}" + (f"?way={way}" if way else "")

    def fill(self, who: str, begin: str, *pages: dict[str, str]) -> TestResponse:
        """Begin a form and send page after page as the addresses lead on; gives what came after the last."""
        client = self(who)
        opened = client.get(begin)
        assert opened.status_code in (200, 302), opened.text
        asked_at_once = 'name="then"' in opened.text
        answer = client.post(begin, data=self.typed(pages[0]) if asked_at_once else {})
        for page in pages[1:] if asked_at_once else pages:
            answer = self.send(who, answer, page)
        return answer

    def send(self, who: str, before: TestResponse, page: dict[str, str]) -> TestResponse:
        """Send the page to which the answer before leads."""
        assert before.status_code == 302, words_of(before)
        shown = self(who).get(before.location)
        assert shown.status_code == 200, words_of(shown)
        assert shown.text.count("<h1") == 1
        return self(who).post(before.location, data=self.typed(page))

    def typed(self, page: dict[str, str]) -> dict[str, Any]:
        typed: dict[str, Any] = {name: value.format(bureau=self.bureau) for name, value in page.items()}
        return typed | ({"files": (io.BytesIO(PDF), "凭证.pdf")} if "files" in page else {})

    def case(self, number: str) -> Case:
        with self.stage.app.app_context():
            return db.session.scalars(select(Case).where(Case.number == number)).one()

    def first(self, number: str) -> dict[str, Any]:
        """The body of the first event of a case."""
        found = select(Event.body).join(Case, Case.id == Event.case_id).where(Case.number == number, Event.seq == 1)
        with self.stage.app.app_context():
            return dict(json.loads(db.session.scalars(found).one()))

    def count(self, what: type[Case] | type[Draft]) -> int:
        with self.stage.app.app_context():
            return db.session.scalar(select(func.count()).select_from(what)) or 0


def words_of(answer: TestResponse) -> str:
    return re.sub(r"\s*<[^>]+>\s*|\s+", " ", answer.text)


def number_on(page: TestResponse) -> str:
    found = re.search(r'data-(?:receipt|sent)="([\w-]+)"', page.text)
    assert found, words_of(page)
    return found[1]
