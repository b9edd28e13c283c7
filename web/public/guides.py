"""The guides of each role, drawn from the files in docs/: there is no second copy of their text or pictures."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from flask import Blueprint, abort, render_template, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from config import ROOT
from web.site.access import requires
from web.site.language import language

DOCS: Final = ROOT / "docs"
ROLES: Final = ("enterprise", "bureau", "office", "auditor")


class Guide(NamedTuple):
    """A guide in one language."""

    role: str
    title: str
    body: Markup


@cache
def guide_of(role: str, language: str) -> Guide:
    """The guide of a role; its link to the other language is left out, since every page has one."""
    text = (DOCS / f"guide-{role}{'' if language == 'en' else '.zh-CN'}.md").read_text("utf-8")
    title, rest = text.removeprefix("# ").split("\n", 1)
    body = re.sub(r"^\[.*\]\(guide-.*\)\n", "", rest, count=1, flags=re.MULTILINE)
    return Guide(role, title, Markup(MARKDOWN.render(body)))


class _AsGuide(RendererHTML):
    """A picture stands for itself and opens whole; links lead to other files of the project: their words stay."""

    def image(self, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType) -> str:
        address = url_for("guides.picture", name=str(tokens[at].attrs["src"]).removeprefix("pictures/"))
        picture = Markup('<a class="picture" href="{0}"><img src="{0}" alt="{1}" loading="lazy"></a>')
        return picture.format(address, tokens[at].content)

    def ordered_list_open(self, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType) -> str:
        return Markup('<ol start="{}">').format(tokens[at].attrs.get("start", 1))

    def link_open(self, _tokens: Sequence[Token], _at: int, _options: OptionsDict, _env: EnvType) -> str:
        return ""

    link_close = link_open


MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}, renderer_cls=_AsGuide).enable("table")


pages = Blueprint("guides", __name__, url_prefix="/help/guides")


@pages.get("/<role>")
@requires(public=True)
def show(role: str) -> ResponseReturnValue:
    """The guide of a role, in the reader's language."""
    if role not in ROLES:
        abort(404)
    every = [guide_of(one, language()) for one in ROLES]
    return render_template("public/guide.html", guide=guide_of(role, language()), guides=every)


@pages.get("/pictures/<path:name>")
@requires(public=True)
def picture(name: str) -> ResponseReturnValue:
    """A picture of a guide."""
    if not name.endswith(".webp"):
        abort(404)
    return send_from_directory(DOCS / "pictures", name, mimetype="image/webp", max_age=3600)
