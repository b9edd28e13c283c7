"""House rules of shape: small files, no clock and no request below the doors, nothing inline in a page."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from config import ROOT

PRODUCT = ("web", "api", "commands", "cases", "registry", "notifications", "workflow")
BELOW_THE_DOORS = ("cases", "registry", "notifications", "workflow")
SCRIPTS = sorted(path for part in PRODUCT for path in (ROOT / part).rglob("*.py"))
PYTHON = [*SCRIPTS, *sorted(ROOT.glob("*.py"))]
BESIDE = [path for part in ("tests", "docs") for path in sorted((ROOT / part).rglob("*.py"))]
"""Tests, and the program for strangers. Migrations are left out: what has run once stays as it was."""
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html"))

CLOCKS = re.compile(r"\b(?:datetime\.(?:now|utcnow|today)|date\.today|time\.(?:time|localtime|gmtime|strftime))$")
READINGS = {"now", "utcnow", "today", "time", "localtime", "gmtime", "strftime"}
READS_A_CLOCK = {ROOT / "config.py", ROOT / "run.py"}
OF_A_REQUEST = {"current_user", "g", "request", "current_app", "session"}

CHINESE = re.compile("[\u3400-\u9fff]")
SPEAKS_CHINESE = (
    "registry/columns.py",  # the headings of the national sheet
    "registry/cleaning.py", "registry/sheets",  # what a cell of it may say
    "registry/organisations.py",  # brackets of names, and how a market regulator is known
    "cases/letters/own_words.py",  # what a firm's name ends in
    "notifications/papers.py", "cases/kinds",  # official papers are Chinese, and the words in their numbers
    "notifications/languages.py",  # how each language writes a date
)  # fmt: skip
OWN_NAMES = re.compile("信诉|中文")
"""The product's name, and a language's name in itself."""

PAPERS = ("templates/papers/", "templates/letters/")
"""Rendered in one language: the official one, or the addressee's."""

BELOW = [path for path in SCRIPTS if path.relative_to(ROOT).parts[0] in BELOW_THE_DOORS]
SHORTER = {"Changes", "Due"}
"""What a phone says in fewer words than the head of the column."""
PAGES = [path for path in TEMPLATES if not str(path.relative_to(ROOT)).startswith(PAPERS)]
ENGLISH = [path for path in PYTHON if not str(path.relative_to(ROOT)).startswith(SPEAKS_CHINESE)]

