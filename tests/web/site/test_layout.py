"""The frame of every page, the way round, and the forms: read as text, and in a browser by axe."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g, render_template_string
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy.orm import Session
from wtforms import BooleanField, MultipleFileField, RadioField, StringField
from wtforms.fields.choices import SelectChoice

from application import create_app
from cases.model.evidence import StoredFile
from config import ROOT
from extensions import Base, db
from registry.identity import Identity
from registry.organisations import Bureau
from registry.people import add_person
from registry.sign_in import set_password
from tests.conftest import make_settings
from tests.pictures import browser_page, faults_at_each_width, press, serve
from web.site.forms import Form
from web.site.navigation import nav
from workflow.definition import AUDITOR, FILER, OFFICER, REVIEWER, Role

GOOD = "three grey horses"
FRAMED = ("layout", "sign_in", "account", "password", "link", "error")
PAGES = ["/sign-in", "/", "/nothing-here", "/account", "/account/password"]


@pytest.fixture
def signed_in(client: FlaskClient, session: Session) -> FlaskClient:
    """A browser in which a reviewer has signed in."""
    bureau = Bureau(name="示范市生态环境局示范旗分局", short_name="生态环境分局")
    session.add(bureau)
    session.flush()
    set_password(add_person(session, "li", "李敏", ["reviewer"], bureau_id=bureau.id), GOOD)
    session.commit()
    client.post("/sign-in", data={"username": "li", "password": GOOD})
    return client


@pytest.mark.parametrize("spoken", ["zh", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_one_h1_with_which_its_title_begins(signed_in: FlaskClient, address: str, spoken: str) -> None:
    signed_in.set_cookie("language", spoken)
    page = signed_in.get(address, follow_redirects=True).text
    headings = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    title = re.findall(r"<title>(.*?)</title>", page)
    assert len(headings) == len(title) == 1
    if address != "/":
        assert title[0].startswith(re.sub(r"<[^>]+>", "", headings[0]).strip())
    assert f'<html lang="{"zh-Hans" if spoken == "zh" else "en"}"' in page


def test_nothing_in_a_page_stands_inline(signed_in: FlaskClient) -> None:
    for address in PAGES:
        page = signed_in.get(address).text
        assert not re.search(r"\sstyle\s*=|<style|<script(?![^>]*src=)|\son\w+\s*=", page)


def test_who_reads_and_for_whom_stands_at_the_top(signed_in: FlaskClient) -> None:
    assert "李敏 · 生态环境分局" in signed_in.get("/account").text


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("fr,en;q=0.5", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.3,zh;q=0.8", "zh"),
        ("fr", "zh"),
        ("", "zh"),
    ],
)
def test_the_first_visit_speaks_what_the_browser_asks_for_and_the_switch_wins(
    client: FlaskClient, asked: str, spoken: str
) -> None:
    def lang() -> str:
        page = client.get("/", headers={"Accept-Language": asked} if asked else {}).get_data(as_text=True)
        return page.split('<html lang="')[1][:2]

    assert lang() == spoken
    other = "zh" if spoken == "en" else "en"
    client.set_cookie("language", other)
    assert lang() == other


def test_the_language_switch_keeps_the_page_and_its_query(client: FlaskClient) -> None:
    link = re.search(r'href="(/language/en\?[^"]+)"', client.get("/sign-in?next=/inbox").text)
    assert link
    gone = client.get(link[1].replace("&amp;", "&"))
    assert gone.headers["Location"] == "/sign-in?next=/inbox"
    assert '<html lang="en"' in client.get("/sign-in").text


def test_the_navigation_leads_nowhere_that_is_not(signed_in: FlaskClient) -> None:
    page = signed_in.get("/account").text
    head = page[page.index("<header") : page.index("<main")]
    foot = page[page.index("<footer") :]
    for href in re.findall(r'<li[^>]*><a href="([^"]+)"', head + foot):
        assert signed_in.get(href).status_code == 200, href


@pytest.mark.parametrize(
    ("roles", "at", "lit"),
    [
        ({REVIEWER}, "/cases/2026-YY-000001", ("/desk", "true")),
        ({OFFICER}, "/cases/2026-YY-000001", ("/desk", "true")),
        ({OFFICER}, "/cases", ("/cases", "page")),
        ({FILER}, "/cases", ("/cases", "page")),
        ({AUDITOR}, "/audit", ("/audit", "page")),
    ],
)
def test_the_navigation_shows_where_the_reader_is(app: Flask, roles: set[Role], at: str, lit: tuple[str, str]) -> None:
    with app.test_request_context(at):
        g.identity = Identity(user_id=1, name="李敏", roles=frozenset(roles), bureau_id=1)
        assert [(link.href, link.current) for link in nav() if link.current] == [lit]


def test_a_template_speaks_the_language_that_is_forced_escapes_what_it_is_given_and_keeps_signs_of_percent(
    app: Flask,
) -> None:
    with app.test_request_context("/"):
        drawn = [render_template_string('{{ _("Desk") }}')]
        with force_locale("en"):
            drawn += [render_template_string(f"{{{{ {one} }}}}") for one in ('_("Desk")', '_("%(n)s of 100%%", n="<")')]
        drawn.append(render_template_string('{{ _("Desk") }}'))
    assert drawn == ["案件台", "Desk", "&lt; of 100%", "案件台"]


def test_whoever_has_not_signed_in_has_no_navigation(app: Flask) -> None:
    with app.test_request_context("/"):
        assert nav() == []


def test_dark_or_light_follows_the_readers_choice_and_nothing_else(client: FlaskClient) -> None:
    assert "data-theme" not in client.get("/sign-in").text
    client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in client.get("/sign-in").text
    client.set_cookie("theme", '"><b>')
    assert "data-theme" not in client.get("/sign-in").text


class Sample(Form):
    """A form with each sort of field."""

    words = StringField("说明")
    ground = RadioField("理由", choices=[SelectChoice("wrong", "有误"), SelectChoice("secret", "涉密")])
    sure = BooleanField("属实")
    files = MultipleFileField("依据")


EVERY_SORT = """
{% from "parts/forms.html" import error_summary, field, choices, tick, files %}
{{ error_summary(form) }}{{ field(form.words, hint="写一句") }}{{ choices(form.ground) }}{{ tick(form.sure) }}
{{ files(form.files, kept) }}
"""


def sample(app: Flask, kept: tuple[StoredFile, ...] = ()) -> str:
    """The form as it comes back with a fault in every field."""
    with app.test_request_context("/", method="POST", data={"words": "<b>煤棚</b>", "ground": "secret"}):
        form = Sample()
        for name in ("words", "ground", "sure", "files"):
            form[name].errors = ("请改一改",)
        return render_template_string(EVERY_SORT, form=form, kept=kept)


def test_a_refused_form_leads_to_each_fault_and_keeps_what_was_typed(app: Flask) -> None:
    page = sample(app)
    assert 'role="alert"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    for target in re.findall(r'<a href="#([^"]+)"', page):
        assert ids.count(target) == 1, target
    assert page.count('aria-invalid="true"') == 3
    assert 'aria-describedby="words-hint words-fault"' in page
    assert 'value="&lt;b&gt;煤棚&lt;/b&gt;"' in page
    assert re.search(r'checked[^>]*value="secret"', page)


def test_files_already_kept_are_listed_with_a_box_to_leave_each_out(app: Flask) -> None:
    page = sample(app, (StoredFile("ab12", "<决定书>.pdf", "application/pdf", 9),))
    assert 'name="files_out"' in page
    assert 'value="ab12"' in page
    assert "&lt;决定书&gt;.pdf" in page
    assert 'accept=".pdf,.jpg,.jpeg,.png,image/jpeg,image/png,application/pdf"' in page


def test_every_class_in_a_template_stands_in_a_style_sheet() -> None:
    sheets = "".join(path.read_text("utf-8") for path in (ROOT / "static").rglob("*.css"))
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", sheets))
    parts = [
        ROOT / "templates" / f"{name}.html"
        for name in (
            "site/layout",
            "account/sign_in",
            "account/account",
            "account/password",
            "account/link",
            "site/error",
        )
    ]
    parts += [ROOT / "templates" / "parts" / f"{name}.html" for name in ("forms", "tags")]
    for path in parts:
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        for classes in re.findall(r'class="([^"]*)"', text):
            used = set(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", classes).split())
            assert used <= known, f"{path.name}: {used - known}"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The demo with an officer, served."""
    application = create_app(make_settings(tmp_path, f"sqlite:///{tmp_path / 'demo.sqlite'}", "demo"))
    with application.app_context():
        Base.metadata.create_all(db.engine)
        set_password(add_person(db.session(), "office", "赵丽娜", ["officer"], demo=True), "demo-only-624")
        db.session.commit()
        db.session.remove()
    with serve(application) as address:
        yield address
    with application.app_context():
        db.engine.dispose()


@pytest.mark.browser
def test_axe_finds_nothing_in_the_frame_and_nothing_scrolls_sideways(served: str) -> None:
    with browser_page(f"{served}/sign-in") as page:
        assert not faults_at_each_width(page)
        page.focus("#password")
        press(page, "Enter")
        assert page.locator("[role=alert]").count()
        assert not faults_at_each_width(page)
        page.fill("#username", "office")
        page.fill("#password", "demo-only-624")
        press(page, "Enter")
        assert page.locator(".who .name").count()
        for address in ("/account", "/account/password", "/nothing-here"):
            page.goto(served + address)
            assert not faults_at_each_width(page), address


@pytest.mark.browser
def test_by_keyboard_the_first_stop_skips_to_the_content(served: str) -> None:
    with browser_page(f"{served}/sign-in", script=False) as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.locator("#username").evaluate("it => it === document.activeElement")
