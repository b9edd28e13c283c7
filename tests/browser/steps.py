"""What people do in the walks: come in by the front page, find a case, fill in a form; and what is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from cases.model.tables import Case
from config import ROOT
from extensions import db
from registry.identity import identity_of
from registry.people import DEMO_PASSWORD, find_person
from tests.pictures import follow, window

EVIDENCE = next((ROOT / "jurisdictions" / "cn-nm-demo" / "evidence").glob("*.pdf"))
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@dataclass
class Site:
    """The demo at an address, the browser windows of its people, and every page that a walk has seen."""

    browser: Browser
    address: str
    app: Flask
    opened: list[BrowserContext] = field(default_factory=list)
    windows: dict[str, Page] = field(default_factory=dict)
    seen: dict[str, dict[str, str]] = field(default_factory=dict)

    def window(self, script: bool = True, width: int = 1366) -> Page:
        """A fresh browser of somebody who speaks Chinese."""
        context = window(width, locale="zh-CN", java_script_enabled=script)
        self.opened.append(context)
        page = context.new_page()
        page.goto(self.address)
        return page

    def of(self, who: str) -> Page:
        """The window of somebody who has signed in from the front page."""
        if who not in self.windows:
            page = self.window()
            page.on("framenavigated", lambda frame: self._note(who, frame.url))
            sign_in(page, who)
            self.windows[who] = page
        return self.windows[who]

    def state(self, number: str) -> str:
        """Where a case stands."""
        with self.app.app_context():
            return db.session.scalars(select(Case.state).where(Case.number == number)).one()

    def in_state(self, state: str, bureau_of: str = "") -> str:
        """The number of a case of the demo that stands there, at the bureau of somebody."""
        with self.app.app_context():
            found = select(Case.number).where(Case.state == state).order_by(Case.id)
            if bureau_of:
                user = find_person(db.session(), bureau_of)
                assert user
                found = found.where(Case.bureau_id == identity_of(db.session(), user).bureau_id)
            return db.session.scalars(found).first() or ""

    def close(self) -> None:
        for context in self.opened:
            context.close()

    def _note(self, who: str, address: str) -> None:
        """Keep one address of each sort of page: a walk opens the page of an act once, not once a case."""
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        kind = "/".join("N" if any(letter.isdigit() for letter in part) else part for part in parts.path.split("/"))
        if path.startswith("/"):
            self.seen.setdefault(who, {})[kind] = path


def sign_in(page: Page, who: str) -> None:
    """From the front page to one's own work."""
    with page.expect_navigation():
        page.get_by_role("link", name="登录", exact=True).click()
    page.fill("[name=username]", who)
    page.fill("[name=password]", DEMO_PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("header .name")).to_be_visible()


def file_objection(page: Page, record: str, claims: Mapping[str, str], words: str, evidence: Path = EVIDENCE) -> str:
    """From one's records to the receipt; gives the number that the receipt shows."""
    page.goto(page.url.split("/records")[0] + "/records") if "/records" not in page.url else None
    follow(page, f"[data-record='{record}'] a[data-kind='objection']")
    page.locator("label[for=ground-0]").click()
    for name, value in claims.items():
        box = page.locator(f"[name='claims-{name}-wrong']")
        if not box.is_checked():
            page.locator(f"label[for='claims-{name}-wrong']").click()
        page.fill(f"[name='claims-{name}-value']", value)
    go_on(page)
    page.fill("[name=words]", words)
    page.set_input_files("[name=files]", evidence)
    go_on(page)
    expect(page.locator(".check-list")).to_contain_text(evidence.name)
    page.check("[name=declared]")
    send(page)
    return page.locator("[data-receipt]").get_attribute("data-receipt") or ""


def open_case(page: Page, number: str) -> None:
    """Staff come to a case by its number, a firm by the list of its cases."""
    if page.locator(f"main[data-case='{number}'][data-state]").count():
        page.reload()
    elif page.locator("#search").count():
        page.fill("#search", number)
        with page.expect_navigation():
            page.press("#search", "Enter")
    else:
        follow(page, "nav a[href='/cases']")
        follow(page, f"main a[href='/cases/{number}']")
    expect(page.locator(f"main[data-case='{number}']")).to_be_visible()


def choose(page: Page, action: str) -> None:
    """Press one of the choices of the case."""
    follow(page, f"[data-action='{action}']")


def act(page: Page, number: str, action: str, **fields: str) -> None:
    """Open a case, choose an act, fill in its form, send it."""
    open_case(page, number)
    choose(page, action)
    fill(page, fields)
    send(page)
    expect(page.locator("main[data-state]")).to_be_visible()


def open_letter(page: Page, number: str) -> None:
    """From the inbox to its newest letter about a case."""
    letters = page.locator("main li, main article, main tr").filter(has_text=number)
    with page.expect_navigation():
        letters.first.locator("a[href^='/inbox/']").first.click()


def fill(page: Page, fields: Mapping[str, str]) -> None:
    """Fill fields by name: text, a list, a file."""
    for name, value in fields.items():
        one = page.locator(f"main [name='{name}']").first
        match one.evaluate("one => one.type || one.tagName"):
            case "select-one":
                one.select_option(label=value)
            case "file":
                one.set_input_files(value)
            case "radio":
                chosen = page.locator(f"main [name='{name}'][value='{value}']").get_attribute("id")
                page.locator(f"label[for='{chosen}']").click()
            case _:
                one.fill(value)


def find(page: Page, findings: Mapping[str, tuple[str, str, str]]) -> dict[str, str]:
    """The fields of a finding each: the code, another value, the reason."""
    fields: dict[str, str] = {}
    for name, (code, value, reason) in findings.items():
        fields[f"findings-{name}-finding"] = code
        if value:
            fields[f"findings-{name}-value"] = value
        if reason:
            fields[f"findings-{name}-reason"] = reason
    return fields


def go_on(page: Page) -> None:
    follow(page, "main button[name=then][value=on]")


def send(page: Page) -> None:
    """The one button of the form that sends it, and the page that answers."""
    follow(page, "main form[method=post] button.main, main form[method=post] button.final")
