"""What we stand on: each requirement used, pinned, hashed and free to give on; no registry's address anywhere."""

import ast
import re
import subprocess
from functools import cache
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import run
from config import ROOT
from tests.test_shape import PYTHON

WITHOUT_IMPORT = {"tzdata": "zoneinfo reads it where the system has no time zones",
                  "werkzeug": "Flask's own, held to the series that was tried",
                  "psycopg": "SQLAlchemy imports it for an address of PostgreSQL",
                  "alembic": "Flask-Migrate's own; migrations import it"}  # fmt: skip
COPYLEFT = re.compile(r"\bA?GPL|Affero|GNU General Public", re.IGNORECASE)
ADDRESSES = re.compile(r"https?://[^\s\"'<>)]*(?:pypi|pythonhosted|npmjs|artifactory|nexus|/simple\b)", re.IGNORECASE)


def requirements(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]


def pins(name: str) -> dict[str, str]:
    """Each pinned distribution of a lock, with everything that stands under it."""
    text = (ROOT / name).read_text("utf-8").replace("\\\n", "")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {canonicalize_name(line.partition("==")[0]): line for line in lines}


def runtime() -> list[metadata.Distribution]:
    """The distributions of the lock that are installed here; others are for other systems."""
    found = []
    for name in pins("requirements.txt"):
        try:
            found.append(metadata.distribution(name))
        except metadata.PackageNotFoundError:
            assert ";" in pins("requirements.txt")[name], f"{name} is in the lock and not installed"
    return found


@pytest.mark.parametrize("requirement", requirements("requirements.in"), ids=lambda requirement: requirement.name)
def test_every_requirement_is_used(requirement: Requirement) -> None:
    packages = {package for package, names in installed().items()
                if requirement.name.lower() in {canonicalize_name(name) for name in names}}  # fmt: skip
    assert packages & imported() or requirement.name in WITHOUT_IMPORT


@cache
def imported() -> set[str]:
    """The first part of every name that the product imports."""
    return {name.partition(".")[0] for path in PYTHON for node in ast.walk(ast.parse(path.read_text("utf-8")))
            for name in _imported(node)}  # fmt: skip


installed = cache(metadata.packages_distributions)
"""The distributions that hold a package: every file of every one is read for it."""


LOCKS = {
    "requirements.txt": 20,
    "requirements-dev.txt": 40,
    "requirements-uv.txt": 1,
    "requirements-gunicorn.txt": 1,
    "requirements-seal.txt": 8,
}
"""Each lock, and how many it holds at least."""


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_and_hashes_everything(lock: str) -> None:
    assert len(pins(lock)) >= LOCKS[lock]
    for name, line in pins(lock).items():
        assert "==" in line, name
        assert "--hash=sha256:" in line, name


@pytest.mark.parametrize(("wanted", "lock"), [("requirements.in", "requirements.txt"),
                                              ("requirements-dev.in", "requirements-dev.txt"),
                                              ("requirements-uv.in", "requirements-uv.txt"),
                                              ("requirements-gunicorn.in", "requirements-gunicorn.txt"),
                                              ("requirements-seal.in", "requirements-seal.txt")])  # fmt: skip
def test_the_lock_holds_what_was_asked_for(wanted: str, lock: str) -> None:
    locked = pins(lock)
    for requirement in requirements(wanted):
        version = locked[canonicalize_name(requirement.name)].partition("==")[2].split()[0].rstrip(";")
        assert requirement.specifier.contains(version), f"{requirement} is locked at {version}"


def test_the_first_start_installs_nothing_but_what_a_hash_names(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def refused(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0 if "requirements-uv.txt" in command else 1)

    monkeypatch.setattr(run.subprocess, "run", refused)
    with pytest.raises(SystemExit):
        run._install("requirements.txt")
    assert [command[-1] for command in asked] == ["requirements-uv.txt", "requirements.txt", "requirements.txt"]
    assert all("--require-hashes" in command for command in asked)


@pytest.mark.parametrize("distribution", runtime(), ids=lambda distribution: distribution.name)
def test_what_runs_is_free_to_give_on(distribution: metadata.Distribution) -> None:
    about = distribution.metadata
    licences = [about.get("License-Expression") or "", *(about.get("License") or "").splitlines()[:1],
                *(words for words in about.get_all("Classifier") or () if words.startswith("License"))]  # fmt: skip
    strong = [licence for licence in licences if COPYLEFT.search(re.sub(r"LGPL|Lesser General", "", licence))]
    assert any(licences), "it says no licence: read its files and name it here"
    assert not strong, f"{distribution.name}: {strong}"


def test_no_registry_stands_in_the_project() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    found = []
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if path.is_file() and path != ROOT / "tests" / "test_requirements.py":
            found += [(name, address) for address in ADDRESSES.findall(path.read_text("utf-8", errors="replace"))]
    assert not found
    assert not {"uv.lock", "pylock.toml", "poetry.lock"} & set(tracked.split("\0"))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
