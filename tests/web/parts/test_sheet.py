"""The parts in a real browser: nothing that axe finds, nothing that scrolls sideways, in both languages and themes."""

from pathlib import Path

import pytest

from tests.pictures import CHROMIUM, browser_page, faults_at_each_width, serve
from tests.web.parts.sample import make_app


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_parts_shut_nobody_out(tmp_path: Path, language: str) -> None:
    with serve(make_app(tmp_path, language)) as url, browser_page(url, 390) as page:
        assert not faults_at_each_width(page)


def test_every_part_renders_and_says_its_days_in_time_elements(tmp_path: Path) -> None:
    html = make_app(tmp_path).test_client().get("/").get_data(as_text=True)
    assert '<time datetime="2026-11-27">11月27日</time>（周五）' in html.replace("'", '"')
    assert html.count('class="day ') > 80
    assert html.count('<ol class="strip-blocks') == 2, "a count of months and one of many weeks"
    assert "\ue000" not in html
    assert "主张为：" in html
    assert "将改为：" in html, "who only listens is told what is proposed apart from what is claimed"
