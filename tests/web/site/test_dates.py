"""Days, moments and amounts in words, as pages say them."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from flask import Flask, g
from markupsafe import Markup

from notifications.languages import Amount
from web.site.language import day_words, in_words, moment_within, when, written
from workflow.refusal import say

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in the place
SAID = [
    ("zh", NOON, "今天 12:00", "11月24日 12:00", "2026年11月24日 12:00:00"),
    ("zh", NOON - timedelta(hours=13), "昨天 23:00", "11月23日 23:00", "2026年11月23日 23:00:00"),
    ("zh", NOON - timedelta(hours=37), "11月22日 23:00", "11月22日 23:00", "2026年11月22日 23:00:00"),
    ("en", NOON, "Today, 12:00", "24 November, 12:00", "24 November 2026, 12:00:00"),
    ("en", NOON - timedelta(hours=13), "Yesterday, 23:00", "23 November, 23:00", "23 November 2026, 23:00:00"),
    ("en", NOON - timedelta(days=365), "24 November 2025, 12:00", "24 November 2025, 12:00",
     "24 November 2025, 12:00:00"),
]  # fmt: skip


def joined(told: Markup) -> str:
    """A day or moment as the page has it, without what keeps the day in one piece."""
    return re.sub(r'<span class="unbroken">(.*?)</span>', r"\1", str(told))


@pytest.mark.parametrize(("spoken", "instant", "alone", "inside", "exact"), SAID)
def test_a_moment_is_said_as_people_say_it_and_the_exact_one_stands_behind_it(
    app: Flask, spoken: str, instant: datetime, alone: str, inside: str, exact: str
) -> None:
    with app.test_request_context("/", headers={"Cookie": f"language={spoken}"}):
        g.now = NOON
        machine = instant.astimezone(timezone(timedelta(hours=8))).isoformat()
        for told, words in ((when(instant), alone), (moment_within(instant), inside)):
            assert joined(told) == f'<time datetime="{machine}" title="{exact}"><span>{words}</span></time>'
        assert str(written(say("{at}", at=instant))) == str(moment_within(instant))


@pytest.mark.parametrize(
    ("spoken", "exact", "said", "next_year"),
    [
        (
            "zh",
            "2026年11月27日",
            "<span>11月27日</span></time><span class=nowrap>（周五）</span>",
            "2027年1月6日（周三）",
        ),
        ("en", "Friday 27 November 2026", "<span>Friday 27 November</span></time>", "Wednesday 6 January 2027"),
    ],
)
def test_a_day_is_said_with_its_weekday_which_may_break_off(
    app: Flask, spoken: str, exact: str, said: str, next_year: str
) -> None:
    with app.test_request_context("/", headers={"Cookie": f"language={spoken}"}):
        g.now = NOON
        assert joined(when(date(2026, 11, 27))) == f'<time datetime="2026-11-27" title="{exact}">{said}'.replace(
            "=nowrap", '="nowrap"'
        )
        assert day_words(date(2027, 1, 6)) == next_year


def test_a_day_as_a_sheet_writes_it_is_never_broken_and_what_stands_beside_it_is_escaped(app: Flask) -> None:
    with app.test_request_context("/"):
        told = written(say("{field} {old} → {new}", field="<b>", old="2026-04-20", new="until 2026-04-15"))
        assert str(told).endswith(
            '&lt;b&gt; <span class="unbroken">2026-04-20</span> → until <span class="unbroken">2026-04-15</span>'
        )
        assert written(when(date(2026, 11, 27))) == when(date(2026, 11, 27))
    with app.test_request_context("/", headers={"Cookie": "language=en"}):
        assert 'Friday <span class="unbroken">27 November</span></span></time>' in when(date(2026, 11, 27))


@pytest.mark.parametrize(("spoken", "said"), [("zh", "0.27 万元"), ("en", "¥2,700")])
def test_an_amount_within_a_sentence_is_said_as_its_language_says_it(app: Flask, spoken: str, said: str) -> None:
    """In a page and in plain text alike; in a page it does not break."""
    with app.test_request_context("/", headers={"Cookie": f"language={spoken}"}):
        sentence = say("{amount}", amount=Amount("0.27"))
        assert in_words(sentence) == said
        assert str(written(sentence)) == f'<span class="nowrap">{said}</span>'
