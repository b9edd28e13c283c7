"""A complaint: routed before it is decided, kept from whom it is about, and answered by somebody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from cases.figures.statistics import month_figures, public_figures, trend
from cases.ledger.verify import verify
from cases.lists.queues import condition
from cases.lists.worklists import WorkRow, on_desk_of, rows
from cases.model.months import Month
from cases.model.reading import read_cases
from cases.model.tables import Case
from cases.model.visibility import addresses_of, colleagues_in, find_case, roles_of
from notifications.letters import Letter
from notifications.papers import Paper
from registry.people import end_person
from tests.builders import LAW, START, WORLD, Place, day
from workflow.definition import CHIEF, OFFICER
from workflow.refusal import Forbidden, Impossible, Incomplete
from workflow.timing import due_of

OPINION = {"decision": "founded", "facts": "三个月未答复。", "reasons": "已超过期限。", "law": "信访工作条例第32条"}


def routed(place: Place, route: str = "petition", **about: object) -> Case:
    case = place.complain(START, **about)
    chief_acts = about.get("complained_of") == "officer"
    who = "chief" if chief_acts else "office"
    place.act(case, who, "acknowledge", day(2026, 9, 8))
    place.act(case, who, "route", day(2026, 9, 9), route=route)
    return place.case(case.number)


def with_unit(place: Place) -> Case:
    """A complaint about another bureau, forwarded to the usual one."""
    case = routed(place, body=place.other_bureau.id)
    place.act(case, "office", "forward", day(2026, 9, 10), bureau=place.bureau.id, question="请调查答复是否超期。")
    return place.case(case.number)


def decide_timer(place: Place, case: Case) -> tuple[str, date | None]:
    timer = read_cases(place.session, [case.id])[0].running("decide")
    assert timer is not None
    return timer.owner, due_of(timer, WORLD.calendar).day


def reads(place: Place, who: str, case: Case) -> bool:
    return find_case(place.session, place.identity(who), case.number) is not None


@pytest.mark.parametrize(("route", "until"), [
    ("petition", date(2026, 11, 9)), ("business_env", date(2026, 10, 9)), ("enforcement", date(2026, 10, 9)),
    ("false_display", date(2026, 10, 10))])  # fmt: skip
def test_the_route_gives_the_time_from_the_day_it_counts_from(place: Place, route: str, until: date) -> None:
    assert decide_timer(place, routed(place, route)) == ("office", until)


def test_the_time_to_decide_is_owned_by_whose_desk_it_is_and_goes_on(place: Place) -> None:
    case = with_unit(place)
    assert decide_timer(place, case) == ("bureau", date(2026, 11, 9))
    place.act(case, "reviewer", "object", day(2026, 9, 11), reasons="不是我局职责。")
    assert decide_timer(place, case) == ("office", date(2026, 11, 9))


def test_the_bureau_complained_of_reads_nothing_and_never_gets_it(place: Place) -> None:
    case = routed(place)
    assert not reads(place, "reviewer", case)
    with pytest.raises(Impossible, match="about this bureau"):
        place.act(case, "office", "forward", day(2026, 9, 10), bureau=place.bureau.id, question="请调查。")
    place.act(case, "office", "forward", day(2026, 9, 10), bureau=place.other_bureau.id, question="请调查。")
    assert not reads(place, "reviewer", case)


def test_a_unit_reads_it_only_while_it_investigates(place: Place) -> None:
    case = with_unit(place)
    assert reads(place, "reviewer", case)
    place.act(case, "reviewer", "propose", day(2026, 9, 11), **OPINION)
    place.act(case, "approver", "approve", day(2026, 9, 14))
    assert place.case(case.number).state == "founded"
    assert not reads(place, "reviewer", case)
    assert reads(place, "enterprise", case)


def test_the_letter_to_the_body_complained_of_bears_nothing_of_the_complainant(place: Place) -> None:
    case = routed(place)
    place.act(case, "office", "ask_body", day(2026, 9, 10), words="请说明近三个月答复超期的情况。")
    letter = place.session.scalars(select(Letter).where(Letter.name == "statement_asked")).one()
    assert (letter.to_party, letter.to_id) == ("bureau", place.bureau.id)
    said = f"{letter.texts} {letter.case_number}"
    paper = place.session.get(Paper, letter.paper_id) if letter.paper_id else None
    said += str(paper.values) if paper else ""
    assert "请说明近三个月答复超期的情况。" in said
    for secret in (case.number, place.firm.name, place.firm.code, "拖了三个月", "请督促办理"):
        assert secret not in said


def test_about_an_officer_the_chief_alone_acts_reads_and_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    case = routed(place, complained_of="officer", body=None, officer="某某")
    assert not reads(place, "office", case)
    assert reads(place, "chief", case)
    told = place.session.scalars(select(Letter.to_role).where(Letter.to_party == "office")).all()
    assert "officer" not in told
    with pytest.raises(Forbidden):
        place.act(case, "office", "note", day(2026, 9, 10), words="…")
    with pytest.raises(Impossible):
        place.act(case, "chief", "propose", day(2026, 9, 10), **OPINION)
    place.act(case, "chief", "decide", day(2026, 9, 10), **{**OPINION, "decision": "partly"})
    assert place.case(case.number).state == "partly"
    month = Month.of(date(2026, 9, 1))
    assert month_figures(place.session, month) == {}, "who reads every other case would learn of it by counting along"
    assert trend(place.session, month, 1)[0].of.closed == 0
    monkeypatch.setattr("cases.figures.statistics.ENOUGH", 1)
    assert [one.filed for one in public_figures(place.session, LAW, [month], ["complaint"])] == [None]
    assert "auditor" in place.session.scalars(select(Letter.to_role).where(Letter.name == "opinion_copy")).all()


ABOVE = {"office": ("city_platform", "示范市信用办"), "chief": ("leading_group", "领导小组")}


@pytest.mark.parametrize("whom", ["office", "chief"])
def test_about_the_office_or_its_head_it_is_registered_and_led_to_who_is_above(place: Place, whom: str) -> None:
    """D42: and to nobody else, whatever is typed."""
    case = place.complain(START, complained_of=whom, body=None)
    to, body = ABOVE[whom]
    place.act(case, "office", "acknowledge", day(2026, 9, 8))
    with pytest.raises(Impossible, match="may not answer a complaint about itself"):
        place.act(case, "office", "route", day(2026, 9, 9), route="petition")
    with pytest.raises(Impossible, match="may not answer a complaint about itself"):
        place.act(case, "office", "not_accept", day(2026, 9, 9), reasons="…")
    for another in {"consumer", "credit_reporting", "city_platform", "leading_group"} - {to}:
        with pytest.raises(Incomplete):
            place.act(case, "office", "lead", day(2026, 9, 9), led_to=another, where="某处", reasons="涉及本办。")
    place.act(case, "office", "lead", day(2026, 9, 9), led_to=to, where="随便写的地方", reasons="涉及本办。")
    assert place.case(case.number).state == "elsewhere"
    letter = place.session.scalars(select(Letter).where(Letter.name == "led")).one()
    assert body in letter.body("zh")
    assert "随便" not in letter.body("zh")


@contextmanager
def told_otherwise(**said: object) -> Iterator[None]:
    """The same place, where its file says so."""
    place = LAW.place
    object.__setattr__(LAW, "place", place.model_copy(update=said))
    try:
        yield
    finally:
        object.__setattr__(LAW, "place", place)


def test_where_nobody_above_is_entered_it_stays_registered_and_says_who_enters_it(place: Place) -> None:
    case = place.complain(START, complained_of="office", body=None)
    place.act(case, "office", "acknowledge", day(2026, 9, 8))
    with told_otherwise(above={}), pytest.raises(Impossible, match="administrator enters it"):
        place.act(case, "office", "lead", day(2026, 9, 9), led_to="city_platform", reasons="涉及本办。")


def test_about_the_body_that_the_office_is_part_of_it_is_led_as_about_the_office(place: Place) -> None:
    office = LAW.office.model_copy(update={"part_of": place.other_bureau.code})
    case = place.complain(START, complained_of="bureau", body=place.other_bureau.id)
    place.act(case, "office", "acknowledge", day(2026, 9, 8))
    with told_otherwise(office=office):
        with pytest.raises(Impossible, match="may not answer a complaint about itself"):
            place.act(case, "office", "route", day(2026, 9, 9), route="petition")
        place.act(case, "office", "lead", day(2026, 9, 9), led_to="city_platform", reasons="涉及上级。")
    assert place.case(case.number).state == "elsewhere"


def test_about_an_enterprise_it_goes_to_false_display_and_to_no_other_route(place: Place) -> None:
    case = place.complain(START, complained_of="enterprise", body=None, firm="某某公司")
    place.act(case, "office", "acknowledge", day(2026, 9, 8))
    with pytest.raises(Incomplete):
        place.act(case, "office", "route", day(2026, 9, 9), route="petition")
    place.act(case, "office", "route", day(2026, 9, 9), route="false_display")
    assert place.case(case.number).variant == "false_display"


def test_about_somebody_else_a_firm_files_nothing_and_paper_is_registered_and_led(place: Place) -> None:
    """D40."""
    said = {"complained_of": "other", "body": None, "whom": "某征信机构"}
    with pytest.raises(Incomplete):
        place.complain(START, **said)
    case = place.complain(START, by="office", came_by="paper", handed_in_on=START.date(), **said)
    place.act(case, "office", "acknowledge", day(2026, 9, 8))
    for action in ("route", "not_accept"):
        with pytest.raises(Impossible):
            place.act(case, "office", action, day(2026, 9, 9), route="petition", reasons="不属于。")
    where = "中国人民银行分支机构"
    place.act(case, "office", "lead", day(2026, 9, 9), led_to="credit_reporting", where=where, reasons="不属于本办。")
    assert place.case(case.number).state == "elsewhere"


def test_the_chief_extends_a_petition_by_at_most_what_the_law_gives(place: Place) -> None:
    case = routed(place)
    with pytest.raises(Incomplete, match="At most 30"):
        place.act(case, "chief", "extend", day(2026, 9, 10), days=31, reasons="案情复杂。")
    place.act(case, "chief", "extend", day(2026, 9, 10), days=20, reasons="案情复杂。")
    assert decide_timer(place, case) == ("office", date(2026, 11, 30))
    other = routed(place, "business_env")
    with pytest.raises(Impossible):
        place.act(other, "chief", "extend", day(2026, 9, 10), days=20, reasons="案情复杂。")


def test_another_route_gives_another_time(place: Place) -> None:
    case = routed(place)
    with pytest.raises(Incomplete, match="choose another"):
        place.act(case, "office", "reroute", day(2026, 9, 14), route="petition", reasons="属信访。")
    place.act(case, "office", "reroute", day(2026, 9, 14), route="business_env", reasons="属营商环境。")
    assert place.case(case.number).variant == "business_env"
    assert decide_timer(place, case) == ("office", date(2026, 10, 9))


def test_the_opinion_is_sent_in_writing_and_can_be_rated_once(place: Place) -> None:
    case = routed(place)
    place.act(case, "office", "propose", day(2026, 9, 10), **{**OPINION, "decision": "unfounded"})
    with pytest.raises(Forbidden):
        place.act(case, "office", "approve", day(2026, 9, 10))
    place.act(case, "chief", "approve", day(2026, 9, 11))
    assert place.case(case.number).state == "unfounded"
    letter = place.session.scalars(select(Letter).where(Letter.name == "opinion")).one()
    for said in ("已超过期限。", "复查"):
        assert said in letter.body("zh")
    place.act(case, "enterprise", "rate", day(2026, 9, 14), score="little", words="太慢。")
    with pytest.raises(Impossible):
        place.act(case, "enterprise", "rate", day(2026, 9, 15), score="very")
    assert verify(place.session).ok


def numbers(found: list[WorkRow]) -> list[str]:
    return [row.number for row in found]


def on_the_desk(place: Place, who: str) -> list[str]:
    identity = place.identity(who)
    return numbers(rows(place.session, identity, on_desk_of(identity)))


def test_about_an_officer_it_lies_on_the_chiefs_desk_from_the_first_day(place: Place) -> None:
    about_officer = place.complain(START, complained_of="officer", body=None)
    about_bureau = routed(place)
    assert on_the_desk(place, "chief") == [about_officer.number]
    assert on_the_desk(place, "office") == [about_bureau.number]


def test_an_officer_who_stands_in_for_the_chief_learns_nothing_of_a_complaint_about_an_officer(place: Place) -> None:
    case = routed(place, complained_of="officer", body=None)
    lent = replace(place.identity("office"), roles=frozenset({OFFICER, CHIEF}),
                   acts_for={CHIEF: place.people["chief"].id})  # fmt: skip
    assert find_case(place.session, lent, case.number) is None
    assert roles_of(lent, case) == frozenset()
    letters = place.session.scalars(select(Letter).where(Letter.case_number == case.number)).all()
    mine = {(address.party, address.id, address.role) for address in addresses_of(lent)}
    assert not [letter.name for letter in letters if (letter.to_party, letter.to_id, letter.to_role) in mine]
    assert [id for id, _name in colleagues_in(place.session, read_cases(place.session, [case.id])[0].snapshot)] == [
        place.people["chief"].id]  # fmt: skip


def test_a_colleague_who_has_left_holds_no_case(place: Place) -> None:
    case = routed(place)
    place.act(case, "officer2", "take", day(2026, 9, 10))
    mine = condition("mine", place.identity("office"), WORLD.calendar, date(2026, 9, 10))
    assert numbers(rows(place.session, place.identity("office"), mine)) == []
    end_person(place.session, place.people["officer2"], day(2026, 9, 11), by=None)
    place.session.commit()
    assert numbers(rows(place.session, place.identity("office"), mine)) == [case.number]
