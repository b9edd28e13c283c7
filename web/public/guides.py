"""The guides of each role, drawn from the files in docs/: there is no second copy of their text or pictures."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from flask import Blueprint, abort, render_template, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from config import ROOT
from web.site.access import requires
from web.site.language import language

DOCS: Final = ROOT / "docs"
ROLES: Final = ("enterprise", "bureau", "office", "auditor")
BLOCK: Final = re.compile(
    r"""^```\w*\n(?P<code>[\s\S]*?)^```$
    |^(?P<level>\#+)\ (?P<heading>.+)$
    |^!\[(?P<shows>.*)\]\(pictures/(?P<picture>.+)\)$
    |(?P<table>(?:^\|.*\n)+)
    |(?P<points>(?:^\*\ .*\n)+)
    |(?P<steps>(?:^\d+\.\ .*\n)+)
    |^(?P<text>\S.*)$""",
    re.MULTILINE | re.VERBOSE,
)
"""What the guides are written in: as much of Markdown as they use. A test reads every line of them through it."""
SPAN: Final = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|\[(?P<words>[^]]+)\]\([^)]+\)")


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
    return Guide(role, title, Markup("\n").join(_blocks(body)))


def _blocks(text: str) -> Iterator[Markup]:
    for found in BLOCK.finditer(text):
        kind = str(found.lastgroup)
        said = found[kind]
        if kind == "code":
            yield Markup("<pre><code>{}</code></pre>").format(said)
        elif kind == "heading":
            yield Markup("<h{0}>{1}</h{0}>").format(len(found["level"]), _spans(said))
        elif kind == "picture":
            address = url_for("guides.picture", name=said)
            yield Markup('<figure><a href="{0}"><img src="{0}" alt="{1}" loading="lazy"></a></figure>').format(
                address, found["shows"]
            )
        elif kind == "table":
            yield _table([[cell.strip() for cell in line.strip("|").split("|")] for line in said.splitlines()])
        elif kind == "points":
            items = (Markup("<li>{}</li>").format(_spans(line[2:])) for line in said.splitlines())
            yield Markup("<ul>{}</ul>").format(Markup("").join(items))
        elif kind == "steps":
            lines = [line.split(". ", 1) for line in said.splitlines()]
            items = (Markup("<li>{}</li>").format(_spans(words)) for _number, words in lines)
            yield Markup('<ol start="{}">{}</ol>').format(lines[0][0], Markup("").join(items))
        else:
            yield Markup("<p>{}</p>").format(_spans(said))


def _table(rows: list[list[str]]) -> Markup:
    """A table of which the second row is the line under the headings."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(_spans(cell)) for cell in rows[0])
    body = (Markup("").join(Markup("<td>{}</td>").format(_spans(cell)) for cell in row) for row in rows[2:])
    lines = Markup("").join(Markup("<tr>{}</tr>").format(row) for row in body)
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, lines)


def _spans(text: str) -> Markup:
    """A line with its emphasis. Links lead to other files of the project, which are not here: their words stay."""
    parts, at = [], 0
    for found in SPAN.finditer(text):
        parts.append(Markup.escape(text[at : found.start()]))
        if found["code"]:
            parts.append(Markup("<code>{}</code>").format(found["code"]))
        elif found["bold"]:
            parts.append(Markup("<b>{}</b>").format(_spans(found["bold"])))
        else:
            parts.append(Markup.escape(found["words"]))
        at = found.end()
    return Markup("").join([*parts, Markup.escape(text[at:])])


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
