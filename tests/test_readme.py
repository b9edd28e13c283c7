"""What is written for people is true: commands, paths, packages and settings that it names are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from packaging.specifiers import SpecifierSet

from application import create_app
from cases.kinds import all_kinds
from config import ROOT
from notifications.languages import catalog
from registry.people import DEMO_PASSWORD
from tests.kind_diagrams import PAGES as DIAGRAMS
from tests.kind_diagrams import drawn, shown
from tests.test_ladder import ROOMS, RUNG
from tests.test_requirements import requirements

READMES = ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
DEPENDENCIES, DECISIONS = DOCS / "dependencies.md", DOCS / "decisions"
COMMAND = re.compile(r"(?:run\.py|bin|--app wsgi|`)[ /]?\s*flask ((?:--app wsgi )?[a-z][^`\n]*)")
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
DECISION = re.compile(
    r"# (\d+)\. (.+)\n\nDate: (\d{4}-\d\d-\d\d)  \nStatus: (.+)\n"
    r"\n## Context\n\n\S[^#]+\n\n## Decision\n\n\S[^#]+\n\n## Consequence\n\n\S[^#]+\n"
)
FOLDERS = ("jurisdictions", "templates", "static", "translations", "migrations", "docs", "examples")
"""Folders at the top without Python of ours to import."""
LADDER = (
    "config < database < extensions < workflow < notifications < registry < exchange < cases < web, commands"
    " < application < wsgi"
)
REQUIREMENTS = (
    "requirements.in",
    "requirements-dev.in",
    "requirements-uv.in",
    "requirements-gunicorn.in",
    "requirements-seal.in",
)
FORBIDDEN = re.compile(r"/work/|/tmp/|/home/|\bfarm-\w|pythonhosted|artifactory|nexus|duplicates\b", re.IGNORECASE)


def text(page: Path) -> str:
    return page.read_text("utf-8")


def commands(page: Path) -> list[str]:
    """Every `flask …` that a page names, as typed after the word."""
    return [found.removeprefix("--app wsgi ").split("  ")[0].strip() for found in COMMAND.findall(text(page))]


def tree(page: Path) -> Iterator[Path]:
    """The paths of the map: an indented line lies under the last folder that is indented less."""
    block = re.search(r"```text\n(run\.py .*?)```", text(page), re.DOTALL)
    assert block is not None
    under = ROOT
    for line in block[1].splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            under = ROOT / name
            yield under
        else:
            yield under / name


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    from tests.conftest import make_settings

    folder = tmp_path_factory.mktemp("readme")
    return create_app(make_settings(folder, f"sqlite:///{folder / 'none.sqlite'}"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_exists_with_its_options(page: Path, site: Flask) -> None:
    for line in commands(page):
        command: click.Command = site.cli
        for word in line.split():
            if not isinstance(command, click.Group) or word.startswith("-") or word == "…":
                break
            context = click.Context(command)
            found = command.get_command(context, word)
            assert found is not None, f"{page.name}: flask {line}"
            command = found
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert set(OPTION.findall(line)) <= known | {"--help"}, f"{page.name}: flask {line}"


def test_pages_name_commands_at_all() -> None:
    assert len(commands(DOCS / "kinds.md")) > 3
    assert len(commands(DOCS / "operations.md")) > 12


def test_every_command_of_ours_is_in_the_operations(site: Flask) -> None:
    written = "\n".join(commands(DOCS / "operations.md"))
    for name, command in site.cli.commands.items():
        if name in ("run", "shell", "routes", "db"):
            continue
        for part in command.commands if isinstance(command, click.Group) else ("",):
            assert f"{name} {part}".strip() in written, f"flask {name} {part}"


@pytest.mark.parametrize("page", [ENGLISH, CHINESE], ids=lambda page: page.name)
def test_a_readme_is_read_in_a_few_minutes(page: Path) -> None:
    assert page.stat().st_size <= 10_000


def test_the_map_names_every_room_that_exists_and_no_other() -> None:
    """A room is a package of `cases` or `web`; beside them every folder and every file at the top is on the map."""
    rooms = {path.parent for part in ("cases", "web") for path in (ROOT / part).glob("*/__init__.py")}
    parts = {path.parent for path in ROOT.glob("*/__init__.py")} | {ROOT / name for name in FOLDERS}
    assert set(tree(ENGLISH)) == rooms | parts | set(ROOT.glob("*.py"))


def test_both_readmes_have_the_same_headings_and_the_same_map() -> None:
    english, chinese = (
        [line.split()[0] for line in text(page).splitlines() if line.startswith("#")] for page in READMES
    )
    assert english == chinese
    assert list(tree(ENGLISH)) == list(tree(CHINESE))
    assert LADDER in text(ENGLISH)
    assert LADDER in text(CHINESE)


def test_the_ladders_that_are_written_are_those_that_are_held() -> None:
    """In the README, and with the rooms in the architecture."""
    rungs = [
        [name for name, rung in RUNG.items() if rung == one and name != "api"] for one in sorted(set(RUNG.values()))
    ]
    assert " < ".join(", ".join(names) for names in rungs) == LADDER
    house = text(DOCS / "architecture.md")
    assert LADDER in house
    for package, rooms in ROOMS.items():
        written = re.search(rf"^{package}: +(.+)$", house, re.MULTILINE)
        assert written is not None
        assert [rung.split(", ") for rung in written[1].split(" < ")] == [list(names) for names in rooms]


def test_both_readmes_name_accounts_of_the_demo_and_their_password() -> None:
    demo = set(
        re.findall(r'^username = "(.+)"', text(ROOT / "jurisdictions" / "cn-nm-demo" / "demo.toml"), re.MULTILINE)
    )
    english, chinese = (
        re.findall(r"`([\w-]+)`", "".join(re.findall(r"^\| (`\w+`.*?) \|", text(page), re.M))) for page in READMES
    )
    english, chinese = ([name for name in names if name in demo] for names in (english, chinese))
    assert {"enterprise", "agent", "reviewer", "approver", "office", "chief", "auditor"} <= set(english)
    assert english == chinese
    assert all(f"`{DEMO_PASSWORD}`" in text(page) for page in READMES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(text(page)) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_test_that_is_named_is_there(page: Path) -> None:
    files = re.findall(r"`((?:[a-z-]+/)+[\w-]+\.(?:py|toml|csv|html))`", text(page))
    tests = re.findall(r"`(test_\w+)`", text(page))
    written = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in files if not (ROOT / name).exists() and "NAME" not in name] == []
    assert [name for name in tests if f"def {name}(" not in written] == []


def test_every_package_is_justified_with_its_versions_and_licence() -> None:
    asked = {one.name: one.specifier for wanted in REQUIREMENTS for one in requirements(wanted)}
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", text(DEPENDENCIES), re.MULTILINE)
    assert {name: SpecifierSet(versions.replace("any", "")) for name, versions, _ in rows} == asked
    assert len(rows) == len(asked)


def test_every_decision_is_dated_whole_and_in_the_index() -> None:
    files = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")
    index = re.findall(
        r"^\| \[(\d{4})\]\(([\w.-]+)\) \| (.+) \| (\S+) \| (.+) \|$", text(DECISIONS / "README.md"), re.M
    )
    assert [path.name for path in files] == [name for _, name, *_ in index]
    for number, (path, row) in enumerate(zip(files, index, strict=True), 1):
        found = DECISION.fullmatch(text(path))
        assert found, path.name
        assert path.name.startswith(f"{number:04d}-"), path.name
        assert (f"{int(found[1]):04d}", path.name, *found.groups()[1:]) == row


def test_a_superseded_decision_names_the_one_that_holds() -> None:
    numbers = {path.name[:4] for path in DECISIONS.glob("0*.md")}
    for path in DECISIONS.glob("0*.md"):
        found = re.search(r"^Status: (?:accepted|superseded (?:in part )?by (\d{4}))$", text(path), re.MULTILINE)
        assert found, path.name
        assert found[1] is None or found[1] in numbers, path.name


def test_both_languages_name_the_same_commands_and_links() -> None:
    """A guide in its own language, where there is one."""
    assert commands(ENGLISH) == commands(CHINESE)
    english = set(LINK.findall(text(ENGLISH))) - {CHINESE.name}
    chinese = {link.replace(".zh-CN.md", ".md") for link in LINK.findall(text(CHINESE))} - {ENGLISH.name}
    assert english == chinese


def test_both_languages_draw_the_same_kinds_once_and_in_order() -> None:
    """A kind that is new is drawn by `make diagrams`; until then nothing shown is wrong."""
    english, chinese = (re.findall(r"<code>(\w+)</code>", text(page)) for page in DIAGRAMS.values())
    assert english
    assert english == chinese == [kind for kind in all_kinds() if kind in english]


@pytest.mark.parametrize("language", DIAGRAMS)
def test_each_diagram_is_drawn_from_its_definition(language: str) -> None:
    for kind, diagram in shown(DIAGRAMS[language]).items():
        assert diagram == drawn(kind, language), f"{kind}: make diagrams"


@pytest.mark.parametrize("kind", all_kinds())
def test_the_command_draws_every_kind(kind: str, site: Flask) -> None:
    printed = site.test_cli_runner().invoke(args=["kinds", "diagram", kind]).output
    assert printed.strip() == drawn(kind, "en").strip()


@pytest.mark.parametrize("page", sorted(DOCS.glob("guide-*.md")), ids=lambda page: page.name)
def test_what_a_guide_quotes_stands_on_a_page(page: Path) -> None:
    """In Chinese as the catalogue has it, in English as the pages are written."""
    words = catalog("zh")._catalog
    said = [str(one) for one in (*words.values(), *(() if ".zh-CN" in page.name else words))]
    quoted = re.findall(r"[“\"]([^”\"\n]+)[”\"]", text(page))
    assert [one for one in quoted if not any(one in sentence for sentence in said)] == []
    assert quoted


def test_the_settings_are_those_that_are_read() -> None:
    source = (ROOT / "config.py").read_text("utf-8") + (ROOT / "tests" / "postgres.py").read_text("utf-8")
    read = set(re.findall(r'environ(?:, |\.get\(|\[)"([A-Z_]+)"', source)) | {"SECRET_KEY"}
    table = set(re.findall(r"^\| `([A-Z_]+)`", text(DOCS / "operations.md"), re.MULTILINE))
    assert read <= table


@pytest.mark.parametrize("page", [*PAGES, ROOT / "Makefile"], ids=lambda page: page.name)
def test_nothing_of_the_workplace_is_named(page: Path) -> None:
    assert FORBIDDEN.findall(text(page)) == []


def test_the_picture_is_small_enough_to_read_with_the_page() -> None:
    for picture in (DOCS / "pictures").glob("*.png"):
        assert picture.stat().st_size < 300_000, picture.name


NAMED = re.compile(r"`?\b((?:web|cases|exchange|workflow|registry|notifications|commands|tests)/[\w/]+\.py)\b")
DOTTED = re.compile(r"\b((?:web|cases|exchange|workflow|registry|notifications)\.[a-z_]+(?:\.[a-z_]+)?)\b(?!\()")


def test_modules_named_in_templates_and_in_code_are_there() -> None:
    gone = []
    for path in (*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.js")):
        gone += [f"{path.name}: {name}" for name in NAMED.findall(text(path)) if not (ROOT / name).exists()]
        comments = " ".join(re.findall(r"\{#.*?#\}", text(path), re.DOTALL))
        for name in DOTTED.findall(comments):
            module = ROOT / name.replace(".", "/")
            if not (module.is_dir() or module.with_suffix(".py").exists() or module.parent.with_suffix(".py").exists()):
                gone.append(f"{path.name}: {name}")
    for part in ("web", "cases", "exchange", "workflow", "registry", "notifications", "commands", "tests", "docs"):
        for path in sorted((ROOT / part).rglob("*.py")):
            if path.name == "test_kinds.py":  # it plants files
                continue
            gone += [f"{path}: {name}" for name in NAMED.findall(text(path)) if not (ROOT / name).exists()]
    assert gone == []
