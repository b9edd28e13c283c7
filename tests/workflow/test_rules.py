"""A jurisdiction's folder: one place laid over another, and each fault named with its file and key."""

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from workflow.jurisdiction import Jurisdiction
from workflow.limits import MissingRule
from workflow.rules import BadJurisdiction, load_jurisdiction

NATION = {
    "place.toml": 'zone = "Asia/Shanghai"\nlanguages = ["zh", "en"]\n'
    '[office_hours]\nopens = 09:00:00\ncloses = 17:00:00\nbasis = "proposal"\n',
    "rules.toml": """
[[rule]]
name = "request.verify"
label = "Verify"
n = 7
unit = "workday"
counted_from = "from filing"
basis = "proposal"
certainty = "none"
valid_from = 2026-01-01
""",
    "calendar/2026.toml": 'name = "cn"\nknown_from = 2026-01-01\nknown_until = 2026-12-31\nweekend = [6, 7]\n'
    'off = [2026-10-01]\nwork = []\nsource = "notice"\n',
}
TOWN = {
    "place.toml": 'extends = "nation"\npaper_prefix = "T"\nbegins = 2026-01-01\n'
    '[name]\nzh = "镇"\nen = "Town"\n[office_hours]\ncloses = 18:00:00\n'
    '[office]\nname = "a"\nname_en = "a"\nshort_name = "a"\nshort_name_en = "a"\n'
    '[leading_group.name]\nzh = "组"\nen = "Group"\n',
    "bureaus.toml": """
[[bureau]]
code = "11150699DBPCNGNP11"
name = "One"
name_en = "One"
short_name = "1"
short_name_en = "1"
successor = "Two"
[[bureau]]
name = "Two"
name_en = "Two"
short_name = "2"
short_name_en = "2"
""",
}
PROMISE = """
[[rule]]
name = "request.verify"
label = "Verify"
n = 5
unit = "workday"
counted_from = "from filing"
basis = "promise"
citation = "告知〔2026〕1号"
citation_en = "Notice 1 (2026)"
certainty = "read"
valid_from = 2026-07-01
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for code, files in (("nation", NATION), ("town", TOWN)):
        for name, text in files.items():
            file = tmp_path / code / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
    return tmp_path


Spoil = Callable[[str, str, str], None]


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    """Replace one thing in one file of the folder."""

    def change(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), "utf-8")

    return change


def load(folder: Path) -> Jurisdiction:
    return load_jurisdiction(folder, "town")


def test_a_place_has_what_it_says_and_for_the_rest_what_it_extends_says(folder: Path) -> None:
    town = load(folder)
    assert (town.code, town.name["en"], str(town.zone)) == ("town", "Town", "Asia/Shanghai")
    assert (town.office_opens, town.office_closes) == (time(9), time(18))
    assert town.limit("request.verify", "", date(2026, 11, 24)).n == 7


def test_a_promise_of_the_place_holds_from_its_day_on_and_the_old_rule_until_the_eve(folder: Path) -> None:
    (folder / "town/rules.toml").write_text(PROMISE, "utf-8")
    town = load(folder)
    assert town.limit("request.verify", "", date(2026, 6, 30)).basis == "proposal"
    assert town.limit("request.verify", "", date(2026, 7, 1)).basis == "promise"
    assert [rule.n for rule in town.in_force(date(2026, 7, 1))] == [5]


def test_a_local_holiday_lies_over_the_nation_s_calendar(folder: Path) -> None:
    (folder / "town/calendar").mkdir()
    local = NATION["calendar/2026.toml"].replace("2026-10-01", "2026-07-20").replace("notice", "local notice")
    (folder / "town/calendar/2026.toml").write_text(local, "utf-8")
    calendar = load(folder).calendar
    assert not calendar.is_worked(date(2026, 10, 1))
    assert (calendar.is_worked(date(2026, 7, 20)), calendar.source(date(2026, 7, 20))) == (False, "local notice")


def test_a_missing_limit_names_place_rule_and_day(folder: Path) -> None:
    with pytest.raises(MissingRule, match=r"town has no rule request\.answer \(quick\) on 2026-11-24"):
        load(folder).limit("request.answer", "quick", date(2026, 11, 24))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("nation/rules.toml", "n = 7", "n = -1", "nation/rules.toml:5: rule 1 request.verify: n: "),
        ("nation/rules.toml", "n = 7\n", "", "nation/rules.toml:2: rule 1 request.verify: n: Field required"),
        ("nation/rules.toml", "n = 7", "n = 7\nday = 3", "nation/rules.toml:6: rule 1 request.verify: day: "),
        ("nation/rules.toml", '"workday"', '"week"', "nation/rules.toml:6: rule 1 request.verify: unit: "),
        ("nation/rules.toml", '"none"', '"recalled"\ncitation = "某法"',
         "nation/rules.toml:2: rule 1 request.verify: citation on a proposal"),
        ("nation/rules.toml", '"proposal"', '"statute"',
         "nation/rules.toml:2: rule 1 request.verify: citation is missing"),
        ("nation/rules.toml", "[[rule]]", "[rule]", "nation/rules.toml: rule: write [[rule]]"),
        ("nation/rules.toml", "[[rule]]", "[[rules]]", "nation/rules.toml: rules: there is no such table"),
        ("nation/rules.toml", "n = 7", "n = ", "nation/rules.toml: this is not TOML"),
        ("nation/place.toml", "Asia/Shanghai", "Asia/Otog", "nation/place.toml: zone: there is no time zone"),
        ("nation/place.toml", 'basis = "proposal"', 'basis = "law"', "nation/place.toml: office_hours.basis: "),
        ("nation/place.toml", '["zh", "en"]', '["zh", "mn"]', "nation/place.toml: languages.1: "),
        ("town/place.toml", "closes = 18:00:00", 'closes = "late"', "town/place.toml: office_hours.closes: "),
        ("town/place.toml", 'paper_prefix = "T"', "", "town/place.toml: paper_prefix: Field required"),
        ("town/place.toml", 'paper_prefix = "T"', 'prefix = "T"\npaper_prefix = "T"', "town/place.toml: prefix: "),
        ("town/place.toml", '"nation"', '"empire"', "empire/place.toml is not there, which town/place.toml extends"),
        ("town/place.toml", '"nation"', '"../nation"', "town/place.toml: extends: give the code of one other place"),
        ("town/place.toml", '"nation"', '"town"', "town/place.toml: extends: town extends it in turn"),
        ("town/bureaus.toml", "11150699DBPCNGNP11", "11150699", "town/bureaus.toml:3: bureau 1 One: code: "),
        ("town/bureaus.toml", 'successor = "Two"', 'successor = "Three"',
         "town/bureaus.toml: bureau One: successor: there is no bureau Three"),
        ("town/bureaus.toml", 'name = "Two"', 'name = "One"',
         "town/bureaus.toml: bureau One: One stands for two bureaus"),
        ("nation/calendar/2026.toml", "off = [2026-10-01]", "off = [1]", "nation/calendar/2026.toml: off.0 is wrong"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_file_and_its_key(
    folder: Path, spoil: Spoil, file: str, old: str, new: str, said: str
) -> None:
    spoil(file, old, new)
    with pytest.raises(BadJurisdiction) as caught:
        load(folder)
    assert str(caught.value).startswith(said)


def test_two_versions_at_once_are_refused_with_their_file(folder: Path) -> None:
    (folder / "town/rules.toml").write_text(PROMISE + PROMISE.replace("2026-07-01", "2026-08-01"), "utf-8")
    with pytest.raises(BadJurisdiction, match=r"town/rules\.toml: rule request\.verify: two versions hold on 2026-08"):
        load(folder)


def test_a_proposal_over_a_statute_is_refused_with_its_file(folder: Path, spoil: Spoil) -> None:
    (folder / "town/rules.toml").write_text(NATION["rules.toml"], "utf-8")
    spoil("nation/rules.toml", '"proposal"', '"statute"\ncitation = "某法"\ncitation_en = "A Law"')
    spoil("nation/rules.toml", '"none"', '"read"')
    with pytest.raises(BadJurisdiction, match=r"town/rules\.toml: rule request\.verify: a mere proposal cannot stand"):
        load(folder)


def test_a_place_without_a_calendar_is_refused(folder: Path) -> None:
    (folder / "nation/calendar/2026.toml").unlink()
    with pytest.raises(BadJurisdiction, match="town/calendar has no file"):
        load(folder)


def test_a_place_that_is_not_there_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(BadJurisdiction, match=r"village/place\.toml is not there"):
        load_jurisdiction(folder, "village")
