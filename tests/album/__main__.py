"""The album: `python -m tests.album FOLDER` pictures every scene and lays contact sheets beside the pictures.

`--check` looks for faults instead, says each in a line, and ends with 1 where there is one. `--only WORD …` takes the
scenes whose name holds one of the words; `--languages zh` one language.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

from tests.album.looking import faults_of
from tests.album.scene import Scene
from tests.album.scenes import SCENES
from tests.album.sheets import contact_sheets
from tests.album.shots import shoot
from tests.album.walk import See, go_through
from tests.pictures import serve
from tests.played import played_demo

DEMO_NOW = "2026-11-24T10:42+08:00"


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    scenes = [scene for scene in SCENES if not asked.only or any(word in scene.key for word in asked.only)]
    faults = 0
    with tempfile.TemporaryDirectory() as kept:
        app = played_demo(Path(kept), DEMO_NOW, stands=True)
        with serve(app) as address:
            for language in asked.languages:
                begun = time.monotonic()
                for fault in go_through(app, address, scenes, language, _see(asked, language)):
                    print(fault, flush=True)  # noqa: T201
                    faults += 1
                print(f"{language}: {len(scenes)} scenes in {time.monotonic() - begun:.0f} s")  # noqa: T201
    if not asked.check:
        for language in asked.languages:
            contact_sheets(asked.folder, scenes, language)
    return bool(faults)


def _see(asked: argparse.Namespace, language: str) -> See:
    """What is done with each scene: looked at for faults, or pictured."""

    def look(_scene: Scene, page: Page) -> Iterable[str]:
        return faults_of(page, language)

    def keep(scene: Scene, page: Page) -> Iterable[str]:
        shoot(page, scene, asked.folder, language)
        return ()

    return look if asked.check else keep


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.album", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--languages", nargs="*", default=["zh", "en"])
    asked = parser.parse_args(arguments)
    if asked.folder is None and not asked.check:
        parser.error("name a folder for the pictures, or --check")
    if asked.folder:
        asked.folder.mkdir(parents=True, exist_ok=True)
    return asked


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
