"""Papers under numbers without holes, each with its check code; what an adverse one may not lack."""

import threading
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from extensions import db, transaction
from notifications.languages import Bilingual
from notifications.letters import Address, Letter
from notifications.papers import ALPHABET, NewPaper, Paper, check, find_paper, issue, papers_of
from notifications.post import NewLetter, post
from notifications.wording import WORDINGS
from tests.conftest import NOW
from tests.notifications.letter_values import FINDINGS, FORMS, PAPER_VALUES, RECONSIDERATION, VALUES

CASE = "2026-YY-000412"


def paper(form: str = "acceptance", on: date = date(2026, 11, 24), **values: object) -> NewPaper:
    return NewPaper(
        FORMS[form], {**PAPER_VALUES, **values}, on, prefix="示信", kind="objection", case_number=CASE, word="异"
    )


def issued(*papers: NewPaper) -> list[Paper]:
    with transaction() as session:
        found = issue(session, papers, NOW)
        return [found[id(paper)] for paper in papers]


def fail_after_issuing() -> None:
    with transaction() as session:
        issue(session, [paper()], NOW)
        raise RuntimeError


def test_every_form_is_issued_and_keeps_its_values(session: Session) -> None:
    for made in issued(*(paper(form) for form in FORMS)):
        kept = session.get_one(Paper, made.id, populate_existing=True)
        assert kept.issued_on == date(2026, 11, 24)
        if FORMS[kept.form].closed:
            assert set(kept.values) == set(FORMS[kept.form].needs)
        else:
            assert kept.values["due"] == "2026-11-27"
            assert kept.values["result"] == {"zh": "部分更正", "en": "Partly granted"}
            assert kept.values["remedies"][0]["n"] == 60


@pytest.mark.parametrize(("form", "name"), [(form.name, name) for form in FORMS.values() for name in form.needs])
def test_a_paper_is_not_issued_without_what_its_form_says(form: str, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        check(paper(form, **{name: ""}))


def test_numbers_run_without_holes_in_each_form_and_year(session: Session) -> None:
    first, other, second = issued(paper(), paper("answer"), paper())
    assert (first.number, second.number) == ("示信异受〔2026〕1号", "示信异受〔2026〕2号")
    assert other.number == "示信异答〔2026〕1号"
    with pytest.raises(RuntimeError):
        fail_after_issuing()
    [third], [new_year] = issued(paper()), issued(paper(on=date(2027, 1, 4)))
    assert third.number == "示信异受〔2026〕3号"
    assert new_year.number == "示信异受〔2027〕1号"


def test_many_who_issue_at_once_get_each_number_once(app: Flask, session: Session) -> None:
    def work() -> None:
        with app.app_context():
            for _ in range(5):
                issued(paper(), paper("answer"))
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for form in ("acceptance", "answer"):
        assert sorted(session.scalars(select(Paper.n).where(Paper.form == form))) == list(range(1, 21))


def test_number_and_check_code_find_the_paper_and_nothing_else_does(session: Session) -> None:
    made, other = issued(paper(), paper())
    assert len(made.check_code) == 10
    assert set(made.check_code) <= set(ALPHABET)
    assert made.check_code != other.check_code
    found = find_paper(session, made.number, made.spoken_code.lower())
    assert found is not None
    assert found.id == made.id
    assert find_paper(session, other.number, made.check_code) is None
    assert find_paper(session, made.number, "") is None


def test_a_case_lists_its_own_papers_newest_first(session: Session) -> None:
    mine = issued(paper(), paper("answer"))
    issued(replace(paper(), case_number="2026-YY-000001"))
    assert [one.id for one in papers_of(session, CASE)] == [made.id for made in reversed(mine)]


@pytest.mark.parametrize("form", [form.name for form in FORMS.values() if form.adverse])
def test_an_adverse_paper_without_reasons_or_a_whole_remedy_is_refused(form: str) -> None:
    check(paper(form))
    no_body, no_period = replace(RECONSIDERATION, body=Bilingual("")), replace(RECONSIDERATION, n=0)
    for lacking in ((), [], None, [no_body], [no_period], ["复议"]):
        with pytest.raises(ValueError, match="remed"):
            check(paper(form, remedies=lacking))
    with pytest.raises(ValueError, match="reasons"):
        check(paper(form, reasons="", findings=()))


def test_an_answer_needs_remedies_when_it_goes_against_the_enterprise() -> None:
    check(paper("answer", remedies=()))
    with pytest.raises(ValueError, match="remedies"):
        check(paper("answer", remedies=(), adverse=True))


def test_the_reasons_of_an_answer_may_stand_with_its_findings() -> None:
    check(paper("answer", reasons="", adverse=True))
    unreasoned = [{**FINDINGS[1], "reason": ""}]
    with pytest.raises(ValueError, match="reasons"):
        check(paper("answer", reasons="", findings=unreasoned, adverse=True))


def test_every_letter_with_a_paper_names_a_form_that_is_there() -> None:
    for kind, definition in all_kinds().items():
        for name, words in {**WORDINGS, **definition.wordings}.items():
            assert not words.paper or definition.paper(words.paper, "", FORMS).name in FORMS, (kind, name)


def test_letters_of_one_move_share_its_paper_and_name_its_number(session: Session) -> None:
    sheet = paper("supervision")
    addresses = [Address("bureau", 1, "reviewer"), Address("bureau", 1, "head"), Address("office", 1, "chief")]
    new = [NewLetter(to, "supervise", CASE, VALUES, sheet) for to in addresses]
    with transaction() as open_session:
        assert post(open_session, new, NOW) == 3
    letters = session.scalars(select(Letter)).all()
    assert {letter.paper_id for letter in letters} == {session.scalars(select(Paper.id)).one()}
    assert "示信异督〔2026〕1号" in letters[0].body("zh")


def test_a_refusal_that_cannot_be_issued_leaves_neither_letter_nor_number(session: Session) -> None:
    to = Address("enterprise", 1, "filer")
    letter = NewLetter(to, "refused", CASE, VALUES, paper("refusal", remedies=()))
    with pytest.raises(ValueError, match="remedies"), transaction() as open_session:
        post(open_session, [letter], NOW)
    assert session.scalar(select(func.count()).select_from(Letter)) == 0
    [next_one] = issued(paper("refusal"))
    assert next_one.n == 1
