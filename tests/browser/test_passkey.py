"""A passkey in a real browser: made, and shown at the next sign-in, on a device that verifies its owner."""

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from tests.pictures import follow, serve, window
from tests.web.gao import GOOD, add_gao

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in")
    page.fill("[name=username]", "gao")
    page.fill("[name=password]", GOOD)
    follow(page, "main button[type=submit]")


def test_a_passkey_is_made_and_signs_in_and_a_device_that_knows_nobody_does_not(app: Flask, session: Session) -> None:
    add_gao(session)
    with serve(app) as address:
        site = address.replace("127.0.0.1", "localhost")  # browsers make no passkey at a bare network address
        page = window(locale="en-US").new_page()
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        id = device.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "isUserVerified": True}})
        sign_in(page, site)
        page.goto(f"{site}/account/factor")
        seed = page.inner_text(".seed").replace(" ", "")
        page.fill("[name=code]", pyotp.TOTP(seed).now())
        follow(page, "main form button.main")
        page.goto(f"{site}/account/factor")
        follow(page, "[data-passkey=create]")
        assert page.locator("form[action*='/account/factor/passkey/']").count() == 1
        page.context.clear_cookies()

        sign_in(page, site)
        assert page.url.endswith("/sign-in/step")
        follow(page, "[data-passkey=get]")
        assert page.url.endswith("/desk")
        page.context.clear_cookies()

        device.send("WebAuthn.setUserVerified", {"authenticatorId": id["authenticatorId"], "isUserVerified": False})
        sign_in(page, site)
        page.click("[data-passkey=get]")
        page.wait_for_function("document.querySelector('[data-passkey-said]').textContent !== ''")
        page.goto(f"{site}/desk")
        assert "/sign-in" in page.url
