"""The page of a case draws itself in each place of each kind, for the firm and for an official in turn, in either
language, and what it offers has a form."""

import re
from pathlib import Path

import pytest

from tests.web.stage import build_stage
from tests.web.states import kinds_with_ways, ways_of
from tests.web.states.walked import Walked
from tests.web.states.ways import place_of

READERS = (("enterprise", "zh"), ("chief", "en"), ("auditor", "zh"), ("enterprise", "en"), ("chief", "zh"))


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Walked:
    return Walked(build_stage(tmp_path_factory.mktemp("places"), sqlite_template))


@pytest.mark.parametrize("kind", kinds_with_ways())
def test_each_place_has_a_page_and_what_it_offers_has_a_form(walked: Walked, kind: str) -> None:
    ways = ways_of(kind)
    places = {place_of(name).state: name for name in ways.ways}
    for number, (state, name) in enumerate(places.items()):
        there = walked.at(ways, name)
        who, language = READERS[number % len(READERS)]
        browser = walked.stage.browser(who)
        browser.set_cookie("language", language)
        page = browser.get(f"/cases/{there.number}")
        assert page.status_code == 200, (kind, name, who)
        assert f'data-state="{state}"' in page.text
        offered = sorted(set(re.findall(r'data-action="([a-z_]+)"', page.text)))
        for action in offered[number % 3 :: 3]:
            assert browser.get(f"/cases/{there.number}/{action}").status_code == 200, (kind, name, who, action)
