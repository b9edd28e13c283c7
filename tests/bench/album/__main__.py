"""The album: `python -m tests.bench.album FOLDER` pictures every scene and lays contact sheets beside the pictures.

`--check` looks for faults instead, says each in a line, and ends with 1 where there is one. `--docs` makes the pictures
of the guides anew. `--only WORD …` takes the scenes whose name holds one of the words; `--languages zh` one language.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Page

from tests.bench.album.guides import keep_picture, rewrite
from tests.bench.album.looking import faults_of
from tests.bench.album.scene import Scene
from tests.bench.album.scenes import SCENES, STAGED
from tests.bench.album.sheets import contact_sheets
from tests.bench.album.shots import shoot
from tests.bench.album.stages import STAGES
from tests.bench.album.walk import See, go_through
from tests.pictures import serve


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    scenes = _chosen(asked)
    faults = 0
    for language in asked.languages:
        begun = time.monotonic()
        for fault in _played(asked, scenes, language):
            print(fault, flush=True)  # noqa: T201
            faults += 1
        print(f"{language}: {len(scenes)} scenes in {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
    if asked.docs:
        for line in rewrite(SCENES):
            print(line)  # noqa: T201
    if asked.folder:
        for language in asked.languages:
            contact_sheets(asked.folder, scenes, language)
    return bool(faults)


def _played(asked: argparse.Namespace, scenes: Sequence[Scene], language: str) -> Iterator[str]:
    """The scenes in one language, each stage on a place of its own: what a scene does was not done before."""
    for stage, build in STAGES.items():
        theirs = [scene for scene in scenes if scene.stage == stage]
        if theirs:
            with tempfile.TemporaryDirectory() as kept:
                app = build(Path(kept))
                with serve(app) as address:
                    yield from go_through(app, address, theirs, language, _see(asked, language))


def _see(asked: argparse.Namespace, language: str) -> See:
    """What is done with each scene: looked at for faults, or pictured."""

    def look(_scene: Scene, page: Page) -> Iterable[str]:
        return faults_of(page, language)

    def keep(scene: Scene, page: Page) -> Iterable[str]:
        shoot(page, scene, asked.folder, language)
        return ()

    def show(scene: Scene, page: Page) -> Iterable[str]:
        return keep_picture(page, scene, language) if scene.guide else ()

    return show if asked.docs else look if asked.check else keep


def _chosen(asked: argparse.Namespace) -> list[Scene]:
    """The scenes that were asked for, each with those that lead to it; for the guides only what they show."""
    chosen: list[Scene] = []
    way: list[Scene] = []
    for scene in (*SCENES, *STAGED):
        way = [scene] if scene.address else [*way, scene]
        wanted = bool(scene.guide) if asked.docs else True
        if wanted and (not asked.only or any(word in scene.key for word in asked.only)):
            chosen += way
            way = []
    return chosen


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.album", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--languages", nargs="*", default=["zh", "en"])
    asked = parser.parse_args(arguments)
    if asked.folder is None and not asked.check and not asked.docs:
        parser.error("name a folder for the pictures, or --check, or --docs")
    if asked.folder:
        asked.folder.mkdir(parents=True, exist_ok=True)
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