OF_THE_FRAME = re.compile(
    r"\{% block (?:body_class|width|main_attrs) %\}.*?\{% endblock %\}|\{% macro \w+_attrs\b.*?\{% endmacro %\}",
    re.DOTALL,
)
"""Classes and attributes that a page hands to the frame or to an element: nobody reads them."""
WRITTEN = re.compile(r">([^<>]*)<")
INLINE = re.compile(
    r"""\sstyle\s*=|<style\b|<script\b(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE
)


LONGEST = 500
"""Lines of a file: an alarm. Look for the second idea in it before splitting it."""


def test_no_file_is_longer_than_500_lines_nor_a_function_than_60() -> None:
    assert not [_named(path) for path in (*PYTHON, *BESIDE) if len(_text(path).splitlines()) > LONGEST]
    assert not [f"{_named(path)}: {node.name}" for path in PYTHON for node in _nodes(path)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and node.end_lineno and node.end_lineno - node.lineno >= 60]  # fmt: skip


def test_a_class_name_occurs_once_in_the_product() -> None:
    named: dict[str, list[str]] = {}
    for path in PYTHON:
        for node in _nodes(path):
            if isinstance(node, ast.ClassDef):
                named.setdefault(node.name, []).append(_named(path))
    assert {name: places for name, places in named.items() if len(places) > 1} == {}


def test_every_file_says_what_it_is_for() -> None:
    assert not [_named(path) for path in SCRIPTS if _text(path).strip() and not ast.get_docstring(_tree(path))]


def test_the_clock_is_read_in_the_settings_alone() -> None:
    assert not [f"{_named(path)}: {name}" for path in PYTHON if path not in READS_A_CLOCK for node in _nodes(path)
                if isinstance(node, ast.Attribute) and node.attr in READINGS
                and CLOCKS.search(name := ast.unparse(node))]  # fmt: skip


def test_below_the_doors_nobody_asks_who_or_which_request() -> None:
    for path in BELOW:
        for node in _nodes(path):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("flask", "werkzeug", "wtforms")):
                assert not {alias.name for alias in node.names} & OF_A_REQUEST, _named(path)
            if isinstance(node, ast.Attribute) and node.attr in (*OF_A_REQUEST, "session"):
                asked = ast.unparse(node) in ("flask.g", "flask.request", "flask_login.current_user", "db.session")
                assert not asked, _named(path)


def test_a_page_has_nothing_inline() -> None:
    assert not {_named(path): found for path in TEMPLATES if (found := INLINE.findall(_text(path)))}


def test_a_page_says_everything_through_the_catalog() -> None:
    chinese = {_named(path): found for path in PAGES if (found := CHINESE.findall(_without_comments(_text(path))))}
    assert not chinese, "write English message ids; the Chinese stands in the .po files"
    bare = {_named(path): found for path in PAGES if (found := list(_untranslated(_text(path))))}
    assert not bare, "wrap what is read in _('…')"


def test_a_phone_names_a_value_by_the_words_at_the_head_of_its_column() -> None:
    """Two that look alike in English may be two words in Chinese: an account has ended, and so has a step."""
    for path in TEMPLATES:
        heads = set(re.findall(r'<th[^>]*>(?:<[^>]*>)*\{\{ _\("([^"]*)"\)', _text(path)))
        labels = set(re.findall(r"data-l=\"\{\{ _\('([^']*)'\)", _text(path)))
        assert labels <= heads | SHORTER, _named(path)


def test_python_says_nothing_in_chinese() -> None:
    assert not [f"{_named(path)}: {text}" for path in ENGLISH for text in _strings(path)
                if CHINESE.search(OWN_NAMES.sub("", text))]  # fmt: skip


def test_the_rules_see_what_breaks_them() -> None:
    assert INLINE.search('<p style="color: red">')
    assert INLINE.search("<script>go()</script>")
    assert INLINE.search('<a onclick="go()">')
    assert list(_untranslated("<p>Hello there</p>")) == ["Hello there"]
    assert list(_untranslated('<img alt="A seal">')) == ["A seal"]
    assert CLOCKS.search("datetime.now")
    assert len(PYTHON) > 200
    assert len(PAGES) > 60


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(_text(path))


@cache
def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(_tree(path)))


def _strings(path: Path) -> Iterator[str]:
    """Texts of a file that are not docstrings: Chinese may explain, it may not be said."""
    explained = {id(node.value) for node in _nodes(path) if isinstance(node, ast.Expr)}
    for node in _nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node.value


def _without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}|<!--.*?-->", "", text, flags=re.DOTALL)


def _untranslated(text: str) -> Iterator[str]:
    """Words between tags, and in the attributes that are read aloud, that no `_()` wraps."""
    said = OF_THE_FRAME.sub("", _without_comments(text))
    said = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", said, flags=re.DOTALL)
    said = re.sub(r"<(script|style|svg)\b.*?</\1>", "", said, flags=re.DOTALL)
    for words in WRITTEN.findall(f">{said}<"):
        if re.search(r"[A-Za-z]{2,}", re.sub(r"&\w+;", "", words)):
            yield words.strip()
    for words in re.findall(r'\s(?:alt|title|placeholder|aria-label)="([^"]*)"', said):
        if re.search(r"[A-Za-z]{2,}", words):
            yield words


def test_templates_have_their_addresses_from_url_for() -> None:
    by_hand = re.compile(r'(?:href|action|formaction|src|hx-\w+)="/')
    assert not [str(path.relative_to(ROOT)) for path in TEMPLATES if by_hand.search(path.read_text("utf-8"))]
