"""Each kind in Chromium, from filing to the answer read, by every outcome and variant (`ways.py`).

One way a kind is walked in every run; with EVERY_WAY=1 all of them: `EVERY_WAY=1 python3 run.py test
tests/browser/test_ways.py`.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from application import create_app
from cases.engine.sweep import sweep
from cases.kinds import all_kinds
from cases.model.tables import Case
from config import Clock
from extensions import db
from registry.credit_records import CreditRecord, promoted
from registry.organisations import Bureau
from registry.people import Membership, User
from tests.browser.steps import EVIDENCE, choose, fill, open_letter, send
from tests.browser.ways import FILE, SHORT, TODAY, WAYS, Step, Way
from tests.builders import LAW, VALUES, WORLD, make_place
from tests.conftest import NOW, make_settings
from tests.pictures import follow, serve, window
from tests.web.signing import session_for

pytestmark = pytest.mark.browser

WALKED = [way for way in WAYS if os.environ.get("EVERY_WAY") or way.id in SHORT]


class Place:
    """A place served to browsers, one window a person, and a record for each way."""

    def __init__(self, app: Flask, browser: Browser, address: str) -> None:
        self.app, self.browser, self.address = app, browser, address
        self.windows: dict[str, Page] = {}
        self.days = 0

    def of(self, who: str) -> Page:
        """The window of somebody, signed in already: coming in by the front page is walked elsewhere."""
        if who not in self.windows:
            context = window(locale="zh-CN")
            context.add_cookies([{"name": "session", "value": self._session(who), "url": self.address}])
            self.windows[who] = context.new_page()
        return self.windows[who]

    def _session(self, who: str) -> str:
        with self.app.app_context():
            user = db.session.scalars(select(User).where(User.username == who)).one()
            signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
            return str(signer.dumps({"_user_id": session_for(user)}))

    def record(self, sort: str, number: int) -> int:
        """A new record of the usual firm, made and supplied by the bureau of that sort."""
        with self.app.app_context():
            bureaus = {bureau.name: bureau for bureau in db.session.scalars(select(Bureau))}
            bureau = bureaus["示范旗市场监督管理局" if sort == "market_regulation" else "示范市生态环境局示范旗分局"]
            named = f"示环罚〔2026〕{900 + number}号"
            values = {**VALUES, "document_number": named, "determined_by": bureau.name, "supplied_by": bureau.name}
            kind = "serious_list" if sort == "serious_list" else "penalty"
            record = CreditRecord(kind=kind, enterprise_id=1, determined_by_id=bureau.id, supplied_by_id=bureau.id,
                                  known_as=named, values=values, **promoted(values))  # fmt: skip
            db.session.add(record)
            db.session.commit()
            return record.id

    def case(self) -> Case:
        with self.app.app_context():
            return db.session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()

    def state(self, number: str) -> str:
        with self.app.app_context():
            return db.session.scalars(select(Case.state).where(Case.number == number)).one()

    def wait(self, days: int) -> None:
        """The clock goes on by so many days, and what falls due is done."""
        self.days += days
        settings = self.app.config["SETTINGS"]
        now = NOW + timedelta(days=self.days)
        self.app.config["SETTINGS"] = replace(settings, clock=Clock(now - Clock().now()))
        with self.app.app_context():
            sweep(WORLD, now)


@pytest.fixture(scope="module")
def place(browser: Browser, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("ways")
    shutil.copy(sqlite_template, folder / "ways.sqlite")
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'ways.sqlite'}"))
    with app.app_context():
        made = make_place(db.session())
        made.people["approver2"].name = "另一人"
        market = db.session.scalars(select(Bureau).where(Bureau.name == "示范旗市场监督管理局")).one()
        assert market.id != made.other_bureau.id
        _move(["reviewer2", "approver2"], market.id)
        db.session.commit()
        db.session.remove()
    with serve(app) as address:
        yield Place(app, browser, address)


def _move(names: list[str], bureau_id: int) -> None:
    """These people work at another bureau."""
    for user in db.session.scalars(select(User).where(User.username.in_(names))):
        for membership in db.session.scalars(select(Membership).where(Membership.user_id == user.id)):
            membership.bureau_id = bureau_id


@pytest.mark.parametrize("way", WALKED, ids=lambda way: way.id)
def test_a_case_goes_its_way_and_the_answer_is_read(place: Place, way: Way) -> None:
    number = file_case(place, way)
    for step in way.steps:
        if step[0] == "linked":
            number = place.case().number
        else:
            take(place, number, step)
    assert place.state(number) == way.end
    read_the_last_letter(place.of("enterprise"), place.address, number)


def file_case(place: Place, way: Way) -> str:
    """Through the pages of filing, whichever they are, filling in what each asks."""
    page = place.of(way.by)
    if all_kinds()[way.kind].without_record:
        page.goto(f"{place.address}/file/{way.kind}")
    else:
        record = place.record(way.record, WAYS.index(way))
        page.goto(f"{place.address}/records/{record}/{way.kind}" + (f"?way={way.way}" if way.way else ""))
    for _ in range(8):
        if page.locator("[data-receipt], main[data-state], [data-sent]").count():
            break
        fill_in(place, page, way.opening)
        follow(page, "main .button.main")
    return place.case().number


def take(place: Place, number: str, step: Step) -> None:
    who, action, fields = step
    if who == "clock":
        place.wait(int(action))
        return
    page = place.of(who)
    page.goto(f"{place.address}/cases/{number}")
    choose(page, action)
    fill_in(place, page, fields)
    send(page)
    expect(page.locator("main[role=alert], main [role=alert]")).to_have_count(0)


def fill_in(place: Place, page: Page, fields: Mapping[str, str]) -> None:
    """What of these fields the page asks."""
    words = {FILE: str(EVIDENCE), TODAY: LAW.day_of(NOW + timedelta(days=place.days)).isoformat()}
    for name, value in fields.items():
        if not page.locator(f"main [name='{name}']").count():
            continue
        if value == "yes":
            tick(page, name)
        else:
            fill(page, {name: words.get(value, value)})
    if page.locator("main [name=declared]").count():
        page.check("main [name=declared]")


def tick(page: Page, name: str) -> None:
    box = page.locator(f"main [name='{name}']").first
    if not box.is_checked():
        page.locator(f"label[for='{box.get_attribute('id')}']").first.click()


def read_the_last_letter(page: Page, address: str, number: str) -> None:
    page.goto(f"{address}/inbox")
    open_letter(page, number)
    expect(page.locator("main")).to_contain_text(number)


def test_every_end_and_variant_of_every_kind_has_a_way() -> None:
    for kind, definition in all_kinds().items():
        ends = {state.name for state in definition.states if state.final}
        assert {way.end for way in WAYS if way.kind == kind} == ends, kind
    assert {way.id for way in WAYS if way.id in SHORT} == set(SHORT)
