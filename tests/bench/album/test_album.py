"""The album leaves no page out, and what the guides show is there."""

import re
from pathlib import Path

import pytest
from werkzeug.exceptions import HTTPException

from application import create_app
from config import ROOT
from tests.bench.album.found import unfound
from tests.bench.album.scenes import NO_PAGES, SCENES
from tests.conftest import make_settings

PICTURES = ROOT / "docs" / "pictures"
PICTURE = re.compile(r"!\[([^\]]*)\]\((pictures/[^)]+)\)")


def test_each_address_that_gives_a_page_has_a_scene(tmp_path: Path) -> None:
    app = create_app(make_settings(tmp_path, "sqlite://"))
    paths = app.url_map.bind("localhost")
    seen = set()
    for scene in SCENES:
        path = unfound(scene.at or scene.address).partition("?")[0]
        try:
            rule, _ = paths.match(path, return_rule=True) if path else (None, {})
        except HTTPException:
            continue
        seen.add(rule.rule if rule else "")
    pages = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    left_out = sorted(pages - seen - NO_PAGES.keys())
    assert not left_out, "give each a scene in tests/bench/album/scenes/, or a reason there"
    assert not NO_PAGES.keys() - pages, "a reason for an address that is not there"


def test_no_two_scenes_have_one_name() -> None:
    names = [scene.key for scene in SCENES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("guide", sorted((ROOT / "docs").glob("guide-*.md")), ids=lambda guide: guide.name)
def test_the_pictures_of_a_guide_are_there_and_said_in_words(guide: Path) -> None:
    for words, place in PICTURE.findall(guide.read_text("utf-8")):
        assert words, f"{place} is shown without words"
        assert (guide.parent / place).is_file(), place
    assert sum(path.stat().st_size for path in PICTURES.rglob("*") if path.is_file()) < 3_000_000
