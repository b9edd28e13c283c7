"""The limit of a case: that of its day of filing and its variant, and the text's where a text binds that case."""

from datetime import date, timedelta

from tests.workflow.builders import at_work, place, rule, with_action
from tests.workflow.walking import Walk
from workflow.definition import Choice, Definition, Field, FieldKind, route, set_variant
from workflow.limits import Rule

BOUND = {"where": "there", "citation": "某法第1条", "citation_en": "A Law, Art. 1", "certainty": "read"}
WAY = Field("way", "Way", FieldKind.CHOICE, choices=(Choice("petition", "Petition"), Choice("other", "Other")))
CLAIMS = Field("claims", "Claims", FieldKind.CLAIMS)
APPLIED = Field("applied_on", "Applied on", FieldKind.DATE, required=False)


def filed(verify: Rule, definition: Definition | None = None, **answers: object) -> Walk:
    law = place(rule("accept", 2), rule("supplement", 10), rule("appeal", 15, window=True), verify)
    walk = at_work(definition or with_action("file", asks=(CLAIMS, APPLIED)), law)
    walk.do("file", **answers)
    return walk


def basis(walk: Walk) -> str:
    return walk.world.limit_of(walk.snapshot, "request.verify").basis


def test_a_text_binds_a_case_whose_opening_answered_its_field() -> None:
    verify = rule("verify", 7, binding={**BOUND, "asked": "applied_on"})
    assert basis(filed(verify, applied_on=date(2026, 10, 30))) == "statute"
    assert basis(filed(verify)) == "proposal"


def test_a_later_answer_to_the_field_binds_nothing() -> None:
    refer = with_action("refer", asks=(APPLIED,))
    walk = filed(rule("verify", 7, binding={**BOUND, "asked": "applied_on"}), refer)
    walk.do("refer", applied_on=date(2026, 10, 30))
    assert basis(walk) == "proposal"


def test_a_text_binds_a_case_of_its_variant() -> None:
    verify = rule("verify", 7, binding={**BOUND, "variant": "petition"})
    definition = with_action("refer", asks=(WAY,), does=(route("supplied_by"), set_variant("way")))
    walk = filed(verify, definition)
    assert basis(walk) == "proposal"
    walk.do("refer", way="petition")
    assert basis(walk) == "statute"


def test_what_a_text_binds_is_as_long_as_before() -> None:
    walk = filed(rule("verify", 7, binding={**BOUND, "asked": "applied_on"}), applied_on=date(2026, 10, 30))
    walk.do("refer")
    assert (walk.running("verify").n, walk.world.limit_of(walk.snapshot, "request.verify").n) == (7, 7)


def test_the_limit_is_that_of_the_day_of_filing_however_late_it_runs() -> None:
    law = place(
        rule("accept", 2), rule("supplement", 10), rule("appeal", 15, window=True),
        rule("verify", 7, extension=10, valid_until=date(2026, 11, 2)),
        rule("verify", 3, extension=10, valid_from=date(2026, 11, 3)),
    )  # fmt: skip
    for days, n in ((0, 7), (1, 3)):
        walk = at_work(with_action("file", asks=(CLAIMS,)), law)
        walk.now += timedelta(days=days)
        walk.do("file")
        walk.wait(days=1)
        walk.do("refer")
        assert walk.running("verify").n == n


def test_before_there_is_a_case_the_day_is_given() -> None:
    walk = at_work(with_action("file", asks=(CLAIMS,)))
    assert walk.world.limit_of(walk.snapshot, "request.verify", date(2026, 1, 1)).n == 7
