"""The demo in a real Chromium: one server for all walks, its clock at ten on a Thursday morning."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from extensions import db, transaction
from registry.passwords import set_password
from registry.people import DEMO_PASSWORD, User, add_person, find_person, standing_of
from tests.browser.steps import Site
from tests.pictures import CHROMIUM, chromium, serve
from tests.played import played_demo

DEMO_NOW = "2026-09-17T10:00+08:00"


@pytest.fixture(scope="package")
def browser() -> Browser:
    if not CHROMIUM:
        assert not os.environ.get("CI"), "no Chromium is installed, and with CI set nothing may be left out"
        pytest.skip("no Chromium is installed")
    return chromium()


@pytest.fixture(scope="package")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, played and served, with a second approver at the bureau of the first."""
    folder = tmp_path_factory.mktemp("site")
    app = _demo(folder)
    with serve(app) as address:
        walked = Site(browser, address, app)
        yield walked
        walked.close()


def _demo(folder: Path) -> Flask:
    app = played_demo(folder, DEMO_NOW)
    with app.app_context():
        with transaction() as session:
            _second_approver(standing_of(session, _known("approver")).bureau_id)
        db.session.remove()
    return app


def _second_approver(bureau_id: int | None) -> None:
    user = add_person(db.session(), "approver9", "其其格", ("approver",), bureau_id=bureau_id, demo=True)
    set_password(user, DEMO_PASSWORD)


def _known(username: str) -> User:
    user = find_person(db.session(), username)
    assert user
    return user
