"""Catalogs merged, and message ids found where they stand."""

from pathlib import Path

import pytest
from babel.support import Translations

from commands.messages import Conflict, calls, compiled, untranslated, write
from notifications.languages import catalog
from workflow.refusal import said_by, say

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def area(folder: Path, name: str, *pairs: tuple[str, str]) -> None:
    said = "".join(f'msgid "{id}"\nmsgstr "{text}"\n\n' for id, text in pairs)
    (folder / f"{name}.po").write_text(HEAD + said, "utf-8")


def test_areas_are_merged_and_may_say_the_same_thing_alike(tmp_path: Path) -> None:
    area(tmp_path, "look", ("Today", "今天"), ("Late", "超期"))
    area(tmp_path, "pages", ("Late", "超期"), ("Desk", "工作台"))
    write(compiled(tmp_path), tmp_path / "messages.mo")
    with (tmp_path / "messages.mo").open("rb") as file:
        words = Translations(file)
    assert [words.gettext(id) for id in ("Today", "Late", "Desk")] == ["今天", "超期", "工作台"]


def test_two_kinds_may_mean_different_chinese_by_the_same_english(tmp_path: Path) -> None:
    area(tmp_path, "pages", ("Refused", "不予受理"))
    context = 'msgctxt "disclosure"\nmsgid "Refused"\nmsgstr "不予公开"\n'
    (tmp_path / "disclosure.po").write_text(HEAD + context, "utf-8")
    write(compiled(tmp_path), tmp_path / "messages.mo")
    with (tmp_path / "messages.mo").open("rb") as file:
        words = Translations(file)
    theirs = said_by("disclosure", "Refused")
    assert [words.gettext(id) for id in ("Refused", theirs)] == ["不予受理", "不予公开"]
    assert catalog("en").gettext(theirs) == str(say(theirs)) == "Refused"
    assert catalog("zh").gettext(said_by("disclosure", "Said by nobody")) == "Said by nobody"
    assert untranslated(compiled(tmp_path), {theirs: "", said_by("repair", "Refused"): "a.py:1"}) == {
        said_by("repair", "Refused"): "a.py:1"
    }


def test_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    area(tmp_path, "look", ("Today", "今天"), ("Late", "超期"))
    write(compiled(tmp_path), tmp_path / "one.mo")
    write(compiled(tmp_path), tmp_path / "two.mo")
    assert (tmp_path / "one.mo").read_bytes() == (tmp_path / "two.mo").read_bytes()


def test_areas_that_disagree_are_refused_with_both_names(tmp_path: Path) -> None:
    area(tmp_path, "look", ("Late", "超期"))
    area(tmp_path, "pages", ("Late", "迟到"))
    with pytest.raises(Conflict, match=r"look\.po and pages\.po translate 'Late' differently"):
        compiled(tmp_path)


def test_an_area_that_is_no_catalog_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "look.po").write_text('msgid "Late\n', "utf-8")
    with pytest.raises(Conflict, match=r"^look\.po"):
        compiled(tmp_path)


def test_what_has_no_words_yet_is_missing_with_its_place(tmp_path: Path) -> None:
    area(tmp_path, "look", ("Late", "超期"), ("Early", ""))
    used = {"Late": "a.py:1", "Early": "a.py:2", "Never": "b.html:3"}
    assert untranslated(compiled(tmp_path), used) == {"Early": "a.py:2", "Never": "b.html:3"}


def test_a_plural_has_one_form_in_chinese(tmp_path: Path) -> None:
    plural = 'msgid "%(num)d case"\nmsgid_plural "%(num)d cases"\nmsgstr[0] "%(num)d 件"\n'
    (tmp_path / "look.po").write_text(
        HEAD.replace("UTF-8\\n", "UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n") + plural
    )
    write(compiled(tmp_path), tmp_path / "messages.mo")
    with (tmp_path / "messages.mo").open("rb") as file:
        assert Translations(file).ngettext("%(num)d case", "%(num)d cases", 3) == "%(num)d 件"


def test_ids_are_found_written_out_joined_chosen_or_named() -> None:
    source = (
        'RENAMED = "Two {name}"\n'
        'WORDS = {"a": "Three", "b": "Four"}\n'
        'say("One " "and a half", n=1)\n'
        "say(RENAMED, name=2)\n"
        'refuse(say("Left" if x else "Right"))\n'
        "_(WORDS[key])\n"
        'log("not this")\n'
        "say(unknown)\n"
        'module.ngettext("%(num)d case", "%(num)d cases", n)\n'
    )
    found = {id for id, _ in calls(source, "a.py")}
    assert found == {"One and a half", "Two {name}", "Left", "Right", "Three", "Four", "%(num)d case"}
