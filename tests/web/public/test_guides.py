"""The guides inside the product: drawn from docs/, nothing of them lost."""

import html
import re

import pytest
from flask.testing import FlaskClient

from config import ROOT
from web.public.guides import ROLES

TARGETS = re.compile(r"(?<=\])\([^)]*\)|^!\[.*$|^\d+\. |^```\w*$|^\[.*\]\(guide-.*$", re.MULTILINE)


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("language", "suffix"), [("en", ""), ("zh", ".zh-CN")])
def test_a_guide_is_whole_and_none_of_its_markup_shows(
    client: FlaskClient, role: str, language: str, suffix: str
) -> None:
    source = (ROOT / "docs" / f"guide-{role}{suffix}.md").read_text("utf-8")
    client.set_cookie("language", language)
    page = client.get(f"/help/guides/{role}").text
    body = page[page.index('<article class="card guide">') : page.index("</article>")]
    shown = html.unescape(re.sub("<[^>]+>", "", body))
    title, rest = source.split("\n", 1)
    assert letters(shown) == letters(TARGETS.sub("", rest))
    assert f"<h1>{title.removeprefix('# ')}</h1>" in page
    assert not re.search(r"\*\*|\]\(|\|--|!\[", shown)
    pictures = re.findall(r'src="([^"]+)"', body)
    assert len(pictures) == source.count("](pictures/")
    assert {client.get(one).status_code for one in pictures} == {200}
    assert [int(n) for n in re.findall(r'<ol start="(\d+)"', body)][:1] == [1]


def test_help_leads_to_the_guides_and_nothing_else_of_the_project_is_given_out(client: FlaskClient) -> None:
    assert all(f'href="/help/guides/{role}"' in client.get("/help").text for role in ROLES)
    for address in ("/help/guides/none", "/help/guides/pictures/../guide-office.md", "/help/guides/pictures/none.webp"):
        assert client.get(address).status_code == 404
