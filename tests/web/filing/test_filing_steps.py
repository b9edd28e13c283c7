"""Which pages a form has, from what its opening row asks; without a kind of this product."""

import pytest

from cases.kinds import all_kinds
from web.filing.steps import place_of, step_of, steps_of
from workflow.definition import FILER, OFFICER, START, Action, Choice, Field, FieldKind, Role

GROUND = Field("ground", "Why", FieldKind.CHOICE, choices=(Choice("wrong", "It is wrong"), Choice("old", "It is old")))
CLAIMS = Field("claims", "What", FieldKind.CLAIMS)
WORDS = Field("words", "Words")
FILES = Field("files", "Files", FieldKind.FILES)
WHOM = Field("whom", "Whom", FieldKind.CHOICE, choices=(Choice("body", "A body"), Choice("nobody", "Nobody")))
BODY = Field("body", "Which", FieldKind.BUREAU, only=("whom", "body"))
TASTE = Field("taste", "Taste", FieldKind.CHOICE, choices=(Choice("sweet", "Sweet"), Choice("sour", "Sour")))
HANDED_IN = Field("handed_in_on", "When", FieldKind.DATE, by=(OFFICER,), day_of_filing=True)
CAME_BY = Field("came_by", "How", FieldKind.CHOICE, by=(OFFICER,), choices=(Choice("a", "A"), Choice("b", "B")))
SIGNED = Field("signed", "Commitment", FieldKind.COMMITMENT)


def pages(role: Role, *asks: Field) -> list[tuple[str, list[str]]]:
    row = Action("file", "File", "Filed", by=(FILER, OFFICER), source=(START,), target="filed", asks=asks)
    return [(step.name, [field.name for field in step.fields]) for step in steps_of(row, role)]


def test_claims_have_a_page_and_everything_else_one_together() -> None:
    assert pages(FILER, CLAIMS, WORDS, FILES, SIGNED) == [
        ("fields", ["claims"]), ("evidence", ["words", "files", "signed"]), ("check", []),
    ]  # fmt: skip


def test_a_choice_that_decides_what_else_is_asked_comes_first_with_what_depends_on_it() -> None:
    assert pages(FILER, WORDS, BODY, WHOM, TASTE) == [
        ("whom", ["whom", "body"]), ("evidence", ["words", "taste"]), ("check", []),
    ]  # fmt: skip


def test_the_ground_and_what_is_wrong_on_it_are_one_question() -> None:
    assert pages(FILER, CLAIMS, GROUND, WORDS) == [
        ("ground", ["ground", "claims"]), ("evidence", ["words"]), ("check", []),
    ]  # fmt: skip


def test_claims_of_the_display_itself_are_not_asked() -> None:
    display = Field("claims", "The display", FieldKind.CLAIMS, display=True)
    assert pages(FILER, display, FILES) == [("evidence", ["files"]), ("check", [])]


def test_how_and_when_it_came_stands_before_all_else_and_the_firm_is_not_asked() -> None:
    asks = (WORDS, CAME_BY, HANDED_IN)
    assert pages(OFFICER, *asks)[0] == ("came", ["came_by", "handed_in_on"])
    assert pages(FILER, *asks) == [("evidence", ["words"]), ("check", [])]


def test_a_form_never_has_more_than_five_pages_of_any_kind_here() -> None:
    for definition in all_kinds().values():
        for row in definition.actions:
            if START in row.source:
                for role in row.by:
                    assert 2 <= len(steps_of(row, role)) <= 5


def test_a_field_leads_to_its_page_and_a_page_knows_its_neighbours() -> None:
    row = Action("file", "File", "Filed", by=(FILER,), source=(START,), target="filed", asks=(GROUND, CLAIMS, WORDS))
    steps = steps_of(row, FILER)
    assert step_of(steps, "claims.fine") == "ground"
    place = place_of(steps, "evidence")
    assert (place.now, place.of, place.before, place.after) == (2, 3, "ground", "check")
    with pytest.raises(ValueError, match="not in list"):
        place_of(steps, "nothing")
