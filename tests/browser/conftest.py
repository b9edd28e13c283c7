"""The demo in a real Chromium: one server for all walks, its clock at 10:42 on a Tuesday morning."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from extensions import db, transaction
from registry.identity import identity_of
from registry.people import DEMO_PASSWORD, User, add_person, find_person
from registry.sign_in import set_password
from tests.browser.steps import Site
from tests.pictures import CHROMIUM, chromium, serve
from tests.played import copied_demo


@pytest.fixture(scope="package")
def browser() -> Browser:
    if not CHROMIUM:
        assert not os.environ.get("CI"), "no Chromium is installed, and with CI set nothing may be left out"
        pytest.skip("no Chromium is installed")
    return chromium()


@pytest.fixture(scope="package")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, played and served, with a second approver at the bureau of the first."""
    app = _demo(tmp_path_factory)
    with serve(app) as address:
        walked = Site(browser, address, app)
        yield walked
        walked.close()


def _demo(factory: pytest.TempPathFactory) -> Flask:
    app = copied_demo(factory, factory.mktemp("site"))
    with app.app_context():
        with transaction() as session:
            _second_approver(identity_of(session, _known("approver")).bureau_id)
        db.session.remove()
    return app


def _second_approver(bureau_id: int | None) -> None:
    user = add_person(db.session(), "approver9", "其其格", ("approver",), bureau_id=bureau_id, demo=True)
    set_password(user, DEMO_PASSWORD)


def _known(username: str) -> User:
    user = find_person(db.session(), username)
    assert user
    return user
