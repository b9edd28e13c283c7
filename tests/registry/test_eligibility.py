"""What the rules say of a repair before anybody asks: where, from when, what to know. Advice, never a refusal."""

from datetime import date

import pytest

from registry.credit_records import CreditRecord
from registry.display import Eligibility, advice, eligibility
from registry.organisations import Bureau
from tests.registry.sheets import LAW

TODAY = date(2026, 9, 17)
ENVIRONMENT, MARKET = Bureau(id=3, name="示范市生态环境局示范旗分局"), Bureau(id=1, name="示范旗市场监督管理局")


def record(kind: str = "penalty", severity: str = "", decided_on: date = date(2026, 4, 20), *, displayed: bool = True,
           shared: bool = True, until: date | None = None, **values: str) -> CreditRecord:  # fmt: skip
    return CreditRecord(kind=kind, severity=severity, decided_on=decided_on, display_until=until, values=values,
                        displayed=displayed, shared=shared, document_number="示〔2026〕1号")  # fmt: skip


def found(it: CreditRecord, bureau: Bureau = ENVIRONMENT, today: date = TODAY) -> Eligibility:
    return eligibility(it, bureau, LAW, today)


def codes(it: CreditRecord, bureau: Bureau = ENVIRONMENT, today: date = TODAY) -> list[str]:
    return [one.code for one in advice(found(it, bureau, today), today)]


def test_good_news_is_not_repaired() -> None:
    here = found(record("honour_list"))
    assert (here.repairable, here.windows, here.classes, here.bars) == (False, (), (), ())
    assert codes(record("honour_list")) == ["nothing_to_repair"]


@pytest.mark.parametrize("kind", ["penalty", "serious_list", "abnormal_list", "other"])
def test_every_kind_that_speaks_against_an_enterprise_can_be_repaired_and_says_where(kind: str) -> None:
    here = found(record(kind))
    assert here.repairable
    assert [window.name for window in here.windows] == ["credit_china"]
    assert [window.name for window in found(record(kind), MARKET).windows] == ["publicity_system"]


def test_without_a_class_the_days_of_every_class_stand_each_with_its_article_and_certainty() -> None:
    here = found(record())
    assert [(one.severity, one.acted_on.day) for one in here.classes] == [
        ("minor", date(2026, 4, 20)), ("general", date(2026, 7, 21)), ("serious", date(2027, 4, 21)),
    ]  # fmt: skip
    for one in here.classes:
        assert one.acted_on.rule.citation
        assert one.acted_on.rule.certainty == "read_part"
    assert codes(record()) == ["class_unknown"]


def test_two_start_days_give_two_days_and_the_earlier_is_acted_on() -> None:
    here = found(record(severity="general", displayed_from="2026-05-11"), MARKET)
    [one] = here.classes
    assert [(first.day, first.rule.counted_from, first.assumed) for first in one.days] == [
        (date(2026, 7, 21), "decided_on", False), (date(2026, 8, 12), "displayed_from", False),
    ]  # fmt: skip
    assert one.acted_on.day == date(2026, 7, 21)
    [unknown] = found(record(severity="general"), MARKET).classes
    assert [first.assumed for first in unknown.days] == [False, True]


@pytest.mark.parametrize(("today", "said"), [(date(2026, 7, 20), ["too_early"]), (date(2026, 7, 21), [])])
def test_before_the_first_day_of_a_stated_class_it_is_too_early(today: date, said: list[str]) -> None:
    it = record(severity="general")
    assert codes(it, today=today) == said
    for one in advice(found(it, today=today), today):
        assert one.words.values["day"] == date(2026, 7, 21)


def test_without_a_class_it_is_too_early_only_where_every_class_is() -> None:
    """Before 2026-04-01 every penalty was displayed for three months at least."""
    it, today = record(decided_on=date(2026, 2, 10)), date(2026, 3, 31)
    assert codes(it, today=today) == ["too_early", "class_unknown"]
    assert codes(it, today=date(2026, 4, 1)) == ["class_unknown"]


def test_a_display_that_has_ended_leaves_sharing_to_end_or_nothing() -> None:
    for shared, words in ((True, "shared and used"), (False, "nothing left")):
        [one] = advice(found(record(displayed=False, shared=shared)), TODAY)
        assert one.code == "display_ended"
        assert words in str(one.words)


def test_the_day_on_which_display_ends_by_itself_is_the_sheet_s_or_the_stated_class_s() -> None:
    assert found(record()).ends is None
    by_sheet, by_class = (
        found(record(severity=severity, until=date(2029, 4, 20))).ends for severity in ("", "general")
    )
    assert by_sheet
    assert by_class
    assert (by_sheet.day, by_sheet.rule) == (date(2029, 4, 20), None)
    assert (by_class.day, by_class.rule and by_class.rule.name) == (date(2027, 4, 20), "class_general")


def test_a_sort_of_penalty_that_may_not_end_early_is_a_warning_and_only_where_its_rule_holds() -> None:
    it = record(severity="minor", penalty_kind="罚款;责令停产停业;吊销许可证件")
    assert [sort.name for sort in found(it, MARKET).not_ended_early] == ["suspension", "permit_revoked"]
    assert codes(it, MARKET) == ["not_ended_early"]
    assert found(it, MARKET).repairable
    assert found(it).not_ended_early == ()
    assert found(record(penalty_kind="罚款"), MARKET).not_ended_early == ()


def test_the_bar_and_that_it_is_free_are_statements_of_the_law_in_force() -> None:
    here = found(record())
    assert [(bar.name, bar.n) for bar in here.bars] == [("false_commitment", 36)]
    assert [fee.free for fee in here.fees] == [True]
    assert found(record(), today=date(2026, 3, 31)).bars == ()


def test_rules_for_penalties_say_nothing_of_lists() -> None:
    march = date(2026, 3, 31)
    assert [one.severity for one in found(record(), today=march).classes] == ["", "serious"]
    assert found(record("serious_list"), today=march).classes == ()
