"""The demo with enough to do for one person: ten proposals, five requests just filed, five cases of one reviewer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from cases.demo.stories import DemoScript, Story, StoryStep, read_stories
from cases.model.tables import Case
from extensions import db
from registry.organisations import Bureau
from registry.people import DEMO_PASSWORD
from tests.bench.jobs.person import Person
from tests.pictures import window
from tests.played import played_demo

BUREAU = "示范市生态环境局示范旗分局"
ACCEPTED = (StoryStep(1, "office", "accept", {}), StoryStep(1, "office", "refer", {"question": "请逐项核对。"}))
PROPOSED = (
    *ACCEPTED,
    StoryStep(2, "reviewer", "propose", {"findings": "as_claimed", "reasons": "与决定书原件逐项核对。"}),
)
SAID = {"claims": {"fine": "tenth"}, "ground": "wrong", "words": "决定书的金额少一位。"}


def stories() -> Iterator[Story]:
    for place in range(10):
        yield Story(f"待审批 {place}", BUREAU, 3, PROPOSED, answers=SAID)
    for place in range(5):
        yield Story(f"待核查 {place}", BUREAU, 2, ACCEPTED, answers=SAID)
    for place in range(6):
        yield Story(f"待受理 {place}", BUREAU, 1, answers=SAID)


def staged(folder: Path) -> Flask:
    """The demo with those stories after its own."""
    told = read_stories()
    more: DemoScript = replace(told, stories=(*told.stories, *stories()))
    with patch("cases.demo.play.read_stories", lambda: more):
        return played_demo(folder)


@dataclass
class Stage:
    """The product served at an address, and who sits before it."""

    app: Flask
    address: str

    def person(self, who: str) -> Person:
        """Somebody who has signed in and stands on their first page."""
        page: Page = window(locale="zh-CN").new_page()
        page.goto(f"{self.address}/sign-in")
        page.fill("[name=username]", who)
        page.fill("[name=password]", DEMO_PASSWORD)
        with page.expect_navigation():
            page.press("[name=password]", "Enter")
        return Person(page)

    def numbers(self, state: str, bureau: str = "", kind: str = "objection") -> list[str]:
        """The cases that stand there now."""
        asked = select(Case.number).where(Case.state == state, Case.kind == kind).order_by(Case.id)
        if bureau:
            asked = asked.join(Bureau, Bureau.id == Case.bureau_id).where(Bureau.name == bureau)
        with self.app.app_context():
            return list(db.session.scalars(asked))

    def state(self, number: str) -> str:
        with self.app.app_context():
            return db.session.scalars(select(Case.state).where(Case.number == number)).one()


def number_on(page: Page) -> str:
    """The case whose page is open."""
    found = re.search(r"/(?:cases|intake)/([\w-]+)", page.url)
    return found[1] if found else ""
