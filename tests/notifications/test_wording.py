"""Every letter in both languages; what may not be missing; what may never be said."""

import re
from collections.abc import Mapping
from datetime import date
from string import Formatter

import pytest

from notifications.languages import Basis, Bilingual, MissingValue, ToldRemedy, catalog, day_in_words, put
from notifications.post import ABOUT_RECORD, CASE, WrittenLetter, write
from notifications.wording import GENERAL
from tests.notifications.letter_values import LETTERS, RECONSIDERATION, TODAY, VALUES
from workflow.refusal import say

CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
ENGLISH_WORD = re.compile(r"[a-z]{3,}")

NAMES = sorted(LETTERS)
ABOUT_NO_CASE = {"webhook_suspended"}
COMPOSED = {"case", *ABOUT_RECORD}


def without(*names: str) -> dict[str, object]:
    return {name: value for name, value in VALUES.items() if name not in names}


def written(name: str, values: Mapping[str, object]) -> dict[str, WrittenLetter]:
    return write(name, LETTERS.get(name, GENERAL), values, TODAY)


def texts(name: str, values: Mapping[str, object] = VALUES) -> tuple[str, str]:
    """The whole letter, Chinese and English."""
    by_language = written(name, values)
    zh, en = (f"{by_language[language].subject}\n{by_language[language].body}" for language in ("zh", "en"))
    return zh, en


def needed(name: str) -> set[str]:
    """What the letter always names."""
    letter = LETTERS[name]
    always = [letter.subject, *(part.message for part in letter.body if not part.needs)]
    named = {field for message in always for _, field, _, _ in Formatter().parse(message.id) if field}
    return named - COMPOSED


@pytest.mark.parametrize("name", NAMES)
def test_an_english_letter_has_no_chinese_and_a_chinese_one_no_english(name: str) -> None:
    zh, en = texts(name)
    assert not CHINESE.search(en)
    assert not ENGLISH_WORD.search(zh)
    assert "{" not in zh + en
    for text in (zh, en):
        assert ("2026-YY-000412" in text) != (LETTERS[name].closed or name in ABOUT_NO_CASE)


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_of_a_letter_is_translated(name: str) -> None:
    letter = LETTERS[name]
    for message in (CASE, *ABOUT_RECORD.values(), letter.subject, *(part.message for part in letter.body)):
        assert message.id in catalog("zh")._catalog  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in NAMES for value in sorted(needed(name))])
def test_a_letter_is_not_written_without_what_it_names(name: str, value: str) -> None:
    with pytest.raises(MissingValue):
        written(name, without(value))


@pytest.mark.parametrize("name", NAMES)
def test_what_may_be_missing_is_left_out_with_its_sentence(name: str) -> None:
    optional = {part.needs for part in LETTERS[name].body if part.needs}
    zh, en = texts(name, without(*(optional - needed(name))))
    assert "None" not in zh + en
    assert "\n\n\n" not in zh + en


def test_a_letter_without_words_of_its_own_says_what_happened() -> None:
    zh, en = texts("furnisher_told", {"number": "2026-FC-000001", "what": say("Papers added"), "record": "R 1"})
    assert en.startswith("2026-FC-000001: Papers added")
    assert "2026-FC-000001" in zh


@pytest.mark.parametrize("basis", ["proposal", "statute", "statute_unverified", "analogy"])
def test_only_a_promise_is_called_one(basis: str) -> None:
    zh, en = texts("remind", {**VALUES, "basis": Basis(basis)})
    assert "promise" not in en
    assert "承诺" not in zh
    assert ("law" in en) == (basis != "proposal")


def test_a_promise_is_called_a_promise() -> None:
    zh, en = texts("remind", {**VALUES, "basis": Basis("promise")})
    assert "promised" in en
    assert "承诺" in zh


def test_an_unknown_basis_is_a_bug() -> None:
    with pytest.raises(MissingValue):
        texts("remind", {**VALUES, "basis": Basis("custom")})


def test_the_enterprise_hears_of_lateness_who_answers_for_it_and_from_which_day_law_helps() -> None:
    zh, en = texts("overdue_filer")
    assert "11月27日（周五）" in zh
    assert "拟定期限，尚未公布" in zh
    assert "该局负责人" in zh
    assert "2027年1月11日（周一）" in zh
    assert "Friday 27 November" in en
    assert "proposed, not yet published" in en
    assert "Monday 11 January 2027, not earlier" in en


@pytest.mark.parametrize("missing", ["reasons", "remedies"])
def test_an_adverse_answer_is_not_written_without_reasons_and_remedies(missing: str) -> None:
    with pytest.raises(MissingValue):
        written("answered", {**without(missing), "adverse": True})


@pytest.mark.parametrize(
    "remedy",
    [
        ToldRemedy(Bilingual("可以申请", "you may apply"), Bilingual("旗政府"), 60, "day"),
        ToldRemedy(RECONSIDERATION.text, Bilingual(""), 60, "day"),
        ToldRemedy(RECONSIDERATION.text, RECONSIDERATION.body, 0, "day"),
        "可以申请复议",
    ],
    ids=["no place for the body", "no body", "no period", "only words"],
)
@pytest.mark.parametrize("name", ["refused", "lapsed", "transferred", "review_withdrawn", "not_accepted", "opinion"])
def test_a_remedy_is_told_whole_or_the_letter_is_not_written(name: str, remedy: object) -> None:
    with pytest.raises(MissingValue):
        written(name, {**VALUES, "remedies": [remedy]})


def test_a_body_that_nobody_confirmed_is_marked() -> None:
    zh, en = texts("refused")
    assert "示范旗人民政府（待确认）申请行政复议。" in zh
    assert "the People's Government of Demo Banner (to be confirmed)" in en
    assert "示范旗人民法院提起" in zh


def test_a_reviewed_refusal_says_which_way_it_went() -> None:
    upheld, _ = texts("refusal_decided")
    admitted, _ = texts("refusal_decided", {**VALUES, "decision": "admitted"})
    assert "维持不予受理" in upheld
    assert "维持不予受理" not in admitted
    assert "不维持" in admitted


def test_braces_that_a_person_wrote_stay_as_they_are() -> None:
    _, en = texts("refused", {**VALUES, "reasons": "see {annex} and %(x)s"})
    assert "see {annex} and %(x)s" in en


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        (date(2026, 11, 27), "11月27日（周五）", "Friday 27 November"),
        (date(2027, 1, 6), "2027年1月6日（周三）", "Wednesday 6 January 2027"),
        (date(2026, 12, 2), "12月2日（周三）", "Wednesday 2 December"),
    ],
)
def test_a_day_is_written_with_its_weekday_and_with_its_year_only_in_another(day: date, zh: str, en: str) -> None:
    assert day_in_words(day, "zh", TODAY) == zh
    assert day_in_words(day, "en", TODAY) == en


def test_a_message_within_a_message_is_translated_too() -> None:
    message = say("Reasons: {reasons}", reasons=say("promised"))
    assert put(message, "zh", TODAY) == "理由：承诺期限"
    assert put(message, "en", TODAY) == "Reasons: promised"
