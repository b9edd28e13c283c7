"""Everything that is said is said in Chinese too, with the same values in it, and the committed catalog is fresh."""

import re

from babel.messages.catalog import Catalog
from babel.support import Translations

from commands.messages import COMPILED, LOCALE, compiled, read, translation, untranslated, used
from config import ROOT

CATALOG = compiled()
PLACES = re.compile(r"\{(\w+)[^{}]*\}|%\((\w+)\)")
BROKEN = re.compile(r"%\(\w+\)(?![sd])")
"""A place without its letter stops the page that says it."""


def test_nothing_is_said_that_has_no_chinese() -> None:
    missing = untranslated(CATALOG, used(ROOT))
    assert not missing, "\n".join(f"{place}: {id}" for id, place in missing.items())


def test_both_languages_name_the_same_values() -> None:
    for message in CATALOG:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[-1]
            assert _places(english) == _places(translation(CATALOG, _key(message.id))), english


def test_every_place_of_a_value_is_whole() -> None:
    for message in CATALOG:
        if message.id:
            assert not BROKEN.search(translation(CATALOG, _key(message.id))), message.id


def test_no_translation_uses_an_exclamation_mark_or_sends_people_away_with_a_phrase() -> None:
    for message in CATALOG:
        if message.id:
            chinese = translation(CATALOG, _key(message.id))
            assert not re.search("[!！]|请您耐心等待|系统繁忙|操作失败", chinese), chinese
            assert chinese not in ("确定", "取消"), message.id


def test_the_committed_catalog_is_what_the_areas_say() -> None:
    assert _pairs(read()) == _pairs(CATALOG), "run: python3 run.py flask messages compile"


def test_the_catalog_speaks_where_pages_and_letters_read_it() -> None:
    words = Translations.load(str(ROOT / "translations"), [LOCALE])
    assert words.gettext("The event is missing.") == "这一条不见了。"
    assert COMPILED == ROOT / "translations" / LOCALE / "LC_MESSAGES" / "messages.mo"


def _key(id: str | tuple[str, ...]) -> str:
    return id if isinstance(id, str) else id[0]


def _places(text: str) -> set[str]:
    return {named or percent for named, percent in PLACES.findall(text)}


def _pairs(catalog: Catalog) -> dict[str, str]:
    return {_key(message.id): translation(catalog, _key(message.id)) for message in catalog if message.id}
